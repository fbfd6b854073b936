/**
 * Everything that works behind the log. Reactors and processes are returned, to be run beside the projectors; the consumers of all
 * queues are started here, and the sweepers, which make up for lost jobs. Each product's workers are listed in its `workers.ts`.
 */
import type { JobQueue } from '../ports/job-queue/port.ts';
import type { Sender } from '../ports/sender/port.ts';
import type { AnyProjection } from '../projections/projection.ts';
import { chatWorkers, type ChatWorkersConfig } from './chat/workers.ts';
import type { CommandGiver, EphemeralPorts, LogReader, Runtime, WorkerSet, WorkerViews, WorkTracking } from './dependencies.ts';
import { feedWorkers } from './feed/workers.ts';
import { sleep as sleepReally } from './jobs/sleep.ts';
import { startSweeper } from './jobs/sweeper.ts';
import { notificationWorkers, type NotificationWorkersConfig } from './notifications/workers.ts';
import { openWorkIn } from './open-work/open-work.ts';
import { startProgress } from './open-work/work-progress.ts';
import { peopleWorkers } from './people/workers.ts';
import type { WorkersReporter } from './telemetry-events.ts';

export type WorkersDependencies = {
  readonly reader: LogReader;
  readonly commandGiver: CommandGiver;
  readonly views: WorkerViews;
  readonly jobs: JobQueue;
  readonly ephemeral: EphemeralPorts;
  /** In order of preference within a channel. */
  readonly senders: readonly Sender[];
  readonly report: WorkersReporter;
  readonly runtime: Pick<Runtime, 'clock'> & Partial<Runtime>;
};

export type WorkersConfig = ChatWorkersConfig & NotificationWorkersConfig;

export type Workers = AsyncDisposable & { readonly projections: readonly AnyProjection[] };

/** When they stop, jobs that wait for a vendor let go first, and attempts that are under way end. */
export async function startWorkers(dependencies: WorkersDependencies, config: WorkersConfig): Promise<Workers> {
  await using starting = new AsyncDisposableStack();
  const { reader, commandGiver, views, jobs, ephemeral, senders, report } = dependencies;
  const runtime: Runtime = { monotonicMs: () => performance.now(), sleep: sleepReally, random: Math.random, ...dependencies.runtime };
  const progress = starting.use(startProgress({ views: views.stored, report }));
  const work: WorkTracking = { jobs, openWork: openWorkIn(views.stored), progress, report, clock: runtime.clock };
  const stop = new AbortController();

  const { loadState } = reader;
  const sets: readonly WorkerSet[] = [
    feedWorkers({ commandGiver, views, ephemeral, work }),
    chatWorkers({ commandGiver, loadState, views, ephemeral, work }, config),
    notificationWorkers({ reader, commandGiver, views, ephemeral, work, senders, runtime, stop: stop.signal }, config),
    peopleWorkers({ commandGiver, loadState, views, work }),
  ];
  for (const sweep of sets.flatMap(({ sweeps }) => sweeps)) starting.use(startSweeper({ ...runtime, report }, sweep));
  for (const { queue, concurrency, handler } of sets.flatMap(({ consumers }) => consumers)) starting.use(jobs.consume(queue, { concurrency }, handler));
  starting.defer(() => stop.abort(new Error('The workers stop.')));
  const running = starting.move();
  return { projections: sets.flatMap(({ projections }) => projections), [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}
