/**
 * The queries of the read side against the indexes that their collections have in MongoDB: none sorts what it has found, and `pluck`
 * reads no document. A MongoDB (`TIDINGS_TEST_MONGODB_URL`) is asked to explain each of them; SecantusDB counts a document for every key
 * in its explanations, whatever it reads, so without a MongoDB the rules of its planner are held against the indexes alone.
 */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testWith } from '../../../tests/servers/availability.ts';
import { startMongoServer } from '../../../tests/servers/mongodb.ts';
import { projectors } from '../../../projections/read-models/projectors.ts';
import { connectMongo } from '../../mongodb/connect.ts';
import { mongoQuery, type MongoQuery } from './query.ts';
import { pathOf, type StoredRow } from './rows.ts';
import { startMongoViews } from '../mongodb.ts';
import type { CollectionIndex, DocumentQuery } from '../port.ts';

type ReadSideQuery = { readonly collection: string; readonly pluck?: string } & Omit<DocumentQuery, 'limit'>;

const ids = { range: { field: '_id', after: 'a', before: 'z' } } as const;
const planned = { range: { field: 'planned', from: 'a', before: 'z' }, order: { planned: -1 } } as const;
const QUERIES: readonly ReadSideQuery[] = [
  { collection: 'relationships', pluck: 'to', where: { from: 'ann', kind: 'block' } },
  { collection: 'relationships', pluck: 'from', where: { to: 'ann', kind: 'block' } },
  { collection: 'relationships', pluck: 'to', where: { from: 'ann', kind: 'follow' }, range: { field: 'position', after: '1' } },
  { collection: 'friends', pluck: 'friend', where: { person: 'ann' } },
  { collection: 'friends', pluck: 'friend', where: { person: 'ann' }, range: { field: 'position', after: '1' } },
  { collection: 'name-terms', pluck: 'key', range: { field: 'key', from: 'a', before: 'b' }, order: { key: 1 } },
  { collection: 'media', pluck: '_id', where: { owner: 'ann' }, range: { field: '_id', after: 'a' }, order: { _id: 1 } },
  { collection: 'media-uses', where: { media: 'm' } },
  { collection: 'media-uses', where: { chosenBy: 'p' } },
  { collection: 'message-media', where: { media: 'm', ended: false } },
  { collection: 'likes', where: { post: 'p' }, range: { field: '_id', after: 'a' }, order: { _id: 1 } },
  { collection: 'post-references', where: { of: 'p', kind: 'shares' }, range: { field: '_id', before: 'z' }, order: { _id: -1 } },
  { collection: 'bookmarks', where: { person: 'ann' }, range: { field: 'post', before: 'z' }, order: { post: -1 } },
  { collection: 'pinned-posts', pluck: 'person', where: { person: 'ann' }, order: { person: 1 } },
  { collection: 'bookmarks', pluck: 'post', where: { person: 'ann' }, range: { field: 'post', after: 'a' }, order: { post: 1 } },
  { collection: 'likes', pluck: 'post', where: { person: 'ann' }, range: { field: 'post', after: 'a' }, order: { post: 1 } },
  { collection: 'inbox', pluck: '_id', where: { person: 'ann', member: true }, range: { field: '_id', after: 'a' }, order: { _id: 1 } },
  { collection: 'inbox', pluck: 'peer', where: { person: 'ann', member: true }, range: { field: 'peer', from: '' }, order: { peer: 1 } },
  { collection: 'inbox', where: { person: 'ann' }, range: { field: 'position', after: '1', before: '9' }, order: { position: -1 } },
  { collection: 'channels', where: { channel: ['c', 'd'] }, range: { field: 'position', after: '1', before: '9' } },
  { collection: 'profiles', where: { person: ['ann', 'bob'] }, range: { field: 'position', after: '1', before: '9' } },
  { collection: 'sync-marks', where: { person: 'ann' }, range: { field: 'position', after: '1', before: '9' }, order: { position: 1 } },
  { collection: 'invitations', pluck: '_id', where: { person: 'ann' }, range: { field: '_id', after: 'a' }, order: { _id: 1 } },
  { collection: 'join-requests', pluck: '_id', where: { person: 'ann' }, range: { field: '_id', after: 'a' }, order: { _id: 1 } },
  { collection: 'posts', pluck: '_id', where: { author: 'ann' }, ...ids, order: { _id: -1 } },
  { collection: 'posts', pluck: '_id', where: { author: ['ann', 'bob'] }, order: { _id: -1 } },
  {
    collection: 'messages',
    pluck: 'unread',
    where: { channel: 'c' },
    range: { field: 'messageCount', after: 1, before: 9 },
    order: { messageCount: -1, unread: -1 },
  },
  { collection: 'categories', where: { app: ['a', 'b'] }, order: { app: 1, _id: 1 } },
  { collection: 'categories', where: { app: 'a' }, range: { field: '_id', after: 'a' }, order: { _id: 1 } },
  { collection: 'deliveries', pluck: 'accepted', range: { field: 'accepted', after: 'a', before: 'b' }, order: { accepted: -1 } },
  { collection: 'deliveries', where: { recipient: 'ann', notification: ['n1', 'n2'] } },
  { collection: 'deliveries', where: { notification: 'n' }, range: { field: '_id', after: 'a' }, order: { _id: 1 } },
  { collection: 'deliveries', pluck: 'planned', where: { vendorId: 'v' }, ...planned },
  { collection: 'deliveries', range: { field: 'category', after: 'a' }, order: { category: 1, planned: 1 } },
  { collection: 'deliveries', where: { category: 'a' }, range: { field: 'planned', after: 'a', until: 'b' }, order: { planned: 1 } },
  { collection: 'deliveries', pluck: 'planned', where: { recipient: 'ann' }, ...planned },
  { collection: 'deliveries', pluck: 'planned', where: { app: 'a', status: 'failed' }, ...planned },
  { collection: 'deliveries', pluck: 'planned', where: { status: 'failed' }, ...planned },
  { collection: 'funnel-requests', ...ids, order: { _id: 1 } },
  { collection: 'funnel-deliveries', ...ids, order: { _id: 1 } },
  { collection: 'funnel-reasons', ...ids, order: { _id: 1 } },
  { collection: 'friend-requests', where: { to: 'ann' }, order: { _id: 1 } },
  { collection: 'friend-requests', where: { from: 'ann' }, order: { _id: 1 } },
  { collection: 'friends', where: { person: 'ann' }, range: { field: 'friend', after: 'a' }, order: { friend: 1 } },
  { collection: 'inbox', where: { person: 'ann', member: true }, order: { _id: 1 } },
  { collection: 'invitations', where: { person: 'ann' }, order: { _id: 1 } },
  { collection: 'join-requests', where: { person: 'ann' }, order: { _id: 1 } },
  { collection: 'join-requests', where: { channel: 'c' }, order: { _id: 1 } },
  { collection: 'inbox', where: { channel: 'c', member: true }, range: { field: '_id', after: 'a' }, order: { _id: 1 } },
  { collection: 'list-members', pluck: 'person', where: { list: 'l' }, range: { field: 'person', after: 'ann' }, order: { person: 1 } },
  { collection: 'lists', where: { app: 'a', status: 'active' }, range: { field: '_id', after: 'a' }, order: { _id: 1 } },
  { collection: 'messages', ...ids, order: { _id: 1 } },
  { collection: 'messages', pluck: '_id', ...ids, order: { _id: 1 } },
  { collection: 'message-mentions', where: { person: 'ann' }, range: { field: 'order', before: 'z' }, order: { order: -1 } },
  { collection: 'messages', ...ids, order: { _id: -1 } },
  { collection: 'scheduled-messages', where: { sender: 'ann' }, range: { field: 'place', after: 'a' }, order: { place: 1 } },
  { collection: 'scheduled-messages', range: { field: 'dueAt', until: 'z' }, order: { dueAt: 1 } },
  { collection: 'scheduled-posts', where: { author: 'ann' }, range: { field: 'place', after: 'a' }, order: { place: 1 } },
  { collection: 'imported-senders', pluck: '_id', where: { person: 'ann' }, range: { field: '_id', after: 'a' }, order: { _id: 1 } },
  { collection: 'exports', where: { owner: 'ann' }, range: { field: 'place', before: 'z' }, order: { place: -1 } },
  { collection: 'exports', pluck: '_id', where: { channel: 'c' }, range: { field: '_id', after: 'a' }, order: { _id: 1 } },
  { collection: 'post-versions', where: { author: 'ann' }, range: { field: '_id', after: 'a' }, order: { _id: 1 } },
  { collection: 'reports', where: { by: 'ann' }, range: { field: '_id', after: 'a' }, order: { _id: 1 } },
  { collection: 'standings', where: { person: 'ann' }, range: { field: '_id', after: 'a' }, order: { _id: 1 } },
  { collection: 'scheduled-messages', where: { sender: 'ann' }, range: { field: 'place', after: 'a' }, order: { place: 1 } },
  { collection: 'inbox', where: { person: 'ann', member: true }, range: { field: '_id', from: 'a' }, order: { _id: 1 } },
  { collection: 'exports', where: { status: 'making' }, range: { field: 'dueAt', until: 'z' }, order: { dueAt: 1 } },
  { collection: 'scheduled-posts', range: { field: 'dueAt', until: 'z' }, order: { dueAt: 1 } },
  { collection: 'post-terms', where: { tag: 't' }, range: { field: '_id', before: 'z' }, order: { _id: -1 } },
  { collection: 'post-terms', where: { person: 'ann' }, range: { field: '_id', before: 'z' }, order: { _id: -1 } },
  { collection: 'posts', where: { replyTo: 'p' }, range: { field: '_id', after: 'a' }, order: { _id: 1 } },
  { collection: 'posts', where: { author: 'ann' }, range: { field: '_id', before: 'z' }, order: { _id: -1 } },
  { collection: 'post-versions', where: { post: 'p' }, range: { field: '_id', before: 'z' }, order: { _id: -1 } },
  { collection: 'post-references', where: { by: ['ann', 'bob'], of: ['p', 'q'] } },
  { collection: 'post-reactions', pluck: 'post', where: { person: 'ann' }, range: { field: 'post', after: 'a' }, order: { post: 1 } },
  { collection: 'post-reactions', where: { person: ['ann', 'bob'], post: ['p', 'q'] } },
  { collection: 'likes', where: { person: ['ann', 'bob'], post: ['p', 'q'] } },
  { collection: 'posts', range: { field: 'position', after: '1' }, order: { position: 1 } },
  { collection: 'centre-items', where: { person: 'ann', archived: false }, range: { field: 'order', before: '9' }, order: { order: -1 } },
  { collection: 'centre-items', where: { person: 'ann', archived: false, categoryKey: 'c' }, range: { field: 'order', before: '9' }, order: { order: -1 } },
  { collection: 'centre-items', where: { person: 'ann', open: true }, range: { field: 'order', after: '1', before: '9' }, order: { order: -1 } },
  { collection: 'centre-items', where: { person: 'ann', open: true, categoryKey: 'c' }, range: { field: 'order', after: '1' }, order: { order: -1 } },
  { collection: 'centre-items', where: { person: 'ann', kept: true }, range: { field: 'order', before: '9' }, order: { order: -1 } },
  { collection: 'centre-items', where: { person: 'ann', kept: true, categoryKey: 'c' }, range: { field: 'order', before: '9' }, order: { order: -1 } },
  { collection: 'centre-items', where: { person: 'ann' }, range: { field: 'position', after: '1', before: '9' }, order: { position: 1 } },
  { collection: 'centres', where: { person: 'ann' }, range: { field: 'position', after: '1', before: '9' }, order: { position: 1 } },
  { collection: 'relationships', where: { from: 'ann', kind: 'follow' }, range: { field: 'to', after: 'a' }, order: { to: 1 } },
  { collection: 'cases', where: { status: 'open' }, range: { field: 'place', after: 'a' }, order: { place: 1 } },
  { collection: 'reports', where: { case: 'c' }, range: { field: '_id', after: 'a' }, order: { _id: 1 } },
  { collection: 'standings', where: { suspended: true }, range: { field: '_id', after: 'a' }, order: { _id: 1 } },
  { collection: 'schedules', where: { app: 'a' }, range: { field: '_id', after: 'a' }, order: { _id: 1 } },
  { collection: 'schedule-occurrences', where: { schedule: 's' }, range: { field: 'local', before: '9' }, order: { local: -1 } },
  { collection: 'template-versions', where: { template: 't' }, range: { field: 'version', before: 9 }, order: { version: -1 } },
  { collection: 'templates', where: { app: 'a' }, range: { field: '_id', after: 'a' }, order: { _id: 1 } },
  { collection: 'webhook-messages', where: { app: 'a', status: 'dead' }, range: { field: '_id', after: 'a' }, order: { _id: 1 } },
];

