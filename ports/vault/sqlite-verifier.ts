/** The worker thread that reads the whole vault: to check its file by SQLite's own means and each record by its sum, or to copy it. */
import { workerData } from 'node:worker_threads';
import { openForReading } from '../sqlite/open.ts';
import { Statements } from '../sqlite/statements.ts';
import { serveCalls } from '../sqlite/worker-thread.ts';
import { DAMAGE_TOLD_MAX } from './port.ts';
import { recordIn } from './sqlite-slots.ts';

export type VaultVerifier = typeof verifier;
export type Key = { readonly kind: string; readonly id: string };

type CheckedPage = { readonly records: number; readonly damage: readonly string[]; /** Undefined: there is no further page. */ readonly last: Key | undefined };

const { file } = workerData as { readonly file: string };

type ReadPage = {
  readonly records: readonly { readonly kind: string; readonly id: string; readonly owner: string | null; readonly record: string }[];
  readonly last: Key | undefined;
};

const PAGE_RECORDS = 1_000;
/** A record without a slot is damaged too. */
const PAGE_SQL = `SELECT kind, id, CAST(bytes AS TEXT), owner FROM records LEFT JOIN slots USING (slot) WHERE (kind, id) > (?, ?) ORDER BY kind, id LIMIT ${PAGE_RECORDS}`;

const database = openForReading(file);
const statements = new Statements(database);

const verifier = {
  checkFile: (): readonly string[] => {
    const faults = statements.all(`PRAGMA integrity_check(${DAMAGE_TOLD_MAX})`).map(([fault]) => String(fault));
    return faults[0] === 'ok' ? [] : faults.map((fault) => `${file}: ${fault}`);
  },

  checkPage: ({ kind, id }: Key): CheckedPage => {
    const rows = statements.all(PAGE_SQL, kind, id);
    const last = rows.length < PAGE_RECORDS ? undefined : rows.at(-1);
    return {
      records: rows.length,
      damage: rows.flatMap(([of, key, stored]) => damageOf({ kind: String(of), id: String(key) }, stored)),
      last: last && { kind: String(last[0]), id: String(last[1]) },
    };
  },

  readPage: ({ kind, id }: Key): ReadPage => {
    const rows = statements.all(PAGE_SQL, kind, id);
    const last = rows.length < PAGE_RECORDS ? undefined : rows.at(-1);
    return {
      records: rows.map(([of, key, stored, owner]) => {
        const its = { kind: String(of), id: String(key) };
        return { ...its, owner: owner === null || owner === undefined ? null : String(owner), record: recordIn(its, stored) };
      }),
      last: last && { kind: String(last[0]), id: String(last[1]) },
    };
  },

  close: () => database.close(),
};

function damageOf(key: Key, stored: unknown): readonly string[] {
  try {
    JSON.parse(recordIn(key, stored));
    return [];
  } catch (error) {
    return [`${file}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

serveCalls(verifier);
