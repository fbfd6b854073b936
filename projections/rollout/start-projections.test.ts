/** The guarantees of running a projector, over a real log and real views. */
import test from 'ava';
import { randomUUID } from 'node:crypto';
import type { PostId } from '../../domain/shared/ids.ts';
import { postStream } from '../../domain/shared/streams.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { ViewsNotReady, type ViewCommit, type ViewStore } from '../../ports/views/port.ts';
import { postEdited, postPublished, textsProjector } from '../testing/small-projections.ts';
import { allOf, givenLog, waitUntil } from '../test-fixture.ts';
import { posts } from '../read-models/posts.ts';
import { activeViews } from '../view-access/active-views.ts';
import { startViewReader } from '../view-access/view-reader.ts';
import { startSharedLeases } from '../leases/shared-leases.ts';
import { startProjections, type ProjectionsConfig } from './start-projections.ts';
import { at } from '../testing/history.ts';

const QUICK = { idleCheckpointMs: 20, dropAfterMs: 10 } satisfies Partial<ProjectionsConfig>;
const SOON = { deadlineMs: 20_000 };

const storedTexts = (views: ViewStore) => allOf(views, 'texts@1');
const postCount = async (views: ViewStore) => (await views.get<{ posts: number }>('text-counts@1', 'all'))?.posts;

const gatewayLost = (number: number) => ({ type: 'chat.gateway-lost.v1', data: { gateway: `g${number}`, lastSeenAt: at } }) as const;

test('after a commit that fails, or whose answer is lost, nothing is missing and nothing is counted twice', async (t) => {
  await using given = await givenLog();
  let commits = 0;
  const commit = async (write: ViewCommit) => {
    if (write.projection.startsWith('~')) return await given.views.commit(write);
    commits += 1;
    if (commits % 4 === 1) throw new Error('The connection was lost before.');
    const outcome = await given.views.commit(write);
    if (commits % 4 === 2) throw new Error('The connection was lost after.');
    return outcome;
  };
  await using running = await startProjections(
    { ...given.dependencies, views: { ...given.views, commit } },
    { ...QUICK, projections: [textsProjector()], batchEventsMax: 3 },
  );
  let last = '' as Position;
  for (let i = 0; i < 20; i += 1) last = await given.append(`post-p${i}`, postPublished(`p${i}`), postEdited(`p${i}`, 'b'));
  t.true(await running.waitForViews(['texts'], last, SOON));
  t.is(await postCount(given.views), 20);
  t.true(Object.values(await storedTexts(given.views)).every((one) => (one['texts'] as string[]).length === 2));
  t.true(given.reported.some(({ type }) => type === 'retrying'));
});

test('a projector continues after a stop where it was', async (t) => {
  await using given = await givenLog();
  for (const text of ['a', 'b', 'c']) {
    const position = await given.append(postStream(text), postPublished(text));
    await using running = await startProjections(given.dependencies, { ...QUICK, projections: [textsProjector()] });
    t.true(await running.waitForViews(['texts'], position, SOON));
  }
  t.is(await postCount(given.views), 3);
});

test('of two processes one runs a projector; when it is gone the other takes over, and no event is counted twice', async (t) => {
  await using given = await givenLog();
  const start = async (process: string) => {
    const leases = await startSharedLeases({ views: given.views, onFailure: () => undefined }, { process, renewMs: 50 });
    const running = await startProjections({ ...given.dependencies, leases }, { ...QUICK, projections: [textsProjector()] });
    return { running, leases, states: async () => (await running.status()).map(({ state }) => state) };
  };
  const first = await start('first');
  await waitUntil(async () => (await first.states()).join() === 'live');
  const second = await start('second');
  let position = await given.append('post-p0', postPublished('p0'));
  for (let i = 1; i < 20; i += 1) position = await given.append(`post-p${i}`, postPublished(`p${i}`));
  t.true(await first.running.waitForViews(['texts'], position, SOON));
  t.true(await second.running.waitForViews(['texts'], position, SOON));
  // A lease that is renewed so often may be lost for a moment, on a busy machine.
  await waitUntil(async () => [await first.states(), await second.states()].flat().toSorted().join() === 'live,standby');
  await first.running[Symbol.asyncDispose]();
  await first.leases[Symbol.asyncDispose]();
  position = await given.append('post-last', postPublished('last'));
  t.true(await second.running.waitForViews(['texts'], position, SOON));
  t.is(await postCount(given.views), 21);
  t.false(given.reported.some(({ type }) => type === 'fenced'));
  await second.running[Symbol.asyncDispose]();
  await second.leases[Symbol.asyncDispose]();
});

test('an event written in an old version is processed as the newest version', async (t) => {
  await using given = await givenLog();
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [textsProjector()] });
  const metadata = { $correlationId: 'test', actor: 'ann', at, command: 'test', request: 'test' };
  const old = { post: 'old', author: 'ann', text: 'from before' };
  const written = { id: randomUUID(), type: 'feed.post-published.v0', data: Buffer.from(JSON.stringify(old)), metadata: Buffer.from(JSON.stringify(metadata)) };
  await given.log.append('post-old', [written], 'no-stream');
  t.true(await running.waitForViews(['texts'], await given.append('post-new', postPublished('new')), SOON));
  t.deepEqual(await storedTexts(given.views), { new: { texts: ['new'] }, old: { texts: ['from before'] } });
});

