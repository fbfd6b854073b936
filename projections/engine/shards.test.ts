/** A projection divided into shards, in one process or several: as far as its slowest shard, and every event once. */
import test from 'ava';
import { postStream } from '../../domain/shared/streams.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { covers, merge } from '../../ports/event-log/position.ts';
import type { ViewCommit } from '../../ports/views/port.ts';
import { startSharedLeases } from '../leases/shared-leases.ts';
import { checkpointName, shardOf } from '../progress/names.ts';
import { positionsAnywhere } from '../progress/positions.ts';
import { startProjections } from '../rollout/start-projections.ts';
import { appendPosts, emptyViews, givenLog, waitUntil, type ProjectionsFixture } from '../test-fixture.ts';
import type { Reactor } from '../projection.ts';
import { countingReactor, postPublished, textsProjector, type PostEdited, type PostPublished } from '../testing/small-projections.ts';
import { QUICK } from './test-fixture.ts';

const SOON = { deadlineMs: 20_000 };
const SHARDS = 4;

test('a projector has come as far as its slowest shard, whoever waits for it', async (t) => {
  await using given = await givenLog();
  const held = shardOf('post-p0', SHARDS);
  const { promise: gate, resolve: openGate } = Promise.withResolvers<void>();
  const commit = async (write: ViewCommit) => {
    if (write.projection === checkpointName('texts@1', { log: 0, shard: held })) await gate;
    return await given.views.commit(write);
  };
  const leases = await startSharedLeases({ views: given.views, onFailure: () => undefined }, { process: 'elsewhere', renewMs: 100 });
  await using elsewhere = await startProjections(
    { ...given.dependencies, leases },
    { ...QUICK, shards: SHARDS, projections: [], elsewhere: [textsProjector()] },
  );
  await using running = await startProjections(
    { ...given.dependencies, views: { ...given.views, commit } },
    { ...QUICK, shards: SHARDS, projections: [textsProjector()] },
  );
  const position = await appendPosts(given, 20);
  const others = Array.from({ length: 20 }, (_, n) => `p${n}`).filter((post) => shardOf(postStream(post), SHARDS) !== held);
  await waitUntil(async () => (await given.views.getMany('texts@1', others)).every((document) => document !== undefined));
  t.false(await running.waitForViews(['texts'], position, { deadlineMs: 100 }));
  t.false(await elsewhere.waitForViews(['texts'], position, { deadlineMs: 100 }));
  openGate();
  t.true(await running.waitForViews(['texts'], position, SOON));
  t.true(await elsewhere.waitForViews(['texts'], position, SOON), 'also by shards that only passed over the last event');
  t.is((await given.views.get<{ posts: number }>('text-counts@1', 'all'))?.posts, 20);
  await leases[Symbol.asyncDispose]();
});

test('views that were begun with one number of shards are not continued with another', async (t) => {
  await using given = await givenLog();
  {
    await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [textsProjector()] });
  }
  await t.throwsAsync(startProjections(given.dependencies, { ...QUICK, shards: 2, projections: [textsProjector()] }), { message: /begun with 1 shards/ });
});

/** One process of several, which may end like a killed one: it begins nothing more, and nothing that it has under way comes to an end. */
async function startProcess(given: ProjectionsFixture, name: string, { react, ...reactor }: Reactor<PostPublished | PostEdited>, views = given.views) {
  let isKilled = false;
  const never = new Promise<never>(() => undefined);
  const commit = (write: ViewCommit) => (isKilled ? never : views.commit(write));
  const own = { ...views, commit };
  const mortal = { ...reactor, react: (event: Parameters<typeof react>[0]) => (isKilled ? never : react(event)) };
  const leases = await startSharedLeases({ views: own, onFailure: () => undefined }, { process: name, renewMs: 100 });
  const running = await startProjections({ ...given.dependencies, views: own, leases }, { ...QUICK, shards: SHARDS, projections: [mortal] });
  const states = async () => (await running.status()).map(({ state }) => state);
  return { running, leases, states, kill: () => (isKilled = true) };
}

test('the units of one reactor are in two processes; one is killed, all views are lost, and every effect has happened once', async (t) => {
  await using given = await givenLog({ logs: 2 });
  const { reactor, effects } = countingReactor();
  const first = await startProcess(given, 'first', reactor);
  const second = await startProcess(given, 'second', reactor);
  const live = async () => [await first.states(), await second.states()].map((states) => states.filter((state) => state === 'live').length);
  await waitUntil(async () => (await live()).join() === '4,4');
  const written = await appendPosts(given, 30);
  await waitUntil(() => effects.times.size === 60);
  const stored = positionsAnywhere({ views: given.views }, { logs: 2, shards: SHARDS });
  await waitUntil(async () => covers(await stored.of('counting'), written));
  first.kill();
  await appendPosts(given, 30, 30);
  await waitUntil(() => effects.times.size === 120);
  await second.running[Symbol.asyncDispose]();
  await second.leases[Symbol.asyncDispose]();

  await using others = await emptyViews();
  await appendPosts(given, 10, 60);
  const third = await startProcess(given, 'third', reactor, others.views);
  await waitUntil(() => effects.times.size === 140);
  t.deepEqual(new Set(effects.order).size, 140);
  const repeated = [...effects.times.values()].filter((times) => times > 1).length;
  t.is(repeated, 0, 'the killed process had nothing under way, and the log has its checkpoints');
  for (const post of Array.from({ length: 70 }, (_, n) => `post-p${n}`)) {
    t.true(effects.order.indexOf(`${post}@0`) < effects.order.indexOf(`${post}@1`));
  }
  await third.running[Symbol.asyncDispose]();
  await third.leases[Symbol.asyncDispose]();
});

test('a turn that writes more than a commit may is halved until it fits', async (t) => {
  await using given = await givenLog();
  let all: Position | undefined;
  for (let i = 0; i < 40; i += 1)
    all = merge(all, await given.append(`post-p${i}`, { ...postPublished(`p${i}`), data: { ...postPublished(`p${i}`).data, text: 'x'.repeat(400_000) } }));
  const bytes: number[] = [];
  const commit = async (write: ViewCommit) => {
    bytes.push(JSON.stringify(write.writes).length);
    return await given.views.commit(write);
  };
  await using running = await startProjections({ ...given.dependencies, views: { ...given.views, commit } }, { ...QUICK, projections: [textsProjector()] });
  t.true(await running.waitForViews(['texts'], all as Position, SOON));
  t.is((await given.views.get<{ posts: number }>('text-counts@1', 'all'))?.posts, 40);
  t.true(Math.max(...bytes) < 5_000_000, String(Math.max(...bytes)));
  t.true(bytes.length > 3);
});
