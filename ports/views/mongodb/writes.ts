/**
 * A commit's writes as runs of one bulk write each, in their order within each collection. Whether every guarded write of a run found
 * its document is told by the counts of its answer, so guarded writes have runs of their own.
 */
import type { AnyBulkWriteOperation, ClientSession } from 'mongodb';
import type { MongoViews } from './collections.ts';
import { filterOf } from './query.ts';
import { contentOf, documentIn, LOADED_PROJECTION, loadedIn, tombstoneOf, type RowContent, type StoredRow } from './rows.ts';
import type { Document, DocumentWrite, PatchWrite } from '../port.ts';

/** A guarded write has found its document at another version. */
export class DocumentConflict extends Error {}

type WriteOf<Kind extends DocumentWrite['kind']> = Extract<DocumentWrite, { kind: Kind }>;
type Replacement = WriteOf<'put' | 'remove'>;
type Operation = AnyBulkWriteOperation<StoredRow>;
type Run =
  | { readonly kind: 'guarded' | 'unguarded'; readonly collection: string; readonly writes: Replacement[] }
  | { readonly kind: 'increments'; readonly collection: string; readonly writes: WriteOf<'increment'>[] }
  | { readonly kind: 'patch'; readonly collection: string; readonly writes: PatchWrite[] };

/** Rows that are read and written at once where a patch has no pages. */
const PATCHED_AT_ONCE = 500;

/** Throws `DocumentConflict`; and whatever the driver throws, a conflict among them. */
export async function writeAll(views: MongoViews, session: ClientSession, writes: readonly DocumentWrite[]): Promise<void> {
  for (const run of runsOf(writes)) {
    const fields = await views.fieldsIn(run.collection);
    switch (run.kind) {
      case 'guarded':
      case 'unguarded':
        await bulk(
          views,
          session,
          run.collection,
          run.kind === 'guarded' ? 'whole' : 'any',
          run.writes.map((write) => replacing(write, fields)),
        );
        break;
      case 'increments':
        await increment(views, session, run.collection, fields, run.writes);
        break;
      case 'patch':
        for (const write of run.writes) await patch(views, session, fields, write);
        break;
    }
  }
}

/** A run goes on over writes of other collections: collections don't depend on one another. */
function runsOf(writes: readonly DocumentWrite[]): readonly Run[] {
  const last = new Map<string, Run>();
  const runs: Run[] = [];
  for (const write of writes) {
    const kind = runKindOf(write);
    let run = last.get(write.collection);
    if (run?.kind !== kind) {
      run = { kind, collection: write.collection, writes: [] } as Run;
      runs.push(run);
      last.set(write.collection, run);
    }
    (run.writes as DocumentWrite[]).push(write);
  }
  return runs;
}

function runKindOf(write: DocumentWrite): Run['kind'] {
  switch (write.kind) {
    case 'put':
    case 'remove':
      return write.expectedVersion === undefined ? 'unguarded' : 'guarded';
    case 'increment':
      return 'increments';
    case 'patch':
      return 'patch';
  }
}

function replacing(write: Replacement, fields: readonly string[]): Operation {
  const content = write.kind === 'put' ? contentOf(fields, write.document, JSON.stringify(write.seen)) : tombstoneOf(write.seen, write.position);
  return write.expectedVersion === undefined ? setting({ _id: write.id }, content, true) : settingAt(write.id, write.expectedVersion, content);
}

/** A missing row counts as version 0, and is inserted: where there is one, the insertion fails by its id. */
const settingAt = (id: string, version: number, content: RowContent): Operation =>
  version === 0 ? { insertOne: { document: { _id: id, ...content, version: 1 } } } : setting({ _id: id, version }, content, false);

const setting = (filter: { readonly _id: string; readonly version?: number }, content: RowContent, upsert: boolean): Operation => ({
  updateOne: { filter, update: { $set: content, $inc: { version: 1 } }, upsert },
});

async function bulk({ ask, rows }: MongoViews, session: ClientSession, collection: string, found: 'whole' | 'any', operations: readonly Operation[]) {
  if (operations.length === 0) return;
  // Each is of another document. The driver makes a command of each run of one kind, so those of one kind stand together.
  const [inserting, updating] = [operations.filter(isInsertion), operations.filter((operation) => !isInsertion(operation))];
  const answer = await ask(() => rows(collection).bulkWrite([...inserting, ...updating], { session, ordered: true }));
  if (found === 'whole' && answer.insertedCount + answer.matchedCount !== operations.length) throw new DocumentConflict();
}

const isInsertion = (operation: Operation): boolean => 'insertOne' in operation;

/** Computed here, from what the transaction sees: whoever writes one of these documents meanwhile conflicts with it. */
async function increment(views: MongoViews, session: ClientSession, collection: string, fields: readonly string[], writes: readonly WriteOf<'increment'>[]) {
  const ids = [...new Set(writes.map(({ id }) => id))];
  const rows = views.rows(collection);
  const found = await views.ask(() => rows.find({ _id: { $in: ids } }, { projection: LOADED_PROJECTION, session }).toArray());
  const loaded = new Map(found.map((row) => [row._id, { ...loadedIn(collection, row), seenText: row.seen }]));
  const sums = new Map<string, Document>();
  for (const { id, by, position } of writes) {
    const before = loaded.get(id);
    if (before !== undefined && before.document === undefined) continue;
    sums.set(id, added(sums.get(id) ?? before?.document ?? {}, by, position));
  }
  const operations = [...sums].map(([id, document]) => {
    const { seenText, version } = loaded.get(id) ?? { seenText: '{}', version: 0 };
    return settingAt(id, version, contentOf(fields, document, seenText));
  });
  await bulk(views, session, collection, 'whole', operations);
}

function added(document: Document, by: Readonly<Record<string, number>>, position: string | undefined): Document {
  const sums = Object.entries(by).map(([field, amount]) => [field, (typeof document[field] === 'number' ? document[field] : 0) + amount]);
  return { ...document, ...Object.fromEntries(sums), ...(position === undefined ? {} : { position }) };
}

async function patch(views: MongoViews, session: ClientSession, fields: readonly string[], { collection, where, set, ids }: PatchWrite): Promise<void> {
  const rows = views.rows(collection);
  for (let after = ids?.after; ;) {
    const lower = after === undefined ? { from: '' } : { after };
    const filter = filterOf({ collection, fields }, where, { field: '_id', ...lower, ...(ids && { until: ids.until }) });
    const cursor = () => rows.find(filter, { projection: LOADED_PROJECTION, session }).sort({ _id: 1 }).limit(PATCHED_AT_ONCE);
    const found = await views.ask(() => cursor().toArray());
    const operations = found.map((row) => settingAt(row._id, row.version, contentOf(fields, { ...documentIn(collection, row), ...nullsFor(set) }, row.seen)));
    await bulk(views, session, collection, 'whole', operations);
    after = found.at(-1)?._id;
    if (after === undefined || found.length < PATCHED_AT_ONCE) return;
  }
}

/** A field that is set to nothing is null, and not left out. */
const nullsFor = (set: Document): Document => Object.fromEntries(Object.entries(set).map(([field, value]) => [field, value ?? null]));