const ROOT = join(import.meta.dirname, '../../..');
const CALL = /views\s*\.(?:find|findPage|pluck)\('([a-z-]+)'(?:, '(\w+)')?/g;

/** `collection`, or `collection.field` where it is plucked, as the sources of the read side name them, those that ask before each delivery or take back what somebody did, and the moderators’ queue. */
function queriedInSources(): ReadonlySet<string> {
  const files = [
    'read-api',
    'projections/view-access',
    'workers/notifications/caps',
    'workers/media',
    'workers/people',
    'workers/exports',
    'app/control/moderation',
  ].flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(ROOT, folder, name)));
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts')).map((file) => readFileSync(file, 'utf8'));
  return new Set(
    sources.flatMap((source) => Array.from(source.matchAll(CALL), ([, collection = '', field]) => (field ? `${collection}.${field}` : collection))),
  );
}

const indexesOf = new Map<string, readonly CollectionIndex[]>(projectors.flatMap(({ indexes }) => Object.entries(indexes)));
const fieldsOf = (collection: string) => (indexesOf.get(collection) ?? []).flatMap(({ fields }) => fields);
const queryOf = ({ collection, pluck: _pluck, ...query }: ReadSideQuery): MongoQuery =>
  mongoQuery({ collection, fields: fieldsOf(collection) }, { ...query, limit: 10 });
