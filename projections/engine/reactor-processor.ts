/**
 * A reactor's or a process's work: effects outside the views. Its checkpoint moves only when every effect of the turn has settled,
 * and stands in the log too, so that losing all views neither repeats what was done long ago nor drops anything.
 */
import type { Recorded } from '../../domain/shared/event.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { covers } from '../../ports/event-log/position.ts';
import type { Write } from '../../ports/views/port.ts';
import { beginInLog, checkpointInLog, keepInLog, type KeepInLogConfig } from './checkpoint-in-log.ts';
import { againWhereOvertaken, openCheckpoint, positionOf, type Checkpoint } from '../progress/checkpoint.ts';
import { deadLettersSchema, loadDeadLetters, putLetter, setAsideInLog, type DeadLetter } from './dead-letters.ts';
import type { Dependencies } from '../dependencies.ts';
import { settleEffects } from './effects.ts';
import { foldBatch, type Fold, type Unprocessable, type Project } from './fold.ts';
import { checkpointStream } from '../progress/names.ts';
import type { Progress } from '../progress/progress.ts';
import type { AnyReaction } from '../projection.ts';
import type { WhenPassed } from '../query/reached.ts';
import { begunAfterIndex, stamped } from './oldest-open-work.ts';
import type { ProjectionInstance, Processor } from './processor.ts';

export type ReactionInstance = ProjectionInstance & { readonly projection: AnyReaction };

export type ReactionConfig = KeepInLogConfig & { readonly effectsMax: number };

export function reactionProcessor(
  dependencies: Dependencies & { readonly passed: WhenPassed; readonly progress: Progress },
  unit: ReactionInstance,
  config: ReactionConfig,
  signal: AbortSignal,
): Processor {
  const { views, report, isOutage } = dependencies;
  const { projection } = unit;
  const begin = beginningOf(projection);
  const logCheckpoint = keepInLog(dependencies, unit, config, signal);

  return {
    open: async () => {
      await views.prepare({ ...deadLettersSchema, ...begin?.schema });
      const checkpoint = openCheckpoint(views, unit.checkpoint, await whereToResume(dependencies, unit));
      await dependencies.log.keepLast(checkpointStream(projection.name), 1);
      const letters = await restoredLetters(dependencies, unit, checkpoint);
      return { stored: checkpoint.stored(), letters };
    },

    apply: async (events, checkpoint, at) => {
      const last = events.at(-1);
      if (last === undefined) return { writes: [], indigestible: new Map() };
      const upTo = at ?? (last.position as Position);
      await Promise.all(projection.after.map((projector) => dependencies.passed(projector, upTo, signal)));
      const unbegun = begin === undefined ? new Map() : await againWhereOvertaken(() => writeBeginnings(dependencies, begin.fold, events, checkpoint));
      const failed = await settleEffects(
        events.filter(({ stream, revision }) => revision < (unbegun.get(stream)?.revision ?? Infinity)),
        {
          react: projection.react as (event: Recorded) => Promise<void>,
          isOutage,
          failed: ({ id }, attempt, error) => report({ what: 'effect-failed', runner: unit.runner, eventId: id, attempt, error }),
        },
        { concurrency: config.effectsMax, signal },
      );
      return { writes: [], indigestible: new Map([...unbegun, ...failed]) }; // an effect that failed came before what wasn't begun
    },

    settled: logCheckpoint.settled,
    close: logCheckpoint.close,
  };
}

type Beginning = { readonly fold: Fold; readonly schema: Parameters<Dependencies['views']['prepare']>[0] };

/** What a reactor begins keeps its name whatever the version, for the new version finishes it. */
function beginningOf(projection: AnyReaction): Beginning | undefined {
  if (projection.kind === 'process' || projection.begin === undefined) return undefined;
  const indexes = Object.entries(projection.indexes ?? {});
  return {
    fold: { project: projection.begin as Project, collections: indexes.map(([collection]) => collection), physical: (collection) => collection },
    schema: Object.fromEntries(indexes.map(([collection, its]) => [collection, { indexes: [...its, begunAfterIndex] }])),
  };
}

/** Before the effects, at the checkpoint as it is: whoever does the work finds the document, and so does a sweeper if nobody does. */
async function writeBeginnings(
  { views }: Pick<Dependencies, 'views'>,
  fold: Fold,
  events: readonly Recorded[],
  checkpoint: Checkpoint,
): Promise<Unprocessable> {
  const { writes, indigestible } = await foldBatch(views, fold, events);
  if (writes.length > 0) await checkpoint.move(checkpoint.position(), stamped(writes, checkpoint.position()));
  return indigestible;
}

/** The later of what the views and what the log remember; where neither remembers anything, as the projection says. */
async function whereToResume(dependencies: Dependencies, unit: ReactionInstance): Promise<string | undefined> {
  const { log, views, decode, report } = dependencies;
  const head = await log.head(unit.log);
  const stored = await views.checkpoint(unit.checkpoint);
  const inViews = positionOf(stored);
  const inLog = await checkpointInLog({ log, decode }, unit);
  const isNew = stored === undefined && inLog === undefined;
  const isBeyondHead = inViews !== undefined && !covers(head, inViews);
  if (isBeyondHead) report({ what: 'checkpoint-beyond-head', runner: unit.runner, checkpoint: inViews, head: head ?? null });
  if (isNew && unit.projection.since !== 'now') return undefined;
  if (!isNew && !isBeyondHead && (inLog === undefined || covers(inViews, inLog))) return stored;

  const resumed = isNew ? head : inLog;
  // That it began here must outlast the views, or what came since would count as old too.
  if (isNew && head !== undefined) await beginInLog(dependencies, unit, head);
  await openCheckpoint(views, unit.checkpoint, stored).move(resumed, []);
  return await views.checkpoint(unit.checkpoint);
}

/** The lists in the views; and where the views were lost, the ones that the log remembers. */
async function restoredLetters(dependencies: Dependencies, unit: ReactionInstance, checkpoint: Checkpoint): Promise<Map<string, DeadLetter>> {
  const { views } = dependencies;
  const letters = await loadDeadLetters(views, unit.checkpoint);
  const reached = checkpoint.position();
  const lost: Write[] = [];
  for (const setAside of (await setAsideInLog(dependencies, unit, reached)).values()) {
    if (letters.has(setAside.stream) || !covers(reached, setAside.position as Position)) continue;
    const letter = { ...setAside, checkpoint: unit.checkpoint, waiting: 0, next: setAside.revision };
    letters.set(letter.stream, letter);
    lost.push(putLetter(letter));
  }
  if (lost.length > 0) await checkpoint.move(reached, lost);
  return letters;
}
