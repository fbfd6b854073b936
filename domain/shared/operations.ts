/** The events that Tidings writes for itself: checkpoints, versions and dead letters of projections, so that losing every view loses none of them; and snapshots. */
import type { SealingOf } from './event.ts';
import type { Instant } from './instant.ts';

export type OperationsEvent =
  /** The checkpoint of a reactor or process; the stream keeps only the newest. */
  | { readonly type: 'operations.checkpoint-reached.v1'; readonly data: { readonly projection: string; readonly position: string; readonly at: Instant } }
  /** The version of a projection that answers queries, and its build: 0 unless the version was rebuilt. */
  | {
      readonly type: 'operations.version-activated.v1';
      readonly data: { readonly projection: string; readonly version: number; readonly build?: number; readonly at: Instant };
    }
  /** A projector is to be built again beside its active build, which it replaces once it has caught up. */
  | {
      readonly type: 'operations.rebuild-requested.v1';
      readonly data: { readonly projection: string; readonly version: number; readonly build: number; readonly at: Instant };
    }
  /** The requested build is given up; its number is never used again. */
  | {
      readonly type: 'operations.rebuild-cancelled.v1';
      readonly data: { readonly projection: string; readonly version: number; readonly build: number; readonly at: Instant };
    }
  /** An event that a projection can't apply is a dead letter, and later events of its stream queue behind it. */
  | {
      readonly type: 'operations.event-set-aside.v1';
      readonly data: {
        readonly projection: string;
        readonly stream: string;
        readonly revision: number;
        readonly position: string;
        readonly error: string;
        readonly at: Instant;
      };
    }
  | {
      readonly type: 'operations.event-resolved.v1';
      readonly data: {
        readonly projection: string;
        readonly stream: string;
        readonly revision: number;
        readonly how: 'retried' | 'skipped';
        readonly at: Instant;
      };
    }
  /** The state of a long stream at a revision, so that it need not be folded from its start. A snapshot that is lost costs a fold. */
  | {
      readonly type: 'operations.snapshot-taken.v1';
      readonly data: {
        readonly revision: number;
        readonly position: string;
        /** Of the state's shape: a snapshot of another version is not read. */
        readonly version: number;
        readonly state: unknown;
        readonly at: Instant;
      };
    }
  /** A keyed fingerprint of the vault that belongs to the log: the newest is the one. Another vault is refused at the start. */
  | { readonly type: 'operations.vault-adopted.v1'; readonly data: { readonly fingerprint: string; readonly at: Instant } }
  /**
   * The log was restored from a backup, or replaced: what clients know of events after the backup is of another history. `epoch` names
   * the history from here on, by the moment of the restore in seconds since 1970: it is another one also where the backup is older than
   * an earlier restore.
   */
  | { readonly type: 'operations.log-restored.v1'; readonly data: { readonly epoch: number; readonly at: Instant } }
  /** A part of a snapshot whose state is large: base64 of the state's JSON, compressed by raw deflate and cut into parts of one event each. */
  | {
      readonly type: 'operations.snapshot-part-taken.v1';
      readonly data: {
        readonly revision: number;
        readonly position: string;
        readonly version: number;
        /** From 0, of `parts`. */
        readonly part: number;
        readonly parts: number;
        readonly packed: string;
        readonly at: Instant;
      };
    };

export const operationsSealing: SealingOf<OperationsEvent> = {
  'operations.checkpoint-reached.v1': {},
  'operations.version-activated.v1': {},
  'operations.rebuild-requested.v1': {},
  'operations.rebuild-cancelled.v1': {},
  'operations.event-set-aside.v1': {},
  'operations.event-resolved.v1': {},
  'operations.snapshot-taken.v1': {},
  'operations.snapshot-part-taken.v1': {},
  'operations.vault-adopted.v1': {},
  'operations.log-restored.v1': {},
};
