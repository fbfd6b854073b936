import test from 'ava';
import { temporaryFolder } from '../../ports/sqlite/test-fixture.ts';
import type { ViewStore, DocumentWrite } from '../../ports/views/port.ts';
import { startSqliteViews } from '../../ports/views/sqlite.ts';
import { startProgress } from './work-progress.ts';
import type { WorkersEvent } from '../telemetry-events.ts';

async function openViews() {
  const folder = await temporaryFolder();
  const views = await startSqliteViews(`${folder.path}/views.sqlite`);
  await views.prepare({ works: { indexes: [] } });
  const put = (id: string, document: { readonly next: number }): DocumentWrite => ({ kind: 'put', collection: 'works', id, document, seen: { 'post-1': 0 } });
  await views.commit({ projection: 'the-reactor', from: undefined, to: '0.1', writes: [put('a', { next: 0 }), put('b', { next: 0 })] });
  return {
    views,
    [Symbol.asyncDispose]: async () => {
      await views[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const start = (views: ViewStore, reports: WorkersEvent[] = []) =>
  startProgress({ views, report: (event) => void reports.push(event) }, { flushAfterMs: 60_000 });

test('advances open work, removes work that is done, and leaves the reactor’s checkpoint alone', async (t) => {
  await using all = await openViews();
  await using progress = start(all.views);
  progress.advance('works', 'a', { next: 7 });
  progress.finish('works', 'b');
  progress.put('works', 'c', { next: 1 });
  await progress.flush();
  t.deepEqual(await all.views.getMany('works', ['a', 'b', 'c']), [{ next: 7 }, undefined, { next: 1 }]);
  t.is(await all.views.checkpoint('the-reactor'), '0.1');
});

test('work that is done stays done, also when it is advanced afterwards, and keeps what it has seen', async (t) => {
  await using all = await openViews();
  await using progress = start(all.views);
  progress.finish('works', 'a');
  await progress.flush();
  progress.advance('works', 'a', { next: 9 });
  await progress.flush();
  t.deepEqual(await all.views.load('works', ['a']), [{ id: 'a', document: undefined, seen: { 'post-1': 0 }, version: 2 }]);
});

test('work that was opened anew meanwhile is not removed', async (t) => {
  await using all = await openViews();
  await using progress = start(all.views);
  progress.advance('works', 'a', { next: 7 });
  await progress.flush();
  progress.finish('works', 'a', { next: 0 });
  progress.finish('works', 'b', { next: 0 });
  await progress.flush();
  t.deepEqual(await all.views.getMany('works', ['a', 'b']), [{ next: 7 }, undefined]);
});

test('of two processes that write at the same time, both succeed', async (t) => {
  await using all = await openViews();
  await using one = start(all.views);
  await using other = start(all.views);
  for (let next = 1; next <= 20; next++) {
    one.advance('works', 'a', { next });
    other.advance('works', 'b', { next });
    await Promise.all([one.flush(), other.flush()]);
  }
  t.deepEqual(await all.views.getMany('works', ['a', 'b']), [{ next: 20 }, { next: 20 }]);
});

test('reports what can’t be written, for a sweeper to find', async (t) => {
  const reports: WorkersEvent[] = [];
  const gone = new Error('the views are away');
  const views = { load: () => Promise.reject(gone), commit: () => Promise.reject(gone), checkpoint: () => Promise.reject(gone) };
  await using progress = startProgress({ views, report: (event) => void reports.push(event) });
  progress.finish('works', 'a');
  await progress.flush();
  t.deepEqual(reports, [{ event: 'progress-failed', work: 'work-in-progress', error: gone }]);
});

test('gives up, and reports it, where every commit is overtaken by another writer', async (t) => {
  await using all = await openViews();
  const reports: WorkersEvent[] = [];
  let commits = 0;
  const views = {
    ...all.views,
    commit: () => {
      commits += 1;
      return Promise.resolve('write-conflict' as const);
    },
  };
  await using progress = start(views, reports);
  progress.advance('works', 'a', { next: 7 });
  await progress.flush();
  t.deepEqual(
    reports.map(({ event }) => event),
    ['progress-failed'],
  );
  t.true(commits <= 100, `${commits} commits`);
});

test('pauses between tries, so that writers that overtake each other don’t stay in step', async (t) => {
  await using all = await openViews();
  const triedAt: number[] = [];
  const views: ViewStore = {
    ...all.views,
    commit: async (commit) => {
      triedAt.push(performance.now());
      return triedAt.length < 30 ? 'fenced' : await all.views.commit(commit);
    },
  };
  await using progress = start(views);
  progress.advance('works', 'a', { next: 7 });
  await progress.flush();
  t.deepEqual(await all.views.get('works', 'a'), { next: 7 });
  const spanMs = (triedAt.at(-1) ?? 0) - (triedAt[0] ?? 0);
  t.true(spanMs > 20, `${triedAt.length} tries within ${spanMs} ms`);
});

test('what was committed is committed once', async (t) => {
  await using all = await openViews();
  let checkpointsRead = 0;
  const views: ViewStore = {
    ...all.views,
    checkpoint: (projection) => {
      checkpointsRead += 1;
      return all.views.checkpoint(projection);
    },
  };
  await using progress = start(views);
  progress.advance('works', 'a', { next: 7 });
  await progress.flush();
  t.is(checkpointsRead, 1);
});
