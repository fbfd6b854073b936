import test from 'ava';
import fc from 'fast-check';
import { createClientAddress } from './client-address.ts';

const PROXIES = ['10.0.0.0/8', '2001:db8:f::/48', '192.0.2.8'];
const clientAddressOf = createClientAddress(PROXIES);
const seenFrom = (remoteAddress: string, headers: Readonly<Record<string, string>> = {}) => clientAddressOf({ socket: { remoteAddress }, headers });

test('without a trusted proxy the client is the peer, whatever it claims', (t) => {
  const headers = { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=203.0.113.9' };
  t.is(seenFrom('198.51.100.7', headers), '198.51.100.7');
  t.is(createClientAddress()({ socket: { remoteAddress: '127.0.0.1' }, headers }), '127.0.0.1');
});

test('behind trusted proxies the client is the last address that none of them has', (t) => {
  const cases = [
    [{}, '10.0.0.1'],
    [{ 'x-forwarded-for': '203.0.113.9' }, '203.0.113.9'],
    [{ 'x-forwarded-for': '203.0.113.9, 10.1.1.1' }, '203.0.113.9'],
    [{ 'x-forwarded-for': '1.1.1.1, 203.0.113.9, 192.0.2.8,10.1.1.1' }, '203.0.113.9'],
    [{ 'x-forwarded-for': '203.0.113.9:51234' }, '203.0.113.9'],
    [{ 'x-forwarded-for': '[2001:DB8::9]:51234, 2001:db8:f::1' }, '2001:db8::9'],
    [{ 'x-forwarded-for': '10.3.3.3, 10.2.2.2' }, '10.3.3.3'],
    [{ forwarded: 'for=203.0.113.9;proto=https;by=10.0.0.1' }, '203.0.113.9'],
    [{ forwarded: 'for=1.1.1.1, proto=https;For="[2001:db8::9]:4711", for=10.2.2.2' }, '2001:db8::9'],
  ] as const;
  for (const [headers, client] of cases) t.is(seenFrom('::ffff:10.0.0.1', headers), client, JSON.stringify(headers));
});

test('an entry that is no address ends the search at the proxy that wrote it', (t) => {
  for (const hidden of ['unknown', '_secret', '', '203.0.113.999'])
    t.is(seenFrom('10.0.0.1', { 'x-forwarded-for': `203.0.113.9, ${hidden}, 10.1.1.1` }), '10.1.1.1', hidden);
  t.is(seenFrom('10.0.0.1', { forwarded: 'for=203.0.113.9, proto=https' }), '10.0.0.1');
});

test('a header that the proxy doesn’t set and the client did is believed by nobody', (t) => {
  t.is(seenFrom('10.0.0.1', { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=1.1.1.1' }), '10.0.0.1');
  t.is(seenFrom('10.0.0.1', { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=203.0.113.9' }), '203.0.113.9');
});

test('whatever a client writes, the address that its proxy saw is the one that counts', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.constantFrom('x-forwarded-for', 'forwarded'), (claimed, header) => {
        const seen = header === 'forwarded' ? 'for=203.0.113.9' : '203.0.113.9';
        return seenFrom('10.0.0.1', { [header]: `${claimed}, ${seen}` }) === '203.0.113.9';
      }),
    ),
  );
});

test('takes addresses and networks, and nothing else', (t) => {
  for (const bad of ['10.0.0.0/33', '2001:db8::/129', 'proxy.example', '10.0.0.0/8/8', '10.0.0.0/', '10.0.0/8', '10.0.0.0/x'])
    t.throws(() => createClientAddress([bad]), { instanceOf: RangeError }, bad);
});
