/** The worker thread that writes the vault: each call is one transaction, flushed to the disk before it is answered. */
import { workerData } from 'node:worker_threads';
import { serveCalls } from '../sqlite/worker-thread.ts';
import { inTransaction, openForWriting, explainDamage } from '../sqlite/open.ts';
import { Statements } from '../sqlite/statements.ts';
import { VAULT_FILE, VAULT_TABLES, applyWrite, type VaultWrite } from './sqlite-slots.ts';

export type VaultWriter = typeof writer;

const { file } = workerData as { readonly file: string };

const database = openForWriting(file, VAULT_FILE, { pragmas: 'PRAGMA synchronous = FULL; PRAGMA secure_delete = ON', tables: VAULT_TABLES });
const statements = new Statements(database);

/** Bytes that were overwritten in the file are still in the write-ahead log; a killed process may have left such a log. */
let walHasOldBytes = !isWalEmptied();

const writer = {
  /** The answers of the writes, in their order. */
  write: (changes: readonly VaultWrite[]): readonly (string | undefined)[] =>
    explainDamage(file, VAULT_FILE, () => {
      const written = inTransaction(database, () => changes.map((change) => applyWrite(statements, change)));
      walHasOldBytes ||= written.some(({ overwrote }) => overwrote);
      if (walHasOldBytes) walHasOldBytes = !isWalEmptied();
      if (walHasOldBytes && changes.some(isRemoval))
        throw new Error(`${file}: a reader still uses the write-ahead log that has the removed records. Try again.`);
      return written.map(({ kept }) => kept);
    }),

  close: () => database.close(),
};

serveCalls(writer);

function isWalEmptied(): boolean {
  const [busy] = statements.first('PRAGMA wal_checkpoint(TRUNCATE)') ?? [];
  return busy === 0;
}

function isRemoval({ kind }: VaultWrite): boolean {
  return kind === 'remove' || kind === 'remove-owned';
}
