/** The servers that an installation moves to: its log, its vault and its media. */
import type { EventLog } from '../../ports/event-log/port.ts';
import type { MediaStore } from '../../ports/media/port.ts';
import { startMongoVault } from '../../ports/vault/mongodb.ts';
import type { Vault } from '../../ports/vault/port.ts';
import { connectServers, orCannotStart, readVaultKeys } from '../adapters/connect-servers.ts';
import { startMedia } from '../adapters/start-media.ts';
import type { Config } from '../config/config.ts';
import { openRemoteLog } from '../open-event-log.ts';
import { MigrationFailed } from './migration-failed.ts';

export type Target = AsyncDisposable & {
  readonly log: EventLog;
  readonly vault: Vault;
  readonly media: MediaStore;
  readonly shards: number;
  /** Of the folder of media; undefined for a bucket. */
  readonly mediaFolder: string | undefined;
};

type Options = { readonly onError: (component: string) => (error: unknown) => void };

/** Throws `MigrationFailed` for settings of another profile, and `CannotStart` where a server can't be reached. */
export async function openTarget(config: Config, { onError }: Options): Promise<Target> {
  const { servers } = config;
  if (servers === undefined)
    throw new MigrationFailed('The settings are those of the embedded profile; they need TIDINGS_PROFILE=distributed and its servers.');
  await using starting = new AsyncDisposableStack();
  const keys = readVaultKeys(servers.vaultKeyFile);
  const { mongodb: connection } = starting.use(await connectServers(servers, { name: 'tidings:migrate', onError }));
  const vault = starting.use(await orCannotStart('The vault', 'TIDINGS_VAULT_KEY_FILE', startMongoVault({ connection, onError: onError('vault') }, keys)));
  const log = starting.use(await openRemoteLog({ vault, onReconnect: onError('event-log') }, config));
  await orCannotStart('EventStoreDB', 'TIDINGS_EVENTSTORE_URLS', Promise.all(log.logs.map((one) => log.head(one))));
  const media = starting.use(await startMedia(config.media));
  const started = starting.move();
  return {
    log,
    vault,
    media,
    shards: config.projectionShards,
    mediaFolder: config.media.bucket === undefined ? config.media.folder : undefined,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}
