/** Time limits of one connection, tick by tick. */
import test from 'ava';
import type { DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import type { Identity } from '../connection/connection.ts';
import { connectionForTest } from '../testing/connection.ts';
import { createDueChecks } from './due-checks.ts';
import { awaitHello, createKeepalive, startPinging, stopKeepalive, tickKeepalive, type KeepaliveDependencies } from './keepalive.ts';

const identity: Identity = { person: 'ann' as PersonId, device: 'phone' as DeviceId, session: 's', expiresAtMs: 100 * SECOND_MS };

function given({ clockMs = () => 0, ...dependencies }: Partial<KeepaliveDependencies> = {}) {
  const checks = createDueChecks();
  const keepalive = createKeepalive({ helloTimeoutMs: 10 * SECOND_MS, pingMs: 25 * SECOND_MS, checks, random: () => 0, clockMs, ...dependencies });
  const { connection, closes, pings } = connectionForTest({ identity });
  const pass = (ticks: number) => {
    for (let tick = 0; tick < ticks; tick++) tickKeepalive(keepalive);
  };
  return { checks, keepalive, connection, closes, pings, pass };
}

for (const pingSeconds of [1, 25, 31, 32, 40, 3_600]) {
  test(`pings come every ${pingSeconds} s where that is the interval, and not earlier`, (t) => {
    const { keepalive, connection, closes, pings, pass } = given({ pingMs: pingSeconds * SECOND_MS });
    connection.phase = 'live';
    startPinging(keepalive, connection);
    pass(1);
    t.is(pings(), 1);
    for (let n = 2; n <= 4; n++) {
      connection.isAlive = true; // the pong
      pass(pingSeconds - 1);
      t.is(pings(), n - 1);
      pass(1);
      t.is(pings(), n);
    }
    pass(pingSeconds - 1);
    t.deepEqual(closes, []);
    pass(1);
    t.deepEqual(closes, ['no-pong']);
  });
}

test('the first ping comes within the interval, whatever chance says', (t) => {
  for (const chance of [0, 0.5, 0.999_999]) {
    const { keepalive, connection, pings, pass } = given({ pingMs: 40 * SECOND_MS, random: () => chance });
    connection.phase = 'live';
    startPinging(keepalive, connection);
    pass(1 + Math.ceil(chance * 40));
    t.is(pings(), 1, String(chance));
  }
});

for (const helloSeconds of [10, 60]) {
  test(`a connection without a hello is closed as stale after ${helloSeconds} s, and not earlier`, (t) => {
    const { keepalive, connection, closes, pass } = given({ helloTimeoutMs: helloSeconds * SECOND_MS });
    awaitHello(keepalive, connection);
    pass(helloSeconds - 1);
    t.deepEqual(closes, []);
    pass(1);
    t.deepEqual(closes, ['stale']);
  });
}

test('a connection whose token has expired is closed instead of pinged', (t) => {
  let now = identity.expiresAtMs - 1;
  const { keepalive, connection, closes, pings, pass } = given({ clockMs: () => now });
  connection.phase = 'live';
  startPinging(keepalive, connection);
  pass(1);
  connection.isAlive = true;
  now++;
  pass(25);
  t.deepEqual([pings(), closes], [1, ['unauthorised']]);
});

test('a pinged connection is due for every check, and for none once it is gone', (t) => {
  const { keepalive, connection, checks, closes, pass } = given();
  connection.phase = 'live';
  startPinging(keepalive, connection);
  pass(1);
  t.deepEqual(Object.values(checks), [new Set([connection]), new Set([connection]), new Set([connection])]);
  stopKeepalive(keepalive, connection);
  t.deepEqual(Object.values(checks), [new Set(), new Set(), new Set()]);
  pass(100);
  t.deepEqual(closes, []);
});

test('an interval that no timing wheel can hold is refused at the start', (t) => {
  for (const pingMs of [Infinity, NaN]) t.throws(() => given({ pingMs }), { instanceOf: RangeError });
});
