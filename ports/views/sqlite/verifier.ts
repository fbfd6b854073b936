/** The worker thread that checks the views: their file by SQLite's own means, and each row by its sum and by its document. */
import { workerData } from 'node:worker_threads';
import { openForReading } from '../../sqlite/open.ts';
import { Statements, type SqlRow } from '../../sqlite/statements.ts';
import { serveCalls } from '../../sqlite/worker-thread.ts';
import { DAMAGE_TOLD_MAX, type Document } from '../port.ts';
import { CHECKPOINTS, columnOf, columnValues, FIELDS_SQL, fieldsOf, tableNameOf } from './schema.ts';
import { CHECKED_COLUMNS, isWhole, positionIn, type CheckedRow } from './sums.ts';

export type ViewsVerifier = typeof verifier;

type CheckedPage = {
  readonly documents: number;
  readonly damage: readonly string[];
  /** Undefined: there is no further page. */ readonly last: string | undefined;
};

const { file } = workerData as { readonly file: string };

const PAGE_ROWS = 1_000;
const CHECKED_CELLS = CHECKED_COLUMNS.split(', ').length;

const database = openForReading(file);
const statements = new Statements(database);

const verifier = {
  /** Finds pages that are damaged, and indexes that don't agree with their table. */
  checkFile: (): readonly string[] =>
    damageIn('the file', () => {
      const faults = statements.all(`PRAGMA integrity_check(${DAMAGE_TOLD_MAX})`).map(([fault]) => String(fault));
      return [...(faults[0] === 'ok' ? [] : faults.map((fault) => `${file}: ${fault}`)), ...checkpointDamage()];
    }),

  collections: (): readonly string[] => [...fieldsOf(statements.all(FIELDS_SQL)).keys()],

  checkPage: ({ collection, after }: { readonly collection: string; readonly after: string }): CheckedPage => {
    let rows: readonly SqlRow[] = [];
    const damage = damageIn(collection, () => {
      const fields = fieldsOf(statements.all(FIELDS_SQL)).get(collection) ?? [];
      const columns = [CHECKED_COLUMNS, ...fields.map(columnOf)].join(', ');
      rows = statements.all(`SELECT ${columns} FROM ${tableNameOf(collection)} WHERE _id > ? ORDER BY _id LIMIT ${PAGE_ROWS}`, after);
      return rows.flatMap((row) => rowDamage(collection, fields, row));
    });
    const last = rows.length < PAGE_ROWS ? undefined : (rows.at(-1)?.[0] as string);
    return { documents: rows.filter(([, document]) => document !== null).length, damage, last };
  },

  close: () => database.close(),
};

function rowDamage(collection: string, fields: readonly string[], row: SqlRow): readonly string[] {
  const [id, document] = row;
  if (!isWhole(row as unknown as CheckedRow)) return [`${file}: the document ${id} of ${collection} isn’t what was written`];
  if (typeof document !== 'string') return [];
  const values = columnValues(fields, JSON.parse(document) as Document);
  const differing = fields.filter((_, at) => !isSame(values[at], row[CHECKED_CELLS + at]));
  return differing.map((field) => `${file}: ${field} of the document ${id} of ${collection} is indexed as something else`);
}

/** A list or an object, and a boolean, are stored as bytes. */
const isSame = (one: unknown, other: unknown): boolean =>
  one === other || (one instanceof Uint8Array && other instanceof Uint8Array && Buffer.compare(one, other) === 0);

function checkpointDamage(): readonly string[] {
  return statements.all(`SELECT position, sum, projection FROM ${CHECKPOINTS}`).flatMap((row) =>
    damageIn('the checkpoints', () => {
      positionIn(file, String(row[2]), row);
      return [];
    }),
  );
}

/** SQLite refuses what it can't read. */
function damageIn(what: string, check: () => readonly string[]): readonly string[] {
  try {
    return check();
  } catch (error) {
    return [`${file}: ${what}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

serveCalls(verifier);
