/** Leases where there is one process, which nobody shares the views with: it holds every unit, but for those that are withdrawn. */
import { pause } from '../progress/back-off.ts';
import { runnerOfCheckpoint } from '../progress/names.ts';
import type { Leases } from './leases.ts';
import { createOffers } from './offers.ts';

const POLL_MS = 5;

export function soleHolder(): Leases {
  const withdrawn = new Set<string>();
  const settle = () => {
    const offered = new Set(offers.offered().map(runnerOfCheckpoint));
    for (const runner of withdrawn) if (!offered.has(runner)) withdrawn.delete(runner);
    for (const unit of offers.offered()) {
      if (withdrawn.has(runnerOfCheckpoint(unit))) offers.revoke(unit);
      else offers.grant(unit);
    }
  };
  const offers = createOffers({ isValid: () => true, onChange: () => settle() });
  return {
    isSole: true,
    offer: (unit) => offers.offer(unit),
    withdraw: async (runner, signal) => {
      withdrawn.add(runner);
      settle();
      while (offers.held().some((unit) => runnerOfCheckpoint(unit) === runner)) {
        signal.throwIfAborted();
        await pause(POLL_MS, signal);
      }
    },
    reinstate: async (runner) => {
      withdrawn.delete(runner);
      settle();
    },
    [Symbol.asyncDispose]: async () => {
      for (const unit of offers.offered()) offers.revoke(unit);
    },
  };
}