const projectionOf = (field: string) => (field === '_id' ? { _id: 1 } : { _id: 0, [pathOf(field)]: 1 });

/** MongoDB walks an index in its order or against it, over the values of equalities; lists of values are walked side by side and merged. */
function isServed(index: readonly string[], { filter, sort }: MongoQuery, projected: string | undefined): boolean {
  const isEqual = (path: string) => path in filter && !isRange(filter[path as keyof typeof filter]);
  const equalities = Object.keys(filter).filter(isEqual);
  const walked = index.filter((path, at) => !(isEqual(path) && index.slice(0, at).every(isEqual)));
  const first = index.length - walked.length;
  const order = Object.entries(sort).filter(([path]) => !index.slice(0, first).includes(path));
  const isOrdered = order.every(([path], at) => walked[at] === path) && new Set(order.map(([, direction]) => direction)).size <= 1;
  const ranges = Object.keys(filter).filter((path) => !isEqual(path));
  const isBounded = equalities.every((path) => index.slice(0, first).includes(path)) && ranges.every((path) => walked[0] === path);
  return isOrdered && isBounded && (projected === undefined || index.includes(projected));
}

const isRange = (condition: unknown): boolean => typeof condition === 'object' && condition !== null && Object.keys(condition).some((operator) => /^\$[gl]t/.test(operator)); // prettier-ignore

