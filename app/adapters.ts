/** The adapters of the embedded profile: everything in this process, what must last in one folder. */
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
import { DATA_FOLDER_HELP, openOrCannotStart } from './cannot-start.ts';
import type { DataFolder } from './data-folder.ts';
import { EMBEDDED_EVENT_LOG, openEventLog, type EventLogConfig } from './open-event-log.ts';

/** At some 5 KB a feed: half a gigabyte at most. */
const WARM_FEEDS_MAX = 100_000;
const JOBS = { waitingMax: 200_000, attemptsMax: 5, retryFirstMs: 200, retryMaxMs: 30_000 };

export type Adapters = AsyncDisposable & {
  /** The store behind the log, where it is in this process. */
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
};

export async function startAdapters(
  installation: DataFolder,
  { clock, failed }: { readonly clock: () => Instant; readonly failed: (part: string) => (error: unknown) => void },
  place: EventLogConfig = EMBEDDED_EVENT_LOG,
): Promise<Adapters> {
  await using starting = new AsyncDisposableStack();
  const vault = starting.use(await openOrCannotStart('The vault', DATA_FOLDER_HELP, startSqliteVault(installation.vault)));
  const opened = await openEventLog(vault, { ...place, folder: installation.events }, failed('event-log'));
  const { eventStore } = opened;
  const log = starting.use(opened.log);
  const views = starting.use(await openOrCannotStart('The views', DATA_FOLDER_HELP, startSqliteViews(installation.views)));
  const feedCache = starting.use(await startMemoryFeedCache({ feedsMax: WARM_FEEDS_MAX }));
  const presence = starting.use(await startMemoryPresence());
  const registry = starting.use(await startMemoryGatewayRegistry());
  const broadcast = starting.use(await startMemoryBroadcast({ onListenerError: failed('broadcast') }));
  const rateLimit = starting.use(await startMemoryRateLimit());
  const outbox = starting.use(await startOutbox({ folder: installation.outbox, clock, canBeAsked: true }));
  // A sweeper adds again what was given up.
  const jobs = starting.use(await startMemoryJobQueue({ ...JOBS, onDropped: (queue, _, error) => failed(`queue ${queue}`)(error) }));
  const started = starting.move();
  return {
    eventStore,
    log,
    vault,
    views,
    feedCache,
    presence,
    registry,
    broadcast,
    rateLimit,
    jobs,
    outbox,
    [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
  };
}
