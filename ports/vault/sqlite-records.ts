/**
 * All records of the vault's file, read beside all other work: in pages, each a moment, in a thread and over a connection of its own. Every
 * record is read that was there when it began and is there still; of what is written or removed meanwhile it may be either.
 */
import { startWorkerThread } from '../sqlite/worker-thread.ts';
import type { Vault, VaultKind, VaultRecords } from './port.ts';
import type { Key, VaultVerifier } from './sqlite-verifier.ts';

export type KeptRecord<Kind extends VaultKind = VaultKind> = {
  readonly kind: Kind;
  readonly id: string;
  readonly owner: string | null;
  readonly record: VaultRecords[Kind];
};

/** Throws `VaultDamaged`. */
export async function* readSqliteRecords(file: string, signal?: AbortSignal): AsyncGenerator<readonly KeptRecord[], void, undefined> {
  await using thread = await startWorkerThread<VaultVerifier>(new URL('sqlite-verifier.ts', import.meta.url), { file });
  for (let after: Key | undefined = { kind: '', id: '' }; after !== undefined;) {
    signal?.throwIfAborted();
    const page: ReturnType<VaultVerifier['readPage']> = await thread.call('readPage', after);
    yield page.records.map(({ kind, id, owner, record }) => ({ kind: kind as VaultKind, id, owner, record: JSON.parse(record) as VaultRecords[VaultKind] }));
    after = page.last;
  }
}

/** Puts a record as it was kept, into whatever vault. */
export const putKept = (vault: Pick<Vault, 'put'>, { kind, id, owner, record }: KeptRecord): Promise<void> =>
  vault.put(kind, id, record, owner === null ? {} : { owner });
