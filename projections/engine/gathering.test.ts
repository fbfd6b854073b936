/** Runners that have caught up gather what comes, wake only for what they handle, and store only what they must; and nobody reads less than they wait for. */
import test from 'ava';
import { postStream } from '../../domain/shared/streams.ts';
import type { Position } from '../../ports/event-log/port.ts';
import type { ViewCommit } from '../../ports/views/port.ts';
import { positionOf } from '../progress/checkpoint.ts';
import { startProjections } from '../rollout/start-projections.ts';
import { at, givenLog, waitUntil, type ProjectionsFixture } from '../test-fixture.ts';
import { countingReactor, postEdited, postPublished, textsProjector } from '../testing/small-projections.ts';
import type { AnyProjector } from '../projection.ts';

const SOON = { deadlineMs: 60_000 };
const LONG_MS = 3_600_000;
/** No projection here handles it. */
const gatewayLost = (number: number) => ({ type: 'chat.gateway-lost.v1', data: { gateway: `g${number}`, lastSeenAt: at } }) as const;

/** The views, with the commits counted, and held back while `hold` says so. */
function watchedViews({ views }: ProjectionsFixture) {
  const seen = { commits: 0, held: Promise.resolve() };
  const commit = async (write: ViewCommit) => {
    seen.commits += 1;
    await seen.held;
    return await views.commit(write);
  };
  return { seen, views: { ...views, commit } };
}

const ignoring = (name: string): AnyProjector => ({
  kind: 'projector',
  name,
  version: 1,
  handles: ['feed.post-published.v1', 'feed.post-edited.v1'],
  indexes: {},
  project: () => undefined,
});

test('whoever waits ends the gathering of a runner, however long that is', async (t) => {
  await using given = await givenLog();
  await using running = await startProjections(given.dependencies, { projections: [textsProjector()], batchIntervalMs: LONG_MS });
  for (let n = 0; n < 20; n++) {
    const position = await given.append(`post-p${n}`, postPublished(`p${n}`));
    t.true(await running.waitForViews(['texts'], position, SOON));
    t.deepEqual((await given.views.get('texts@1', `p${n}`))?.['texts'], [`p${n}`]);
  }
});

test('a reactor that waits for a view ends the gathering of its projector', async (t) => {
  await using given = await givenLog();
  const { reactor, effects } = countingReactor(() => undefined, { after: ['texts'] });
  const projectors = [{ ...textsProjector(), paceMs: LONG_MS }];
  await using _running = await startProjections(given.dependencies, { projections: [reactor, ...projectors], batchIntervalMs: 1 });
  for (let n = 0; n < 10; n++) {
    await given.append(`post-p${n}`, postPublished(`p${n}`));
    await waitUntil(() => effects.times.size === n + 1);
  }
  t.is(effects.order.length, 10);
});

test('a waiting reader finds its own write among writes of all kinds, and a runner at rest has passed the others', async (t) => {
  await using given = await givenLog();
  await using running = await startProjections(given.dependencies, { projections: [textsProjector(), ignoring('ignoring')] });
  for (let round = 0; round < 60; round++) {
    const post = `p${round}`;
    const others = Array.from({ length: round % 4 }, (_, n) => given.append(`presence-g${round}-${n}`, gatewayLost(n)));
    const published = given.append(postStream(post), postPublished(post, 'first'));
    if (round % 3 === 0) await Promise.all(others);
    await published;
    const position = await given.append(postStream(post), postEdited(post, 'second'));
    t.true(await running.waitForViews(['texts', 'ignoring'], position, SOON));
    t.deepEqual((await given.views.get('texts@1', post))?.['texts'], ['first', 'second']);
    const last = await given.append(`presence-last-${round}`, gatewayLost(round));
    t.true(await running.waitForViews(['texts', 'ignoring'], last, SOON));
    await Promise.all(others);
  }
});

test('a runner that still writes has not passed what came after', async (t) => {
  await using given = await givenLog();
  const { seen, views } = watchedViews(given);
  await using running = await startProjections({ ...given.dependencies, views }, { projections: [textsProjector()] });
  t.true(await running.waitForViews(['texts'], await given.append('post-a', postPublished('a')), SOON));
  const { promise, resolve } = Promise.withResolvers<void>();
  const commits = seen.commits;
  seen.held = promise;
  await given.append('post-b', postPublished('b'));
  await waitUntil(() => seen.commits > commits);
  const after = await given.append('presence-g', gatewayLost(1));
  t.false(await running.waitForViews(['texts'], after, { deadlineMs: 300 }));
  t.is(await given.views.get('texts@1', 'b'), undefined);
  resolve();
  t.true(await running.waitForViews(['texts'], after, SOON));
  t.deepEqual((await given.views.get('texts@1', 'b'))?.['texts'], ['b']);
});

test('events that write nothing are passed without a commit for each, and the checkpoint follows when nothing comes', async (t) => {
  await using given = await givenLog();
  const { seen, views } = watchedViews(given);
  await using running = await startProjections(
    { ...given.dependencies, views },
    { projections: [ignoring('ignoring')], batchIntervalMs: 0, idleCheckpointMs: 2_000 },
  );
  t.true(await running.waitForViews(['ignoring'], await given.append('post-a', postPublished('a')), SOON));
  const commits = seen.commits;
  let position = '' as Position;
  for (let n = 0; n < 50; n++) {
    position = await given.append(`post-p${n}`, postPublished(`p${n}`));
    t.true(await running.waitForViews(['ignoring'], position, SOON));
  }
  t.true(seen.commits - commits < 25, `${seen.commits - commits} commits`);
  await waitUntil(async () => positionOf(await given.views.checkpoint('ignoring@1')) === position);
  const beyond = await given.append('presence-g', gatewayLost(1));
  await waitUntil(async () => positionOf(await given.views.checkpoint('ignoring@1')) === beyond);
  t.pass();
});

test('what a reactor did is stored within its time and not for each, and a reactor that is not killed causes it once', async (t) => {
  await using given = await givenLog();
  const { seen, views } = watchedViews(given);
  const { reactor, effects } = countingReactor();
  let last = '' as Position;
  {
    await using _running = await startProjections(
      { ...given.dependencies, views },
      { projections: [reactor], batchIntervalMs: 0, effectsStoredWithinMs: 1_500, logCheckpointMs: LONG_MS },
    );
    await given.append('post-a', postPublished('a'));
    await waitUntil(() => effects.times.size === 1);
    const commits = seen.commits;
    for (let n = 0; n < 50; n++) {
      last = await given.append(`post-p${n}`, postPublished(`p${n}`));
      await waitUntil(() => effects.times.size === n + 2);
    }
    t.true(seen.commits - commits < 25, `${seen.commits - commits} commits`);
    await waitUntil(async () => positionOf(await given.views.checkpoint('counting')) === last);
    last = await given.append('post-z', postPublished('z'));
    await waitUntil(() => effects.times.size === 52);
  }
  t.is(positionOf(await given.views.checkpoint('counting')), last, 'it is stored when the reactor stops');
  await using _again = await startProjections(given.dependencies, { projections: [reactor], logCheckpointMs: LONG_MS });
  await given.append('post-y', postPublished('y'));
  await waitUntil(() => effects.times.size === 53);
  t.true([...effects.times.values()].every((times) => times === 1));
});
