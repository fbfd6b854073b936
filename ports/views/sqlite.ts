/** The view store in one SQLite file. A worker thread writes; this thread reads, and sees each commit as soon as it is made. */
import { startWorkerThread } from '../sqlite/worker-thread.ts';
import { openForReading, explainDamage } from '../sqlite/open.ts';
import { Statements, type SqlRow } from '../sqlite/statements.ts';
import { type Document, type LoadedDocument, type DocumentQuery, type SourceRevisions, type ViewStore, type DocumentWrite } from './port.ts';
import { countSql, findSql, pluckSql, type Sql } from './sqlite-query.ts';
import { CHECKPOINTS, FIELDS_SQL, fieldsOf, tableNameOf, VIEWS_FILE, type IndexedFields } from './sqlite-schema.ts';
import type { ViewsWriter, ViewsWriterConfig } from './sqlite-writer.ts';
import { statementRunsOf } from './sqlite-statements.ts';

/** The write-ahead log holds replaced and removed values: it is emptied when nothing was written for this long, */
const WAL_IDLE_MS = 5_000;
/** and at the latest this long after the first write, although during writing it is overwritten from its beginning again and again. */
const WAL_KEPT_MAX_MS = 45_000;
/** How soon after a `patch` the file is rewritten, so that no trace of overwritten values is left on the disk. */
const FORGET_WITHIN_MS = 60_000;

/** Large enough for the inner pages of every index that is read often. */
const READ_CACHE_KIB = 32 * 1_024;

export type SqliteViewsOptions = { readonly walIdleMs?: number; readonly walKeptMaxMs?: number; readonly forgetWithinMs?: number };

/** Throws where the file is damaged, of another version or not a view store. `<file>-wal` and `<file>-shm` belong to it. */
export async function startSqliteViews(file: string, options: SqliteViewsOptions = {}): Promise<ViewStore> {
  const config: ViewsWriterConfig = { file, walIdleMs: WAL_IDLE_MS, walKeptMaxMs: WAL_KEPT_MAX_MS, forgetWithinMs: FORGET_WITHIN_MS, ...options };
  const writer = await startWorkerThread<ViewsWriter>(new URL('sqlite-writer.ts', import.meta.url), config);
  const reader = openForReading(file, { cacheKiB: READ_CACHE_KIB });
  const statements = new Statements(reader);
  const rows = ({ sql, values }: Sql) => explainDamage(file, VIEWS_FILE, () => statements.all(sql, ...values));

  let fields: IndexedFields = new Map();
  const fieldsIn = (collection: string): readonly string[] => {
    if (!fields.has(collection)) fields = fieldsOf(rows({ sql: FIELDS_SQL, values: [] })); // another process may have prepared it
    const found = fields.get(collection);
    if (found === undefined) throw new Error(`The collection ${collection} was not prepared.`);
    return found;
  };
  const target = (collection: string) => ({ collection, fields: fieldsIn(collection) });
  /** In any order. */
  const rowsOf = (collection: string, columns: string, ids: readonly string[]) => {
    fieldsIn(collection);
    const values = [JSON.stringify(ids)];
    return rows({ sql: `SELECT _id, ${columns} FROM ${tableNameOf(collection)} WHERE _id IN (SELECT value FROM json_each(?))`, values });
  };

  return {
    prepare: async (schema) => {
      await writer.call('prepare', schema);
      fields = fieldsOf(rows({ sql: FIELDS_SQL, values: [] }));
    },

    commit: async ({ projection, from, to, writes }) =>
      await writer.call('commit', { projection, from, to, runs: statementRunsOf(writes, fieldsIn), forgets: writes.some(isPatch) }),

    checkpoint: async (projection) => {
      const [row] = rows({ sql: `SELECT position FROM ${CHECKPOINTS} WHERE projection = ?`, values: [projection] });
      return row?.[0] as string | undefined;
    },
    checkpoints: async () => new Map(rows({ sql: `SELECT projection, position FROM ${CHECKPOINTS}`, values: [] }) as [string, string][]),
    drop: async (projection, collections) => await writer.call('drop', { projection, collections }),

    load: async (collection, ids) => {
      const found = new Map(rowsOf(collection, 'document, seen, version', ids).map((row) => [row[0], loaded(row)]));
      return ids.map((id) => found.get(id) ?? { id, document: undefined, seen: {}, version: 0 });
    },
    get: async <Doc extends Document>(collection: string, id: string) => {
      fieldsIn(collection);
      const [row] = rows({ sql: `SELECT document FROM ${tableNameOf(collection)} WHERE _id = ?`, values: [id] });
      return parsed<Doc>(row?.[0]);
    },
    getMany: async <Doc extends Document>(collection: string, ids: readonly string[]) => {
      const found = new Map(rowsOf(collection, 'document', ids).map(([id, document]) => [id, parsed<Doc>(document)]));
      return ids.map((id) => found.get(id));
    },
    find: async <Doc extends Document>(collection: string, query: DocumentQuery) =>
      rows(findSql(target(collection), query)).map(([_id, document]) => Object.assign(parsed<Doc>(document) as Doc, { _id: _id as string })),
    findPage: async <Doc extends Document>(collection: string, { bytesMax, ...query }: DocumentQuery & { readonly bytesMax: number }) => {
      const { sql, values } = findSql(target(collection), { ...query, limit: query.limit + 1 });
      const read = () => readPage<Doc>(statements.iterate(sql, ...values), { limit: query.limit, bytesMax });
      return explainDamage(file, VIEWS_FILE, read);
    },
    getFirst: async <Doc extends Document>(collection: string, ids: readonly string[], bytesMax: number) => {
      fieldsIn(collection);
      const sql = `SELECT document FROM ${tableNameOf(collection)} WHERE _id = ?`;
      return explainDamage(file, VIEWS_FILE, () => readFirst<Doc>((id) => statements.first(sql, id)?.[0], ids, bytesMax));
    },
    pluck: async (collection, field, query) =>
      rows(pluckSql(target(collection), field, query)).flatMap(([value]) => (typeof value === 'string' ? [value] : [])),
    count: async (collection, where) => rows(countSql(target(collection), where))[0]?.[0] as number,

    [Symbol.asyncDispose]: async () => {
      if (reader.isOpen) reader.close(); // first, so that the writer's connection is the last one
      await writer[Symbol.asyncDispose]();
    },
  };
}

