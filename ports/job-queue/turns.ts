/**
 * Whose turn it is, of the queues that share a consumer's concurrency: start-time fair queueing (Goyal, Vin, Cheng 1996). While all
 * have work, turns are given in proportion to the shares; a queue that had none for a while has saved nothing up, and owes nothing.
 */
import type { QueueShares } from './port.ts';

export type Turns = {
  /** Of the queues that have work; undefined where none has. */
  next(hasWork: (queue: string) => boolean): string | undefined;
  /** The queue turned out to have no work. */
  giveBack(queue: string): void;
};

export function createTurns(shares: QueueShares): Turns {
  const all = Object.entries(shares).map(([queue, share]) => ({ queue, share, endsAt: 0 }));
  for (const { queue, share } of all)
    if (!(share > 0 && Number.isFinite(share))) throw new RangeError(`The share of ${queue} is a number above 0, not ${share}.`);
  let now = 0;
  return {
    next: (hasWork) => {
      let first: { readonly of: (typeof all)[number]; readonly startsAt: number } | undefined;
      for (const of of all) {
        if (!hasWork(of.queue)) continue;
        const startsAt = Math.max(now, of.endsAt);
        if (first === undefined || startsAt < first.startsAt || (startsAt === first.startsAt && of.share > first.of.share)) first = { of, startsAt };
      }
      if (first === undefined) return undefined;
      now = first.startsAt;
      first.of.endsAt = first.startsAt + 1 / first.of.share;
      return first.of.queue;
    },
    giveBack: (queue) => {
      for (const of of all) if (of.queue === queue) of.endsAt -= 1 / of.share;
    },
  };
}

/** One queue has the whole concurrency to itself. */
export const sharesOf = (queues: string | QueueShares): QueueShares => (typeof queues === 'string' ? { [queues]: 1 } : queues);
