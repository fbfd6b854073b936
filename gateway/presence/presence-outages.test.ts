/** What becomes of presence when its store is away, or has lost what it knew; and how seldom it is asked when all is well. */
import test from 'ava';
import type { DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { DAY_MS, SECOND_MS } from '../../domain/shared/instant.ts';
import { PRESENCE_KEPT_DAYS } from '../../ports/presence/port.ts';
import { HEARTBEAT_MS, PRESENCE_TTL_MS } from '../config.ts';
import { ann, givenPresence } from './test-fixture.ts';

const phone = 'phone' as DeviceId;
const bob = 'bob' as PersonId;

test('a person costs the store a write on coming and one on going, and heartbeats cost none', async (t) => {
  const { one, pass, calls } = await givenPresence();
  one.beat(ann, phone);
  await pass(600 * SECOND_MS, () => one.beat(ann, phone));
  one.leave(ann, phone);
  await pass(SECOND_MS);
  t.deepEqual([calls.filter((call) => call === 'arrive').length, calls.filter((call) => call === 'leave').length], [1, 1]);
  t.true(calls.filter((call) => call === 'keepAlive').length <= (2 * 600) / 8 + 2);
});

test('the store is told once a day of a person who stays, before it forgets', async (t) => {
  const { one, pass, calls } = await givenPresence();
  one.beat(ann, phone);
  await pass(DAY_MS + 120 * SECOND_MS, () => one.beat(ann, phone));
  t.is(calls.filter((call) => call === 'arrive').length, 2);
  t.true(PRESENCE_KEPT_DAYS > 1);
});

test('a store that lost everything knows everybody again within seconds, and nobody is published anew', async (t) => {
  const { one, state, pass, statusNow, loseStore } = await givenPresence();
  one.beat(ann, phone);
  await pass(20 * SECOND_MS, () => one.beat(ann, phone));
  await loseStore();
  t.is(await statusNow(), 'offline');
  await pass(9 * SECOND_MS, () => one.beat(ann, phone));
  t.is(await statusNow(), 'online');
  t.is(state.published.length, 1);
});

test('who comes while the store is away is published at once, and known to the store after it', async (t) => {
  const { one, state, pass, statusNow } = await givenPresence();
  await pass(SECOND_MS);
  state.isStoreAway = true;
  one.beat(ann, phone);
  await pass(60 * SECOND_MS, () => one.beat(ann, phone));
  t.true(state.published[0]?.startsWith('online'));
  state.isStoreAway = false;
  await pass(6 * SECOND_MS, () => one.beat(ann, phone));
  t.is(await statusNow(), 'online');
  t.is(state.published.length, 1);
});

test('who goes while the store is away is offline once it is back, and not published on a guess', async (t) => {
  const { one, state, pass, statusNow } = await givenPresence();
  one.beat(ann, phone);
  one.beat(bob, phone);
  await pass(SECOND_MS);
  state.isStoreAway = true;
  one.leave(ann, phone);
  await pass(PRESENCE_TTL_MS / 2, () => one.beat(bob, phone));
  state.isStoreAway = false;
  await pass(PRESENCE_TTL_MS, () => one.beat(bob, phone));
  t.is(await statusNow(), 'offline');
  t.is(state.published.length, 2, 'watchers are told by the store');
});

test('a store that is away is asked every few seconds, however many people come and go', async (t) => {
  const { one, state, pass, calls } = await givenPresence();
  await pass(SECOND_MS);
  state.isStoreAway = true;
  calls.length = 0;
  await pass(60 * SECOND_MS, () => {
    one.beat(ann, phone);
    one.leave(ann, phone);
  });
  t.true(calls.length <= 2 * (60 / 5 + 2), `${calls.length} calls`);
  t.true(60 * SECOND_MS > 5 * HEARTBEAT_MS && state.failures > 0);
});