type Cell = string | number | null | undefined;

const isPatch = ({ kind }: DocumentWrite) => kind === 'patch';

const parsed = <Doc extends Document>(document: Cell): Doc | undefined => (typeof document === 'string' ? (JSON.parse(document) as Doc) : undefined);

const bytesOf = (document: Cell): number => (typeof document === 'string' ? Buffer.byteLength(document) : 0);

/** Of rows of `_id, document`. */
function readPage<Doc extends Document>(rows: Iterable<SqlRow>, { limit, bytesMax }: { readonly limit: number; readonly bytesMax: number }) {
  const documents: (Doc & { readonly _id: string })[] = [];
  let bytes = 0;
  for (const [_id, document] of rows) {
    bytes += bytesOf(document);
    if (documents.length >= limit || (bytes > bytesMax && documents.length > 0)) return { documents, more: true };
    documents.push(Object.assign(parsed<Doc>(document) as Doc, { _id: _id as string }));
  }
  return { documents, more: false };
}

function readFirst<Doc extends Document>(documentOf: (id: string) => Cell, ids: readonly string[], bytesMax: number): readonly (Doc | undefined)[] {
  const found: (Doc | undefined)[] = [];
  let bytes = 0;
  for (const id of ids) {
    const document = documentOf(id);
    bytes += bytesOf(document);
    if (bytes > bytesMax && found.length > 0) break;
    found.push(parsed<Doc>(document));
  }
  return found;
}

const loaded = ([id, document, seen, version]: SqlRow): LoadedDocument => ({
  id: id as string,
  document: parsed(document),
  seen: JSON.parse(seen as string) as SourceRevisions,
  version: version as number,
});
