/** Rebuilds and new versions: built beside the active build, and switched to when readers miss nothing. */
import test from 'ava';
import type { Position } from '../../ports/event-log/port.ts';
import type { ViewCommit } from '../../ports/views/port.ts';
import { textsProjector } from '../testing/small-projections.ts';
import { allOf, appendPosts, givenLog, waitUntil } from '../test-fixture.ts';
import { physicalCollection } from '../progress/names.ts';
import { activeViews } from '../view-access/active-views.ts';
import { startViewReader } from '../view-access/view-reader.ts';
import { startProjections, type ProjectionsConfig } from './start-projections.ts';

const QUICK = { idleCheckpointMs: 20, dropAfterMs: 10, batchEventsMax: 5 } satisfies Partial<ProjectionsConfig>;
const SOON = { deadlineMs: 20_000 };

type Texts = { texts: { readonly texts: readonly string[] }; 'text-counts': { readonly posts: number } };

test('a rebuild goes on beside the active build while events keep coming; a reader that waits never finds less', async (t) => {
  await using given = await givenLog();
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [textsProjector()] });
  await using elsewhere = await startViewReader(given.dependencies, { projectors: [textsProjector()] });
  const here = activeViews<Texts>({ views: given.views, versions: running.versions });
  await appendPosts(given, 30);

  let isRebuilt = false;
  const rebuilt = running.rebuild('texts').finally(() => (isRebuilt = true));
  let count = 30;
  for (; !isRebuilt; count += 1) {
    const position = await appendPosts(given, 1, count);
    t.true(await running.waitForViews(['texts'], position, SOON));
    t.deepEqual((await here.get('texts', `p${count}`))?.texts, [`p${count}`, 'b']);
    t.is((await here.get('text-counts', 'all'))?.posts, count + 1);
  }
  t.is(await rebuilt, 'activated');
  t.deepEqual(running.versions.active('texts'), { version: 1, build: 1 });
  const position = await appendPosts(given, 1, count);
  t.true(await running.waitForViews(['texts'], position, SOON));
  t.is((await here.get('text-counts', 'all'))?.posts, count + 1);
  t.true(await elsewhere.waitForViews(['texts'], position, SOON));
  await waitUntil(() => given.reported.some((report) => report.type === 'build-dropped' && report.runner === 'texts@1'));
  t.deepEqual(await allOf(given.views, 'texts@1'), {});
  t.is(await given.views.checkpoint('texts@1'), undefined);
  t.deepEqual(
    (await running.status()).map(({ build, active, state }) => ({ build, active, state })),
    [{ build: 1, active: true, state: 'live' }],
  );
});

test('a rebuilt projector is still the one that is read after a restart, and can be rebuilt again', async (t) => {
  await using given = await givenLog();
  const position = await appendPosts(given, 3);
  for (const build of [1, 2]) {
    await using running = await startProjections(given.dependencies, { ...QUICK, projections: [textsProjector()] });
    t.is(await running.rebuild('texts'), 'activated');
    t.deepEqual(running.versions.active('texts'), { version: 1, build });
  }
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [textsProjector()] });
  t.is(running.versions.physicalCollectionOf('texts'), physicalCollection('texts', { version: 1, build: 2 }));
  t.true(await running.waitForViews(['texts'], position, SOON));
  t.is(Object.keys(await allOf(given.views, 'texts@1.2')).length, 3);
  await waitUntil(async () => !(await given.views.checkpoints()).has('texts@1.1'));
});

