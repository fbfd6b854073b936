/**
 * The checkpoint of one unit of a reactor or process in the log that the unit works on, written by the holder of the unit alone: losing
 * the views doesn't lose how far it has come.
 */
import { checkpointStream } from '../../domain/shared/streams.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { offsetIn, positionAt } from '../../ports/event-log/position.ts';
import type { ProjectionsDependencies } from '../dependencies.ts';
import type { Partition } from '../progress/names.ts';

const REACHED = 'operations.checkpoint-reached.v1';

export type CheckpointInLog = {
  /** Has the log keep only the newest checkpoint. */
  prepare(): Promise<void>;
  read(): Promise<Position | undefined>;
  write(position: Position): Promise<void>;
};

export function createCheckpointInLog(
  { log, decode, appendOperations, clock }: Pick<ProjectionsDependencies, 'log' | 'decode' | 'appendOperations' | 'clock'>,
  projection: string,
  partition: Partition,
): CheckpointInLog {
  const stream = checkpointStream(projection, partition);
  return {
    prepare: () => log.keepLast(stream, 1),
    read: async () => {
      for await (const stored of log.readStream(stream, { from: 'end', direction: 'backwards', limit: 1 })) {
        const [event] = await decode([stored]);
        if (event === undefined || event instanceof Error || event.type !== REACHED) continue;
        const offset = offsetIn(event.data.position as Position, partition.log);
        return offset === undefined ? undefined : positionAt(partition.log, offset);
      }
      return undefined;
    },
    write: (position) => appendOperations(stream, { type: REACHED, data: { projection, position, at: clock() } }),
  };
}
