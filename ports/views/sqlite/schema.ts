/**
 * How a collection is stored in SQLite: one table, one row a document as JSON text, and one more column for each field that an index
 * names, copied from the document when it is written. A removed document keeps its row without a document. `sums.ts` says what the sum
 * is of.
 */
import type { SQLInputValue } from 'node:sqlite';
import type { FileKind } from '../../sqlite/open.ts';
import { ViewsDamaged, type Document, type CollectionIndex, type ViewSchema } from '../port.ts';

export const VIEWS_FILE: FileKind = {
  name: 'the views',
  applicationId: 0x54_44_47_56, // TDGV
  version: 5,
  remedy: 'Delete it with its -wal and -shm: the views are built again from the log.',
  Damaged: ViewsDamaged,
};

/** The cause of an error that crosses from the writing thread, whose class doesn't: the file can't be written for now. */
export const UNAVAILABLE = 'unavailable';

export const CHECKPOINTS = '"tidings:checkpoints"';
/** Has a row from the commit of a `patch` until nothing of the overwritten values is left on the disk. */
export const FORGETTING = '"tidings:forgetting"';
/** One row, or none. */
export const IDENTITY = '"tidings:identity"';
export const VIEWS_TABLES = `
  CREATE TABLE IF NOT EXISTS ${CHECKPOINTS} (projection TEXT PRIMARY KEY NOT NULL, position TEXT NOT NULL, sum INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS ${FORGETTING} (one INTEGER PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS ${IDENTITY} (one INTEGER PRIMARY KEY, identity TEXT NOT NULL)`;

/** The indexed fields of each existing collection: the fields that queries may name, beside `_id`. */
export type IndexedFields = ReadonlyMap<string, readonly string[]>;

/** One row for each collection and each of its columns. */
export const FIELDS_SQL = `SELECT tables.name, columns.name FROM sqlite_schema AS tables JOIN pragma_table_info(tables.name) AS columns
  WHERE tables.type = 'table' AND tables.name NOT LIKE 'tidings:%' AND tables.name NOT LIKE 'sqlite@_%' ESCAPE '@'`;

const FIELD_PREFIX = 'field:';
const COLLECTION_NAME = /^[A-Za-z][\w@.-]{0,99}$/;
const FIELD_NAME = /^[A-Za-z]\w{0,63}$/;
/** Stands for a list or an object in a column: it equals nothing and sorts above every string. False and true come after it. */
const NOT_SCALAR = new Uint8Array(0);
const FALSE = Uint8Array.of(0);
const TRUE = Uint8Array.of(1);
export const FALSE_SQL = "x'00'";
export const TRUE_SQL = "x'01'";

export function fieldsOf(rows: readonly (readonly unknown[])[]): IndexedFields {
  const fields = new Map<string, string[]>();
  for (const [collection, column] of rows as readonly (readonly [string, string])[]) {
    const indexed = fields.get(collection) ?? [];
    if (column.startsWith(FIELD_PREFIX)) indexed.push(column.slice(FIELD_PREFIX.length));
    fields.set(collection, indexed);
  }
  return fields;
}

/** The statements that create missing tables, columns and indexes. Columns that are new to a collection are filled from its documents. */
export function schemaStatements(schema: ViewSchema, existing: IndexedFields): readonly string[] {
  return Object.entries(schema).flatMap(([collection, { indexes }]) => {
    if (!COLLECTION_NAME.test(collection)) throw new TypeError(`A collection can’t be named ${collection}.`);
    const table = tableNameOf(collection);
    const fields = new Set(indexes.flatMap((index) => index.fields).filter((field) => field !== '_id'));
    const missing = [...fields].filter((field) => !existing.get(collection)?.includes(field));
    return [
      `CREATE TABLE IF NOT EXISTS ${table} (_id TEXT PRIMARY KEY NOT NULL, document TEXT, seen TEXT NOT NULL, position TEXT, version INTEGER NOT NULL DEFAULT 1, sum INTEGER NOT NULL)`,
      ...missing.map((field) => `ALTER TABLE ${table} ADD COLUMN ${columnOf(field)}`),
      ...missing.map((field) => `UPDATE ${table} SET ${columnOf(field)} = ${scalarSql(field)} WHERE document IS NOT NULL`),
      ...indexes.map((index) => indexSql(collection, index)),
    ];
  });
}

export const tableNameOf = (collection: string): string => `"${collection}"`;

export function columnOf(field: string): string {
  if (field === '_id') return '_id';
  return `"${FIELD_PREFIX}${checkedField(field)}"`;
}

/** The JSON path of a field in a document. */
export const jsonPathOf = (field: string): string => `'$.${checkedField(field)}'`;

/** The values of a document's indexed fields in their columns; an absent field is null. Half a surrogate pair has no UTF-8. */
export const columnValues = (fields: readonly string[], document: Document): SQLInputValue[] => fields.map((field) => columnValue(document[field]));

export function columnValue(value: unknown): SQLInputValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? TRUE : FALSE;
  return NOT_SCALAR;
}

/** Only existing documents are indexed. The id is the last field of every index, so that an order by the others is total. */
function indexSql(collection: string, { fields }: CollectionIndex): string {
  const name = `index:${collection}:${fields.join(',')}`;
  const columns = fields.includes('_id') ? fields : [...fields, '_id'];
  return `CREATE INDEX IF NOT EXISTS "${name}" ON ${tableNameOf(collection)} (${columns.map(columnOf).join(', ')}) WHERE document IS NOT NULL`;
}

function scalarSql(field: string): string {
  const path = jsonPathOf(field);
  return `CASE json_type(document, ${path}) WHEN 'object' THEN x'' WHEN 'array' THEN x'' WHEN 'false' THEN ${FALSE_SQL} WHEN 'true' THEN ${TRUE_SQL} ELSE document ->> ${path} END`;
}

function checkedField(field: string): string {
  if (!FIELD_NAME.test(field)) throw new TypeError(`A field can’t be indexed or set by the name ${field}.`);
  return field;
}
