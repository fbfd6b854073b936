/** The views of an epoch keep the promise of a view store, and know nothing of another epoch's. */
import test from 'ava';
import { join } from 'node:path';
import { FIRST_EPOCH } from '../../ports/event-log/port.ts';
import { temporaryFolder } from '../../ports/sqlite/test-fixture.ts';
import { viewsContract } from '../../ports/views/contract.ts';
import { startSqliteViews } from '../../ports/views/sqlite.ts';
import { idsFound, posts, projection, put, schema, write } from '../../ports/views/test-fixture.ts';
import { splitName, viewsOfEpoch } from './views-of-epoch.ts';

const EPOCH = 1_764_417_600;

viewsContract('an epoch of sqlite', async () => {
  const folder = await temporaryFolder();
  return {
    start: async () => viewsOfEpoch(await startSqliteViews(join(folder.path, 'views.sqlite')), EPOCH),
    dropAndDie: async () => undefined, // it died before it began
    [Symbol.asyncDispose]: folder[Symbol.asyncDispose],
  };
});

test('what is written in one epoch is not there in another, whichever comes first', async (t) => {
  await using folder = await temporaryFolder();
  await using stored = await startSqliteViews(join(folder.path, 'views.sqlite'));
  const epochs = [FIRST_EPOCH, EPOCH, EPOCH + 1].map((epoch) => viewsOfEpoch(stored, epoch));
  for (const [n, views] of epochs.entries()) {
    await views.prepare(schema);
    t.is(await views.checkpoint(projection), undefined);
    t.deepEqual(await idsFound(views, {}), []);
    await write(views, put(`p${n}`, { n }));
  }
  for (const [n, views] of epochs.entries()) t.deepEqual([await idsFound(views, {}), await views.checkpoint(projection)], [[`p${n}`], '1']);
  t.deepEqual([...((await epochs[1]?.checkpoints()) ?? [])], [[projection, '1']]);
  await epochs[1]?.drop(projection, [posts]);
  t.deepEqual(await Promise.all(epochs.map((views) => views.count(posts))), [1, 0, 1]);
});

test('whose views these are holds in every epoch', async (t) => {
  await using folder = await temporaryFolder();
  await using stored = await startSqliteViews(join(folder.path, 'views.sqlite'));
  await stored.adopt('ours', { replaces: undefined });
  t.is(await viewsOfEpoch(stored, EPOCH).identity(), 'ours');
});

test('a stored name tells its epoch', (t) => {
  t.deepEqual(splitName('e1764417600.inbox@2.1'), { epoch: EPOCH, name: 'inbox@2.1' });
  for (const name of ['inbox@2', 'e.inbox@2', 'e0.inbox@2', 'events@1', '~shards']) t.deepEqual(splitName(name), { epoch: FIRST_EPOCH, name });
});
