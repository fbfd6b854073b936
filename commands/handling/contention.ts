/**
 * Streams that several processes append to at once: a group that is written from many gateways. Each conflict costs the loser a read, a
 * decision and an append, so whoever met one lately takes turns at that stream with the others. Turns spare work and protect nothing:
 * where they can't be had, appends conflict, and are decided again.
 */
import { Outage } from '../../ports/outage.ts';
import type { AdvisoryLock, AdvisoryLocks } from '../../ports/advisory-locks/port.ts';

/** After the last conflict, or the last turn that had to be waited for. */
const CONTENDED_FOR_MS = 2_000;
/** Beyond, it is tried without a turn. */
const TURN_AWAITED_MAX_MS = 1_000;
/** Beyond, the stream whose conflict is oldest is forgotten. */
const STREAMS_REMEMBERED_MAX = 10_000;

export type Contention = {
  readonly isContended: (stream: string) => boolean;
  readonly recordConflict: (stream: string) => void;
  /** Until it is disposed of. Undefined where there is none to be had. */
  readonly awaitTurn: (stream: string) => Promise<AdvisoryLock | undefined>;
};

/** `locks`: absent where no other process appends. */
export function createContention({ locks }: { readonly locks?: AdvisoryLocks | undefined }): Contention {
  const contendedUntil = new Map<string, number>();

  const recordConflict = (stream: string): void => {
    contendedUntil.delete(stream);
    contendedUntil.set(stream, performance.now() + CONTENDED_FOR_MS);
    if (contendedUntil.size > STREAMS_REMEMBERED_MAX) for (const oldest of contendedUntil.keys()) if (contendedUntil.delete(oldest)) break;
  };

  return {
    isContended: (stream) => (contendedUntil.get(stream) ?? 0) > performance.now(),
    recordConflict,
    awaitTurn: async (stream) => {
      if (locks === undefined) return undefined; // nobody to wait for, so that nothing says that it goes on
      try {
        const lock = await locks.acquire(stream, { waitMs: TURN_AWAITED_MAX_MS });
        if (lock === undefined || lock.hadToWait) recordConflict(stream);
        return lock;
      } catch (error) {
        if (error instanceof Outage) return undefined;
        throw error;
      }
    },
  };
}
