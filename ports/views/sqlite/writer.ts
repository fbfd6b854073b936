/**
 * The worker thread that writes the views. It also removes replaced and deleted values from the disk: from the write-ahead log, which
 * is emptied a moment after writing, and, after a person was forgotten, from the slack of pages too.
 */
import type { SQLInputValue } from 'node:sqlite';
import { workerData } from 'node:worker_threads';
import { serveCalls } from '../../sqlite/worker-thread.ts';
import { inTransaction, isUnavailable, openForWriting, explainDamage } from '../../sqlite/open.ts';
import { Statements } from '../../sqlite/statements.ts';
import type { CommitOutcome, ViewSchema } from '../port.ts';
import { CHECKPOINTS, FIELDS_SQL, fieldsOf, FORGETTING, IDENTITY, schemaStatements, tableNameOf, UNAVAILABLE, VIEWS_FILE, VIEWS_TABLES } from './schema.ts';
import type { StatementRun } from './statements.ts';
import { checkpointSumOf, SUM_FUNCTION, sumOf } from './sums.ts';

export type ViewsWriterConfig = { readonly file: string; readonly walIdleMs: number; readonly walKeptMaxMs: number; readonly forgetWithinMs: number };
export type ViewsWriter = typeof writer;

type WriterCommit = {
  readonly projection: string;
  readonly from: string | undefined;
  readonly to: string;
  readonly runs: readonly StatementRun[];
  readonly forgets: boolean;
};

const { file, walIdleMs, walKeptMaxMs, forgetWithinMs } = workerData as ViewsWriterConfig;

/** The log grows to some 8 MB between two checkpoints: a larger log merges more writes of the same page, and keeps the disk longer from appends to the event log. */
const WAL_PAGES = 2_000;
const CACHE_KIB = 64 * 1_024;
/** Rewriting the file takes at most a twentieth of the time, however large the file is. */
const REST_AFTER_REWRITE = 20;

// Without a flush at each commit a power cut loses the last commits, but never half of one.
const database = openForWriting(file, VIEWS_FILE, {
  pragmas: `PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = ${WAL_PAGES}; PRAGMA cache_size = -${CACHE_KIB}`,
  tables: VIEWS_TABLES,
});
database.function(SUM_FUNCTION, { deterministic: true }, sumOf as (...values: SQLInputValue[]) => number);
const statements = new Statements(database);

let emptyingWal: NodeJS.Timeout | undefined;
let emptyWalAt = 0; // milliseconds of `performance.now`, at the latest
let rewriting: NodeJS.Timeout | undefined;
let restUntil = 0; // milliseconds of `performance.now`

const writer = {
  prepare: (schema: ViewSchema) =>
    writing(() => {
      for (const sql of schemaStatements(schema, fieldsOf(statements.all(FIELDS_SQL)))) database.exec(sql);
    }),

  commit: (commit: WriterCommit): CommitOutcome => {
    const outcome = unlessConflict(() => writing(() => write(commit)));
    if (commit.forgets && outcome === 'committed') rewriteLater();
    return outcome;
  },

  drop: ({ projection, collections }: { readonly projection: string; readonly collections: readonly string[] }) =>
    writing(() => {
      statements.run(`DELETE FROM ${CHECKPOINTS} WHERE projection = ? OR substr(projection, 1, ?) = ?`, projection, projection.length + 1, `${projection}/`);
      const existing = fieldsOf(statements.all(FIELDS_SQL));
      for (const collection of collections) if (existing.has(collection)) database.exec(`DELETE FROM ${tableNameOf(collection)}`);
    }),

  adopt: ({ identity, replaces }: { readonly identity: string; readonly replaces: string | undefined }): string =>
    writing(() => {
      const [stored] = statements.first(`SELECT identity FROM ${IDENTITY}`) ?? [];
      if (stored !== replaces) return String(stored);
      statements.run(`INSERT INTO ${IDENTITY} VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET identity = excluded.identity`, identity);
      return identity;
    }),

  close: () => {
    clearTimeout(emptyingWal);
    if (rewriting !== undefined) rewrite();
    clearTimeout(rewriting);
    database.close(); // the last connection to close empties the write-ahead log and removes it
  },
};

