/** What a process stands on, whatever the profile. */
import type { Instant } from '../../domain/shared/instant.ts';
import type { EventStore } from '../../event-store/store.ts';
import type { AdvisoryLocks } from '../../ports/advisory-locks/port.ts';
import type { CacheTallies } from '../../ports/cache-tallies.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import type { FeedCache } from '../../ports/feed-cache/port.ts';
import type { JobQueue } from '../../ports/job-queue/port.ts';
import type { MediaStore } from '../../ports/media/port.ts';
import type { GatewayRegistry, Presence } from '../../ports/presence/port.ts';
import type { RateLimit } from '../../ports/rate-limit/port.ts';
import type { Outbox, Sender } from '../../ports/sender/port.ts';
import type { Vault } from '../../ports/vault/port.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import type { Config } from '../config/config.ts';
import type { Checks } from '../health/checks.ts';
import type { SendersNeeds } from './start-senders.ts';

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
  readonly locks: AdvisoryLocks;
  readonly jobs: JobQueue;
  readonly outbox: Outbox;
  readonly media: MediaStore;
  /** Those of the vendors in order of preference, and behind them the outbox’s. */
  readonly senders: readonly Sender[];
  /** Of each server or file that there is. */
  readonly checks: Checks;
};

export type AdaptersDependencies = {
  readonly clock: () => Instant;
  readonly failureReporter: (component: string) => (error: unknown) => void;
  /** Counted by the caches that are in this process. */
  readonly caches?: Pick<CacheTallies, 'feed' | 'documents'>;
};

export type AdaptersConfig = Pick<Config, 'eventStoreUrls' | 'eventStoreDeadlines' | 'eventStore' | 'capacity' | 'media' | 'readOnly'> & SendersNeeds;
