/**
 * The log knows its vault. Two processes with two vaults on one log would split in silence: the keyed hashes of login names differ, so
 * that one name is taken twice, and neither can read what the other has sealed. The first start records a fingerprint of the vault in
 * each log; a start with another vault is refused.
 */
import { createHmac } from 'node:crypto';
import { vaultStream } from '../../domain/shared/streams.ts';
import type { Vault } from '../../ports/vault/port.ts';
import { CannotStart } from '../cannot-start.ts';
import { installationSecret } from '../data-folder.ts';
import { appendAfter, newestIn, type StartDependencies } from './operations-stream.ts';

const ADOPTED = 'operations.vault-adopted.v1';

type Dependencies = StartDependencies & { readonly vault: Vault };

/** `replacing`: the operator says that this vault takes the place of the one that the log knows. Throws `CannotStart`. */
export async function adoptVault(dependencies: Dependencies, { adoption = 'first' }: { readonly adoption?: 'first' | 'replacing' } = {}): Promise<void> {
  const fingerprint = await fingerprintOf(dependencies.vault);
  for (const [logNumber, name] of dependencies.log.logs.entries()) {
    const known = await adoptedIn(dependencies, logNumber);
    if (known?.fingerprint === fingerprint) continue;
    const event = { type: ADOPTED, data: { fingerprint, at: dependencies.clock() } } as const;
    const isAdopted =
      (known === undefined || adoption === 'replacing') &&
      (await appendAfter(dependencies, vaultStream('identity', logNumber), { event, after: known?.revision }));
    // Another process may have been faster, perhaps with the same vault.
    if (!isAdopted && (await adoptedIn(dependencies, logNumber))?.fingerprint !== fingerprint) throw new CannotStart(refusalOf(name));
  }
}

/** Of the secret that keys the hashes of login names: every vault has it from its first start on, and its backups have it too. */
export const fingerprintOf = async (vault: Vault): Promise<string> => fingerprintBySecret(await installationSecret(vault, FINGERPRINTED));

/** The name of the secret. */
export const FINGERPRINTED = 'login-names';
export const fingerprintBySecret = (secret: Uint8Array): string => createHmac('sha256', secret).update('the identity of this vault').digest('base64url');

async function adoptedIn(
  dependencies: Dependencies,
  logNumber: number,
): Promise<{ readonly fingerprint: string | undefined; readonly revision: number } | undefined> {
  const newest = await newestIn(dependencies, vaultStream('identity', logNumber));
  return newest && { fingerprint: newest.event.type === ADOPTED ? newest.event.data.fingerprint : undefined, revision: newest.revision };
}

const refusalOf = (log: string): string =>
  `The log ${log} belongs to another vault than this one: people could not log in, and their data would read as erased. ` +
  'Name the data folder that has its vault with --data or TIDINGS_DATA, or its database with TIDINGS_MONGODB_URL, or restore the vault from a backup. If that vault is lost for good, start once with --adopt-vault.';
