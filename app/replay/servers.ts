/** An installation on servers, as a replay is made of it: its log up to a moment, of its vault what opens that, and who is erased. */
import { createHandling } from '../../commands/handling/handle.ts';
import { recordActionsWith } from '../../commands/operators/audit.ts';
import { LOCAL_OPERATOR } from '../../domain/operators/roles.ts';
import { instant, type Instant } from '../../domain/shared/instant.ts';
import { createCodec } from '../../ports/event-log/codec.ts';
import { openKeptLog } from '../../ports/event-log/eventstore/kept-log.ts';
import { openKeyring } from '../../ports/event-log/keyring.ts';
import type { LogEpoch } from '../../ports/event-log/port.ts';
import { ownerOfRatchet } from '../../ports/event-log/ratchets.ts';
import { evenSlotTable, logOf, type SlotTable } from '../../ports/event-log/slots.ts';
import { Outage } from '../../ports/outage.ts';
import { readMongoRecords, type OwnersByKind } from '../../ports/vault/mongodb-kept.ts';
import { startMongoVault } from '../../ports/vault/mongodb.ts';
import type { Vault } from '../../ports/vault/port.ts';
import { connectMongoServer, orCannotStart, readVaultKeys } from '../adapters/connect-servers.ts';
import { erasedIn } from '../backup/copy-vault.ts';
import type { ErasedList } from '../backup/erased-list.ts';
import { copyInto, type CopySource } from '../backup/make-backup.ts';
import { BackupFailed } from '../backup/manifest.ts';
import { CannotStart } from '../cannot-start.ts';
import type { Config, ServersConfig } from '../config/config.ts';
import { openRemoteLog } from '../open-event-log.ts';
import { epochOf } from '../start-checks/log-epoch.ts';
import { adoptVault, FINGERPRINTED, fingerprintOf } from '../start-checks/vault-identity.ts';
import { copyOfServers, endOfServers, type LogsOfServers } from './copy-servers.ts';

const now = (): Instant => instant(Date.now());

export type ReplayedServers = AsyncDisposable & {
  /** Of the log up to `to`, and of the vault what a replay has. Goes on with what is in the folder. */
  backUp(own: { readonly folder: string; readonly erasedList: string }, options: CopyServersOptions): Promise<void>;
  listErased(): Promise<ErasedList>;
};

export type CopyServersOptions = {
  readonly to: Instant | undefined;
  /** Of the log, of 0 to 1. */
  readonly onCopied?: (part: number) => void;
};

type OpenOptions = {
  readonly reason: string;
  readonly signal?: AbortSignal | undefined;
  readonly onError: (component: string) => (error: unknown) => void;
};

/** What opens the log, as `isKeptInReplay` has it, and whose each record is. */
const OWNERS: OwnersByKind = { 'subject-key': (id) => id, 'channel-ratchet': ownerOfRatchet, 'installation-secret': () => null };
const ONLY_SUBJECTS: OwnersByKind = { 'subject-key': (id) => id };

/** Its audit says who asks, and why, when this resolves. Throws `CannotStart`, and `BackupFailed` where the servers have no installation. */
export async function openReplayedServers(config: Config & { readonly servers: ServersConfig }, options: OpenOptions): Promise<ReplayedServers> {
  const { servers, eventStoreUrls, eventStoreDeadlines: deadlines } = config;
  const { reason, signal, onError } = options;
  await using starting = new AsyncDisposableStack();
  const keys = readVaultKeys(servers.vaultKeyFile);
  const connection = starting.use(await connectMongoServer(servers, 'tidings:replay'));
  const vault = starting.use(await orCannotStart('The vault', 'TIDINGS_VAULT_KEY_FILE', startMongoVault({ connection, onError: onError('vault') }, keys)));
  const { installation, epoch, table } = await orGoOn(() => asOperator({ config, vault, onError }, reason));
  const logs = eventStoreUrls.map((connectionString, log) => starting.use(openKeptLog({ connectionString, log, deadlines })));
  const read: LogsOfServers = { logs, logOf: logs.length === 1 ? () => 0 : (stream) => logOf(table, stream) };
  const started = starting.move();
  return {
    backUp: ({ folder, erasedList }, { to, onCopied = () => undefined }) =>
      orGoOn(async () => {
        const end = await endOfServers(read, to, signal);
        if (end === undefined) throw new BackupFailed(to === undefined ? 'The servers’ log has no event.' : `The log has no event that is as old as ${to}.`);
        const copyLog: CopySource['copyLog'] = (before) => copyOfServers(before, read, { end, signal, onCopied });
        const readVault = () => readMongoRecords({ connection, keys }, OWNERS, signal);
        await copyInto(
          { installation, epoch, mediaFolder: undefined, clock: now, head: () => undefined, copyLog, readVault },
          // Nobody else needs this disk.
          { folder, erasedList, vault: 'replay', bytesPerSecondMax: Infinity, ...(signal !== undefined && { signal }) },
        );
      }),
    listErased: () =>
      orGoOn(async () => {
        const pages = await Array.fromAsync(readMongoRecords({ connection, keys }, ONLY_SUBJECTS, signal));
        return { installation, subjects: pages.flatMap(erasedIn) };
      }),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** `table`: which of the logs has a stream. */
type Known = { readonly installation: string; readonly epoch: LogEpoch; readonly table: SlotTable };
type Asked = Pick<OpenOptions, 'onError'> & { readonly config: Config; readonly vault: Vault };

/** In the audit of the servers before anything is read for the replay. */
async function asOperator({ config, vault, onError }: Asked, reason: string): Promise<Known> {
  await using log = await openRemoteLog({ vault, onReconnect: onError('event-log') }, config);
  const heads = await orCannotStart('EventStoreDB', 'TIDINGS_EVENTSTORE_URLS', Promise.all(log.logs.map((one) => log.head(one))));
  if (heads.every((head) => head === undefined) || (await vault.get('installation-secret', FINGERPRINTED)) === undefined)
    throw new BackupFailed('The servers that the settings name have no installation.');
  const opened = { log, vault, clock: now, codec: createCodec(openKeyring(vault), now) };
  await adoptVault(opened);
  await recordActionsWith(createHandling(opened), now)({ action: 'replay-log', by: LOCAL_OPERATOR, reason });
  const table = (await vault.get('slot-table', 'slots')) ?? evenSlotTable(log.logs.length);
  return { installation: await fingerprintOf(vault), epoch: await epochOf(opened), table };
}

async function orGoOn<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Outage) throw new CannotStart(`${error.message}. Run it again with the same options: it goes on where it was.`, { cause: error });
    throw error;
  }
}
