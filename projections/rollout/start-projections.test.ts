/** What running a projector promises, over a real log and real views. */
import test from 'ava';
import { randomUUID } from 'node:crypto';
import type { PostId } from '../../domain/shared/ids.ts';
import { postStream } from '../../domain/shared/streams.ts';
import type { Position } from '../../ports/event-log/port.ts';
import type { ViewCommit, ViewStore } from '../../ports/views/port.ts';
import { findDeadLetters, resolveDeadLetter, type DeadLetter } from '../engine/dead-letters.ts';
import { edited, published, texts } from '../testing/small-projections.ts';
import { allOf, givenLog, until, type ProjectionsFixture } from '../test-fixture.ts';
import { posts } from '../read-models/posts.ts';
import { activeViews } from '../query/active-views.ts';
import { startViewReader } from '../query/view-reader.ts';
import { startProjections } from './start-projections.ts';
import { at } from '../testing/history.ts';

const QUICK = { idleCheckpointMs: 20, standbyPollMs: 10, takeOverAfterMs: 100, dropAfterMs: 10 };
const SOON = { deadlineMs: 20_000 };

const seen = (views: ViewStore) => allOf(views, 'texts@1');
const count = async (views: ViewStore) => (await views.get<{ posts: number }>('text-counts@1', 'all'))?.posts;

const findLetters = (given: ProjectionsFixture): Promise<readonly DeadLetter[]> => findDeadLetters(given.views, { projection: 'texts', limit: 10 });

async function typesIn(given: ProjectionsFixture, stream: string): Promise<readonly string[]> {
  const types = [];
  for await (const { type } of given.log.readStream(stream)) types.push(type);
  return types;
}

const gatewayLost = (number: number) => ({ type: 'chat.gateway-lost.v1', data: { gateway: `g${number}`, lastSeenAt: at } }) as const;

test('a commit that fails, or whose answer is lost, is made good: nothing is missing and nothing counted twice', async (t) => {
  await using given = await givenLog();
  let commits = 0;
  const commit = async (write: ViewCommit) => {
    commits += 1;
    if (commits % 4 === 1) throw new Error('The connection was lost before.');
    const outcome = await given.views.commit(write);
    if (commits % 4 === 2) throw new Error('The connection was lost after.');
    return outcome;
  };
  await using running = await startProjections(
    { ...given.dependencies, views: { ...given.views, commit } },
    { ...QUICK, projections: [texts()], batchEventsMax: 3 },
  );
  let last = '' as Position;
  for (let i = 0; i < 20; i += 1) last = await given.append(`post-p${i}`, published(`p${i}`), edited(`p${i}`, 'b'));
  t.true(await running.waitForViews(['texts'], last, SOON));
  t.is(await count(given.views), 20);
  t.true(Object.values(await seen(given.views)).every((one) => (one['texts'] as string[]).length === 2));
  t.true(given.reports.some(({ type }) => type === 'retrying'));
});

test('after a stop it goes on where it was', async (t) => {
  await using given = await givenLog();
  for (const text of ['a', 'b', 'c']) {
    const position = await given.append(postStream(text), published(text));
    await using running = await startProjections(given.dependencies, { ...QUICK, projections: [texts()] });
    t.true(await running.waitForViews(['texts'], position, SOON));
  }
  t.is(await count(given.views), 3);
});

test('of two runners one is at work; when it is gone the other takes over, and no event is counted twice', async (t) => {
  await using given = await givenLog();
  const first = await startProjections(given.dependencies, { ...QUICK, projections: [texts()] });
  await using second = await startProjections(given.dependencies, { ...QUICK, projections: [texts()] });
  const states = async () => [...(await first.status()), ...(await second.status())].map(({ state }) => state);
  let position = await given.append('post-p0', published('p0'));
  for (let i = 1; i < 20; i += 1) position = await given.append(`post-p${i}`, published(`p${i}`));
  t.true(await first.waitForViews(['texts'], position, SOON));
  t.true(await second.waitForViews(['texts'], position, SOON));
  await until(async () => (await states()).includes('standby'));
  await first[Symbol.asyncDispose]();
  position = await given.append('post-last', published('last'));
  t.true(await second.waitForViews(['texts'], position, SOON));
  t.is(await count(given.views), 21);
});

