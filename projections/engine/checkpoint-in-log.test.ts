/** A reactor's checkpoint outlasts the views, and a new version of the reactor: the log has it too. */
import test from 'ava';
import { LogUnavailable, type Position } from '../../ports/event-log/port.ts';
import { covers } from '../../ports/event-log/position.ts';
import { startProjections } from '../rollout/start-projections.ts';
import { appendPosts, emptyViews, givenLog, waitUntil } from '../test-fixture.ts';
import { at } from '../testing/history.ts';
import { countingReactor } from '../testing/small-projections.ts';
import { QUICK } from './test-fixture.ts';

test('when all views are lost a reactor continues from its checkpoint in the log: nothing is repeated and nothing dropped', async (t) => {
  await using given = await givenLog();
  const { reactor, effects } = countingReactor();
  {
    await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
    await appendPosts(given, 10);
    await waitUntil(() => effects.times.size === 20);
  }
  await appendPosts(given, 5, 10); // while no runner runs
  await using others = await emptyViews();
  await using _running = await startProjections({ ...given.dependencies, views: others.views }, { ...QUICK, projections: [reactor] });
  await appendPosts(given, 5, 15);
  await waitUntil(() => effects.times.size === 40);
  t.deepEqual(new Set(effects.times.values()), new Set([1]));
});

test('the log keeps one checkpoint of a reactor, and writing it doesn’t cause another', async (t) => {
  await using given = await givenLog();
  const { reactor, effects } = countingReactor();
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
  const last = await appendPosts(given, 10);
  await waitUntil(() => effects.times.size === 20);
  const kept = async () => {
    const found = [];
    for await (const stored of given.log.readStream('checkpoint-counting')) found.push(await given.codec.decode(stored));
    return found;
  };
  await waitUntil(async () => (await kept()).some(({ type, data }) => type === 'operations.checkpoint-reached.v1' && covers(data.position as Position, last)));
  const before = await kept();
  t.is(before.length, 1);
  for (let i = 0; i < 5; i += 1) {
    const position = await given.append(`presence-g${i}`, { type: 'chat.gateway-lost.v1', data: { gateway: `g${i}`, lastSeenAt: at } });
    await waitUntil(async () => (await running.status()).every(({ position: passed }) => passed !== undefined && covers(passed, position)));
  }
  t.deepEqual(await kept(), before);
});

test('a new version continues where the old one was', async (t) => {
  await using given = await givenLog();
  const old = countingReactor();
  {
    await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [old.reactor] });
    await appendPosts(given, 3);
    await waitUntil(() => old.effects.times.size === 6);
  }
  const next = countingReactor(undefined, { version: 2 });
  await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [next.reactor] });
  await appendPosts(given, 1, 3);
  await waitUntil(() => next.effects.times.size === 2);
  t.deepEqual(next.effects.order, ['post-p3@0', 'post-p3@1']);
});

test('a reactor that starts from now has no effects of the past', async (t) => {
  await using given = await givenLog();
  await appendPosts(given, 3);
  const { reactor, effects } = countingReactor(undefined, { startFrom: 'now' });
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
  await waitUntil(async () => (await running.status())[0]?.state === 'live');
  await appendPosts(given, 1, 3);
  await waitUntil(() => effects.times.size === 2);
  t.deepEqual(effects.order, ['post-p3@0', 'post-p3@1']);
});

test('a reactor that started from now records its start in the log', async (t) => {
  await using given = await givenLog();
  await appendPosts(given, 3);
  const { reactor, effects } = countingReactor(
    () => {
      throw new LogUnavailable('away');
    },
    { startFrom: 'now' },
  );
  {
    await using running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
    await waitUntil(async () => (await running.status())[0]?.state === 'live');
    await appendPosts(given, 1, 3);
  }
  t.is(effects.times.size, 0);
  await using others = await emptyViews();
  const again = countingReactor(undefined, { startFrom: 'now' });
  await using _running = await startProjections({ ...given.dependencies, views: others.views }, { ...QUICK, projections: [again.reactor] });
  await waitUntil(() => again.effects.times.size === 2);
  t.deepEqual(again.effects.order, ['post-p3@0', 'post-p3@1']);
});
