/** The operations that the command line asks of a process that has the data folder open, each in a line. */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import type { MediaStore } from '../../ports/media/port.ts';
import type { LoadState } from '../../commands/handling/handle.ts';
import type { Uploads } from '../../commands/media/uploads.ts';
import type { KeptFor } from '../../domain/notifications/categories/kept-for.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { EventStore } from '../../event-store/store.ts';
import type { Codec } from '../../ports/event-log/codec.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import type { JobQueue } from '../../ports/job-queue/port.ts';
import type { GatewayRegistry, Presence } from '../../ports/presence/port.ts';
import type { Outbox, Sender } from '../../ports/sender/port.ts';
import type { Vault } from '../../ports/vault/port.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import type { AppendOperations } from '../../projections/dependencies.ts';
import type { TidingsDocuments } from '../../projections/read-models/projectors.ts';
import type { TidingsViewReader, TidingsViews } from '../../projections/view-access/tidings-views.ts';
import type { Projections } from '../../projections/rollout/start-projections.ts';
import type { BackedUp } from '../backup/backed-up.ts';
import { explainChatPush } from '../../workers/chat/chat-push-checks.ts';
import { listDeadLetters, resolveDeadLetters } from './dead-letters.ts';
import { createAppOperations } from './apps/apps.ts';
import { createAnalyticsOperations } from './analytics/operations.ts';
import { createBackupOperations } from './backup/back-up.ts';
import { createImportOperations } from './imports/imports.ts';
import { createListOperations } from './lists/lists.ts';
import { migrateToServers } from './migrate/migrate-to-servers.ts';
import { createModerationOperations } from './moderation/moderation.ts';
import { createNotificationOperations } from './notifications/operations.ts';
import { rebuildProjection } from './projection-operations.ts';
import type { Processes } from './processes/processes.ts';
import type { ControlOperations, ProjectionLine } from './protocol.ts';
import { checkSenders, listSenders, plugVendor, setRouting, showRouting } from './senders.ts';
import { createOperatorOperations } from './operators/operators.ts';
import type { ReadingThreads } from './reading/threads.ts';
import { readLog, selectLog } from './read-log.ts';
import { traceEvents } from './tracing/trace-events.ts';
import { createRetentionOperations } from './retention/retention.ts';
import { createScheduleOperations } from './schedules/schedules.ts';
import { setAsideEvent } from './set-aside-event.ts';
import { scavengeStore, storeOf, verifyStore, type StoreDependencies } from './store-operations.ts';

/** The parts of the application core that operations use. */
export type ControlCore = {
  readonly eventStore: EventStore | undefined;
  readonly log: EventLog;
  readonly codec: Codec;
  readonly views: ViewStore;
  readonly vault: Pick<Vault, 'verify'>;
  readonly outbox: Pick<Outbox, 'list' | 'behave'>;
  readonly senders: readonly Sender[];
  readonly jobs: Pick<JobQueue, 'queues' | 'depth'>;
  readonly commands: Commands;
  readonly contextFor: ContextFor;
  readonly presence: Pick<Presence, 'receivedBy'>;
  readonly registry: Pick<GatewayRegistry, 'alive'>;
  readonly loadState: LoadState;
  readonly uploads: Uploads;
  readonly media: Pick<MediaStore, 'read'>;
  readonly clock: () => Instant;
};

export type ControlDependencies = {
  readonly core: ControlCore;
  /** Absent where no process runs that could be asked for others. */
  readonly processes?: Pick<Processes, 'list'>;
  /** Of a process that delivers; absent where none runs. */
  readonly openBreakers?: ReadonlySet<string>;
  /** The views that queries read. */
  readonly activeViews: TidingsViews;
  /** Under which name the active build keeps a collection. */
  readonly collectionOf: (collection: keyof TidingsDocuments) => string;
  /** Absent where no projections run. */
  readonly waitForViews?: TidingsViewReader['waitForViews'];
  readonly keptFor: KeptFor;
  readonly appendOperations: AppendOperations;
  readonly listProjections: () => Promise<readonly ProjectionLine[]>;
  /** The projections of this process, started if they don't run yet. */
  readonly projections: () => Promise<Pick<Projections, 'status' | 'rebuild'>>;
  /** Whether the projection runs, here or in another process, and acts on what is asked of it; starts it where that is possible. */
  readonly runsSomewhere: (projection: string) => Promise<boolean>;
  /** Absent where servers keep what there is. */
  readonly backedUp?: BackedUp | undefined;
  /** Absent where servers keep the log. */
  readonly threads?: ReadingThreads | undefined;
  /** The command line has the folder open, and no process runs. */
  readonly isAlone?: true;
};

