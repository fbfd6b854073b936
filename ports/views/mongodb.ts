/** The view store in MongoDB, or in a server of its protocol that has transactions. */
import type { MongoConnection } from '../mongodb/connect.ts';
import { commitToMongo, runnerOf } from './mongodb/commit.ts';
import { mongoViews } from './mongodb/collections.ts';
import { dropFromMongo, finishDrop } from './mongodb/drop.ts';
import { filterOf, indexed, mongoQuery } from './mongodb/query.ts';
import { documentIn, DOCUMENT_PROJECTION, foundIn, LOADED_PROJECTION, loadedIn, type StoredRow } from './mongodb/rows.ts';
import { verifyMongoViews } from './mongodb/verify.ts';
import { ViewsUnavailable, type Document, type DocumentQuery, type ViewStore } from './port.ts';

/** Documents that a page reads at once: it may have read so many more than it answers. */
const READ_AT_ONCE = 32;
/** Ids in one list. */
const IDS_AT_ONCE = 250;
const IDENTITY = 'views';

/** The connection stays its owner's, and is closed after the store. */
export async function startMongoViews(connection: MongoConnection): Promise<ViewStore> {
  const ask = <Answer>(work: () => Promise<Answer>) => connection.answer(ViewsUnavailable, work);
  const views = mongoViews(connection.client, connection.database, ask);
  await views.prepareOwn();
  const { rows, checkpoints, identities } = views;
  const target = async (collection: string) => ({ collection, fields: await views.fieldsIn(collection) });
  /** In any order. */
  const rowsOf = async (collection: string, ids: readonly string[], projection: typeof DOCUMENT_PROJECTION | typeof LOADED_PROJECTION) => {
    await views.fieldsIn(collection);
    const read = (some: readonly string[]) =>
      ask(() =>
        rows(collection)
          .find({ _id: { $in: some } }, { projection })
          .toArray(),
      );
    const found: StoredRow[] = [];
    for (let at = 0; at < ids.length; at += IDS_AT_ONCE) found.push(...(await read(ids.slice(at, at + IDS_AT_ONCE))));
    return found;
  };
  const documentsOf = async <Doc extends Document>(collection: string, ids: readonly string[]) => {
    const found = await rowsOf(collection, ids, DOCUMENT_PROJECTION);
    return new Map(found.map((row) => [row._id, { document: documentIn<Doc>(collection, row), bytes: bytesOf(row) }]));
  };
  const identity = async () => (await ask(() => identities.findOne({ _id: IDENTITY })))?.identity;

  return {
    prepare: (schema) => views.prepare(schema),
    commit: (commit) => commitToMongo(views, commit),
    checkpoint: async (projection) => {
      const position = (await ask(() => checkpoints.findOne({ _id: projection })))?.position;
      if (position === undefined) await finishDrop(views, runnerOf(projection));
      return position;
    },
    checkpoints: async () => {
      const found = await ask(() => checkpoints.find({ position: { $exists: true } }).toArray());
      return new Map(found.flatMap(({ _id, position }) => (position === undefined ? [] : [[_id, position] as const])));
    },
    drop: (projection, collections) => dropFromMongo(views, projection, collections),

    load: async (collection, ids) => {
      const found = new Map((await rowsOf(collection, ids, LOADED_PROJECTION)).map((row) => [row._id, loadedIn(collection, row)]));
      return ids.map((id) => found.get(id) ?? { id, document: undefined, seen: {}, version: 0 });
    },
    get: async <Doc extends Document>(collection: string, id: string) => (await documentsOf<Doc>(collection, [id])).get(id)?.document,
    getMany: async <Doc extends Document>(collection: string, ids: readonly string[]) => {
      const found = await documentsOf<Doc>(collection, ids);
      return ids.map((id) => found.get(id)?.document);
    },
    getFirst: async <Doc extends Document>(collection: string, ids: readonly string[], bytesMax: number) => {
      const answered: (Doc | undefined)[] = [];
      let bytes = 0;
      for (let at = 0; at < ids.length; at += READ_AT_ONCE) {
        const some = ids.slice(at, at + READ_AT_ONCE);
        const found = await documentsOf<Doc>(collection, some);
        for (const id of some) {
          bytes += found.get(id)?.bytes ?? 0;
          if (bytes > bytesMax && answered.length > 0) return answered;
          answered.push(found.get(id)?.document);
        }
      }
      return answered;
    },
    find: async <Doc extends Document>(collection: string, query: DocumentQuery) => {
      const { filter, sort, limit } = mongoQuery(await target(collection), query);
      const found = await ask(() => rows(collection).find(filter, { projection: DOCUMENT_PROJECTION, sort, limit }).toArray());
      return found.map((row) => foundIn<Doc>(collection, row));
    },
    findPage: async <Doc extends Document>(collection: string, { bytesMax, ...query }: DocumentQuery & { readonly bytesMax: number }) => {
      const { filter, sort, limit } = mongoQuery(await target(collection), { ...query, limit: query.limit + 1 });
      const documents: (Doc & { readonly _id: string })[] = [];
      let bytes = 0;
      const cursor = rows(collection).find(filter, { projection: DOCUMENT_PROJECTION, sort, limit, batchSize: READ_AT_ONCE });
      try {
        for (;;) {
          const row = await ask(() => cursor.next());
          if (row === null) return { documents, more: false };
          bytes += bytesOf(row);
          if (documents.length >= query.limit || (bytes > bytesMax && documents.length > 0)) return { documents, more: true };
          documents.push(foundIn<Doc>(collection, row));
        }
      } finally {
        void cursor.close().catch(() => undefined); // nobody waits for a server that hangs
      }
    },
    pluck: async (collection, field, query) => {
      const of = await target(collection);
      const path = indexed(of, field);
      const { filter, sort, limit } = mongoQuery(of, query);
      const projection = field === '_id' ? { _id: 1 } : { _id: 0, [path]: 1 };
      const found = await ask(() => rows(collection).find(filter, { projection, sort, limit }).toArray());
      return found.flatMap((row) => {
        const value = field === '_id' ? row._id : row.fields[field];
        return typeof value === 'string' ? [value] : [];
      });
    },
    count: async (collection, where = {}) => {
      const filter = filterOf(await target(collection), where);
      return await ask(() => rows(collection).countDocuments(filter));
    },
    identity,
    adopt: async (wanted, { replaces }) => {
      await ask(() =>
        replaces === undefined
          ? identities.updateOne({ _id: IDENTITY }, { $setOnInsert: { identity: wanted } }, { upsert: true })
          : identities.updateOne({ _id: IDENTITY, identity: replaces }, { $set: { identity: wanted } }),
      );
      return (await identity()) ?? wanted;
    },
    verify: (signal) => verifyMongoViews(views, signal),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

const bytesOf = ({ json }: { readonly json: string | null }): number => (json === null ? 0 : Buffer.byteLength(json));
