import test from 'ava';
import type { CommandResult } from '../../commands/handling/results.ts';
import { PRESENCE_STABLE_MS } from '../../domain/chat/presence.ts';
import type { DeviceId } from '../../domain/shared/ids.ts';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../domain/shared/instant.ts';
import { PRESENCE_TTL_MS } from '../config.ts';
import { ann, givenPresence } from './test-fixture.ts';

const [phone, laptop] = ['phone', 'laptop'] as unknown as readonly [DeviceId, DeviceId];

test('a person who connects is online within half a second', async (t) => {
  const { one, state, pass, statusNow } = await givenPresence();
  one.beat(ann, phone);
  await pass(SECOND_MS / 2);
  t.deepEqual(state.published, ['online since 0.5']);
  t.is(await statusNow(), 'online');
});

test('heartbeats keep a person online, and publish nothing', async (t) => {
  const { one, state, pass, statusNow } = await givenPresence();
  one.beat(ann, phone);
  await pass(120 * SECOND_MS, () => one.beat(ann, phone));
  t.is(state.published.length, 1);
  t.is(await statusNow(), 'online');
});

test('a person without a heartbeat for the TTL is offline, last active at the last heartbeat', async (t) => {
  const { one, state, pass, statusNow } = await givenPresence();
  one.beat(ann, phone);
  await pass(PRESENCE_TTL_MS - SECOND_MS);
  t.is(state.published.length, 1);
  await pass(2 * SECOND_MS);
  t.deepEqual(state.published, ['online since 0.5', 'offline since 0.5']);
  t.is(await statusNow(), 'offline');
});

test('a person who is back within the TTL never was offline', async (t) => {
  const { one, state, pass } = await givenPresence();
  one.beat(ann, phone);
  await pass(PRESENCE_TTL_MS - 2 * SECOND_MS);
  one.beat(ann, phone);
  await pass(PRESENCE_TTL_MS - 2 * SECOND_MS);
  t.is(state.published.length, 1);
});

test('a person who logs out is offline at once, unless another device is connected', async (t) => {
  const { one, state, pass, statusNow } = await givenPresence();
  one.beat(ann, phone);
  one.beat(ann, laptop);
  await pass(SECOND_MS);
  one.leave(ann, phone);
  await pass(SECOND_MS);
  t.is(state.published.length, 1);
  one.leave(ann, laptop);
  await pass(SECOND_MS);
  t.deepEqual(state.published.slice(1), ['offline since 2']);
  t.is(await statusNow(), 'offline');
});

test('coming and going within one batch is not published', async (t) => {
  const { one, state, pass } = await givenPresence();
  one.beat(ann, phone);
  one.leave(ann, phone);
  await pass(SECOND_MS);
  t.deepEqual(state.published, []);
});

test('a person who moved to another gateway is not published as offline by the first', async (t) => {
  const { one, other, state, pass } = await givenPresence();
  one.beat(ann, phone);
  await pass(10 * SECOND_MS);
  other.beat(ann, phone);
  await pass(100 * SECOND_MS, () => other.beat(ann, phone));
  t.true(state.published.every((published) => published.startsWith('online')));
  t.deepEqual(
    state.recorded.filter((recorded) => recorded.startsWith('offline')),
    [],
  );
  t.is(one.count(), 0);
});

test('a person who comes back from another gateway is published as online, whatever was published in between', async (t) => {
  const { one, other, state, pass } = await givenPresence();
  one.beat(ann, phone);
  await pass(SECOND_MS);
  other.beat(ann, phone);
  await pass(40 * SECOND_MS, () => other.beat(ann, phone));
  other.leave(ann, phone);
  await pass(SECOND_MS);
  one.beat(ann, phone);
  await pass(2 * SECOND_MS);
  t.true(state.published.at(-1)?.startsWith('online'));
});

test('only a status that has lasted for a minute is recorded', async (t) => {
  const { one, state, pass } = await givenPresence();
  one.beat(ann, phone);
  await pass(PRESENCE_STABLE_MS - SECOND_MS, () => one.beat(ann, phone));
  t.deepEqual(state.recorded, []);
  await pass(3 * SECOND_MS, () => one.beat(ann, phone));
  t.deepEqual(state.recorded, ['online since 0']);
  await pass(PRESENCE_TTL_MS + PRESENCE_STABLE_MS + 5 * SECOND_MS);
  t.is(state.recorded.length, 2);
  t.true(state.recorded[1]?.startsWith('offline'));
  t.is(one.count(), 0, 'and then the person is forgotten');
});