test('an event that can’t be digested is set aside with what follows in its stream; other streams go on, and once it is resolved the order is kept', async (t) => {
  await using given = await givenLog();
  let isMended = false;
  const digest = (text: string) => {
    if (text === 'poison' && !isMended) throw new Error('can’t digest this');
    return text;
  };
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [texts({ digest })] });
  await given.append('post-p1', published('p1', 'a'));
  await given.append('post-p1', edited('p1', 'poison'), edited('p1', 'b'));
  await given.append('post-p2', published('p2', 'other'));
  let position = await given.append('post-p1', edited('p1', 'c'));
  t.true(await running.waitForViews(['texts'], position, SOON));
  t.deepEqual(await seen(given.views), { p1: { texts: ['a'] }, p2: { texts: ['other'] } });
  t.is((await running.status())[0]?.deadLetters, 1);
  t.like((await findLetters(given))[0], { projection: 'texts', stream: 'post-p1', revision: 1, waiting: 2, error: 'Error: can’t digest this' });
  t.deepEqual(await typesIn(given, 'dead-letters-texts'), ['operations.event-set-aside.v1']);

  isMended = true;
  await resolveDeadLetter(given.dependencies, { projection: 'texts', stream: 'post-p1', revision: 1, position }, 'retried');
  await until(async () => (await findLetters(given)).length === 0);
  t.deepEqual((await seen(given.views))['p1'], { texts: ['a', 'poison', 'b', 'c'] });
  position = await given.append('post-p1', edited('p1', 'd'));
  t.true(await running.waitForViews(['texts'], position, SOON));
  t.deepEqual((await seen(given.views))['p1'], { texts: ['a', 'poison', 'b', 'c', 'd'] });
});

test('what waits is still known after a restart; a skipped event is left out, and a second bad one behind it is set aside in its turn', async (t) => {
  await using given = await givenLog();
  const digest = (text: string) => {
    if (text.startsWith('poison')) throw new Error(text);
    return text;
  };
  const start = () => startProjections(given.dependencies, { ...QUICK, projections: [texts({ digest })] });
  const position = await given.append(
    'post-p1',
    published('p1', 'a'),
    edited('p1', 'poison 1'),
    edited('p1', 'b'),
    edited('p1', 'poison 2'),
    edited('p1', 'c'),
  );
  {
    await using running = await start();
    t.true(await running.waitForViews(['texts'], position, SOON));
  }
  await using running = await start();
  for (const revision of [1, 3]) {
    await until(async () => (await findLetters(given))[0]?.revision === revision);
    await resolveDeadLetter(given.dependencies, { projection: 'texts', stream: 'post-p1', revision, position }, 'skipped');
  }
  await until(async () => (await findLetters(given)).length === 0);
  t.deepEqual(await seen(given.views), { p1: { texts: ['a', 'b', 'c'] } });
  t.is((await running.status())[0]?.deadLetters, 0);
});

test('a resolution of something else changes nothing', async (t) => {
  await using given = await givenLog();
  const digest = () => {
    throw new Error('never');
  };
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [texts({ digest })] });
  const position = await given.append('post-p1', published('p1'));
  await until(async () => (await findLetters(given)).length === 1);
  await resolveDeadLetter(given.dependencies, { projection: 'texts', stream: 'post-p1', revision: 7, position }, 'skipped');
  await resolveDeadLetter(given.dependencies, { projection: 'others', stream: 'post-p1', revision: 0, position }, 'skipped');
  const last = await given.append('post-p1', edited('p1', 'b'));
  t.true(await running.waitForViews(['texts'], last, SOON));
  t.is((await findLetters(given))[0]?.waiting, 1);
});

test('an event that was written in an old version is digested as the newest', async (t) => {
  await using given = await givenLog();
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [texts()] });
  const metadata = { $correlationId: 'test', actor: 'ann', at, command: 'test', request: 'test' };
  const old = { post: 'old', author: 'ann', text: 'from before' };
  const written = { id: randomUUID(), type: 'feed.post-published.v0', data: Buffer.from(JSON.stringify(old)), metadata: Buffer.from(JSON.stringify(metadata)) };
  await given.log.append('post-old', [written], 'no-stream');
  t.true(await running.waitForViews(['texts'], await given.append('post-new', published('new')), SOON));
  t.deepEqual(await seen(given.views), { new: { texts: ['new'] }, old: { texts: ['from before'] } });
});

test('an event that can’t be decoded is set aside', async (t) => {
  await using given = await givenLog();
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [texts()] });
  const broken = { id: randomUUID(), type: 'feed.post-published.v1', data: Buffer.from('no JSON'), metadata: Buffer.from('{}') };
  await given.log.append('post-p1', [broken], 'no-stream');
  const position = await given.append('post-p2', published('p2'));
  t.true(await running.waitForViews(['texts'], position, SOON));
  t.deepEqual(Object.keys(await seen(given.views)), ['p2']);
  t.is((await findLetters(given))[0]?.stream, 'post-p1');
});

