/** One projection running in one shard of one log, and the steps in which a projector's and a reactor's processing differ. */
import type { Recorded } from '../../domain/shared/event.ts';
import type { Position } from '../../ports/event-log/port.ts';
import type { Checkpoint } from '../progress/checkpoint.ts';
import type { BuildId } from '../progress/names.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import type { AnyProjection } from '../projection.ts';
import type { DeadLetter } from './dead-letters.ts';
import type { FoldResult } from '../folding/fold.ts';

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
  readonly shard: number;
  /** How many shards each log has. */
  readonly shards: number;
};

/** Its checkpoint commits through it. */
export type Processor = Pick<ViewStore, 'commit'> & {
  /** Creates the collections it writes to. Answers the checkpoint to start from, as it is stored, the dead letters by stream, and whether its views have caught up once. */
  open(): Promise<{ readonly stored: string | undefined; readonly deadLetters: Map<string, DeadLetter>; readonly isBuilt: boolean }>;
  /** `at`: the position in the log at which it happens, when that is not the position of the events. */
  apply(events: readonly Recorded[], checkpoint: Checkpoint, at?: Position): Promise<FoldResult>;
  /** Called when the runner has nothing left to do for now. */
  caughtUp(): Promise<void>;
  /** Called when everything up to here is done and written. */
  committed(position: Position): Promise<void>;
  /** Called when the runner has stopped, after everything committed was written. */
  close(): Promise<void>;
};
