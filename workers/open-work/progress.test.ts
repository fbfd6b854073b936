import test from 'ava';
import { temporaryFolder } from '../../ports/sqlite/test-fixture.ts';
import type { Views, Write } from '../../ports/views/port.ts';
import { startSqliteViews } from '../../ports/views/sqlite.ts';
import { startProgress } from './progress.ts';
import type { WorkersEvent } from '../telemetry-events.ts';

async function given() {
  const folder = await temporaryFolder();
  const views = await startSqliteViews(`${folder.path}/views.sqlite`);
  await views.prepare({ works: { indexes: [] } });
  const put = (id: string, document: { readonly next: number }): Write => ({ kind: 'put', collection: 'works', id, document, seen: { 'post-1': 0 } });
  await views.commit({ projection: 'the-reactor', from: undefined, to: '0.1', writes: [put('a', { next: 0 }), put('b', { next: 0 })] });
  return {
    views,
    [Symbol.asyncDispose]: async () => {
      await views[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const start = (views: Views, reports: WorkersEvent[] = []) => startProgress({ views, report: (event) => void reports.push(event) }, { flushAfterMs: 60_000 });

test('moves what was begun, removes what has ended, and leaves the reactor’s checkpoint alone', async (t) => {
  await using all = await given();
  await using progress = start(all.views);
  progress.moved('works', 'a', { next: 7 });
  progress.finished('works', 'b');
  progress.noted('works', 'c', { next: 1 });
  await progress.written();
  t.deepEqual(await all.views.getMany('works', ['a', 'b', 'c']), [{ next: 7 }, undefined, { next: 1 }]);
  t.is(await all.views.checkpoint('the-reactor'), '0.1');
});

test('what has ended stays so, whoever moves it afterwards, and keeps what it has seen', async (t) => {
  await using all = await given();
  await using progress = start(all.views);
  progress.finished('works', 'a');
  await progress.written();
  progress.moved('works', 'a', { next: 9 });
  await progress.written();
  t.deepEqual(await all.views.load('works', ['a']), [{ id: 'a', document: undefined, seen: { 'post-1': 0 }, version: 2 }]);
});

test('what was begun anew meanwhile is not taken for what has ended', async (t) => {
  await using all = await given();
  await using progress = start(all.views);
  progress.moved('works', 'a', { next: 7 });
  await progress.written();
  progress.finished('works', 'a', { next: 0 });
  progress.finished('works', 'b', { next: 0 });
  await progress.written();
  t.deepEqual(await all.views.getMany('works', ['a', 'b']), [{ next: 7 }, undefined]);
});

test('two who write at the same time both get through', async (t) => {
  await using all = await given();
  await using one = start(all.views);
  await using other = start(all.views);
  for (let next = 1; next <= 20; next++) {
    one.moved('works', 'a', { next });
    other.moved('works', 'b', { next });
    await Promise.all([one.written(), other.written()]);
  }
  t.deepEqual(await all.views.getMany('works', ['a', 'b']), [{ next: 20 }, { next: 20 }]);
});

test('what can’t be written is reported, for a sweeper to find', async (t) => {
  const reports: WorkersEvent[] = [];
  const gone = new Error('the views are away');
  const views = { load: () => Promise.reject(gone), commit: () => Promise.reject(gone), checkpoint: () => Promise.reject(gone) };
  await using progress = startProgress({ views, report: (event) => void reports.push(event) });
  progress.finished('works', 'a');
  await progress.written();
  t.deepEqual(reports, [{ event: 'progress-failed', work: 'work-in-progress', error: gone }]);
});
