/** The checkpoint of a reactor or process in the log, for all logs in one event: losing the views doesn't lose how far it has come. */
import { checkpointStream } from '../../domain/shared/streams.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { merge, offsetIn, positionAt } from '../../ports/event-log/position.ts';
import type { ProjectionsDependencies } from '../dependencies.ts';

const REACHED = 'operations.checkpoint-reached.v1';

export type CheckpointInLog = {
  /** Has the log keep only the newest checkpoint. */
  prepare(): Promise<void>;
  /** In one log; undefined where nothing was written about it. */
  read(logNumber: number): Promise<Position | undefined>;
  write(position: Position): Promise<void>;
  /** Adds the position at which a reactor or process that is new to a log has started. */
  recordStart(head: Position): Promise<void>;
};

export function createCheckpointInLog(
  { log, decode, appendOperations, clock }: Pick<ProjectionsDependencies, 'log' | 'decode' | 'appendOperations' | 'clock'>,
  projection: string,
): CheckpointInLog {
  const stream = checkpointStream(projection);

  const readAllLogs = async (): Promise<Position | undefined> => {
    for await (const stored of log.readStream(stream, { from: 'end', direction: 'backwards', limit: 1 })) {
      const [event] = await decode([stored]);
      if (event !== undefined && !(event instanceof Error) && event.type === REACHED) return event.data.position as Position;
    }
    return undefined;
  };
  const write = (position: Position) => appendOperations(stream, { type: REACHED, data: { projection, position, at: clock() } });

  return {
    prepare: () => log.keepLast(stream, 1),
    read: async (logNumber) => {
      const position = await readAllLogs();
      const offset = position === undefined ? undefined : offsetIn(position, logNumber);
      return offset === undefined ? undefined : positionAt(logNumber, offset);
    },
    write,
    recordStart: async (head) => write(merge(await readAllLogs(), head) ?? head),
  };
}
