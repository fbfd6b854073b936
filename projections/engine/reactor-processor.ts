/**
 * Processes batches for a reactor or a process: effects outside the views. Its checkpoint moves only when every effect of the batch
 * is settled, and is copied to the log, so that losing all views neither repeats old effects nor drops any.
 */
import type { Recorded } from '../../domain/shared/event.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { covers } from '../../ports/event-log/position.ts';
import type { DocumentWrite, ViewSchema } from '../../ports/views/port.ts';
import type { ProjectionsDependencies } from '../dependencies.ts';
import { openCheckpoint, positionOf, type Checkpoint } from '../progress/checkpoint.ts';
import { shardOf } from '../progress/names.ts';
import { retryOnConflict } from '../progress/retry-on-conflict.ts';
import type { WaitForProjector } from '../progress/wait-for-projector.ts';
import type { AnyReactorOrProcess } from '../projection.ts';
import { deadLettersSchema, loadDeadLetters, openDeadLettersInLog, putDeadLetter, type DeadLetter } from './dead-letters.ts';
import { runEffects } from './effects.ts';
import { foldBatch, type FoldDefinition, type ProjectEvent, type Unprocessable } from '../folding/fold.ts';
import { mirrorCheckpointToLog, type LogCheckpointConfig, type MirrorDependencies } from './mirror-checkpoint.ts';
import { openedAfterIndex, stampOpenedAfter } from './oldest-open-work.ts';
import type { ProjectionInstance, Processor } from './processor.ts';

export type ReactorInstance = ProjectionInstance & { readonly projection: AnyReactorOrProcess };

export type ReactorConfig = LogCheckpointConfig & {
  /** Most effects at once. */
  readonly effectsMax: number;
};

export type ReactorDependencies = MirrorDependencies & Pick<ProjectionsDependencies, 'decode'> & { readonly waitForProjector: WaitForProjector };

export function reactorProcessor(dependencies: ReactorDependencies, instance: ReactorInstance, config: ReactorConfig, signal: AbortSignal): Processor {
  const { views, report, waitForProjector, checkpointInLog } = dependencies;
  const { projection } = instance;
  const opening = workOpeningOf(projection);
  const mirror = mirrorCheckpointToLog(dependencies, instance, config, signal);
  // Who takes what comes within its pace together has no use for a look at each hint.
  const patience = { everyMs: (projection.paceMs ?? 0) / 2 };

  return {
    open: async () => {
      await views.prepare({ ...deadLettersSchema, ...opening?.schema });
      const checkpoint = openCheckpoint(views, instance.checkpoint, await storedCheckpoint(dependencies, instance));
      await checkpointInLog.prepare();
      const deadLetters = await restoreDeadLetters(dependencies, instance, checkpoint);
      return { stored: checkpoint.stored(), deadLetters, isBuilt: true };
    },

    commit: (commit) => views.commit(commit),

    apply: async (events, checkpoint, at) => {
      const last = events.at(-1);
      if (last === undefined) return { writes: [], unprocessable: new Map() };
      const upTo = at ?? (last.position as Position);
      await Promise.all(projection.after.map((projector) => waitForProjector(projector, upTo, signal, patience)));
      const notOpened =
        opening === undefined ? new Map() : await retryOnConflict(() => writeOpenWork(dependencies, instance, opening.fold, events, checkpoint));
      const failed = await runEffects(
        events.filter(({ stream, revision }) => revision < (notOpened.get(stream)?.revision ?? Infinity)),
        {
          react: projection.react as (event: Recorded) => Promise<void>,
          onFailure: ({ id }, attempt, error) => report({ type: 'effect-failed', runner: instance.runner, eventId: id, attempt, error }),
        },
        { concurrency: config.effectsMax, signal },
      );
      return { writes: [], unprocessable: new Map([...notOpened, ...failed]) }; // within a stream, a failed effect comes before work that wasn't opened
    },

    caughtUp: async () => undefined,
    committed: mirror.committed,
    close: mirror.close,
  };
}

type WorkOpening = { readonly fold: FoldDefinition; readonly schema: ViewSchema };

/** A reactor's collections keep their names whatever the version, because a new version finishes the open work of the old one. */
function workOpeningOf(projection: AnyReactorOrProcess): WorkOpening | undefined {
  if (projection.kind === 'process' || projection.openWork === undefined) return undefined;
  const indexes = Object.entries(projection.indexes ?? {});
  return {
    fold: { project: projection.openWork as ProjectEvent, collections: indexes.map(([collection]) => collection), physical: (collection) => collection },
    schema: Object.fromEntries(indexes.map(([collection, ofCollection]) => [collection, { indexes: [...ofCollection, openedAfterIndex] }])),
  };
}

/** Before the effects, without moving the checkpoint: the job that does the work finds the document, and a sweeper does where no job did. */
async function writeOpenWork(
  { views }: Pick<ProjectionsDependencies, 'views'>,
  instance: ProjectionInstance,
  fold: FoldDefinition,
  events: readonly Recorded[],
  checkpoint: Checkpoint,
): Promise<Unprocessable> {
  const { writes, unprocessable } = await foldBatch(views, fold, events);
  if (writes.length > 0) await checkpoint.move(checkpoint.position(), stampOpenedAfter(writes, instance, checkpoint.position()));
  return unprocessable;
}

/** The later of the checkpoints in the views and in the log; where neither has one, as the projection's `startFrom` says. */
async function storedCheckpoint({ log, views, report, checkpointInLog }: ReactorDependencies, instance: ReactorInstance): Promise<string | undefined> {
  const head = await log.head(instance.log);
  const stored = await views.checkpoint(instance.checkpoint);
  const inViews = positionOf(stored);
  const inLog = await checkpointInLog.read();
  const isNew = stored === undefined && inLog === undefined;
  const isBeyondHead = inViews !== undefined && !covers(head, inViews);
  if (isBeyondHead) report({ type: 'checkpoint-beyond-head', runner: instance.runner, checkpoint: inViews, head: head ?? null });
  if (isNew && instance.projection.startFrom !== 'now') return undefined;
  if (!isNew && !isBeyondHead && (inLog === undefined || covers(inViews, inLog))) return stored;

  const resumed = isNew ? head : inLog;
  // The start must outlast the views, or after their loss newer events would count as old too.
  if (isNew && head !== undefined) await checkpointInLog.write(head);
  await openCheckpoint(views, instance.checkpoint, stored).move(resumed, []);
  return await views.checkpoint(instance.checkpoint);
}

/** The dead letters in the views; where the views were lost, those that the log still has. */
async function restoreDeadLetters(dependencies: ReactorDependencies, instance: ReactorInstance, checkpoint: Checkpoint): Promise<Map<string, DeadLetter>> {
  const deadLetters = await loadDeadLetters(dependencies.views, instance.checkpoint);
  const reached = checkpoint.position();
  const lost: DocumentWrite[] = [];
  for (const event of (await openDeadLettersInLog(dependencies, instance, reached)).values()) {
    if (shardOf(event.stream, instance.shards) !== instance.shard) continue;
    if (deadLetters.has(event.stream) || !covers(reached, event.position as Position)) continue;
    const deadLetter = { ...event, checkpoint: instance.checkpoint, waiting: 0, next: event.revision };
    deadLetters.set(deadLetter.stream, deadLetter);
    lost.push(putDeadLetter(deadLetter));
  }
  if (lost.length > 0) await checkpoint.move(reached, lost);
  return deadLetters;
}
