/** Rebuilding, and new versions: beside what is read, and switched to when there is nothing left to miss. */
import test from 'ava';
import type { Position } from '../../ports/event-log/port.ts';
import type { ViewCommit } from '../../ports/views/port.ts';
import { edited, published, texts } from '../testing/small-projections.ts';
import { allOf, givenLog, until, type ProjectionsFixture } from '../test-fixture.ts';
import { physicalCollection } from '../progress/names.ts';
import { activeViews } from '../query/active-views.ts';
import { startViewReader } from '../query/view-reader.ts';
import { startProjections } from './start-projections.ts';

const QUICK = { idleCheckpointMs: 20, standbyPollMs: 10, takeOverAfterMs: 100, dropAfterMs: 10, batchEventsMax: 5 };
const SOON = { deadlineMs: 20_000 };

type Texts = { texts: { readonly texts: readonly string[] }; 'text-counts': { readonly posts: number } };

async function writes(given: ProjectionsFixture, posts: number, from = 0): Promise<Position> {
  let position = '' as Position;
  for (let i = from; i < from + posts; i += 1) position = await given.append(`post-p${i}`, published(`p${i}`), edited(`p${i}`, 'b'));
  return position;
}

test('a rebuild goes on beside the active build while events keep coming; who waits and reads never finds less', async (t) => {
  await using given = await givenLog();
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [texts()] });
  await using elsewhere = await startViewReader(given.dependencies, { projectors: [texts()] });
  const here = activeViews<Texts>({ views: given.views, versions: running.versions });
  await writes(given, 30);

  let isRebuilt = false;
  const rebuilt = running.rebuild('texts').finally(() => (isRebuilt = true));
  let count = 30;
  for (; !isRebuilt; count += 1) {
    const position = await writes(given, 1, count);
    t.true(await running.waitForViews(['texts'], position, SOON));
    t.deepEqual((await here.get('texts', `p${count}`))?.texts, [`p${count}`, 'b']);
    t.is((await here.get('text-counts', 'all'))?.posts, count + 1);
  }
  t.is(await rebuilt, 'activated');
  t.deepEqual(running.versions.active('texts'), { version: 1, build: 1 });
  const position = await writes(given, 1, count);
  t.true(await running.waitForViews(['texts'], position, SOON));
  t.is((await here.get('text-counts', 'all'))?.posts, count + 1);
  t.true(await elsewhere.waitForViews(['texts'], position, SOON));
  await until(() => given.reports.some((report) => report.type === 'build-dropped' && report.runner === 'texts@1'));
  t.deepEqual(await allOf(given.views, 'texts@1'), {});
  t.is(await given.views.checkpoint('texts@1'), undefined);
  t.deepEqual(
    (await running.status()).map(({ build, active, state }) => ({ build, active, state })),
    [{ build: 1, active: true, state: 'live' }],
  );
});

test('what was rebuilt is still what is read after a restart, and can be rebuilt again', async (t) => {
  await using given = await givenLog();
  const position = await writes(given, 3);
  for (const build of [1, 2]) {
    await using running = await startProjections(given.dependencies, { ...QUICK, projections: [texts()] });
    t.is(await running.rebuild('texts'), 'activated');
    t.deepEqual(running.versions.active('texts'), { version: 1, build });
  }
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [texts()] });
  t.is(running.versions.physicalCollectionOf('texts'), physicalCollection('texts', { version: 1, build: 2 }));
  t.true(await running.waitForViews(['texts'], position, SOON));
  t.is(Object.keys(await allOf(given.views, 'texts@1.2')).length, 3);
  await until(async () => !(await given.views.checkpoints()).has('texts@1.1'));
});

test('a rebuild that is cancelled leaves everything as it was, and another can begin', async (t) => {
  await using given = await givenLog();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const commit = async (write: ViewCommit) => {
    if (write.projection === 'texts@1.1') await gate;
    return await given.views.commit(write);
  };
  await using running = await startProjections({ ...given.dependencies, views: { ...given.views, commit } }, { ...QUICK, projections: [texts()] });
  await writes(given, 3);
  const cancel = new AbortController();
  const cancelled = running.rebuild('texts', { signal: cancel.signal });
  await t.throwsAsync(running.rebuild('texts'), { message: /being built/ });
  cancel.abort();
  open();
  t.is(await cancelled, 'cancelled');
  t.deepEqual(running.versions.active('texts'), { version: 1, build: 0 });
  t.false((await given.views.checkpoints()).has('texts@1.1'));
  t.is(await running.rebuild('texts'), 'activated');
  await t.throwsAsync(running.rebuild('nothing'), { message: /no projector nothing/ });
});

test('a new version is built beside the old one, which is read until the new one has caught up', async (t) => {
  await using given = await givenLog();
  {
    await using running = await startProjections(given.dependencies, { ...QUICK, projections: [texts()] });
    t.true(await running.waitForViews(['texts'], await writes(given, 10), SOON));
  }
  const second = texts({ version: 2, digest: (text) => text.toUpperCase() });
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const commit = async (write: ViewCommit) => {
    if (write.projection === 'texts@2') await gate;
    return await given.views.commit(write);
  };
  await using running = await startProjections({ ...given.dependencies, views: { ...given.views, commit } }, { ...QUICK, projections: [texts(), second] });
  const views = activeViews<Texts>({ views: given.views, versions: running.versions });
  const position = await writes(given, 1, 10);
  t.true(await running.waitForViews(['texts'], position, SOON));
  t.deepEqual((await views.get('texts', 'p10'))?.texts, ['p10', 'b']);
  open();
  await until(() => running.versions.active('texts').version === 2);
  t.true(await running.waitForViews(['texts'], position, SOON));
  t.deepEqual((await views.get('texts', 'p10'))?.texts, ['P10', 'B']);
  await until(() => given.reports.some((report) => report.type === 'build-dropped' && report.runner === 'texts@1'));
  t.deepEqual(await allOf(given.views, 'texts@1'), {});
});

test('a wait that began at one build ends at the next', async (t) => {
  await using given = await givenLog();
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [texts()] });
  const last = await writes(given, 20);
  const next = `0.${Number(last.split('.')[1]) + 3}` as Position; // the activation lies in between
  const waiting = running.waitForViews(['texts'], next, SOON);
  t.is(await running.rebuild('texts'), 'activated');
  await writes(given, 2, 20);
  t.true(await waiting);
});

test('two projections of one name and version are refused', async (t) => {
  await using given = await givenLog();
  await t.throwsAsync(startProjections(given.dependencies, { projections: [texts(), texts()] }), { message: 'There are two projections texts@1.' });
});