test('while only events of other types come, the checkpoint follows the log, and is not written for each', async (t) => {
  await using given = await givenLog();
  let commits = 0;
  const commit = async (write: ViewCommit) => {
    commits += 1;
    return await given.views.commit(write);
  };
  await using running = await startProjections(
    { ...given.dependencies, views: { ...given.views, commit } },
    { ...QUICK, idleCheckpointMs: 200, projections: [posts] },
  );
  let position = await given.append('presence-g1', gatewayLost(0));
  for (let i = 1; i < 100; i += 1) position = await given.append(`presence-g${i}`, gatewayLost(i));
  t.true(await running.waitForViews(['posts'], position, SOON));
  await waitUntil(async () => (await given.views.checkpoint(`posts@${posts.version}`)) === position);
  t.true(commits < 40, `${commits} commits`);
});

test('a checkpoint beyond the log’s head is noticed, and the projection is built from the start', async (t) => {
  await using given = await givenLog();
  const position = await given.append('post-p1', postPublished('p1'));
  {
    await using running = await startProjections(given.dependencies, { ...QUICK, projections: [textsProjector()] });
    t.true(await running.waitForViews(['texts'], position, SOON));
  }
  const from = await given.views.checkpoint('texts@1');
  const ghost = { kind: 'put', collection: 'texts@1', id: 'ghost', document: { texts: [] }, seen: {} } as const;
  await given.views.commit({ projection: 'texts@1', from, to: '0.999999', writes: [ghost] });
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [textsProjector()] });
  await waitUntil(async () => (await running.status())[0]?.state === 'live');
  t.deepEqual(await storedTexts(given.views), { p1: { texts: ['p1'] } });
  t.is(await postCount(given.views), 1);
  t.true(given.reported.some(({ type }) => type === 'checkpoint-beyond-head'));
});

test('a wait ends when the views are there, at the deadline, or when the caller aborts; in another process too', async (t) => {
  await using given = await givenLog();
  await using reading = await startViewReader(given.dependencies, { projectors: [posts] });
  const position = await given.append('post-p1', postPublished('p1'));
  t.false(await reading.waitForViews(['posts'], position, { deadlineMs: 30 }));
  await t.throwsAsync(reading.views.get('posts', 'p1'), { instanceOf: ViewsNotReady }, 'no view is there yet that could be read');
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [posts] });
  t.true(await reading.waitForViews(['posts'], position, SOON));
  t.true(await running.waitForViews(['posts'], position, SOON));
  t.is((await reading.views.get('posts', 'p1'))?.post, 'p1' as PostId);
  const beyond = '0.999999' as Position;
  t.false(await running.waitForViews(['posts'], beyond, { deadlineMs: 30 }));
  t.false(await running.waitForViews(['posts'], beyond, { ...SOON, signal: AbortSignal.timeout(10) }));
  t.true(await running.waitForViews([], beyond, SOON));
});

test('the status says how far behind a projection is', async (t) => {
  await using given = await givenLog();
  const { promise: gate, resolve: openGate } = Promise.withResolvers<void>();
  const commit = async (write: ViewCommit) => {
    if (write.projection === 'texts@1') await gate;
    return await given.views.commit(write);
  };
  let position = await given.append('post-p0', postPublished('p0'));
  await using running = await startProjections({ ...given.dependencies, views: { ...given.views, commit } }, { ...QUICK, projections: [textsProjector()] });
  for (let i = 1; i < 4; i += 1) position = await given.append(`post-p${i}`, postPublished(`p${i}`));
  t.like((await running.status())[0], { name: 'texts', version: 1, build: 0, kind: 'projector', active: true, lagEvents: 5 }); // four posts, and the event that says which version is active
  openGate();
  t.true(await running.waitForViews(['texts'], position, SOON));
  t.like((await running.status())[0], { lagEvents: 0, lagSeconds: 0, state: 'live', position });
});

test('a read by a collection’s own name goes to the active version', async (t) => {
  await using given = await givenLog();
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [posts] });
  const position = await given.append('post-p1', postPublished('p1'));
  t.true(await running.waitForViews(['posts'], position, SOON));
  const views = activeViews({ views: given.views, versions: running.versions });
  const [post] = await views.find('posts', { where: { author: 'ann' }, order: { _id: -1 }, limit: 10 });
  t.like(post, { _id: 'p1', post: 'p1' as PostId, text: 'p1' });
  t.is(await views.count('posts', { author: 'ann' }), 1);
  t.deepEqual(await views.getMany('post-counters', ['p1']), [undefined]);
  t.throws(() => running.versions.physicalCollectionOf('nothing'), { message: /No projector has a collection nothing/ });
});
