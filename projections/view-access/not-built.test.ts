/** A view that has never caught up is not read: it would answer too little. */
import test from 'ava';
import { ViewsNotReady } from '../../ports/views/port.ts';
import { posts } from '../read-models/posts.ts';
import { startProjections } from '../rollout/start-projections.ts';
import { appendPosts, emptyViews, givenLog, waitUntil } from '../test-fixture.ts';
import { startViewReader } from './view-reader.ts';

test('a query is refused until the view has caught up once, and never again though the projection falls behind', async (t) => {
  await using given = await givenLog();
  await appendPosts(given, 5);
  await using reader = await startViewReader(given.dependencies, { projectors: [posts] });
  for (const query of [
    () => reader.views.get('posts', 'p1'),
    () => reader.views.getMany('posts', ['p1']),
    () => reader.views.find('posts', { limit: 1 }),
    () => reader.views.count('posts'),
  ]) {
    await t.throwsAsync(query(), { instanceOf: ViewsNotReady, message: /posts@\d+ are being built/ });
  }
  const running = await startProjections(given.dependencies, { projections: [posts] });
  await waitUntil(async () => (await running.status())[0]?.state === 'live');
  t.is(await reader.views.count('posts'), 5);
  await running[Symbol.asyncDispose]();
  await appendPosts(given, 5, 5);
  await using restarted = await startViewReader(given.dependencies, { projectors: [posts] });
  t.is(await restarted.views.count('posts'), 5);
});

test('the view of a log without events for it is built as well', async (t) => {
  await using given = await givenLog({ logs: 2 });
  await using reader = await startViewReader(given.dependencies, { projectors: [posts] });
  await using _running = await startProjections(given.dependencies, { projections: [posts] });
  await waitUntil(() =>
    reader.views.count('posts').then(
      (count) => count === 0,
      () => false,
    ),
  );
  t.is(await reader.views.count('posts'), 0);
});

test('a projection that can’t read the log has no view, and losing the views is losing the mark', async (t) => {
  await using given = await givenLog();
  await appendPosts(given, 3);
  {
    await using running = await startProjections(given.dependencies, { projections: [posts] });
    await waitUntil(async () => (await running.status())[0]?.state === 'live');
  }
  await using lost = await emptyViews();
  const log: typeof given.log = {
    ...given.log,
    async *subscribe(name, options) {
      if (options.types?.includes('feed.post-published.v1') === true) throw new Error('The record at position 4 is damaged.');
      yield* given.log.subscribe(name, options);
    },
  };
  const dependencies = { ...given.dependencies, log, views: lost.views };
  await using reader = await startViewReader(dependencies, { projectors: [posts] });
  await using running = await startProjections(dependencies, { projections: [posts] });
  await waitUntil(async () => (await running.status())[0]?.state === 'retrying');
  await t.throwsAsync(reader.views.get('posts', 'p1'), { instanceOf: ViewsNotReady });
});
