import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { ViewStore } from '../../../ports/views/port.ts';
import { startSqliteViews } from '../../../ports/views/sqlite.ts';
import { foldedDocuments, inStreamOrder, withErasures } from '../../test-fixture.ts';
import { everything } from '../../testing/history.ts';
import { lists } from './lists.ts';

let folder: string;
let views: ViewStore;
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidings-lists-'));
  views = await startSqliteViews(join(folder, 'views.sqlite'));
});
test.after.always(async () => {
  await views[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test('a list has each member once and their number, and a campaign how far it has come', async (t) => {
  const documents = await foldedDocuments(views, lists, [withErasures(inStreamOrder(everything))]);
  t.like(documents['lists']?.['crew'], { app: 'shop', name: 'Crew', status: 'active', revision: 3 });
  t.like(documents['lists']?.['gone'], { status: 'removed' });
  t.like(documents['list-sizes']?.['crew'], { members: 2 });
  const members = Object.keys(documents['list-members'] ?? {}).filter((id) => id.startsWith('crew:'));
  t.deepEqual(members, ['crew:ann', 'crew:bob']);
  t.like(documents['campaigns']?.['n3'], {
    list: 'crew',
    app: 'shop',
    ratePerMinute: 600,
    cancelled: true,
    status: 'finished',
    because: 'planned',
    total: 2,
    planned: 2,
  });
  t.deepEqual(Object.keys(documents['campaigns'] ?? {}), ['n3'], 'a notification that names its recipients is none, and one that is forgotten is gone');
});

test('a campaign whose notification was forgotten is gone, whether or not its request is in the log still, and in whatever order its streams are read', async (t) => {
  const { 'notification-old': notification, 'campaign-old': campaign } = everything;
  if (notification === undefined || campaign === undefined) return t.fail();
  const [requested, forgotten, ...ofCampaign] = inStreamOrder({ 'notification-old': notification, 'campaign-old': campaign });
  if (requested === undefined || forgotten === undefined) return t.fail();
  for (const events of [
    [requested, ...ofCampaign, forgotten],
    [...ofCampaign, forgotten],
    [forgotten, ...ofCampaign],
    [requested, forgotten, ...ofCampaign],
  ]) {
    for (const batches of [[events], events.map((event) => [event])]) t.deepEqual((await foldedDocuments(views, lists, batches))['campaigns'], {});
  }
});