if (statements.first(`SELECT one FROM ${FORGETTING}`) !== undefined) rewriteLater(); // the process was killed in between
serveCalls(writer, { commit: commitTogether });

class DocumentConflict extends Error {}

/** In one transaction, which costs most of what a small commit does. A commit that is refused leaves the others as they are. */
function commitTogether(commits: readonly WriterCommit[]): readonly CommitOutcome[] {
  const outcomes = writing(() => commits.map((commit) => unlessConflict(() => inSavepoint(() => write(commit)))));
  if (commits.some(({ forgets }, i) => forgets && outcomes[i] === 'committed')) rewriteLater();
  return outcomes;
}

function write({ projection, from, to, runs, forgets }: WriterCommit): CommitOutcome {
  const [position] = statements.first(`SELECT position FROM ${CHECKPOINTS} WHERE projection = ?`, projection) ?? [];
  if (position !== from) return 'fenced';
  for (const { sql, isConditional, rows } of runs) {
    for (const row of rows) if (statements.run(sql, ...row) === 0 && isConditional) throw new DocumentConflict();
  }
  if (forgets) statements.run(`INSERT INTO ${FORGETTING} VALUES (1) ON CONFLICT DO NOTHING`);
  statements.run(
    `INSERT INTO ${CHECKPOINTS} VALUES (?, ?, ?) ON CONFLICT (projection) DO UPDATE SET position = excluded.position, sum = excluded.sum`,
    projection,
    to,
    checkpointSumOf(projection, to),
  );
  return 'committed';
}

/** All writes of `work`, or none where it throws, within a transaction. */
function inSavepoint<Value>(work: () => Value): Value {
  statements.run('SAVEPOINT one');
  try {
    return work();
  } catch (error) {
    if (database.isTransaction) statements.run('ROLLBACK TO one');
    throw error;
  } finally {
    if (database.isTransaction) statements.run('RELEASE one');
  }
}

function unlessConflict(work: () => CommitOutcome): CommitOutcome {
  try {
    return work();
  } catch (error) {
    if (error instanceof DocumentConflict) return 'write-conflict';
    throw error;
  }
}

function writing<Value>(work: () => Value): Value {
  const value = tellUnavailable(() => explainDamage(file, VIEWS_FILE, () => inTransaction(database, work)));
  emptyWalLater();
  return value;
}

function tellUnavailable<Value>(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw isUnavailable(error) ? new Error(`${file} can’t be written: ${error.message}`, { cause: UNAVAILABLE }) : error;
  }
}

/** When nothing was written for a moment: emptying flushes everything, and appends to the event log meanwhile wait for the same disk. */
function emptyWalLater(): void {
  const now = performance.now();
  if (emptyingWal === undefined) {
    emptyWalAt = now + walKeptMaxMs;
    emptyingWal = setTimeout(emptyWal, walIdleMs);
  } else if (now + walIdleMs < emptyWalAt) emptyingWal.refresh();
}

function emptyWal(): void {
  emptyingWal = succeeds(truncateWal) ? undefined : setTimeout(emptyWal, walIdleMs);
}

/** `false` while a reader of another process still uses it. */
function truncateWal(): boolean {
  const [busy] = statements.first('PRAGMA wal_checkpoint(TRUNCATE)') ?? [];
  return busy === 0;
}

function rewriteLater(): void {
  rewriting ??= setTimeout(rewrite, Math.max(forgetWithinMs, restUntil - performance.now()));
}

/**
 * SQLite overwrites deleted rows, but where a page was split it leaves copies of moved rows in the gap between cells; only rewriting
 * the whole file is sure to leave none.
 */
function rewrite(): void {
  clearTimeout(rewriting);
  rewriting = undefined;
  const start = performance.now();
  const isDone = succeeds(() => {
    database.exec('VACUUM');
    if (!truncateWal()) return false;
    statements.run(`DELETE FROM ${FORGETTING}`);
    return true;
  });
  const end = performance.now();
  restUntil = end + REST_AFTER_REWRITE * (end - start);
  if (!isDone) rewriteLater();
}

/** Work that a timer starts is tried again later: a full disk, which the next commit reports, must not end the thread. */
function succeeds(work: () => boolean): boolean {
  try {
    return work();
  } catch {
    return false;
  }
}
