/** The units that this process offers to work on, and the leases that it holds. */
import { pause } from '../progress/back-off.ts';
import type { Lease, Offer } from './leases.ts';

/** How soon it is noticed that a lease which was not renewed in time has been renewed after all. */
const REVALIDATE_MS = 100;

type Entry = {
  readonly unit: string;
  isGranted: boolean;
  revoke: AbortController;
  /** Whether somebody works under the lease. */
  isInUse: boolean;
  waiting: PromiseWithResolvers<void>;
};

export type Offers = {
  offer(unit: string): Offer;
  offered(): readonly string[];
  /** The units that this process holds: granted, or revoked and not released yet. */
  held(): readonly string[];
  isGranted(unit: string): boolean;
  grant(unit: string): void;
  revoke(unit: string): void;
};

/** `isValid`: whether this process has renewed its leases in time. `onChange`: an offer came or went, or a lease was released. */
export function createOffers({ isValid, onChange }: { readonly isValid: () => boolean; readonly onChange: () => void }): Offers {
  const entries = new Map<string, Entry>();

  const revoke = (unit: string) => {
    const entry = entries.get(unit);
    if (entry?.isGranted !== true) return;
    entry.isGranted = false;
    entry.revoke.abort();
  };
  const leaseOf = (entry: Entry): Lease => {
    const { signal } = entry.revoke;
    entry.isInUse = true;
    return {
      revoked: signal,
      isValid: () => !signal.aborted && isValid(),
      release: () => {
        entry.isInUse = false;
        entry.waiting.resolve();
        entry.waiting = Promise.withResolvers();
        onChange();
      },
    };
  };

  return {
    offer: (unit) => {
      if (entries.has(unit)) throw new Error(`${unit} is offered already.`);
      const entry: Entry = { unit, isGranted: false, revoke: new AbortController(), isInUse: false, waiting: Promise.withResolvers() };
      entries.set(unit, entry);
      onChange();
      return {
        acquire: async (signal) => {
          while (!signal.aborted) {
            const isFree = entry.isGranted && !entry.isInUse;
            if (isFree && isValid()) return leaseOf(entry);
            if (isFree) await pause(REVALIDATE_MS, signal);
            else await untilEither(entry.waiting.promise, signal);
          }
          return undefined;
        },
        [Symbol.dispose]: () => {
          revoke(unit);
          entries.delete(unit);
          onChange();
        },
      };
    },
    offered: () => [...entries.keys()],
    held: () => [...entries.values()].filter(({ isGranted, isInUse }) => isGranted || isInUse).map(({ unit }) => unit),
    isGranted: (unit) => entries.get(unit)?.isGranted === true,
    grant: (unit) => {
      const entry = entries.get(unit);
      if (entry === undefined || entry.isGranted || entry.isInUse) return;
      Object.assign(entry, { isGranted: true, revoke: new AbortController() });
      entry.waiting.resolve();
      entry.waiting = Promise.withResolvers();
    },
    revoke,
  };
}

async function untilEither(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  const abort = () => aborted.resolve();
  signal.addEventListener('abort', abort);
  await Promise.race([promise, aborted.promise]);
  signal.removeEventListener('abort', abort);
}