test('an event whose writes the views refuse is found and set aside; the rest of its batch is written', async (t) => {
  await using given = await givenLog();
  const digest = (text: string) => (text === 'bad' ? 1n : text);
  for (const post of ['p1', 'p2', 'p3']) await given.append(postStream(post), published(post, post === 'p2' ? 'bad' : 'good'));
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [texts({ digest })] });
  const position = await given.append('post-p4', published('p4', 'good'));
  t.true(await running.waitForViews(['texts'], position, SOON));
  t.deepEqual(Object.keys(await seen(given.views)), ['p1', 'p3', 'p4']);
  t.is((await findLetters(given))[0]?.stream, 'post-p2');
});

test('where everything would be set aside it stops instead, says why, and goes on when it is mended', async (t) => {
  await using given = await givenLog();
  let isMended = false;
  const digest = (text: string) => {
    if (!isMended) throw new Error('no memory');
    return text;
  };
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [texts({ digest })], deadLetterStreamsMax: 2 });
  let position = '' as Position;
  for (const post of ['p1', 'p2', 'p3']) position = await given.append(postStream(post), published(post));
  await until(async () => (await running.status())[0]?.state === 'retrying');
  t.regex((await running.status())[0]?.error ?? '', /More than 2 streams would wait.*no memory/);
  isMended = true;
  t.true(await running.waitForViews(['texts'], position, SOON));
});

test('where only other events come by, the checkpoint follows the log, and is not written for each', async (t) => {
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
  await until(async () => (await given.views.checkpoint('posts@1')) === position);
  t.true(commits < 40, `${commits} commits`);
});

test('a checkpoint beyond the log’s head is noticed, and the projection built from the start', async (t) => {
  await using given = await givenLog();
  const position = await given.append('post-p1', published('p1'));
  {
    await using running = await startProjections(given.dependencies, { ...QUICK, projections: [texts()] });
    t.true(await running.waitForViews(['texts'], position, SOON));
  }
  const from = await given.views.checkpoint('texts@1');
  const ghost = { kind: 'put', collection: 'texts@1', id: 'ghost', document: { texts: [] }, seen: {} } as const;
  await given.views.commit({ projection: 'texts@1', from, to: '0.999999', writes: [ghost] });
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [texts()] });
  await until(async () => (await running.status())[0]?.state === 'live');
  t.deepEqual(await seen(given.views), { p1: { texts: ['p1'] } });
  t.is(await count(given.views), 1);
  t.true(given.reports.some(({ type }) => type === 'checkpoint-beyond-head'));
});

test('a wait ends with the views, with the deadline, or when nobody waits any longer; in another process too', async (t) => {
  await using given = await givenLog();
  await using reading = await startViewReader(given.dependencies, { projectors: [posts] });
  const position = await given.append('post-p1', published('p1'));
  t.false(await reading.waitForViews(['posts'], position, { deadlineMs: 30 }));
  t.is(await reading.views.get('posts', 'p1'), undefined);
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [posts] });
  t.true(await reading.waitForViews(['posts'], position, SOON));
  t.true(await running.waitForViews(['posts'], position, SOON));
  t.is((await reading.views.get('posts', 'p1'))?.post, 'p1' as PostId);
  const beyond = '0.999999' as Position;
  t.false(await running.waitForViews(['posts'], beyond, { deadlineMs: 30 }));
  t.false(await running.waitForViews(['posts'], beyond, { ...SOON, signal: AbortSignal.timeout(10) }));
  t.true(await running.waitForViews([], beyond, SOON));
});

test('it says how far behind it is', async (t) => {
  await using given = await givenLog();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const commit = async (write: ViewCommit) => {
    await gate;
    return await given.views.commit(write);
  };
  let position = await given.append('post-p0', published('p0'));
  await using running = await startProjections({ ...given.dependencies, views: { ...given.views, commit } }, { ...QUICK, projections: [texts()] });
  for (let i = 1; i < 4; i += 1) position = await given.append(`post-p${i}`, published(`p${i}`));
  t.like((await running.status())[0], { name: 'texts', version: 1, build: 0, kind: 'projector', active: true, lagEvents: 5 }); // four posts, and which version is active
  open();
  t.true(await running.waitForViews(['texts'], position, SOON));
  t.like((await running.status())[0], { lagEvents: 0, lagSeconds: 0, state: 'live', position });
});

test('reads go to the active version by the collection’s own name', async (t) => {
  await using given = await givenLog();
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [posts] });
  const position = await given.append('post-p1', published('p1'));
  t.true(await running.waitForViews(['posts'], position, SOON));
  const views = activeViews({ views: given.views, versions: running.versions });
  const [post] = await views.find('posts', { where: { author: 'ann' }, order: { _id: -1 }, limit: 10 });
  t.like(post, { _id: 'p1', post: 'p1' as PostId, text: 'p1' });
  t.is(await views.count('posts', { author: 'ann' }), 1);
  t.deepEqual(await views.getMany('post-counters', ['p1']), [undefined]);
  t.throws(() => running.versions.physicalCollectionOf('nothing'), { message: /No projector has a collection nothing/ });
});
