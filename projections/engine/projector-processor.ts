/** Processes batches for a projector: folding into views. Where there is no checkpoint, or one that the log doesn't know, it starts from nothing. */
import { covers } from '../../ports/event-log/position.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import type { ProjectionsDependencies } from '../dependencies.ts';
import { isMarkedBuilt, markBuilt } from '../progress/built.ts';
import { positionOf } from '../progress/checkpoint.ts';
import { physicalCollection, type BuildId } from '../progress/names.ts';
import type { AnyProjector } from '../projection.ts';
import { deadLettersSchema, loadDeadLetters, removeDeadLetter } from './dead-letters.ts';
import { rememberWritten } from '../folding/written-documents.ts';
import { foldBatch, type FoldDefinition, type ProjectEvent } from '../folding/fold.ts';
import type { ProjectionInstance, Processor } from './processor.ts';

export type ProjectorInstance = ProjectionInstance & { readonly projection: AnyProjector };

type ProjectorDependencies = Pick<ProjectionsDependencies, 'log' | 'views' | 'written' | 'report'>;

export function projectorProcessor({ log, views, written, report }: ProjectorDependencies, instance: ProjectorInstance): Processor {
  const { projection, build } = instance;
  const fold: FoldDefinition = {
    project: projection.project as ProjectEvent,
    collections: Object.keys(projection.indexes),
    physical: (collection) => physicalCollection(collection, build),
  };

  const remembered = rememberWritten(views, written);
  let isMarked = false;

  return {
    open: async () => {
      isMarked = false;
      remembered.forget();
      await views.prepare({
        ...deadLettersSchema,
        ...Object.fromEntries(Object.entries(projection.indexes).map(([collection, indexes]) => [physicalCollection(collection, build), { indexes }])),
      });
      const stored = await views.checkpoint(instance.checkpoint);
      const position = positionOf(stored);
      const head = await log.head(instance.log);
      if (position === undefined || covers(head, position)) {
        isMarked = await isMarkedBuilt(views, instance);
        return { stored, deadLetters: await loadDeadLetters(views, instance.checkpoint), isBuilt: isMarked };
      }
      report({ type: 'checkpoint-beyond-head', runner: instance.runner, checkpoint: position, head: head ?? null });
      await dropBuild(views, instance);
      return { stored: undefined, deadLetters: new Map(), isBuilt: false };
    },
    apply: async (events, _checkpoint, at) => {
      const recalled = remembered.recall();
      const folded = await foldBatch(recalled, fold, events, at);
      return recalled.isSure(folded) ? folded : await foldBatch(views, fold, events, at);
    },
    commit: (commit) => remembered.commit(commit),
    caughtUp: async () => {
      if (!isMarked) await markBuilt(views, instance);
      isMarked = true;
    },
    committed: async () => undefined,
    close: async () => undefined,
  };
}

/** Leaves nothing of a build. Its dead letters go first, while there is a checkpoint to fence their removal. */
export async function dropBuild(views: ViewStore, instance: Pick<ProjectorInstance, 'projection' | 'build' | 'runner' | 'checkpoint'>): Promise<void> {
  await views.prepare(deadLettersSchema);
  const deadLetters = await loadDeadLetters(views, instance.checkpoint);
  const stored = await views.checkpoint(instance.checkpoint);
  if (deadLetters.size > 0) {
    await views.commit({ projection: instance.checkpoint, from: stored, to: stored ?? '', writes: [...deadLetters.values()].map(removeDeadLetter) });
  }
  await views.drop(instance.runner, collectionsOf(instance.projection, instance.build));
}

const collectionsOf = ({ indexes }: AnyProjector, build: BuildId): readonly string[] =>
  Object.keys(indexes).map((collection) => physicalCollection(collection, build));
