/** Forgets what is older than it is kept, and lets it leave the log where this process has its file. */
import { isAnythingForgotten, type KeptFor } from '../../../domain/notifications/categories/kept-for.ts';
import { HOUR_MS, MINUTE_MS } from '../../../domain/shared/instant.ts';
import type { AnyProjection } from '../../../projections/projection.ts';
import { steadyClock } from '../../jobs/steady-clock.ts';
import type { CommandGiver, DomainReader, Runtime, WorkerViews, WorkTracking } from '../../dependencies.ts';
import { freshContext } from '../../jobs/command-contexts.ts';
import type { Sweep } from '../../jobs/sweeper.ts';
import { forgetOld, type Forgotten } from './forget-old.ts';
import { truncateForgotten } from './truncate-forgotten.ts';

const FORGOTTEN_EVERY_MS = 10 * MINUTE_MS;
/** The rest is left to the next time, which may be another process's. */
export const FORGETTING_MAX_MS = 5 * MINUTE_MS;
const SCAVENGED_EVERY_MS = HOUR_MS;

type Dependencies = {
  readonly reader: Pick<DomainReader, 'log'>;
  readonly commandGiver: CommandGiver;
  readonly views: Pick<WorkerViews, 'active' | 'waitForViews'>;
  readonly work: Pick<WorkTracking, 'report' | 'clock'>;
  readonly runtime: Pick<Runtime, 'monotonicMs' | 'sleep'>;
  /** Removes from the log what was truncated; absent where a server keeps it, which is scavenged by whoever runs that. */
  readonly scavenge: ((signal: AbortSignal) => Promise<unknown>) | undefined;
  readonly stop: AbortSignal;
};

export function retentionWorkers(
  dependencies: Dependencies,
  keptFor: KeptFor,
): { readonly projections: readonly AnyProjection[]; readonly sweeps: readonly Sweep[] } {
  const { reader, scavenge, stop } = dependencies;
  // Where the process was stopped in between: it is looked for once after each start.
  let isTruncated = isAnythingForgotten(keptFor);
  return {
    projections: [truncateForgotten({ log: reader.log, noteTruncated: () => void (isTruncated = true) })],
    sweeps: [
      ...(isAnythingForgotten(keptFor) ? [sweepOld(dependencies, keptFor)] : []),
      ...(scavenge === undefined
        ? []
        : [
            {
              name: 'scavenge-forgotten',
              everyMs: SCAVENGED_EVERY_MS,
              sweep: async () => {
                if (!isTruncated) return 0;
                // Before, for more may be truncated while it runs.
                isTruncated = false;
                try {
                  await untilStopped(scavenge(stop), stop);
                } catch (error) {
                  isTruncated = true;
                  throw error;
                }
                return 0;
              },
            },
          ]),
    ],
  };
}

/** Answers 0: what it finds was neither lost nor late. */
function sweepOld({ commandGiver, views, work, runtime, stop }: Dependencies, keptFor: KeptFor): Sweep {
  const { contextFor, commands } = commandGiver;
  const steadyNow = steadyClock({ ...runtime, clock: work.clock });
  return {
    name: 'old-notifications',
    everyMs: FORGOTTEN_EVERY_MS,
    sweep: async () => {
      const now = steadyNow();
      if (now === undefined) return 0;
      const endsMs = runtime.monotonicMs() + FORGETTING_MAX_MS;
      const contextOf = (type: string, body: object) => freshContext({ contextFor, worker: 'retention', type, body, at: now });
      const forgetting = forgetOld({ ...runtime, views: views.active, waitForViews: views.waitForViews, commands }, { keptFor, now, contextOf, signal: stop });
      await untilStopped(reportEach(forgetting, { report: work.report, isOver: () => runtime.monotonicMs() >= endsMs }), stop);
      return 0;
    },
  };
}

async function reportEach(
  forgetting: AsyncIterable<Forgotten>,
  { report, isOver }: Pick<WorkTracking, 'report'> & { readonly isOver: () => boolean },
): Promise<void> {
  let before = { category: '', deliveries: 0, notifications: 0 };
  for await (const { category, deliveries, notifications } of forgetting) {
    if (category !== before.category) before = { category, deliveries: 0, notifications: 0 };
    report({ event: 'forgotten', what: 'deliveries', count: deliveries - before.deliveries });
    report({ event: 'forgotten', what: 'notifications', count: notifications - before.notifications });
    before = { category, deliveries, notifications };
    if (isOver()) return;
  }
}

/** A stop in the middle is no failure. */
async function untilStopped(work: Promise<unknown>, stop: AbortSignal): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}
