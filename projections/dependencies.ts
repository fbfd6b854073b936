/** What running projections needs from the rest of the system. */
import type { TidingsEvent } from '../domain/events.ts';
import type { Recorded } from '../domain/shared/event.ts';
import type { Instant } from '../domain/shared/instant.ts';
import type { OperationsEvent } from '../domain/shared/operations.ts';
import type { EventLog, StoredEvent } from '../ports/event-log/port.ts';
import type { ViewStore } from '../ports/views/port.ts';
import type { WrittenDocuments } from './folding/written-documents.ts';
import type { AnyProjection } from './projection.ts';

/** Decodes in order; an event that can't be decoded comes as an error in its place. Throws only when the keys can't be reached. */
export type Decode = (stored: readonly StoredEvent[]) => Promise<readonly (Recorded<TidingsEvent> | Error)[]>;

export type AppendOperations = (stream: string, event: OperationsEvent) => Promise<void>;

export type ReadableLog = Pick<EventLog, 'logs' | 'head' | 'readStream' | 'subscribe'>;

export type ProjectionsDependencies = {
  readonly log: ReadableLog & Pick<EventLog, 'keepLast'>;
  readonly views: ViewStore;
  /** What projectors have written last, of all runners of this process. */
  readonly written: WrittenDocuments;
  readonly decode: Decode;
  /** `decode` with a cache that all followers of the log share. Events read out of turn use `decode`: their keys may be gone since. */
  readonly decodeShared: Decode;
  readonly appendOperations: AppendOperations;
  readonly clock: () => Instant;
  readonly report: (report: ProjectionsEvent) => void;
  /** Is told of each batch when it is done; absent: nobody measures them. */
  readonly onBatch?: ((batch: ProcessedBatch) => void) | undefined;
};

/** `ms`: how long it took, with its commit, or its effects. `events`: those that could be decoded. */
export type ProcessedBatch = {
  readonly projection: Pick<AnyProjection, 'name' | 'version' | 'kind'>;
  /** With its shard and log. */
  readonly runner: string;
  readonly log: string;
  readonly ms: number;
  readonly events: readonly Recorded[];
};

/** What an operator may want to know. `runner` is `inbox@2`, or `inbox@2.1` for its first rebuild. */
export type ProjectionsEvent =
  | { readonly type: 'retrying'; readonly runner: string; readonly failures: number; readonly error: unknown }
  | { readonly type: 'effect-failed'; readonly runner: string; readonly eventId: string; readonly attempt: number; readonly error: unknown }
  | { readonly type: 'dead-lettered'; readonly runner: string; readonly stream: string; readonly revision: number; readonly error: unknown }
  | { readonly type: 'dead-letter-resolved'; readonly runner: string; readonly stream: string; readonly revision: number; readonly how: 'retried' | 'skipped' }
  | { readonly type: 'fenced'; readonly runner: string }
  | { readonly type: 'took-over'; readonly runner: string }
  | { readonly type: 'checkpoint-beyond-head'; readonly runner: string; readonly checkpoint: string; readonly head: string | null }
  | { readonly type: 'build-activated'; readonly runner: string }
  | { readonly type: 'build-dropped'; readonly runner: string };
