/**
 * A reactor's or a process's checkpoint as the log knows it, so that losing the views loses neither how far it has come nor what it
 * has begun: it stands where the oldest unfinished work was begun, and at the checkpoint itself where nothing is unfinished.
 */
import type { Position } from '../../ports/event-log/port.ts';
import { covers, merge, offsetIn, positionAt } from '../../ports/event-log/position.ts';
import { positionOf } from '../progress/checkpoint.ts';
import type { ProjectionsDependencies } from '../dependencies.ts';
import type { RunnerProgress } from '../progress/progress.ts';
import type { AnyReactorOrProcess } from '../projection.ts';
import { oldestOpenWork } from './oldest-open-work.ts';
import type { ProjectionInstance, Processor } from './processor.ts';
import { checkpointStream } from '../../domain/shared/streams.ts';

const REACHED = 'operations.checkpoint-reached.v1';
/** However often the checkpoint may be written: whether what is unfinished has been finished is looked at no more often than this. */
const LOOK_AGAIN_MIN_MS = 100;

export type LogCheckpointConfig = {
  /** At most so often the checkpoint is written to the log. */
  readonly logCheckpointMs: number;
};

/** In the unit's log; undefined where nothing is written of it. */
export async function readCheckpointInLog(
  dependencies: Pick<ProjectionsDependencies, 'log' | 'decode'>,
  unit: ProjectionInstance,
): Promise<Position | undefined> {
  const position = await readPosition(dependencies, unit);
  const place = position === undefined ? undefined : offsetIn(position, unit.logNumber);
  return place === undefined ? undefined : positionAt(unit.logNumber, place);
}

/** Where one that is new to this log has begun. */
export async function recordStartInLog(
  dependencies: Pick<ProjectionsDependencies, 'log' | 'decode' | 'appendOperations' | 'clock'>,
  unit: ProjectionInstance,
  head: Position,
): Promise<void> {
  await writePosition(dependencies, unit, merge(await readPosition(dependencies, unit), head) ?? head);
}

/**
 * Writes it now and then, of all logs into one event. Only after something was done, or each writing would be something to pass
 * over, and so to write; and then until nothing is unfinished any more.
 */
export function mirrorCheckpointToLog(
  dependencies: Pick<ProjectionsDependencies, 'log' | 'views' | 'appendOperations' | 'clock' | 'report'> & { readonly progress: RunnerProgress },
  unit: ProjectionInstance & { readonly projection: AnyReactorOrProcess },
  { logCheckpointMs }: LogCheckpointConfig,
  signal: AbortSignal,
): Pick<Processor, 'committed' | 'close'> {
  const { log, views, report, progress } = dependencies;
  const { projection, runner } = unit;
  const unfinished = projection.kind === 'reactor' ? oldestOpenWork(views, projection) : undefined;
  let settled: Position | undefined; // and the log not told, or told that something was unfinished
  let written: Position | undefined;
  let writtenAt = -Infinity; // milliseconds of `performance.now`
  let again: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const writeNow = async () => {
    const before = settled;
    if (before === undefined) return;
    // First how far it has come, then what is unfinished: what is begun in between lies behind it.
    const inViews = positionOf(await views.checkpoint(unit.checkpoint));
    const reached = merge(merge(progress.of(runner), inViews), before) ?? before;
    const position = unfinished === undefined ? reached : await unfinished.before(reached, log.logs.length);
    if (position !== undefined && position !== written) {
      await writePosition(dependencies, unit, position);
      written = position;
    }
    writtenAt = performance.now();
    if (settled === before && position !== undefined && covers(position, reached)) settled = undefined;
  };
  const write = (): Promise<void> => {
    clearTimeout(again);
    again = undefined;
    return (writing = writing.catch(() => undefined).then(writeNow));
  };
  const writeAgain = () => {
    if (settled === undefined || signal.aborted) return;
    again ??= setTimeout(
      () => {
        const failed = (error: unknown) => report({ type: 'retrying', runner, failures: 1, error });
        void write().catch(failed).finally(writeAgain);
      },
      Math.max(logCheckpointMs, LOOK_AGAIN_MIN_MS),
    );
  };
  signal.addEventListener('abort', () => clearTimeout(again));

  return {
    committed: async (position) => {
      settled = merge(settled, position);
      if (performance.now() - writtenAt >= logCheckpointMs) await write();
      if (unfinished !== undefined) writeAgain();
    },
    close: write,
  };
}

/** Of all logs. */
async function readPosition(
  { log, decode }: Pick<ProjectionsDependencies, 'log' | 'decode'>,
  { projection }: ProjectionInstance,
): Promise<Position | undefined> {
  for await (const stored of log.readStream(checkpointStream(projection.name), { from: 'end', direction: 'backwards', limit: 1 })) {
    const [event] = await decode([stored]);
    if (event !== undefined && !(event instanceof Error) && event.type === REACHED) return event.data.position as Position;
  }
  return undefined;
}

async function writePosition(
  { appendOperations, clock }: Pick<ProjectionsDependencies, 'appendOperations' | 'clock'>,
  { projection }: ProjectionInstance,
  position: Position,
): Promise<void> {
  await appendOperations(checkpointStream(projection.name), { type: REACHED, data: { projection: projection.name, position, at: clock() } });
}
