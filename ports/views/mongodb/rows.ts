/**
 * How a document is stored in MongoDB: as JSON text, so that it may be anything that JSON can say, and beside it a scalar for each field
 * that an index names. `live` is false in a tombstone, and the first field of every index.
 */
import { Binary, Long, MinKey, type Document as Bson } from 'mongodb';
import { ViewsDamaged, type Document, type LoadedDocument, type SourceRevisions } from '../port.ts';

/** Null and absent are one, and the smallest; a list or an object is empty bytes, which come after every text and before false and true. */
export type IndexedValue = string | number | boolean | MinKey | Binary;

export type StoredRow = {
  readonly _id: string;
  readonly live: boolean;
  readonly json: string | null;
  readonly seen: string;
  readonly position: string | null;
  readonly version: number;
  readonly fields: Readonly<Record<string, IndexedValue>>;
};
/** What a write sets. */
export type RowContent = Omit<StoredRow, '_id' | 'version'>;

export const pathOf = (field: string): string => (field === '_id' ? '_id' : `fields.${field}`);

export function indexedValue(value: unknown): IndexedValue {
  if (value === undefined || value === null) return new MinKey();
  if (typeof value === 'string') return value.toWellFormed(); // half a surrogate pair has no UTF-8
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return new Binary(new Uint8Array(0));
}

export const indexedFields = (fields: readonly string[], document: Document): Readonly<Record<string, IndexedValue>> =>
  Object.fromEntries(fields.map((field) => [field, indexedValue(document[field])]));

export function contentOf(fields: readonly string[], document: Document, seen: string): RowContent {
  const { position } = document;
  return {
    live: true,
    json: JSON.stringify(document),
    seen,
    position: typeof position === 'string' ? position : null,
    fields: indexedFields(fields, document),
  };
}

export const tombstoneOf = (seen: SourceRevisions, position: string | undefined): RowContent => ({
  live: false,
  json: null,
  seen: JSON.stringify(seen),
  position: position ?? null,
  fields: {},
});

export const DOCUMENT_PROJECTION = { json: 1 } as const;
export const LOADED_PROJECTION = { json: 1, seen: 1, version: 1, position: 1 } as const;

/** Undefined where there is no row, or a tombstone. Throws `ViewsDamaged`. */
export function documentIn<Doc extends Document>(collection: string, row: Bson | undefined): Doc | undefined {
  if (row === undefined || row['json'] === null) return undefined;
  return parsed(collection, row, row['json']) as Doc;
}

/** A row of a query, which finds only documents that exist. */
export const foundIn = <Doc extends Document>(collection: string, row: Bson): Doc & { readonly _id: string } =>
  Object.assign(documentIn<Doc>(collection, row) as Doc, { _id: row['_id'] as string });

export function loadedIn(collection: string, row: Bson): LoadedDocument {
  const position: unknown = row['position'];
  return {
    id: row['_id'] as string,
    document: documentIn(collection, row),
    seen: parsed(collection, row, row['seen']) as SourceRevisions,
    version: numberIn(row['version']),
    ...(typeof position === 'string' ? { position } : {}),
  };
}

const numberIn = (value: unknown): number => (value instanceof Long ? value.toNumber() : (value as number));

function parsed(collection: string, row: Bson, text: unknown): unknown {
  try {
    const value: unknown = typeof text === 'string' ? JSON.parse(text) : undefined;
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // told below
  }
  const id = String(row['_id']);
  throw new ViewsDamaged(
    `The document ${id} of ${collection} in MongoDB isn’t what was written. Rebuild its projection, or drop the database of the views: they are built again from the log.`,
    { document: { collection, id } },
  );
}
