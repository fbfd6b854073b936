import { get, type Agent } from 'node:https';
import test from 'ava';
import { startReceiver } from '../../tests/webhooks/receiver.ts';
import { outboundContract } from './contract.ts';
import type { ResolveName } from './guarded-agent.ts';
import { startOutbound } from './https.ts';
import { ADDRESS_NOT_PUBLIC } from './port.ts';
import { isReachable, networksOf } from './public-address.ts';

outboundContract('https', (options) => Promise.resolve(startOutbound(options)));

test('only addresses of the public internet are reachable, and those of networks that are allowed', (t) => {
  const allowed = networksOf(['10.1.0.0/16', 'fd12::/16']) ?? [];
  const reachable = ['8.8.8.8', '93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c', '10.1.2.3', '::ffff:10.1.2.3', 'fd12::1'];
  for (const address of reachable) t.true(isReachable(address, allowed), address);
  const unreachable = [
    '0.0.0.0 10.0.0.1 100.64.0.1 127.0.0.1 169.254.169.254 172.16.0.1 192.0.0.1 192.0.2.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1',
    '224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 ::ffff:8.8.8.8 ::8.8.8.8 64:ff9b::8.8.8.8 100::1 2001::1 2001:db8::1 2002:7f00:1:: fc00::1',
    'fd13::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 localhost ::7f00:1 ::2 1::1 4000::1 100:0:0:1::1 64:ff9b:1::7f00:1 168.63.129.16',
  ].flatMap((line) => line.split(' '));
  for (const address of unreachable) t.false(isReachable(address, allowed), address);
  t.is(networksOf(['10.0.0.0']), undefined);
});

test('a name is resolved once for a connection, which is made to the address that was checked', async (t) => {
  await using receiver = await startReceiver();
  // As of a name that is bound again as soon as it was asked for.
  const answers = [['10.0.0.1', '127.0.0.1'], ['10.0.0.1'], ['10.0.0.1', '127.0.0.2']];
  let asked = 0;
  const resolveName: ResolveName = (_name, _options, callback) => {
    const addresses = (answers[asked++] ?? []).map((address) => ({ address, family: 4 }));
    process.nextTick(() => callback(null, addresses));
  };
  await using outbound = startOutbound({ privateNetworks: ['127.0.0.1/32'], ca: receiver.ca, resolveName });
  const post = (host: string) => outbound.post({ url: `https://${host}:${receiver.port}/`, headers: {}, body: '' });
  t.is((await post('localhost')).outcome, 'answered');
  t.is(asked, 1);
  for (const [host, times] of [
    ['rebound.example', 2],
    ['another.example', 3],
  ] as const) {
    t.deepEqual(await post(host), { outcome: 'refused', reason: 'address-not-public' });
    t.is(asked, times);
  }
});

test('a library that is given the agent reaches no private address either', async (t) => {
  await using receiver = await startReceiver();
  await using closed = startOutbound({ ca: receiver.ca });
  const ask = (outbound: { readonly agent: Agent }, host: string) =>
    new Promise<string>((resolve) => {
      get({ host, port: receiver.port, agent: outbound.agent }, (response) => resolve(String(response.resume().statusCode))).on(
        'error',
        (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message),
      );
    });
  t.is(await ask(closed, 'localhost'), ADDRESS_NOT_PUBLIC);
  t.is(await ask(closed, '127.0.0.1'), ADDRESS_NOT_PUBLIC);
  await using open = startOutbound({ ca: receiver.ca, privateNetworks: ['127.0.0.0/8', '::1/128'] });
  t.is(await ask(open, 'localhost'), '204');
  t.is(await ask(open, '127.0.0.1'), '204');
});

test('networks that are none are refused when it starts', (t) => {
  t.throws(() => startOutbound({ privateNetworks: ['10.0.0.0/8', 'everything'] }), { instanceOf: RangeError });
});
