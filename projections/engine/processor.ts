/** One projection at work in one place, and what differs between a projector's work and a reactor's. */
import type { Recorded } from '../../domain/shared/event.ts';
import type { Position } from '../../ports/event-log/port.ts';
import type { DocumentWrite } from '../../ports/views/port.ts';
import type { Checkpoint } from '../progress/checkpoint.ts';
import type { DeadLetter } from './dead-letters.ts';
import type { Unprocessable } from './fold.ts';
import type { BuildId } from '../progress/names.ts';
import type { AnyProjection } from '../projection.ts';

export type ProjectionInstance = {
  readonly projection: AnyProjection;
  readonly build: BuildId;
  /** `inbox@2` */
  readonly runner: string;
  /** `inbox@2`, or `inbox@2/<log>.<shard>` */
  readonly checkpoint: string;
  readonly log: string;
  /** The log's number in positions. */
  readonly logNumber: number;
};

type BatchResult = { readonly writes: readonly DocumentWrite[]; readonly unprocessable: Unprocessable };

export type Processor = {
  /** Answers where to begin, as it is stored; makes ready what it writes to. */
  open(): Promise<{ readonly stored: string | undefined; readonly deadLetters: Map<string, DeadLetter> }>;
  /** `at`: where in the log it happens, when that is not where the events stand. */
  apply(events: readonly Recorded[], checkpoint: Checkpoint, at?: Position): Promise<BatchResult>;
  /** Everything up to here is done and written. */
  committed(position: Position): Promise<void>;
  /** It was stopped, and everything that was settled is written. */
  close(): Promise<void>;
};
