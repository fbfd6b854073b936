/** Looks now and then for what was begun and got lost on the way, and sets it going again: the answer to every lost job. */
import type { WorkersReporter } from '../telemetry-events.ts';
import { sleep as sleepReally, type Sleep } from './sleep.ts';

export type Sweep = {
  readonly name: string;
  readonly everyMs: number;
  /** Answers how much it found. What it does must be harmless to do twice, for other processes sweep too. */
  readonly sweep: () => Promise<number>;
};

/** One sweep never overlaps itself, and one that fails is tried again at its next time. The first comes within one period. */
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
    while (await goesOn(sleep(waitMs, stop.signal), stop.signal)) {
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

const goesOn = (waited: Promise<void>, stop: AbortSignal): Promise<boolean> =>
  waited.then(
    () => !stop.aborted,
    (error: unknown) => {
      if (stop.aborted) return false;
      throw error;
    },
  );