export function createControlOperations(dependencies: ControlDependencies): ControlOperations {
  const {
    core,
    processes,
    openBreakers = new Set<string>(),
    activeViews,
    collectionOf,
    waitForViews,
    keptFor,
    appendOperations,
    listProjections,
    projections,
    runsSomewhere,
    backedUp,
    threads,
    isAlone,
  } = dependencies;
  const { log, codec, views, outbox, presence, loadState, clock } = core;
  return {
    'log-head': async function* (request) {
      yield { head: (await log.head(selectLog(log, request.log))) ?? null };
    },
    'read-log': (request, signal) => readLog({ log, codec }, request, signal),
    'trace-events': (request, signal) => traceEvents({ log, codec, clock }, request, signal),
    ...createAnalyticsOperations({ log, codec, views: activeViews, stored: views, collectionOf, threads }),
    'list-projections': async function* () {
      yield* await listProjections();
    },
    'rebuild-projection': (request, signal) => rebuildProjection({ log, projections }, request, signal),
    'list-dead-letters': (request) => listDeadLetters({ views }, request),
    'resolve-dead-letters': (request, signal) => resolveDeadLetters({ log, views, appendOperations, clock, runsSomewhere }, request, signal),
    ...createBackupOperations({ ...core, backedUp, threads }),
    migrate: (request, signal, by) => migrateToServers({ ...core, backedUp, isAlone: isAlone === true }, request, signal, by),
    ...createRetentionOperations({ ...core, views: activeViews, waitForViews }, keptFor),
    ...createStoreOperations(core),
    'list-outbox': async function* ({ channel, limit }) {
      yield* await outbox.list({ limit, ...(channel === undefined ? {} : { channel }) });
    },
    'behave-outbox': async function* ({ channel, behaviour, extent }) {
      await outbox.behave({ [channel]: { ...behaviour, ...(extent === undefined ? {} : { extent }) } });
      yield { done: true };
    },
    ...createNotificationOperations({ ...core, views: activeViews }),
    ...createListOperations({ ...core, views: activeViews }),
    ...createScheduleOperations({ ...core, views: activeViews }),
    ...createModerationOperations({ ...core, views: activeViews }),
    ...createImportOperations(core),
    ...createAppOperations({ ...core, views: activeViews }),
    'list-processes': async function* (_request, signal) {
      yield* (await processes?.list(signal)) ?? [];
    },
    'list-gateways': async function* () {
      yield* await core.registry.alive();
    },
    'list-senders': () => listSenders({ ...core, openBreakers }),
    'check-senders': (_request, signal) => checkSenders(core, signal),
    'show-routing': () => showRouting(core),
    'set-routing': (request, _signal, by) => setRouting(core, request, by),
    'plug-vendor': (request, _signal, by) => plugVendor(core, request, by),
    ...createOperatorOperations(core),
    'explain-push': async function* ({ person, channel, seq }) {
      yield await explainChatPush({ views: activeViews, presence, loadState, clock }, { person, channel, ...(seq === undefined ? {} : { seq }) });
    },
  };
}

/** The operations of a process that runs the event store and nothing else. */
export const createStoreOperations = (dependencies: StoreDependencies): ControlOperations => ({
  'scavenge-store': (request, signal) => scavengeStore(dependencies, request, signal),
  'verify-store': (_request, signal) => verifyStore(dependencies, signal),
  'set-aside-event': (request) => setAsideEvent((position, reason) => storeOf(dependencies).setAside(position, reason), request),
});
