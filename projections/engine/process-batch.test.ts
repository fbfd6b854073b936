/** Dead letters of a projector: an event that fails waits with the later events of its stream, and everything else goes on. */
import test from 'ava';
import { randomUUID } from 'node:crypto';
import { postStream } from '../../domain/shared/streams.ts';
import type { Position } from '../../ports/event-log/port.ts';
import type { PatchWrite, ViewStore } from '../../ports/views/port.ts';
import { startProjections } from '../rollout/start-projections.ts';
import { allOf, givenLog, waitUntil, type ProjectionsFixture } from '../test-fixture.ts';
import type { Projector } from '../projection.ts';
import { postEdited, postPublished, textsProjector, type PostEdited, type PostPublished } from '../testing/small-projections.ts';
import { findDeadLetters, resolveDeadLetter, type DeadLetter } from './dead-letters.ts';
import { QUICK } from './test-fixture.ts';

const SOON = { deadlineMs: 20_000 };

const storedTexts = (views: ViewStore) => allOf(views, 'texts@1');

const deadLettersOf = (given: ProjectionsFixture): Promise<readonly DeadLetter[]> => findDeadLetters(given.views, { projection: 'texts', limit: 10 });

async function typesIn(given: ProjectionsFixture, stream: string): Promise<readonly string[]> {
  const types = [];
  for await (const { type } of given.log.readStream(stream)) types.push(type);
  return types;
}

test('an event that can’t be processed is dead-lettered, and later events of its stream wait; other streams go on, and a retry keeps the order', async (t) => {
  await using given = await givenLog();
  let isMended = false;
  const transform = (text: string) => {
    if (text === 'poison' && !isMended) throw new Error('can’t process this');
    return text;
  };
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [textsProjector({ transform })] });
  await given.append('post-p1', postPublished('p1', 'a'));
  await given.append('post-p1', postEdited('p1', 'poison'), postEdited('p1', 'b'));
  await given.append('post-p2', postPublished('p2', 'other'));
  let position = await given.append('post-p1', postEdited('p1', 'c'));
  t.true(await running.waitForViews(['texts'], position, SOON));
  t.deepEqual(await storedTexts(given.views), { p1: { texts: ['a'] }, p2: { texts: ['other'] } });
  t.is((await running.status())[0]?.deadLetters, 1);
  t.like((await deadLettersOf(given))[0], { projection: 'texts', stream: 'post-p1', revision: 1, waiting: 2, error: 'Error: can’t process this' });
  t.deepEqual(await typesIn(given, 'dead-letters-texts'), ['operations.event-set-aside.v1']);

  isMended = true;
  await resolveDeadLetter(given.dependencies, { projection: 'texts', stream: 'post-p1', revision: 1, position }, 'retried');
  await waitUntil(async () => (await deadLettersOf(given)).length === 0);
  t.deepEqual((await storedTexts(given.views))['p1'], { texts: ['a', 'poison', 'b', 'c'] });
  position = await given.append('post-p1', postEdited('p1', 'd'));
  t.true(await running.waitForViews(['texts'], position, SOON));
  t.deepEqual((await storedTexts(given.views))['p1'], { texts: ['a', 'poison', 'b', 'c', 'd'] });
});

test('dead letters survive a restart; a skipped event is left out, and a second bad one behind it is dead-lettered in its turn', async (t) => {
  await using given = await givenLog();
  const transform = (text: string) => {
    if (text.startsWith('poison')) throw new Error(text);
    return text;
  };
  const start = () => startProjections(given.dependencies, { ...QUICK, projections: [textsProjector({ transform })] });
  const position = await given.append(
    'post-p1',
    postPublished('p1', 'a'),
    postEdited('p1', 'poison 1'),
    postEdited('p1', 'b'),
    postEdited('p1', 'poison 2'),
    postEdited('p1', 'c'),
  );
  {
    await using running = await start();
    t.true(await running.waitForViews(['texts'], position, SOON));
  }
  await using running = await start();
  for (const revision of [1, 3]) {
    await waitUntil(async () => (await deadLettersOf(given))[0]?.revision === revision);
    await resolveDeadLetter(given.dependencies, { projection: 'texts', stream: 'post-p1', revision, position }, 'skipped');
  }
  await waitUntil(async () => (await deadLettersOf(given)).length === 0);
  t.deepEqual(await storedTexts(given.views), { p1: { texts: ['a', 'b', 'c'] } });
  t.is((await running.status())[0]?.deadLetters, 0);
});