test('a flapping connection records nothing', async (t) => {
  const { one, state, pass } = await givenPresence();
  for (let n = 0; n < 5; n++) {
    one.beat(ann, phone);
    await pass(5 * SECOND_MS);
    one.leave(ann, phone);
    await pass(5 * SECOND_MS);
  }
  t.deepEqual(state.recorded, []);
});

test('a record that failed is made later', async (t) => {
  let isAway = true;
  const { one, state, pass } = await givenPresence({ record: () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve()) });
  one.beat(ann, phone);
  await pass(PRESENCE_STABLE_MS + 5 * SECOND_MS, () => one.beat(ann, phone));
  t.true(state.failures > 0);
  isAway = false;
  await pass(PRESENCE_TTL_MS, () => one.beat(ann, phone));
  t.deepEqual(state.recorded, ['online since 0']);
});

test('a longer TTL holds as well: a person who is silent for less is online', async (t) => {
  const { one, state, pass, statusNow } = await givenPresence({ ttlMs: 90 * SECOND_MS });
  one.beat(ann, phone);
  await pass(89 * SECOND_MS);
  t.deepEqual([state.published.length, await statusNow()], [1, 'online']);
  await pass(2 * SECOND_MS);
  t.deepEqual([state.published.length, await statusNow()], [2, 'offline']);
});

test('with a short TTL the gateway gives signs of life often enough that nobody is lost in between', async (t) => {
  const { one, state, pass, statusNow } = await givenPresence({ ttlMs: 6 * SECOND_MS });
  for (let n = 0; n < 20; n++) {
    one.beat(ann, phone);
    t.not(await statusNow(), n === 0 ? undefined : 'offline');
    await pass(2 * SECOND_MS);
  }
  t.is(state.published.length, 1);
});

for (const hours of [-1, 1]) {
  test(`a clock that is set by ${hours} h puts nothing off and brings nothing forward`, async (t) => {
    const { one, state, pass, statusNow } = await givenPresence();
    one.beat(ann, phone);
    await pass(10 * SECOND_MS);
    state.clockSetByMs = hours * HOUR_MS;
    await pass(PRESENCE_TTL_MS - 11 * SECOND_MS);
    t.is(await statusNow(), 'online');
    await pass(2 * SECOND_MS);
    t.is(await statusNow(), 'offline');
    await pass(PRESENCE_STABLE_MS + 2 * SECOND_MS);
    const setBy = (hours * HOUR_MS) / SECOND_MS;
    t.deepEqual(state.recorded, [`offline since ${setBy + PRESENCE_TTL_MS / SECOND_MS}`]);
    t.is(state.failures, 0);
  });
}

test('a status that the log refuses for the moment is tried again, and doesn’t count as recorded', async (t) => {
  const results: CommandResult[] = [
    { outcome: 'refused', refusal: { code: 'write-contention' } },
    { outcome: 'unchanged', stream: 'presence-ann', revision: 0, position: undefined },
  ];
  const { one, state, pass } = await givenPresence({ record: () => Promise.resolve(results.shift()) });
  one.beat(ann, phone);
  await pass(PRESENCE_STABLE_MS + 5 * SECOND_MS, () => one.beat(ann, phone));
  t.deepEqual(state.recorded, ['online since 0', 'online since 0']);
  t.is(state.failures, 1);
});

test('a status is recorded although the clock of the gateway is days off', async (t) => {
  const { one, state, pass } = await givenPresence();
  state.clockSetByMs = -30 * DAY_MS; // ids that were made before are from the future now
  one.beat(ann, phone);
  await pass(PRESENCE_STABLE_MS + 5 * SECOND_MS, () => one.beat(ann, phone));
  t.deepEqual(state.recorded, [`online since ${(-30 * DAY_MS) / SECOND_MS}`]);
  t.is(state.failures, 0);
});
