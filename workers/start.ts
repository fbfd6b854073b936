/**
 * Everything that works behind the log, or the part of it that the roles of this process name. Reactors and processes are returned, to
 * be run beside the projectors; the consumers of queues are started here, and the sweepers, which make up for lost jobs. Each
 * product's workers are listed in its `workers.ts`.
 */
import type { JobQueue, QueueShares } from '../ports/job-queue/port.ts';
import type { Outbound } from '../ports/outbound/port.ts';
import type { Sender } from '../ports/sender/port.ts';
import type { ViewSchema } from '../ports/views/port.ts';
import type { Leases } from '../projections/leases/leases.ts';
import { soleHolder } from '../projections/leases/sole-holder.ts';
import type { AnyProjection } from '../projections/projection.ts';
import { searchWorkers, type SearchParts } from './chat/search/workers.ts';
import { chatWorkers, type ChatWorkersConfig } from './chat/workers.ts';
import {
  WORKER_ROLES,
  type CommandGiver,
  type Consumer,
  type EphemeralPorts,
  type DomainReader,
  type RoleWorkers,
  type Runtime,
  type WorkerRole,
  type WorkerSet,
  type WorkerViews,
  type WorkTracing,
  type WorkTracking,
} from './dependencies.ts';
import { feedWorkers, type FeedWorkersConfig } from './feed/workers.ts';
import { sleep as sleepReally } from './jobs/sleep.ts';
import { startSweeper } from './jobs/sweeper.ts';
import { notificationWorkers, type NotificationWorkersConfig } from './notifications/workers.ts';
import { exportWorkers } from './exports/workers.ts';
import { mediaWorkers, type MediaPorts } from './media/workers.ts';
import { openWorkIn } from './open-work/open-work.ts';
import { startProgress } from './open-work/work-progress.ts';
import { peopleWorkers } from './people/workers.ts';
import { previewWorkers, type PreviewWorkersConfig } from './previews/workers.ts';
import type { WorkersReporter } from './telemetry-events.ts';

export type WorkersDependencies = {
  readonly reader: DomainReader;
  readonly commandGiver: CommandGiver;
  readonly views: WorkerViews;
  readonly jobs: JobQueue;
  readonly ephemeral: EphemeralPorts;
  /** In order of preference within a channel. */
  readonly senders: readonly Sender[];
  /** Sends to apps' webhooks, and gets what people link to; absent: this process does not. */
  readonly outbound?: Pick<Outbound, 'post'> & Partial<Pick<Outbound, 'get'>>;
  /** Absent: uploads are prepared, and removed, by other processes. */
  readonly media?: MediaPorts | undefined;
  /** Absent: messages are indexed by other processes. */
  readonly search?: SearchParts;
  /** Removes from the log what was truncated; absent where a server keeps it. */
  readonly scavenge?: ((signal: AbortSignal) => Promise<unknown>) | undefined;
  readonly report: WorkersReporter;
  /** Who sweeps, where there are several processes; this one is the only one where it is absent. */
  readonly leases?: Leases;
  readonly runtime: Pick<Runtime, 'clock'> & Partial<Runtime>;
};

export type WorkersConfig = ChatWorkersConfig &
  FeedWorkersConfig &
  PreviewWorkersConfig &
  NotificationWorkersConfig & {
    /** All of them where it is absent. */
    readonly roles?: readonly WorkerRole[];
    /** Of the role `delivery`, only the queues with these names, or that begin so where a name ends with `*`. */
    readonly deliveryQueues?: readonly string[] | undefined;
  };

export type Workers = AsyncDisposable & { readonly projections: readonly AnyProjection[] };

/** A name that no queue of the role `delivery` has. */
export class NoSuchQueue extends Error {
  override readonly name = 'NoSuchQueue';
}