test('a resolution of something else changes nothing', async (t) => {
  await using given = await givenLog();
  const transform = () => {
    throw new Error('never');
  };
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [textsProjector({ transform })] });
  const position = await given.append('post-p1', postPublished('p1'));
  await waitUntil(async () => (await deadLettersOf(given)).length === 1);
  await resolveDeadLetter(given.dependencies, { projection: 'texts', stream: 'post-p1', revision: 7, position }, 'skipped');
  await resolveDeadLetter(given.dependencies, { projection: 'others', stream: 'post-p1', revision: 0, position }, 'skipped');
  const last = await given.append('post-p1', postEdited('p1', 'b'));
  t.true(await running.waitForViews(['texts'], last, SOON));
  t.is((await deadLettersOf(given))[0]?.waiting, 1);
});

test('an event that can’t be decoded is dead-lettered', async (t) => {
  await using given = await givenLog();
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [textsProjector()] });
  const broken = { id: randomUUID(), type: 'feed.post-published.v1', data: Buffer.from('no JSON'), metadata: Buffer.from('{}') };
  await given.log.append('post-p1', [broken], 'no-stream');
  const position = await given.append('post-p2', postPublished('p2'));
  t.true(await running.waitForViews(['texts'], position, SOON));
  t.deepEqual(Object.keys(await storedTexts(given.views)), ['p2']);
  t.is((await deadLettersOf(given))[0]?.stream, 'post-p1');
});

test('an event whose writes the views refuse is found and dead-lettered; the rest of its batch is written', async (t) => {
  await using given = await givenLog();
  const transform = (text: string) => (text === 'bad' ? 1n : text);
  for (const post of ['p1', 'p2', 'p3']) await given.append(postStream(post), postPublished(post, post === 'p2' ? 'bad' : 'good'));
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [textsProjector({ transform })] });
  const position = await given.append('post-p4', postPublished('p4', 'good'));
  t.true(await running.waitForViews(['texts'], position, SOON));
  t.deepEqual(Object.keys(await storedTexts(given.views)), ['p1', 'p3', 'p4']);
  t.is((await deadLettersOf(given))[0]?.stream, 'post-p2');
});

test('where every stream would be dead-lettered the runner stops instead, says why, and continues when the fault is mended', async (t) => {
  await using given = await givenLog();
  let isMended = false;
  const transform = (text: string) => {
    if (!isMended) throw new Error('no memory');
    return text;
  };
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [textsProjector({ transform })], deadLetterStreamsMax: 2 });
  let position = '' as Position;
  for (const post of ['p1', 'p2', 'p3']) position = await given.append(postStream(post), postPublished(post));
  await waitUntil(async () => (await running.status())[0]?.state === 'retrying');
  t.regex((await running.status())[0]?.error ?? '', /More than 2 streams would wait.*no memory/);
  isMended = true;
  t.true(await running.waitForViews(['texts'], position, SOON));
});

test('what released events patch is written page by page, each event as it would have been in its turn', async (t) => {
  await using given = await givenLog();
  let isMended = false;
  const patching: Projector<PostPublished | PostEdited, { notes: { readonly author: string; readonly text: string | null } }> = {
    kind: 'projector',
    name: 'texts',
    version: 1,
    handles: ['feed.post-published.v1', 'feed.post-edited.v1'],
    indexes: { notes: [{ fields: ['author'] }] },
    project: (event, { notes }) => {
      if (event.type === 'feed.post-published.v1') return void notes.update(event.data.post, event, () => ({ author: 'ann', text: 'a' }));
      if (!isMended) throw new Error('can’t process this');
      notes.patch({ author: 'ann' }, { text: null });
    },
  };
  const patches: PatchWrite[] = [];
  const views: ViewStore = {
    ...given.views,
    commit: async (commit) => {
      for (const write of commit.writes) if (write.kind === 'patch') patches.push(write);
      return await given.views.commit(commit);
    },
  };
  await using running = await startProjections({ ...given.dependencies, views }, { ...QUICK, projections: [patching] });
  await given.append('post-p1', postPublished('p1'), postEdited('p1', 'b'), postEdited('p1', 'c'), postEdited('p1', 'd'));
  const position = await given.append('post-p2', postPublished('p2'));
  t.true(await running.waitForViews(['texts'], position, SOON));
  t.is((await deadLettersOf(given)).length, 1);
  isMended = true;
  await resolveDeadLetter(given.dependencies, { projection: 'texts', stream: 'post-p1', revision: 1, position }, 'retried');
  await waitUntil(async () => (await deadLettersOf(given)).length === 0);
  t.deepEqual(await allOf(given.views, 'notes@1'), { p1: { author: 'ann', text: null }, p2: { author: 'ann', text: null } });
  t.deepEqual(
    patches.map(({ ids }) => ids),
    [{ until: 'p2' }, { until: 'p2' }, { until: 'p2' }],
  );
});