test('a cancelled rebuild leaves everything as it was, and another can start', async (t) => {
  await using given = await givenLog();
  const { promise: gate, resolve: openGate } = Promise.withResolvers<void>();
  const commit = async (write: ViewCommit) => {
    if (write.projection === 'texts@1.1') await gate;
    return await given.views.commit(write);
  };
  await using running = await startProjections({ ...given.dependencies, views: { ...given.views, commit } }, { ...QUICK, projections: [textsProjector()] });
  await appendPosts(given, 3);
  const cancel = new AbortController();
  const cancelled = running.rebuild('texts', { signal: cancel.signal });
  await t.throwsAsync(running.rebuild('texts'), { message: /being built/ });
  cancel.abort();
  openGate();
  t.is(await cancelled, 'cancelled');
  t.deepEqual(running.versions.active('texts'), { version: 1, build: 0 });
  t.false((await given.views.checkpoints()).has('texts@1.1'));
  t.is(await running.rebuild('texts'), 'activated');
  await t.throwsAsync(running.rebuild('nothing'), { message: /no projector nothing/ });
});

test('a new version is built beside the old one, which is read until the new one has caught up', async (t) => {
  await using given = await givenLog();
  {
    await using running = await startProjections(given.dependencies, { ...QUICK, projections: [textsProjector()] });
    t.true(await running.waitForViews(['texts'], await appendPosts(given, 10), SOON));
  }
  const second = textsProjector({ version: 2, transform: (text) => text.toUpperCase() });
  const { promise: gate, resolve: openGate } = Promise.withResolvers<void>();
  const commit = async (write: ViewCommit) => {
    if (write.projection === 'texts@2') await gate;
    return await given.views.commit(write);
  };
  await using running = await startProjections(
    { ...given.dependencies, views: { ...given.views, commit } },
    { ...QUICK, projections: [textsProjector(), second] },
  );
  const views = activeViews<Texts>({ views: given.views, versions: running.versions });
  const position = await appendPosts(given, 1, 10);
  t.true(await running.waitForViews(['texts'], position, SOON));
  t.deepEqual((await views.get('texts', 'p10'))?.texts, ['p10', 'b']);
  openGate();
  await waitUntil(() => running.versions.active('texts').version === 2);
  t.true(await running.waitForViews(['texts'], position, SOON));
  t.deepEqual((await views.get('texts', 'p10'))?.texts, ['P10', 'B']);
  await waitUntil(() => given.reported.some((report) => report.type === 'build-dropped' && report.runner === 'texts@1'));
  t.deepEqual(await allOf(given.views, 'texts@1'), {});
});

test('a wait that began with one build ends with the next', async (t) => {
  await using given = await givenLog();
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [textsProjector()] });
  const last = await appendPosts(given, 20);
  const next = `0.${Number(last.split('.')[1]) + 3}` as Position; // the activation lies in between
  const waiting = running.waitForViews(['texts'], next, SOON);
  t.is(await running.rebuild('texts'), 'activated');
  await appendPosts(given, 2, 20);
  t.true(await waiting);
});

test('two projections of one name and version are refused', async (t) => {
  await using given = await givenLog();
  await t.throwsAsync(startProjections(given.dependencies, { projections: [textsProjector(), textsProjector()] }), {
    message: 'There are two projections texts@1.',
  });
});

test('a rebuild that is given up just before it is activated leaves the active build answering, and going on', async (t) => {
  await using given = await givenLog();
  const appendOperations: typeof given.dependencies.appendOperations = async (stream, event) => {
    if (event.type === 'operations.version-activated.v1' && event.data.build === 1) {
      const { projection, version, at } = event.data;
      await given.dependencies.appendOperations(stream, { type: 'operations.rebuild-cancelled.v1', data: { projection, version, build: 1, at } });
    }
    await given.dependencies.appendOperations(stream, event);
  };
  await using running = await startProjections({ ...given.dependencies, appendOperations }, { ...QUICK, projections: [textsProjector()] });
  await appendPosts(given, 3);
  await t.throwsAsync(running.rebuild('texts'), { message: /given up/ });
  t.deepEqual(running.versions.active('texts'), { version: 1, build: 0 });
  t.true(await running.waitForViews(['texts'], await appendPosts(given, 3, 3), SOON));
  t.is(await running.rebuild('texts'), 'activated', 'another can follow');
});
