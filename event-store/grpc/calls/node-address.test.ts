import test from 'ava';
import { advertisedTo } from './node-address.ts';

const bound = (host: string) => ({ host, port: 2113 });

test('a configured address is advertised, whatever is bound', (t) => {
  const advertised = { host: 'store.example', port: 1 };
  t.deepEqual(advertisedTo('10.0.0.9:2113', { advertised, bound: bound('0.0.0.0') }), advertised);
});

test('a server bound to one address advertises it', (t) => {
  t.deepEqual(advertisedTo('store.example:80', { advertised: undefined, bound: bound('10.0.0.9') }), bound('10.0.0.9'));
});

test('a server bound to all addresses advertises the one by which the client found it', (t) => {
  const advertise = (authority: string, host = '0.0.0.0') => advertisedTo(authority, { advertised: undefined, bound: bound(host) });
  t.deepEqual(advertise('10.0.0.9:30001'), { host: '10.0.0.9', port: 30_001 });
  t.deepEqual(advertise('store.example:2113', '::'), { host: 'store.example', port: 2113 });
  t.deepEqual(advertise('[2001:db8::1]:2113', '::'), { host: '2001:db8::1', port: 2113 });
  t.deepEqual(advertise('nonsense'), { host: '127.0.0.1', port: 2113 });
  t.deepEqual(advertise('', '::'), { host: '::1', port: 2113 });
});
