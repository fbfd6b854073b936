/**
 * Every row of the views has a checksum of what is in it, so that a bit that the disk has flipped is noticed before the document is
 * shown. SQLite itself checks no page that it reads. The sum leaves out the columns of indexed fields, which are copies of the document's.
 */
import { crc32 } from 'node:zlib';
import { ViewsDamaged, type Document, type LoadedDocument, type SourceRevisions } from '../port.ts';
import { VIEWS_FILE } from './schema.ts';

type Cell = string | number | null | undefined;

/** The columns of a row that is read to be checked, in this order. */
export const CHECKED_COLUMNS = '_id, document, seen, position, sum';
export type CheckedRow = readonly [id: Cell, document: Cell, seen: Cell, position: Cell, sum: Cell, ...rest: readonly Cell[]];

/** The name under which SQL statements of the writer call `sumOf`. */
export const SUM_FUNCTION = 'tidings_sum';

/** CRC-32, of the texts one after the other; a removed document counts as empty text. */
export const sumOf = (id: string, document: string | null, seen: string, position: string | null): number =>
  crc32(id + (document ?? '') + seen + (position ?? ''));

export const checkpointSumOf = (projection: string, position: string): number => crc32(`${projection}\n${position}`);

export const isWhole = ([id, document, seen, position, sum]: CheckedRow): boolean =>
  typeof id === 'string' && typeof seen === 'string' && isTextOrNull(document) && isTextOrNull(position) && sumOf(id, document, seen, position) === sum;

const isTextOrNull = (cell: Cell): cell is string | null => typeof cell === 'string' || cell === null;

/** Undefined where there is no row, or a removed document. Throws `ViewsDamaged`. */
export function documentIn<Doc extends Document>(file: string, collection: string, row: CheckedRow | undefined): Doc | undefined {
  if (row === undefined) return undefined;
  if (!isWhole(row)) throw damagedDocument(file, collection, String(row[0]));
  const [, document] = row;
  return typeof document === 'string' ? (JSON.parse(document) as Doc) : undefined;
}

/** The column after the checked ones is the version. Throws `ViewsDamaged`. */
export function loadedDocumentIn(file: string, collection: string, row: CheckedRow): LoadedDocument {
  const document = documentIn(file, collection, row);
  const [id, , seen, position, , version] = row;
  const revisions = JSON.parse(seen as string) as SourceRevisions;
  return { id: id as string, document, seen: revisions, version: version as number, ...(typeof position === 'string' ? { position } : {}) };
}

const damagedDocument = (file: string, collection: string, id: string): ViewsDamaged =>
  new ViewsDamaged(`${file} is damaged: the document ${id} of ${collection} isn’t what was written. ${VIEWS_FILE.remedy}`, { document: { collection, id } });

/** The position of a checkpoint in rows of `position, sum`. Throws `ViewsDamaged`. */
export function positionIn(file: string, projection: string, [position, sum]: readonly Cell[]): string {
  if (typeof position === 'string' && checkpointSumOf(projection, position) === sum) return position;
  throw new ViewsDamaged(`${file} is damaged: the checkpoint of ${projection} isn’t what was written. ${VIEWS_FILE.remedy}`);
}
