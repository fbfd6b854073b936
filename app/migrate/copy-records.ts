/** Copies the vault's records to servers: those that are new or changed since they were copied, and away with those that are gone. */
import type { Vault } from '../../ports/vault/port.ts';
import { putKept, readSqliteRecords, type KeptRecord } from '../../ports/vault/sqlite-records.ts';
import type { MigrationProgress } from './progress-file.ts';

const PUT_AT_ONCE_MAX = 50;

type Options = { readonly pass: number; readonly signal: AbortSignal | undefined; readonly onCopied: (records: number) => void };

/** Answers how many records the vault has. */
export async function copyRecords(
  vaultFile: string,
  { vault, progress }: { readonly vault: Pick<Vault, 'put' | 'remove'>; readonly progress: MigrationProgress },
  { pass, signal, onCopied }: Options,
): Promise<number> {
  let records = 0;
  for await (const page of readSqliteRecords(vaultFile, signal)) {
    const changed = page.filter((record) => isMoved(record) && !progress.isCopied(record, pass));
    for (let first = 0; first < changed.length; first += PUT_AT_ONCE_MAX) {
      const some = changed.slice(first, first + PUT_AT_ONCE_MAX);
      progress.copying(some, pass);
      await Promise.all(some.map((record) => putKept(vault, record)));
      progress.copied(some, pass);
    }
    records += page.length;
    onCopied(records);
  }
  for (const gone of progress.gone(pass)) {
    await vault.remove(gone.kind, gone.id);
    progress.forget(gone);
  }
  return records;
}

/** Which log has which streams is the servers' own. */
const isMoved = ({ kind }: KeptRecord): boolean => kind !== 'slot-table';
