import test from 'ava';
import { canonicalAddress, clientKeyOf, networkOf } from './addresses.ts';

test('spells every address in one way', (t) => {
  const spellings = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:C000:0201', '192.0.2.1'],
    ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['unknown', undefined],
    ['192.0.2.1:80', undefined],
    ['', undefined],
  ] as const;
  for (const [text, canonical] of spellings) t.is(canonicalAddress(text), canonical, text);
});

test('counts a client by its IPv4 address, and by the part of an IPv6 address that it can’t choose', (t) => {
  t.is(clientKeyOf('192.0.2.77'), '192.0.2.77');
  t.is(clientKeyOf('2001:db8:1:2:aaaa::1'), '2001:db8:1:2::/64');
  t.is(clientKeyOf('2001:db8:1:2:bbbb::9'), '2001:db8:1:2::/64');
  t.is(clientKeyOf('::1'), '0:0:0:0::/64');
  t.is(clientKeyOf('64:ff9b::192.0.2.1'), '64:ff9b:0:0::/64');
  t.is(clientKeyOf('2001:db8::4:5:6:7:8'), '2001:db8:0:4::/64', 'what was left out may be shorter than the part that counts');
  t.is(clientKeyOf('2001:db8::'), '2001:db8:0:0::/64');
  t.is(clientKeyOf(''), '');
});

test('knows the network that neighbours share', (t) => {
  t.is(networkOf('192.0.2.77'), '192.0.2.0/24');
  t.is(networkOf('2001:db8:1:2:aaaa::1'), '2001:db8:1::/48');
});
