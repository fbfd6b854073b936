/** Reads and checks the whole file of the vault, in a thread and over a connection of its own. */
import { startWorkerThread } from '../sqlite/worker-thread.ts';
import { DAMAGE_TOLD_MAX, type VaultVerification } from './port.ts';
import type { Key, VaultVerifier } from './sqlite-verifier.ts';

/** Rejects when the signal aborts; SQLite's own check of the file can't be interrupted. */
export async function verifySqliteVault(file: string, signal?: AbortSignal): Promise<VaultVerification> {
  await using thread = await startWorkerThread<VaultVerifier>(new URL('sqlite-verifier.ts', import.meta.url), { file });
  const damage = [...(await thread.call('checkFile', undefined))];
  let records = 0;
  for (let after: Key | undefined = { kind: '', id: '' }; after !== undefined;) {
    signal?.throwIfAborted();
    const page: ReturnType<VaultVerifier['checkPage']> = await thread.call('checkPage', after);
    records += page.records;
    damage.push(...page.damage);
    after = page.last;
  }
  return { records, damage: damage.slice(0, DAMAGE_TOLD_MAX) };
}
