/**
 * The groups that workers' dependencies come in. `start.ts` makes them once; each product's `workers.ts` names the groups that its
 * workers use, and hands each worker its fields.
 */
import type { ToldMessages } from '../ports/broadcast/hints.ts';
import type { Commands } from '../commands/commands.ts';
import type { ContextFor } from '../commands/handling/command-context.ts';
import type { LoadState, RecallState } from '../commands/handling/handle.ts';
import type { Instant } from '../domain/shared/instant.ts';
import type { CacheTallies } from '../ports/cache-tallies.ts';
import type { Broadcast } from '../ports/broadcast/port.ts';
import type { Codec } from '../ports/event-log/codec.ts';
import type { EventLog } from '../ports/event-log/port.ts';
import type { FeedCache } from '../ports/feed-cache/port.ts';
import type { Job, JobQueue, QueueShares } from '../ports/job-queue/port.ts';
import type { Presence } from '../ports/presence/port.ts';
import type { RateLimit } from '../ports/rate-limit/port.ts';
import type { ViewStore } from '../ports/views/port.ts';
import type { AnyProjection } from '../projections/projection.ts';
import type { TidingsViewReader, TidingsViews } from '../projections/view-access/tidings-views.ts';
import type { Sleep } from './jobs/sleep.ts';
import type { Sweep } from './jobs/sweeper.ts';
import type { OpenWork } from './open-work/open-work.ts';
import type { Progress } from './open-work/work-progress.ts';
import type { WorkersReporter } from './telemetry-events.ts';

/** Reads the log: stored events, their decoding, and the state of a stream at this moment, or as this process remembers it. */
export type DomainReader = {
  readonly log: Pick<EventLog, 'readStream' | 'truncate' | 'logs' | 'head'>;
  readonly codec: Pick<Codec, 'decode' | 'decodeAll'>;
  readonly loadState: LoadState;
  readonly recallState: RecallState;
};

/** Gives commands in the workers' own name. */
export type CommandGiver = { readonly commands: Commands; readonly contextFor: ContextFor };

/** `active`: the views that queries read, and that come as far as a position; `stored`: documents of reactors, which have no versions. */
export type WorkerViews = { readonly active: TidingsViews; readonly waitForViews: TidingsViewReader['waitForViews']; readonly stored: ViewStore };

/** What may be lost at any time. */
export type EphemeralPorts = {
  readonly presence: Presence;
  readonly broadcast: Broadcast;
  readonly feedCache: FeedCache;
  readonly rateLimit: RateLimit;
  readonly told: ToldMessages;
};

/** `monotonicMs`: milliseconds of a clock that nobody sets, for durations. `random`: from 0 inclusive to 1 exclusive. */
export type Runtime = {
  readonly clock: () => Instant;
  readonly monotonicMs: () => number;
  readonly sleep: Sleep;
  readonly random: () => number;
  /** Absent: nothing is traced. */
  readonly tracing?: WorkTracing | undefined;
  /** Counted by the caches of workers. */
  readonly caches?: WorkerCaches;
};

export type WorkerCaches = Pick<CacheTallies, 'endpoints' | 'templates' | 'linked-pages'>;

/** Makes what workers do a part of traces. Nothing of it throws, but for what the handler of a job throws. */
export type WorkTracing = {
  /** The next attempt to send what a stream tells of; undefined where the log can't tell now what it is a part of. */
  readonly attempt: (of: { readonly stream: string; readonly attempt: number }) => Promise<TracedAttempt | undefined>;
  /** `queue`: what the names of the queues of its consumer have in common. */
  readonly job: (queue: string, job: Job, handler: Consumer['handler']) => Promise<void>;
};

export type TracedAttempt = {
  /** Its place in the trace, for whoever it is sent to. */
  readonly traceparent: string;
  /** For attempts whose beginning is no event: tells the span. `status`: of HTTP. */
  readonly ended: (how: { readonly name: string; readonly failed: boolean; readonly status?: number | undefined }) => void;
};

/** Adds jobs, and follows the work that they carry on. */
export type WorkTracking = {
  readonly jobs: Pick<JobQueue, 'add'>;
  readonly openWork: OpenWork;
  readonly progress: Progress;
  readonly report: WorkersReporter;
  readonly clock: () => Instant;
};

/** Several queues share the concurrency. */
export type Consumer = { readonly queue: string | QueueShares; readonly concurrency: number; readonly handler: (job: Job) => Promise<void> };

/**
 * What a process may do of the workers' work, any number of processes each: `fan-out` into feeds and live hints, `planning` of
 * notifications and what else follows from events, `delivery` to vendors, and `schedules`, which find what is due or was lost.
 */
export const WORKER_ROLES = ['fan-out', 'planning', 'delivery', 'schedules'] as const;
export type WorkerRole = (typeof WORKER_ROLES)[number];

/** The workers of one role: reactors and processes, which run beside the projectors; consumers of queues; and sweeps. */
export type RoleWorkers = { readonly projections?: readonly AnyProjection[]; readonly consumers?: readonly Consumer[]; readonly sweeps?: readonly Sweep[] };

/** The workers of one product, by role. */
export type WorkerSet = { readonly [Role in WorkerRole]?: RoleWorkers };
