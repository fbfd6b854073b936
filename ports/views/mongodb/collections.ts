/** The collections of the views in MongoDB, their indexes, and what is kept beside them. */
import { MongoServerError, type Collection, type Db, type IndexSpecification, type MongoClient } from 'mongodb';
import { inTransaction, type Ask } from '../../mongodb/transaction.ts';
import { documentIn, DOCUMENT_PROJECTION, indexedFields, pathOf, type StoredRow } from './rows.ts';
import type { CollectionIndex, ViewSchema } from '../port.ts';

/** `commit`: the id of the commit that wrote it, by which a commit whose answer was lost is found again. Without a position: it is being dropped. */
export type StoredCheckpoint = { readonly _id: string; readonly position?: string; readonly commit?: string };
/** `isDropped`: its collections are being emptied, and nothing is committed. `firsts`: how often a checkpoint of it was written for the first time. */
export type StoredProjection = {
  readonly _id: string;
  readonly isDropped?: boolean;
  readonly collections?: readonly string[];
  readonly firsts?: number;
  readonly pages?: number;
};
type PreparedCollection = { readonly _id: string; readonly fields: readonly string[]; readonly indexes: readonly string[] };

export type MongoViews = {
  readonly client: MongoClient;
  readonly ask: Ask;
  readonly checkpoints: Collection<StoredCheckpoint>;
  readonly projections: Collection<StoredProjection>;
  readonly prepared: Collection<PreparedCollection>;
  readonly identities: Collection<{ readonly _id: string; readonly identity: string }>;
  readonly rows: (collection: string) => Collection<StoredRow>;
  /** The indexed fields of a collection: those that queries may name, beside `_id`. Throws for one that was not prepared. */
  fieldsIn(collection: string): Promise<readonly string[]>;
  prepare(schema: ViewSchema): Promise<void>;
  /** Creates the collections that are kept beside those of the port. Before the first transaction: two that create one conflict. */
  prepareOwn(): Promise<void>;
};

const OWN_COLLECTIONS = ['_checkpoints', '_projections', '_collections', '_identity'];
const NAMESPACE_EXISTS = 48;
const COLLECTION_NAME = /^[A-Za-z][\w@.-]{0,99}$/;
const FIELD_NAME = /^[A-Za-z]\w{0,63}$/;
const FILLED_AT_ONCE = 500;

/** Names that begin with `_` are no names of collections of the port. */
export function mongoViews(client: MongoClient, database: Db, ask: Ask): MongoViews {
  const known = new Map<string, PreparedCollection>();
  const prepared = database.collection<PreparedCollection>('_collections');
  const rows = (collection: string) => database.collection<StoredRow>(collection);

  const look = async (collection: string): Promise<PreparedCollection | undefined> => {
    const found = known.get(collection) ?? (await ask(() => prepared.findOne({ _id: collection }))) ?? undefined;
    if (found !== undefined) known.set(collection, found);
    return found;
  };

  const prepareCollection = async (collection: string, indexes: readonly CollectionIndex[]) => {
    const specifications = [[], ...indexes.map(({ fields }) => fields)];
    const fields = [...new Set(specifications.flat())].filter((field) => field !== '_id');
    for (const field of fields) if (!FIELD_NAME.test(field)) throw new TypeError(`A field can’t be indexed by the name ${field}.`);
    const names = specifications.map((of) => of.join(','));
    const before = await look(collection);
    if (before !== undefined && isAmong(fields, before.fields) && isAmong(names, before.indexes)) return;
    const missing = fields.filter((field) => !before?.fields.includes(field));
    if (missing.length > 0) await fill({ client, ask }, collection, rows(collection), missing);
    for (const of of specifications) await ask(() => rows(collection).createIndex(indexSpecification(of)));
    await ask(() => prepared.updateOne({ _id: collection }, { $addToSet: { fields: { $each: fields }, indexes: { $each: names } } }, { upsert: true }));
    known.delete(collection);
  };

  return {
    client,
    ask,
    checkpoints: database.collection('_checkpoints'),
    projections: database.collection('_projections'),
    prepared,
    identities: database.collection('_identity'),
    rows,
    fieldsIn: async (collection) => {
      const found = await look(collection);
      if (found === undefined) throw new Error(`The collection ${collection} was not prepared.`);
      return found.fields;
    },
    prepareOwn: async () => {
      for (const name of OWN_COLLECTIONS) {
        await ask(() => database.createCollection(name)).catch((error: unknown) => {
          if (!(error instanceof MongoServerError) || error.code !== NAMESPACE_EXISTS) throw error;
        });
      }
    },
    prepare: async (schema) => {
      for (const [collection, { indexes }] of Object.entries(schema)) {
        if (!COLLECTION_NAME.test(collection)) throw new TypeError(`A collection can’t be named ${collection}.`);
        await prepareCollection(collection, indexes);
      }
    },
  };
}

const isAmong = (some: readonly string[], all: readonly string[]): boolean => some.every((one) => all.includes(one));

/** The id is the last field of every index, so that an order by the others is total, and a list of ids is read from the index alone. */
function indexSpecification(fields: readonly string[]): IndexSpecification {
  const all = fields.includes('_id') ? fields : [...fields, '_id'];
  return Object.fromEntries([['live', 1], ...all.map((field) => [pathOf(field), 1])]) as IndexSpecification;
}

/** Fields that are new to a collection are copied from its documents, each at the version that was read. */
async function fill(views: Pick<MongoViews, 'client' | 'ask'>, collection: string, rows: Collection<StoredRow>, missing: readonly string[]): Promise<void> {
  const { ask } = views;
  const without = { live: true, $or: missing.map((field) => ({ [pathOf(field)]: { $exists: false } })) };
  for (;;) {
    const found = await ask(() =>
      rows
        .find(without, { projection: { ...DOCUMENT_PROJECTION, version: 1 } })
        .limit(FILLED_AT_ONCE)
        .toArray(),
    );
    if (found.length === 0) return;
    const updates = found.map((row) => {
      const values = indexedFields(missing, documentIn(collection, row) ?? {});
      const set = Object.fromEntries(Object.entries(values).map(([field, value]) => [pathOf(field), value]));
      return { updateOne: { filter: { _id: row._id, version: row.version }, update: { $set: set } } };
    });
    await inTransaction(views, (session) => ask(() => rows.bulkWrite(updates, { session })), { wasCommitted: async () => false });
  }
}
