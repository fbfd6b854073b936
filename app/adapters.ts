/** The adapters of the embedded profile: everything in this process, and all that must last in one folder. */
import { dirname } from 'node:path';
import type { EventStore } from '../event-store/store.ts';
import { startMemoryBroadcast } from '../ports/broadcast/memory.ts';
import type { Broadcast } from '../ports/broadcast/port.ts';
import type { EventLog } from '../ports/event-log/port.ts';
import { startMemoryFeedCache } from '../ports/feed-cache/memory.ts';
import type { FeedCache } from '../ports/feed-cache/port.ts';
import { startMemoryJobQueue } from '../ports/job-queue/memory.ts';
import type { JobQueue } from '../ports/job-queue/port.ts';
import { startMemoryGatewayRegistry, startMemoryPresence } from '../ports/presence/memory.ts';
import type { GatewayRegistry, Presence } from '../ports/presence/port.ts';
import { startMemoryRateLimit } from '../ports/rate-limit/memory.ts';
import type { RateLimit } from '../ports/rate-limit/port.ts';
import { startOutbox, type Outbox } from '../ports/sender/outbox.ts';
import { startSqliteVault } from '../ports/vault/sqlite.ts';
import type { Vault } from '../ports/vault/port.ts';
import { startSqliteViews } from '../ports/views/sqlite.ts';
import type { ViewStore } from '../ports/views/port.ts';
import type { Instant } from '../domain/shared/instant.ts';
import type { Config } from './config/config.ts';
import { DATA_FOLDER_HELP, openOrCannotStart } from './cannot-start.ts';
import type { DataFolder } from './data-folder.ts';
import { diskCheck, queuesCheck, type Checks } from './health/checks.ts';
import { watchLog, watchVault, watchViews } from './health/watched-ports.ts';
import { openEventLog } from './open-event-log.ts';

const JOB_RETRIES = { attemptsMax: 5, retryFirstMs: 200, retryMaxMs: 30_000 };

export type Adapters = AsyncDisposable & {
  /** The embedded event store; undefined where the log is kept by EventStoreDB. */
  readonly eventStore: EventStore | undefined;
  readonly log: EventLog;
  readonly vault: Vault;
  readonly views: ViewStore;
  readonly feedCache: FeedCache;
  readonly presence: Presence;
  readonly registry: GatewayRegistry;
  readonly broadcast: Broadcast;
  readonly rateLimit: RateLimit;
  readonly jobs: JobQueue;
  readonly outbox: Outbox;
  /** Of the log, the vault, the views, the queues and the disk. */
  readonly checks: Checks;
};

export type AdaptersDependencies = {
  readonly dataFolder: DataFolder;
  readonly clock: () => Instant;
  readonly failureReporter: (component: string) => (error: unknown) => void;
};

export type AdaptersConfig = Pick<Config, 'eventStoreUrls' | 'eventStore' | 'capacity'>;

export async function startAdapters(dependencies: AdaptersDependencies, { capacity, ...config }: AdaptersConfig): Promise<Adapters> {
  const { dataFolder, clock, failureReporter } = dependencies;
  await using starting = new AsyncDisposableStack();
  const vault = starting.use(await openOrCannotStart('The vault', DATA_FOLDER_HELP, startSqliteVault(dataFolder.vault)));
  const { log: opened, eventStore } = await openEventLog({ vault, onReconnect: failureReporter('event-log') }, { ...config, folder: dataFolder.events });
  const log = starting.use(opened);
  const views = starting.use(await openOrCannotStart('The views', DATA_FOLDER_HELP, startSqliteViews(dataFolder.views)));
  const feedCache = starting.use(await startMemoryFeedCache({ feedsMax: capacity.warmFeedsMax }));
  const presence = starting.use(await startMemoryPresence());
  const registry = starting.use(await startMemoryGatewayRegistry());
  const broadcast = starting.use(await startMemoryBroadcast({ onListenerError: failureReporter('broadcast') }));
  const rateLimit = starting.use(await startMemoryRateLimit());
  const outbox = starting.use(await startOutbox({ folder: dataFolder.outbox, clock, keptMax: capacity.outboxMessagesMax, resolvesAttempts: true }));
  const jobs = starting.use(
    await startMemoryJobQueue({
      ...JOB_RETRIES,
      waitingMax: capacity.queuedJobsMax,
      onDropped: (queue, _, error) => failureReporter(`queue ${queue}`)(error), // a sweep adds the job again
    }),
  );
  const [watchedLog, watchedVault, watchedViews] = [watchLog(log), watchVault(vault), watchViews(views)];
  const started = starting.move();
  return {
    eventStore,
    log: watchedLog.port,
    vault: watchedVault.port,
    views: watchedViews.port,
    feedCache,
    presence,
    registry,
    broadcast,
    rateLimit,
    jobs,
    outbox,
    checks: {
      log: watchedLog.check,
      vault: watchedVault.check,
      views: watchedViews.check,
      queues: queuesCheck(jobs, { waitingMax: capacity.queuedJobsMax }),
      disk: diskCheck(dirname(dataFolder.vault)),
    },
    [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
  };
}
