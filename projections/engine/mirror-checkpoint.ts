/**
 * Copies a reactor's or a process's checkpoint to the log now and then. The copy is the position at which the oldest open work was
 * opened, and the checkpoint itself where no work is open: so losing the views drops no work that was half done.
 */
import type { Position } from '../../ports/event-log/port.ts';
import { covers, merge } from '../../ports/event-log/position.ts';
import type { ProjectionsDependencies } from '../dependencies.ts';
import { positionOf } from '../progress/checkpoint.ts';
import type { RunnerProgress } from '../progress/progress.ts';
import type { AnyReactorOrProcess } from '../projection.ts';
import type { CheckpointInLog } from './checkpoint-in-log.ts';
import { oldestOpenWork } from './oldest-open-work.ts';
import type { ProjectionInstance, Processor } from './processor.ts';

/** However often the checkpoint may be written: whether open work is done is looked up no more often than this. */
const OPEN_WORK_RECHECK_MIN_MS = 100;

export type LogCheckpointConfig = {
  /** Shortest time between two checkpoints in the log. */
  readonly logCheckpointMs: number;
};

export type MirrorDependencies = Pick<ProjectionsDependencies, 'log' | 'views' | 'report'> & {
  readonly progress: RunnerProgress;
  readonly checkpointInLog: CheckpointInLog;
};

/**
 * Writes only after something was done: the checkpoint is an event too, which the runner skips, and writing one for each skip would
 * never end. Then it writes until no work is open.
 */
export function mirrorCheckpointToLog(
  { views, report, progress, checkpointInLog }: MirrorDependencies,
  instance: ProjectionInstance & { readonly projection: AnyReactorOrProcess },
  { logCheckpointMs }: LogCheckpointConfig,
  signal: AbortSignal,
): Pick<Processor, 'committed' | 'close'> {
  const { projection, runner, checkpoint } = instance;
  const openWork = projection.kind === 'reactor' ? oldestOpenWork(views, projection, instance) : undefined;
  let unwritten: Position | undefined; // committed, and the log doesn't know it, or knows it with work still open
  let written: Position | undefined;
  let writtenAt = -Infinity; // milliseconds of `performance.now`
  let nextWrite: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let isClosed = false; // another process may hold the unit: its checkpoint is not this one's to write

  const writeNow = async () => {
    const before = unwritten;
    if (before === undefined) return;
    // First the position, then the open work: work that is opened in between lies after that position.
    const inViews = positionOf(await views.checkpoint(checkpoint));
    const reached = merge(merge(progress.of(checkpoint), inViews), before) ?? before;
    const position = openWork === undefined ? reached : await openWork.before(reached);
    if (position !== undefined && position !== written) {
      await checkpointInLog.write(position);
      written = position;
    }
    writtenAt = performance.now();
    if (unwritten === before && position !== undefined && covers(position, reached)) unwritten = undefined;
  };
  const write = (): Promise<void> => {
    clearTimeout(nextWrite);
    nextWrite = undefined;
    return (writing = writing.catch(() => undefined).then(writeNow));
  };
  const scheduleWrite = () => {
    if (unwritten === undefined || isClosed || signal.aborted) return;
    nextWrite ??= setTimeout(
      () => {
        const reportFailure = (error: unknown) => report({ type: 'retrying', runner, failures: 1, error });
        void write().catch(reportFailure).finally(scheduleWrite);
      },
      Math.max(logCheckpointMs, OPEN_WORK_RECHECK_MIN_MS),
    );
  };
  signal.addEventListener('abort', () => clearTimeout(nextWrite));

  return {
    committed: async (position) => {
      isClosed = false;
      unwritten = merge(unwritten, position);
      if (performance.now() - writtenAt >= logCheckpointMs) await write();
      if (openWork !== undefined) scheduleWrite();
    },
    close: async () => {
      isClosed = true;
      await write();
      unwritten = undefined;
    },
  };
}
