/**
 * The log knows its vault. Two processes with two vaults on one log would split in silence: the keyed hashes of login names differ, so
 * that one name is taken twice, and neither can read what the other has sealed. The first start records a fingerprint of the vault in
 * each log; a start with another vault is refused.
 */
import { createHmac } from 'node:crypto';
import { v7 } from 'uuid';
import { eventIdOf } from '../../commands/handling/deterministic-ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { OperationsEvent } from '../../domain/shared/operations.ts';
import { vaultStream } from '../../domain/shared/streams.ts';
import type { Codec } from '../../ports/event-log/codec.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import type { Vault } from '../../ports/vault/port.ts';
import { CannotStart } from '../cannot-start.ts';
import { installationSecret } from '../data-folder.ts';

const ADOPTED = 'operations.vault-adopted.v1';

type Dependencies = { readonly log: EventLog; readonly vault: Vault; readonly codec: Codec; readonly clock: () => Instant };

/** `replacing`: the operator says that this vault takes the place of the one that the log knows. Throws `CannotStart`. */
export async function adoptVault(dependencies: Dependencies, { adoption = 'first' }: { readonly adoption?: 'first' | 'replacing' } = {}): Promise<void> {
  const fingerprint = await fingerprintOf(dependencies.vault);
  for (const [logNumber, name] of dependencies.log.logs.entries()) {
    const known = await newestIn(dependencies, vaultStream('identity', logNumber));
    if (known?.fingerprint === fingerprint) continue;
    const isAdopted =
      (known === undefined || adoption === 'replacing') && (await append(dependencies, vaultStream('identity', logNumber), fingerprint, known?.revision));
    // Another process may have been faster, perhaps with the same vault.
    if (!isAdopted && (await newestIn(dependencies, vaultStream('identity', logNumber)))?.fingerprint !== fingerprint) throw new CannotStart(refusalOf(name));
  }
}

/** Of the secret that keys the hashes of login names: every vault has it from its first start on, and its backups have it too. */
export const fingerprintOf = async (vault: Vault): Promise<string> =>
  createHmac('sha256', await installationSecret(vault, 'login-names'))
    .update('the identity of this vault')
    .digest('base64url');

async function newestIn(
  { log, codec }: Dependencies,
  stream: string,
): Promise<{ readonly fingerprint: string | undefined; readonly revision: number } | undefined> {
  for await (const stored of log.readStream(stream, { from: 'end', direction: 'backwards', limit: 1 })) {
    const event = await codec.decode(stored);
    return { fingerprint: event.type === ADOPTED ? event.data.fingerprint : undefined, revision: stored.revision };
  }
  return undefined;
}

/** False where another process has appended meanwhile. */
async function append({ log, codec, clock }: Dependencies, stream: string, fingerprint: string, after: number | undefined): Promise<boolean> {
  const [command, at] = [v7(), clock()];
  const event: OperationsEvent = { type: ADOPTED, data: { fingerprint, at } };
  const metadata = { $correlationId: command, actor: 'system:start', at, command, request: command };
  const encoded = await codec.encode(stream, { id: eventIdOf(metadata, stream, 0), event, metadata });
  return (await log.append(stream, [encoded], after ?? 'no-stream')).outcome === 'appended';
}

const refusalOf = (log: string): string =>
  `The log ${log} belongs to another vault than this one: people could not log in, and their data would read as erased. ` +
  'Name the data folder that has its vault with --data or TIDINGS_DATA, or its database with TIDINGS_MONGODB_URL, or restore the vault from a backup. If that vault is lost for good, start once with --adopt-vault.';
