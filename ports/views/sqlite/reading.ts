/** Reads the views in their SQLite file, on a connection of its own, which sees each commit as soon as it is made. */
import { openForReading, explainDamage } from '../../sqlite/open.ts';
import { Statements } from '../../sqlite/statements.ts';
import type { Document, DocumentQuery, ReadableViews } from '../port.ts';
import { countSql, findSql, pluckSql, type Sql } from './query.ts';
import { CHECKPOINTS, FIELDS_SQL, fieldsOf, IDENTITY, tableNameOf, VIEWS_FILE, type IndexedFields } from './schema.ts';
import type { RecentDocuments } from './recent-documents.ts';
import { CHECKED_COLUMNS, documentIn, loadedDocumentIn, positionIn, type CheckedRow } from './sums.ts';

export type SqliteViewsReader = Disposable & {
  readonly views: ReadableViews;
  /** Those that are indexed. */
  readonly fieldsIn: (collection: string) => readonly string[];
  /** Called when a collection was prepared. */
  readonly readFields: () => void;
};

type ReadingOptions = {
  readonly cacheKiB?: number;
  /** Of whoever writes the file: nobody else knows what changes. */
  readonly recent?: RecentDocuments;
};

export function readSqliteViews(file: string, { recent, ...options }: ReadingOptions = {}): SqliteViewsReader {
  const reader = openForReading(file, { ...options, isMapped: true });
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
  const checked = ({ sql, values }: Sql) => rows({ sql, values }) as unknown as readonly CheckedRow[];
  /** In any order. */
  const rowsOf = (collection: string, columns: string, ids: readonly string[]) => {
    fieldsIn(collection);
    const values = [JSON.stringify(ids)];
    return checked({ sql: `SELECT ${columns} FROM ${tableNameOf(collection)} WHERE _id IN (SELECT value FROM json_each(?))`, values });
  };
  const rowOf = (collection: string, id: string) => {
    fieldsIn(collection);
    return checked({ sql: `SELECT ${CHECKED_COLUMNS} FROM ${tableNameOf(collection)} WHERE _id = ?`, values: [id] })[0];
  };

  const readDocument = <Doc extends Document>(collection: string, id: string): Doc | undefined => {
    const row = rowOf(collection, id);
    const document = documentIn<Doc>(file, collection, row);
    recent?.keep(collection, id, document, jsonLengthOf(row));
    return document;
  };
  const readDocuments = <Doc extends Document>(collection: string, ids: readonly string[]): ReadonlyMap<string, Doc | undefined> => {
    const documents = new Map<string, Doc | undefined>();
    for (const row of rowsOf(collection, CHECKED_COLUMNS, ids)) {
      const id = row[0] as string;
      const document = documentIn<Doc>(file, collection, row);
      documents.set(id, document);
      recent?.keep(collection, id, document, jsonLengthOf(row));
    }
    if (recent !== undefined) for (const id of ids) if (!documents.has(id)) recent.keep(collection, id, undefined, 0);
    return documents;
  };

  const readFields = () => void (fields = fieldsOf(rows({ sql: FIELDS_SQL, values: [] })));
  const views: ReadableViews = {
    checkpoint: async (projection) => {
      const [row] = rows({ sql: `SELECT position, sum FROM ${CHECKPOINTS} WHERE projection = ?`, values: [projection] });
      return row && positionIn(file, projection, row);
    },
    checkpoints: async () => {
      const found = rows({ sql: `SELECT position, sum, projection FROM ${CHECKPOINTS}`, values: [] });
      return new Map(found.map((row) => [String(row[2]), positionIn(file, String(row[2]), row)]));
    },
    load: async (collection, ids) => {
      const found = new Map(rowsOf(collection, `${CHECKED_COLUMNS}, version`, ids).map((row) => [row[0], loadedDocumentIn(file, collection, row)]));
      return ids.map((id) => found.get(id) ?? { id, document: undefined, seen: {}, version: 0 });
    },
    get: async <Doc extends Document>(collection: string, id: string) => {
      const found = recent?.find(collection, id);
      return found === undefined ? readDocument<Doc>(collection, id) : (found.document as Doc | undefined);
    },
    getMany: async <Doc extends Document>(collection: string, ids: readonly string[]) => {
      const { found, missing } = recent?.findMany(collection, ids) ?? { found: [], missing: ids };
      const read = missing.length === 0 ? undefined : readDocuments<Doc>(collection, missing);
      return ids.map((id, i) => (found[i] === undefined ? read?.get(id) : (found[i].document as Doc | undefined)));
    },
    find: async <Doc extends Document>(collection: string, query: DocumentQuery) =>
      checked(findSql(target(collection), query)).map((row) => foundIn<Doc>(file, collection, row)),
    findPage: async <Doc extends Document>(collection: string, { bytesMax, ...query }: DocumentQuery & { readonly bytesMax: number }) => {
      const { sql, values } = findSql(target(collection), { ...query, limit: query.limit + 1 });
      const found = statements.iterate(sql, ...values) as unknown as Iterable<CheckedRow>;
      const read = () => readPage(found, (row) => foundIn<Doc>(file, collection, row), { limit: query.limit, bytesMax });
      return explainDamage(file, VIEWS_FILE, read);
    },
    getFirst: async <Doc extends Document>(collection: string, ids: readonly string[], bytesMax: number) => {
      const rowsRead = readFirst((id) => rowOf(collection, id), ids, bytesMax);
      return rowsRead.map((row) => documentIn<Doc>(file, collection, row));
    },
    pluck: async (collection, field, query) =>
      rows(pluckSql(target(collection), field, query)).flatMap(([value]) => (typeof value === 'string' ? [value] : [])),
    count: async (collection, where) => rows(countSql(target(collection), where))[0]?.[0] as number,
    identity: async () => {
      const [row] = rows({ sql: `SELECT identity FROM ${IDENTITY}`, values: [] });
      return row && String(row[0]);
    },
  };
  return {
    views,
    fieldsIn,
    readFields,
    [Symbol.dispose]: () => {
      if (reader.isOpen) reader.close();
    },
  };
}

/** A row of a query, which finds only documents that exist. */
const foundIn = <Doc extends Document>(file: string, collection: string, row: CheckedRow): Doc & { readonly _id: string } =>
  Object.assign(documentIn<Doc>(file, collection, row) as Doc, { _id: row[0] as string });

const jsonLengthOf = (row: CheckedRow | undefined): number => (typeof row?.[1] === 'string' ? row[1].length : 0);
const bytesOf = (row: CheckedRow | undefined): number => (typeof row?.[1] === 'string' ? Buffer.byteLength(row[1]) : 0);

function readPage<Found>(
  rows: Iterable<CheckedRow>,
  foundOf: (row: CheckedRow) => Found,
  { limit, bytesMax }: { readonly limit: number; readonly bytesMax: number },
) {
  const documents: Found[] = [];
  let bytes = 0;
  for (const row of rows) {
    bytes += bytesOf(row);
    if (documents.length >= limit || (bytes > bytesMax && documents.length > 0)) return { documents, more: true };
    documents.push(foundOf(row));
  }
  return { documents, more: false };
}

function readFirst(rowOf: (id: string) => CheckedRow | undefined, ids: readonly string[], bytesMax: number): readonly (CheckedRow | undefined)[] {
  const found: (CheckedRow | undefined)[] = [];
  let bytes = 0;
  for (const id of ids) {
    const row = rowOf(id);
    bytes += bytesOf(row);
    if (bytes > bytesMax && found.length > 0) break;
    found.push(row);
  }
  return found;
}
