/**
 * A reactor's or a process's work: effects outside the views. Its checkpoint moves only when every effect of the turn has settled,
 * and stands in the log too, so that losing all views neither repeats what was done long ago nor drops anything.
 */
import type { Recorded } from '../../domain/shared/event.ts';
import { checkpointStream } from '../../domain/shared/streams.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { covers } from '../../ports/event-log/position.ts';
import type { DocumentWrite } from '../../ports/views/port.ts';
import { recordStartInLog, readCheckpointInLog, mirrorCheckpointToLog, type LogCheckpointConfig } from './checkpoint-in-log.ts';
import { retryOnConflict, openCheckpoint, positionOf, type Checkpoint } from '../progress/checkpoint.ts';
import { deadLettersSchema, loadDeadLetters, putDeadLetter, openDeadLettersInLog, type DeadLetter } from './dead-letters.ts';
import type { ProjectionsDependencies } from '../dependencies.ts';
import { runEffects } from './effects.ts';
import { foldBatch, type FoldDefinition, type Unprocessable, type ProjectEvent } from './fold.ts';
import type { RunnerProgress } from '../progress/progress.ts';
import type { AnyReactorOrProcess } from '../projection.ts';
import type { WaitForProjector } from '../progress/wait-for-projector.ts';
import { openedAfterIndex, stampOpenedAfter } from './oldest-open-work.ts';
import type { ProjectionInstance, Processor } from './processor.ts';

export type ReactorInstance = ProjectionInstance & { readonly projection: AnyReactorOrProcess };

export type ReactorConfig = LogCheckpointConfig & { readonly effectsMax: number };

export function reactorProcessor(
  dependencies: ProjectionsDependencies & { readonly passed: WaitForProjector; readonly progress: RunnerProgress },
  unit: ReactorInstance,
  config: ReactorConfig,
  signal: AbortSignal,
): Processor {
  const { views, report, isOutage } = dependencies;
  const { projection } = unit;
  const begin = workOpeningOf(projection);
  const logCheckpoint = mirrorCheckpointToLog(dependencies, unit, config, signal);

  return {
    open: async () => {
      await views.prepare({ ...deadLettersSchema, ...begin?.schema });
      const checkpoint = openCheckpoint(views, unit.checkpoint, await whereToResume(dependencies, unit));
      await dependencies.log.keepLast(checkpointStream(projection.name), 1);
      const deadLetters = await restoreDeadLetters(dependencies, unit, checkpoint);
      return { stored: checkpoint.stored(), deadLetters };
    },

    apply: async (events, checkpoint, at) => {
      const last = events.at(-1);
      if (last === undefined) return { writes: [], unprocessable: new Map() };
      const upTo = at ?? (last.position as Position);
      await Promise.all(projection.after.map((projector) => dependencies.passed(projector, upTo, signal)));
      const unbegun = begin === undefined ? new Map() : await retryOnConflict(() => writeOpenWork(dependencies, begin.fold, events, checkpoint));
      const failed = await runEffects(
        events.filter(({ stream, revision }) => revision < (unbegun.get(stream)?.revision ?? Infinity)),
        {
          react: projection.react as (event: Recorded) => Promise<void>,
          isOutage,
          failed: ({ id }, attempt, error) => report({ type: 'effect-failed', runner: unit.runner, eventId: id, attempt, error }),
        },
        { concurrency: config.effectsMax, signal },
      );
      return { writes: [], unprocessable: new Map([...unbegun, ...failed]) }; // an effect that failed came before what wasn't begun
    },

    committed: logCheckpoint.committed,
    close: logCheckpoint.close,
  };
}

type WorkOpening = { readonly fold: FoldDefinition; readonly schema: Parameters<ProjectionsDependencies['views']['prepare']>[0] };

/** What a reactor begins keeps its name whatever the version, for the new version finishes it. */
function workOpeningOf(projection: AnyReactorOrProcess): WorkOpening | undefined {
  if (projection.kind === 'process' || projection.openWork === undefined) return undefined;
  const indexes = Object.entries(projection.indexes ?? {});
  return {
    fold: { project: projection.openWork as ProjectEvent, collections: indexes.map(([collection]) => collection), physical: (collection) => collection },
    schema: Object.fromEntries(indexes.map(([collection, its]) => [collection, { indexes: [...its, openedAfterIndex] }])),
  };
}

/** Before the effects, at the checkpoint as it is: whoever does the work finds the document, and so does a sweeper if nobody does. */
async function writeOpenWork(
  { views }: Pick<ProjectionsDependencies, 'views'>,
  fold: FoldDefinition,
  events: readonly Recorded[],
  checkpoint: Checkpoint,
): Promise<Unprocessable> {
  const { writes, unprocessable } = await foldBatch(views, fold, events);
  if (writes.length > 0) await checkpoint.move(checkpoint.position(), stampOpenedAfter(writes, checkpoint.position()));
  return unprocessable;
}

/** The later of what the views and what the log remember; where neither remembers anything, as the projection says. */
async function whereToResume(dependencies: ProjectionsDependencies, unit: ReactorInstance): Promise<string | undefined> {
  const { log, views, decode, report } = dependencies;
  const head = await log.head(unit.log);
  const stored = await views.checkpoint(unit.checkpoint);
  const inViews = positionOf(stored);
  const inLog = await readCheckpointInLog({ log, decode }, unit);
  const isNew = stored === undefined && inLog === undefined;
  const isBeyondHead = inViews !== undefined && !covers(head, inViews);
  if (isBeyondHead) report({ type: 'checkpoint-beyond-head', runner: unit.runner, checkpoint: inViews, head: head ?? null });
  if (isNew && unit.projection.startFrom !== 'now') return undefined;
  if (!isNew && !isBeyondHead && (inLog === undefined || covers(inViews, inLog))) return stored;

  const resumed = isNew ? head : inLog;
  // That it began here must outlast the views, or what came since would count as old too.
  if (isNew && head !== undefined) await recordStartInLog(dependencies, unit, head);
  await openCheckpoint(views, unit.checkpoint, stored).move(resumed, []);
  return await views.checkpoint(unit.checkpoint);
}

/** The lists in the views; and where the views were lost, the ones that the log remembers. */
async function restoreDeadLetters(dependencies: ProjectionsDependencies, unit: ReactorInstance, checkpoint: Checkpoint): Promise<Map<string, DeadLetter>> {
  const { views } = dependencies;
  const letters = await loadDeadLetters(views, unit.checkpoint);
  const reached = checkpoint.position();
  const lost: DocumentWrite[] = [];
  for (const setAside of (await openDeadLettersInLog(dependencies, unit, reached)).values()) {
    if (letters.has(setAside.stream) || !covers(reached, setAside.position as Position)) continue;
    const letter = { ...setAside, checkpoint: unit.checkpoint, waiting: 0, next: setAside.revision };
    letters.set(letter.stream, letter);
    lost.push(putDeadLetter(letter));
  }
  if (lost.length > 0) await checkpoint.move(reached, lost);
  return letters;
}