/** When they stop, jobs that wait for a vendor let go first, and attempts that are under way end. Throws `NoSuchQueue`. */
export async function startWorkers(dependencies: WorkersDependencies, config: WorkersConfig): Promise<Workers> {
  await using starting = new AsyncDisposableStack();
  const { reader, commandGiver, views, jobs, ephemeral, senders, report, leases = soleHolder() } = dependencies;
  const { roles = WORKER_ROLES, deliveryQueues } = config;
  const runtime: Runtime = { monotonicMs: () => performance.now(), sleep: sleepReally, random: Math.random, ...dependencies.runtime };
  const progress = starting.use(startProgress({ views: views.stored, report }));
  const work: WorkTracking = { jobs, openWork: openWorkIn(views.stored), progress, report, clock: runtime.clock };
  const stop = new AbortController();

  const { loadState } = reader;
  const sets: readonly WorkerSet[] = [
    feedWorkers({ reader, commandGiver, views, ephemeral, work, outbound: dependencies.outbound }, config),
    chatWorkers({ reader, commandGiver, views, ephemeral, work, runtime }, config),
    notificationWorkers(
      { reader, commandGiver, views, ephemeral, work, senders, outbound: dependencies.outbound, runtime, scavenge: dependencies.scavenge, stop: stop.signal },
      config,
    ),
    peopleWorkers({ commandGiver, loadState, views, work, media: dependencies.media }),
    ...(dependencies.search === undefined ? [] : [searchWorkers({ reader, commandGiver, views, work, ...dependencies.search })]),
    ...(dependencies.media === undefined
      ? []
      : [
          mediaWorkers({ reader, commandGiver, views, work, media: dependencies.media }),
          exportWorkers({ reader, commandGiver, views, work, media: dependencies.media }),
        ]),
    previewWorkers({ reader, commandGiver, ephemeral, work, media: dependencies.media, outbound: dependencies.outbound, runtime }, config),
  ];
  await views.stored.prepare(openWorkSchema(sets));
  const ours = roles.flatMap((role) => sets.map((set): RoleWorkers => (role === 'delivery' ? ofQueues(set.delivery, deliveryQueues) : (set[role] ?? {}))));
  if (roles.includes('delivery')) checkQueues(deliveryQueues, sets);
  for (const sweep of ours.flatMap(({ sweeps = [] }) => sweeps)) starting.use(startSweeper({ ...runtime, report, leases }, sweep));
  for (const consumer of ours.flatMap(({ consumers = [] }) => consumers)) {
    const { queue, concurrency, handler } = runtime.tracing === undefined ? consumer : tracedConsumer(consumer, runtime.tracing);
    starting.use(jobs.consume(queue, { concurrency }, handler));
  }
  starting.defer(() => stop.abort(new Error('The workers stop.')));
  const running = starting.move();
  return { projections: ours.flatMap(({ projections = [] }) => projections), [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

function tracedConsumer({ queue, handler, ...consumer }: Consumer, tracing: WorkTracing): Consumer {
  const name = typeof queue === 'string' ? queue : commonNameOf(Object.keys(queue));
  return { ...consumer, queue, handler: (job) => tracing.job(name, job, handler) };
}

/** Of a vendor's queues all but the priority. */
function commonNameOf([first = '', ...others]: readonly string[]): string {
  let length = first.length;
  while (!others.every((other) => other.startsWith(first.slice(0, length)))) length -= 1;
  return first.slice(0, length).replace(/-$/, '');
}

/** Of all reactors: the sweeps of this process may read open work of reactors that run in others, and that have opened none yet. */
function openWorkSchema(sets: readonly WorkerSet[]): ViewSchema {
  const all = sets.flatMap((set) => WORKER_ROLES.flatMap((role) => set[role]?.projections ?? []));
  const indexes = all.flatMap((projection) => (projection.kind === 'reactor' ? Object.entries(projection.indexes ?? {}) : []));
  return Object.fromEntries(indexes.map(([collection, ofCollection]) => [collection, { indexes: ofCollection }]));
}

/** Of queues that share a consumer's concurrency, those that are left share it. */
function ofQueues({ consumers = [], ...others }: RoleWorkers = {}, names: readonly string[] | undefined): RoleWorkers {
  const isOurs = (queue: string) => names === undefined || names.some((name) => isNamed(queue, name));
  const left = consumers.map(({ queue: queues, ...consumer }): Consumer => {
    const shares: QueueShares = typeof queues === 'string' ? { [queues]: 1 } : queues;
    return { ...consumer, queue: Object.fromEntries(Object.entries(shares).filter(([queue]) => isOurs(queue))) };
  });
  return { ...others, consumers: left.filter(({ queue }) => Object.keys(queue).length > 0) };
}

function checkQueues(names: readonly string[] = [], sets: readonly WorkerSet[]): void {
  const known = sets
    .flatMap(({ delivery }) => delivery?.consumers ?? [])
    .flatMap(({ queue }: Consumer) => (typeof queue === 'string' ? [queue] : Object.keys(queue)));
  const unknown = names.filter((name) => !known.some((queue) => isNamed(queue, name)));
  if (unknown.length > 0) throw new NoSuchQueue(`There is no queue ${unknown.join(', ')} of deliveries. The queues are ${known.join(', ')}.`);
}

const isNamed = (queue: string, name: string): boolean => (name.endsWith('*') ? queue.startsWith(name.slice(0, -1)) : queue === name);
