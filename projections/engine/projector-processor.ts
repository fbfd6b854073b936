/** A projector's work: folding into views. Where there is no checkpoint, or one that the log knows nothing of, it begins from nothing. */
import type { Views } from '../../ports/views/port.ts';
import { covers } from '../../ports/event-log/position.ts';
import { positionOf } from '../progress/checkpoint.ts';
import { deadLettersSchema, loadDeadLetters, removeLetter } from './dead-letters.ts';
import type { Dependencies } from '../dependencies.ts';
import { foldBatch, type Fold, type Project } from './fold.ts';
import { physicalName, type Build } from '../progress/names.ts';
import type { Progress } from '../progress/progress.ts';
import type { AnyProjector } from '../projection.ts';
import type { ProjectionInstance, Processor } from './processor.ts';

export type ProjectorInstance = ProjectionInstance & { readonly projection: AnyProjector };

export function projectorProcessor(dependencies: Pick<Dependencies, 'log' | 'views' | 'report'>, progress: Progress, unit: ProjectorInstance): Processor {
  const { views, log, report } = dependencies;
  const { projection, build } = unit;
  const fold: Fold = {
    project: projection.project as Project,
    collections: Object.keys(projection.indexes),
    physical: (collection) => physicalName(collection, build),
  };

  return {
    open: async () => {
      await views.prepare({
        ...deadLettersSchema,
        ...Object.fromEntries(Object.entries(projection.indexes).map(([collection, indexes]) => [physicalName(collection, build), { indexes }])),
      });
      const stored = await views.checkpoint(unit.checkpoint);
      const position = positionOf(stored);
      const head = await log.head(unit.log);
      if (position === undefined || covers(head, position)) return { stored, letters: await loadDeadLetters(views, unit.checkpoint) };
      report({ what: 'checkpoint-beyond-head', runner: unit.runner, checkpoint: position, head: head ?? null });
      progress.reset(unit.runner);
      await dropBuild(views, unit);
      return { stored: undefined, letters: new Map() };
    },
    apply: (events, _checkpoint, at) => foldBatch(views, fold, events, at),
    settled: async () => undefined,
    close: async () => undefined,
  };
}

/** Leaves nothing of a build. Its lists of dead letters first, while there is a checkpoint to fence that. */
export async function dropBuild(views: Views, unit: Pick<ProjectorInstance, 'projection' | 'build' | 'runner' | 'checkpoint'>): Promise<void> {
  await views.prepare(deadLettersSchema);
  const letters = await loadDeadLetters(views, unit.checkpoint);
  const stored = await views.checkpoint(unit.checkpoint);
  if (letters.size > 0) await views.commit({ projection: unit.checkpoint, from: stored, to: stored ?? '', writes: [...letters.values()].map(removeLetter) });
  await views.drop(unit.runner, collectionsOf(unit.projection, unit.build));
}

const collectionsOf = ({ indexes }: AnyProjector, build: Build): readonly string[] => Object.keys(indexes).map((collection) => physicalName(collection, build));
