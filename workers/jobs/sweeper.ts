/** Runs sweeps: at intervals, each looks for open work whose job was lost and adds the job again. */
import type { WorkersReporter } from '../telemetry-events.ts';
import { sleep as sleepReally, type Sleep } from './sleep.ts';

export type Sweep = {
  readonly name: string;
  readonly everyMs: number;
  /** Returns how much it found. Doing it twice must be harmless, for other processes sweep too. */
  readonly sweep: () => Promise<number>;
};

/** A sweep never overlaps itself, and one that fails is tried again at its next time. The first one runs within one interval. */
export function startSweeper(
  { report, sleep = sleepReally, random = Math.random }: { readonly report: WorkersReporter; readonly sleep?: Sleep; readonly random?: () => number },
  sweep: Sweep,
): AsyncDisposable {
  const stop = new AbortController();
  const sweepOnce = async () => {
    try {
      const found = await sweep.sweep();
      if (found > 0) report({ event: 'sweep-found', sweep: sweep.name, found });
    } catch (error) {
      report({ event: 'sweep-failed', sweep: sweep.name, error });
    }
  };
  const running = (async () => {
    // Processes that start together don't sweep together.
    let waitMs = random() * sweep.everyMs;
    while (await isAwake(sleep(waitMs, stop.signal), stop.signal)) {
      await sweepOnce();
      waitMs = sweep.everyMs;
    }
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

/** False where the stop cut the wait short. */
const isAwake = (waited: Promise<void>, stop: AbortSignal): Promise<boolean> =>
  waited.then(
    () => !stop.aborted,
    (error: unknown) => {
      if (stop.aborted) return false;
      throw error;
    },
  );
