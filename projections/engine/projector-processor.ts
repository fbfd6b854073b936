/** A projector's work: folding into views. Where there is no checkpoint, or one that the log knows nothing of, it begins from nothing. */
import type { ViewStore } from '../../ports/views/port.ts';
import { covers } from '../../ports/event-log/position.ts';
import { positionOf } from '../progress/checkpoint.ts';
import { deadLettersSchema, loadDeadLetters, removeDeadLetter } from './dead-letters.ts';
import type { ProjectionsDependencies } from '../dependencies.ts';
import { foldBatch, type FoldDefinition, type ProjectEvent } from './fold.ts';
import { physicalCollection, type BuildId } from '../progress/names.ts';
import type { RunnerProgress } from '../progress/progress.ts';
import type { AnyProjector } from '../projection.ts';
import type { ProjectionInstance, Processor } from './processor.ts';

export type ProjectorInstance = ProjectionInstance & { readonly projection: AnyProjector };

export function projectorProcessor(
  dependencies: Pick<ProjectionsDependencies, 'log' | 'views' | 'report'>,
  progress: RunnerProgress,
  unit: ProjectorInstance,
): Processor {
  const { views, log, report } = dependencies;
  const { projection, build } = unit;
  const fold: FoldDefinition = {
    project: projection.project as ProjectEvent,
    collections: Object.keys(projection.indexes),
    physical: (collection) => physicalCollection(collection, build),
  };

  return {
    open: async () => {
      await views.prepare({
        ...deadLettersSchema,
        ...Object.fromEntries(Object.entries(projection.indexes).map(([collection, indexes]) => [physicalCollection(collection, build), { indexes }])),
      });
      const stored = await views.checkpoint(unit.checkpoint);
      const position = positionOf(stored);
      const head = await log.head(unit.log);
      if (position === undefined || covers(head, position)) return { stored, deadLetters: await loadDeadLetters(views, unit.checkpoint) };
      report({ type: 'checkpoint-beyond-head', runner: unit.runner, checkpoint: position, head: head ?? null });
      progress.reset(unit.runner);
      await dropBuild(views, unit);
      return { stored: undefined, deadLetters: new Map() };
    },
    apply: (events, _checkpoint, at) => foldBatch(views, fold, events, at),
    committed: async () => undefined,
    close: async () => undefined,
  };
}

/** Leaves nothing of a build. Its lists of dead letters first, while there is a checkpoint to fence that. */
export async function dropBuild(views: ViewStore, unit: Pick<ProjectorInstance, 'projection' | 'build' | 'runner' | 'checkpoint'>): Promise<void> {
  await views.prepare(deadLettersSchema);
  const letters = await loadDeadLetters(views, unit.checkpoint);
  const stored = await views.checkpoint(unit.checkpoint);
  if (letters.size > 0)
    await views.commit({ projection: unit.checkpoint, from: stored, to: stored ?? '', writes: [...letters.values()].map(removeDeadLetter) });
  await views.drop(unit.runner, collectionsOf(unit.projection, unit.build));
}

const collectionsOf = ({ indexes }: AnyProjector, build: BuildId): readonly string[] =>
  Object.keys(indexes).map((collection) => physicalCollection(collection, build));
