/**
 * What shares the work of projections, sweeps and rollouts among the processes of an installation. The work is divided into units (a
 * projection's shard of a log, a sweep, a rollout); a unit is worked on by the one process that holds its lease, so nothing is done
 * twice needlessly. That nothing is written twice is the checkpoint's to promise: a holder that was stopped and wakes is fenced there.
 */

export type Lease = {
  /** Aborts when another process is to have the unit, or this one has failed to renew: finish the batch at hand, and release. */
  readonly revoked: AbortSignal;
  /** False once the lease was revoked, or was not renewed in time: begin nothing more. */
  isValid(): boolean;
  /** Nothing is done any more under this lease: another process may begin. */
  release(): void;
};

export type Offer = Disposable & {
  /** Resolves when this process may work on the unit; undefined when the signal aborts before. */
  acquire(signal: AbortSignal): Promise<Lease | undefined>;
};

export type Leases = AsyncDisposable & {
  /** Whether there is no other process. */
  readonly isSole: boolean;
  /** This process can work on the unit, until the offer is disposed of. A unit can be offered once at a time. */
  offer(unit: string): Offer;
  /** From now on nobody works on the units of this runner; resolves when nobody does. */
  withdraw(runner: string, signal: AbortSignal): Promise<void>;
  /** Takes the withdrawal back. */
  reinstate(runner: string): Promise<void>;
};