testWith('secantusd-py')('no query of the read side sorts what it has found, and `pluck` reads no document', async (t) => {
  const listed = new Set(QUERIES.map(({ collection, pluck }) => (pluck === undefined ? collection : `${collection}.${pluck}`)));
  t.deepEqual([...listed].toSorted(), [...queriedInSources()].toSorted(), 'every query of the read side is listed above');
  const mongodbUrl = process.env['TIDINGS_TEST_MONGODB_URL'];
  await using starting = new AsyncDisposableStack();
  const url = mongodbUrl ?? starting.use(await startMongoServer()).url;
  const { pathname, search } = new URL(url);
  const connection = starting.use(await connectMongo({ url: url.replace(`${pathname}${search}`, `/plans-${randomUUID()}${search}`), name: 'test' }));
  await using views = await startMongoViews(connection);
  await views.prepare(Object.fromEntries([...indexesOf].map(([collection, indexes]) => [collection, { indexes }])));
  for (const of of QUERIES) {
    const rows = connection.database.collection<StoredRow>(of.collection);
    const query = queryOf(of);
    const indexes = (await rows.indexes()).map(({ key }) => Object.keys(key));
    t.true(
      indexes.some((index) => isServed(index, query, of.pluck === undefined ? undefined : pathOf(of.pluck))),
      JSON.stringify(of),
    );
    if (mongodbUrl === undefined) continue;
    const projection = of.pluck === undefined ? {} : { projection: projectionOf(of.pluck) };
    const plan = await rows.find(query.filter, { sort: query.sort, limit: query.limit, ...projection }).explain('executionStats');
    t.notRegex(JSON.stringify(plan['queryPlanner']), /"stage":"(SORT|COLLSCAN)"/, JSON.stringify(of));
    if (of.pluck !== undefined) t.is((plan['executionStats'] as { totalDocsExamined: number }).totalDocsExamined, 0, JSON.stringify(of));
  }
  if (mongodbUrl !== undefined) await connection.database.dropDatabase();
});
