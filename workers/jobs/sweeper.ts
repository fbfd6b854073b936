/** Runs sweeps: at intervals, each looks for open work whose job was lost and adds the job again. Of several processes, the one that holds the sweep's lease. */
import type { Lease, Leases } from '../../projections/leases/leases.ts';
import { soleHolder } from '../../projections/leases/sole-holder.ts';
import type { WorkersReporter } from '../telemetry-events.ts';
import { sleep as sleepReally, type Sleep } from './sleep.ts';

export type Sweep = {
  readonly name: string;
  readonly everyMs: number;
  /** Returns how much it found. Doing it twice must be harmless: a lease that passes on may be swept by two. */
  readonly sweep: () => Promise<number>;
};

/** Does it to each in turn, also behind one that fails: what can't be worked on keeps nothing else waiting. Throws what failed in the end. */
export async function withEach<One>(ones: readonly One[], act: (one: One) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const one of ones) await act(one).catch((failure: unknown) => failures.push(failure));
  if (failures.length > 0) throw failures.length === 1 ? failures[0] : new AggregateError(failures, `${failures.length} of ${ones.length} failed.`);
}

/** A sweep never overlaps itself, and one that fails is tried again at its next time. The first one runs within one interval. */
type SweeperDependencies = { readonly report: WorkersReporter; readonly leases?: Leases; readonly sleep?: Sleep; readonly random?: () => number };

export function startSweeper({ report, leases = soleHolder(), sleep = sleepReally, random = Math.random }: SweeperDependencies, sweep: Sweep): AsyncDisposable {
  const stop = new AbortController();
  const sweepOnce = async () => {
    try {
      const found = await sweep.sweep();
      if (found > 0) report({ event: 'sweep-found', sweep: sweep.name, found });
    } catch (error) {
      report({ event: 'sweep-failed', sweep: sweep.name, error });
    }
  };
  const sweepWhile = async (lease: Lease) => {
    const ending = AbortSignal.any([stop.signal, lease.revoked]);
    let waitMs = random() * sweep.everyMs; // sweeps that begin together don't run together
    while (await isAwake(sleep(waitMs, ending), ending)) {
      if (!lease.isValid()) return;
      await sweepOnce();
      waitMs = sweep.everyMs;
    }
  };
  const running = (async () => {
    using offer = leases.offer(`sweep:${sweep.name}`);
    for (let lease = await offer.acquire(stop.signal); lease !== undefined; lease = await offer.acquire(stop.signal)) {
      await sweepWhile(lease);
      lease.release();
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
