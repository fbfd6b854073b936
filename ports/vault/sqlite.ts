/** The vault in one SQLite file that only its owner may read. Writes that come while the disk is busy are flushed together (group commit). */
import { open } from 'node:fs/promises';
import { startWorkerThread } from '../sqlite/worker-thread.ts';
import { openForReading, explainDamage } from '../sqlite/open.ts';
import { Statements } from '../sqlite/statements.ts';
import type { OwnedRecord, Vault, VaultKind, VaultRecords } from './port.ts';
import { readRecord, readOwnedRecords, VAULT_FILE, type VaultWrite } from './sqlite-slots.ts';
import { verifySqliteVault } from './sqlite-verify.ts';
import type { VaultWriter } from './sqlite-writer.ts';

/** Most writes of one flush. */
const FLUSH_WRITES_MAX = 1_000;
/** With more writes pending than this the disk can't keep up; the next write is refused. */
const PENDING_WRITES_MAX = 50_000;
const OWNER_ONLY = 0o600;

/** Throws where the file is damaged, of another version or not a vault. `<file>-wal` and `<file>-shm` belong to it. */
export async function startSqliteVault(file: string): Promise<Vault> {
  await (await open(file, 'a', OWNER_ONLY)).close(); // SQLite gives the -wal and -shm files the same mode
  const writer = await startWorkerThread<VaultWriter>(new URL('sqlite-writer.ts', import.meta.url), { file });
  const { get, owned, ...reader } = readSqliteVault(file);
  const writes = startGroupCommit((changes) => writer.call('write', changes));

  return {
    get,
    owned,
    put: async (kind, id, record, { owner = null } = {}) => {
      await writes.write({ kind: 'put', recordKind: kind, id, owner, record: JSON.stringify(record) });
    },
    putIfAbsent: async <Kind extends VaultKind>(
      kind: Kind,
      id: string,
      record: VaultRecords[Kind],
      { owner = null }: { readonly owner?: string | null } = {},
    ) => {
      const kept = await writes.write({ kind: 'put-if-absent', recordKind: kind, id, owner, record: JSON.stringify(record) });
      return JSON.parse(kept ?? '') as VaultRecords[Kind];
    },
    remove: async (kind, id) => {
      await writes.write({ kind: 'remove', of: kind, id });
    },
    removeOwned: async (owner) => {
      await writes.write({ kind: 'remove-owned', owner });
    },
    verify: async (signal) => verifySqliteVault(file, signal),
    [Symbol.asyncDispose]: async () => {
      await writes[Symbol.asyncDispose]();
      reader[Symbol.dispose]();
      await writer[Symbol.asyncDispose]();
    },
  };
}

/** Reads beside the thread that has the vault open, and sees each of its writes. */
export function readSqliteVault(file: string): Pick<Vault, 'get' | 'owned'> & Disposable {
  const reader = openForReading(file);
  const statements = new Statements(reader);
  return {
    get: async (kind, id) => {
      const record = explainDamage(file, VAULT_FILE, () => readRecord(statements, kind, id));
      return record === undefined ? undefined : JSON.parse(record);
    },
    owned: async <Kind extends VaultKind>(kind: Kind, owner: string) =>
      explainDamage(file, VAULT_FILE, () => readOwnedRecords(statements, kind, owner)).map(({ id, record }): OwnedRecord<Kind> => ({
        id,
        record: JSON.parse(record),
      })),
    [Symbol.dispose]: () => {
      if (reader.isOpen) reader.close();
    },
  };
}

type KeptRecord = string | undefined;
type PendingWrite = { readonly change: VaultWrite; readonly resolve: (kept: KeptRecord) => void; readonly reject: (error: unknown) => void };

/** One flush at a time; writes that come meanwhile make the next one. A flush that fails rejects all of its writes. Disposing waits for the last flush. */
function startGroupCommit(flush: (changes: readonly VaultWrite[]) => Promise<readonly KeptRecord[]>) {
  let pending: PendingWrite[] = [];
  let flushing: Promise<void> | undefined;

  const flushAll = async () => {
    while (pending.length > 0) {
      const group = pending.slice(0, FLUSH_WRITES_MAX);
      pending = pending.slice(FLUSH_WRITES_MAX);
      try {
        const answers = await flush(group.map(({ change }) => change));
        group.forEach(({ resolve }, i) => resolve(answers[i]));
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    flushing = undefined;
  };

  return {
    write: async (change: VaultWrite) => {
      if (pending.length >= PENDING_WRITES_MAX)
        throw new Error(`The vault has ${PENDING_WRITES_MAX} writes pending and takes no more: the disk can’t keep up.`);
      const answer = new Promise<KeptRecord>((resolve, reject) => pending.push({ change, resolve, reject }));
      flushing ??= flushAll();
      return await answer;
    },
    [Symbol.asyncDispose]: async () => await flushing,
  };
}
