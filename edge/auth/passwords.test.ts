import test from 'ava';
import { createPasswords } from './passwords.ts';
import { PasswordQueueFull } from '../problem.ts';

const passwords = createPasswords();
const SHARE = { lane: 'anybody', address: '203.0.113.9' } as const;

test('a password matches its own hash, however its letters are composed, and no other password does', async (t) => {
  const hash = await passwords.hash('Käse im Schrank', SHARE);
  t.true(await passwords.verify('Käse im Schrank', hash, SHARE));
  t.true(await passwords.verify('Käse im Schrank'.normalize('NFD'), hash, SHARE));
  t.false(await passwords.verify('käse im Schrank', hash, SHARE));
  t.false(await passwords.verify('', hash, SHARE));
});

test('the same password is hashed differently each time, and the hash names its parameters', async (t) => {
  const [one, other] = await Promise.all([passwords.hash('a password', SHARE), passwords.hash('a password', SHARE)]);
  t.not(one, other);
  t.regex(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});

test('a hash made with other parameters is still verified', async (t) => {
  // From the test vectors of the reference implementation (P-H-C/phc-winner-argon2, test.c).
  const hash = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
  t.true(await passwords.verify('password', hash, SHARE));
  t.false(await passwords.verify('passwort', hash, SHARE));
});

test('a malformed hash verifies nothing, and neither does a missing one', async (t) => {
  for (const hash of ['', 'password', '$argon2id$', '$2b$10$abcdefghijklmnopqrstuv', undefined])
    t.false(await passwords.verify('password', hash, SHARE), String(hash));
});

test('hashing leaves the event loop free, and refuses calls when its queue is full', async (t) => {
  let turns = 0;
  let counting = true;
  const count = () => {
    turns++;
    if (counting) setImmediate(count);
  };
  count();
  const all = await Promise.allSettled(Array.from({ length: 80 }, () => createdOnce.verify('a password', undefined, SHARE)));
  counting = false;
  const refused = all.filter(({ status }) => status === 'rejected');
  t.is(refused.length, 80 - 2 - 64);
  t.true(refused.every((one) => one.status === 'rejected' && one.reason instanceof PasswordQueueFull));
  t.true(turns > 100, `the loop turned ${turns} times`);
  t.false(await createdOnce.verify('a password', undefined, SHARE), 'and afterwards there is room again');
});

const createdOnce = createPasswords();
