import test from 'ava';
import { addressOf, limitGuesses } from './guess-limit.ts';

const ADMIN_HERE = { address: '10.0.0.1', login: 'admin' };

function failTimes(limit: ReturnType<typeof limitGuesses>, times: number, guesser: (n: number) => { readonly address: string; readonly login: string }): void {
  for (let n = 0; n < times; n++) limit.failed(guesser(n));
}

test('one address gets 20 guesses at one user, and then one each 5 seconds', (t) => {
  let ms = 0;
  const limit = limitGuesses(() => ms);
  failTimes(limit, 19, () => ADMIN_HERE);
  t.is(limit.lockedForMs(ADMIN_HERE), 0);
  t.true(limit.failed(ADMIN_HERE));
  t.is(limit.lockedForMs(ADMIN_HERE), 5_000);
  ms += 5_000;
  t.is(limit.lockedForMs(ADMIN_HERE), 0);
  t.true(limit.failed(ADMIN_HERE));
});

test('guesses from other addresses do not lock a user out, until there are very many', (t) => {
  const limit = limitGuesses(() => 0);
  failTimes(limit, 299, (n) => ({ address: `10.1.${n}.1`, login: 'admin' }));
  t.is(limit.lockedForMs(ADMIN_HERE), 0);
  limit.failed({ address: '10.2.0.1', login: 'admin' });
  t.true(limit.lockedForMs(ADMIN_HERE) > 0);
});

test('one address gets 60 guesses at all users together', (t) => {
  const limit = limitGuesses(() => 0);
  failTimes(limit, 60, (n) => ({ address: '10.0.0.1', login: `user-${n}` }));
  t.true(limit.lockedForMs({ address: '10.0.0.1', login: 'another' }) > 0);
  t.is(limit.lockedForMs({ address: '10.0.0.2', login: 'another' }), 0);
});

test('a user who has logged in from an address before is let in there, whatever others guess', (t) => {
  const limit = limitGuesses(() => 0);
  limit.succeeded(ADMIN_HERE);
  failTimes(limit, 1_000, (n) => ({ address: `10.1.${n % 250}.1`, login: 'admin' }));
  failTimes(limit, 100, (n) => ({ address: '10.0.0.1', login: `user-${n}` }));
  t.is(limit.lockedForMs(ADMIN_HERE), 0);
  failTimes(limit, 20, () => ADMIN_HERE);
  t.true(limit.lockedForMs(ADMIN_HERE) > 0);
});

test('the number of remembered addresses and users is bounded', (t) => {
  const limit = limitGuesses(() => 0);
  failTimes(limit, 20, () => ADMIN_HERE);
  failTimes(limit, 10_000, (n) => ({ address: `address-${n}`, login: `user-${n}` }));
  t.is(limit.lockedForMs(ADMIN_HERE), 0);
});

test('failures are counted by address without its port, and of IPv6 by network', (t) => {
  t.is(addressOf('10.0.0.1:5000'), '10.0.0.1');
  t.is(addressOf('::ffff:10.0.0.1:5000'), '10.0.0.1');
  t.is(addressOf('2001:db8:1:2:3:4:5:6:5000'), '2001:db8:1:2::/64');
  t.is(addressOf('2001:db8::1:5000'), '2001:db8:0:0::/64');
  t.is(addressOf('::1:5000'), '0:0:0:0::/64');
  t.is(addressOf('unknown'), 'unknown');
});
