/**
 * Locks by name, over all processes, that spare work and protect nothing: a holder that stops loses its lock while it still believes in
 * it, and where the locks can't be reached everybody goes on without. What must not happen twice is held by the log's revisions.
 */
import { Outage } from '../outage.ts';

/** The locks can’t be reached, or aren’t answered in time. Whoever asked goes on without one. */
export class AdvisoryLocksUnavailable extends Outage {
  override readonly name = 'AdvisoryLocksUnavailable';
}

/** A lock that wasn't released by then is somebody else's. */
export const LOCK_HELD_MAX_MS = 1_000;

export type AdvisoryLock = Disposable & {
  /** Whether somebody else had it when it was asked for. */
  readonly hadToWait: boolean;
};

export type AdvisoryLocks = AsyncDisposable & {
  /**
   * Waits for the lock for at most `waitMs`; undefined where it isn't free by then. Those who wait get it in the order in which they
   * asked. Disposing of it releases it in the background, and never throws.
   */
  acquire(name: string, options: { readonly waitMs: number }): Promise<AdvisoryLock | undefined>;
};
