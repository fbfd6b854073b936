/** What processing a batch and releasing a dead letter have in common: events are applied, and those that fail become dead letters. */
import type { Recorded } from '../../domain/shared/event.ts';
import { deadLettersStream } from '../../domain/shared/streams.ts';
import type { Position } from '../../ports/event-log/port.ts';
import type { ProjectionsDependencies } from '../dependencies.ts';
import type { Checkpoint } from '../progress/checkpoint.ts';
import type { BatchItem } from './batches.ts';
import { createDeadLetter, deadLetteredEvent, type DeadLetter } from './dead-letters.ts';
import { commitPatches, hasPatch, withoutPatches } from './divide-writes.ts';
import type { FoldResult, Unprocessable } from '../folding/fold.ts';
import type { ProjectionInstance, Processor } from './processor.ts';

export type BatchContext = {
  readonly dependencies: Pick<ProjectionsDependencies, 'log' | 'views' | 'decode' | 'appendOperations' | 'clock' | 'report' | 'onBatch'>;
  readonly instance: ProjectionInstance;
  readonly processor: Processor;
  readonly checkpoint: Checkpoint;
  /** By stream. */
  readonly deadLetters: Map<string, DeadLetter>;
  readonly deadLetterStreamsMax: number;
  /** How old the stored checkpoint may be when events are done that write nothing. */
  readonly storedWithinMs: number;
};

/** Applies the events that neither wait behind a dead letter nor are undecodable. */
export async function applyEvents({ processor, checkpoint, deadLetters }: BatchContext, items: readonly BatchItem[], at?: Position): Promise<FoldResult> {
  const unprocessable = new Map<string, { readonly revision: number; readonly error: unknown }>();
  const events: Recorded[] = [];
  for (const { stored, event } of items) {
    if (deadLetters.has(stored.stream) || unprocessable.has(stored.stream)) continue;
    if (event instanceof Error) unprocessable.set(stored.stream, { revision: stored.revision, error: event });
    else events.push(event);
  }
  const applied = await processor.apply(events, checkpoint, at);
  // An event that failed comes before one of its stream that can't be decoded, because later events of that stream were left out.
  for (const [stream, first] of applied.unprocessable) unprocessable.set(stream, first);
  return { writes: applied.writes, unprocessable };
}

/** Makes the patches of what was applied, page by page, and answers what is left to write. */
export async function madePatches(context: BatchContext, items: readonly BatchItem[], applied: FoldResult, at?: Position): Promise<FoldResult> {
  if (!hasPatch(applied.writes)) return applied;
  await commitPatches(context.dependencies.views, context.checkpoint, applied.writes);
  const again = await applyEvents(context, items, at);
  return { ...again, writes: withoutPatches(again.writes) };
}

export function deadLettersFrom({ instance, dependencies }: BatchContext, items: readonly BatchItem[], unprocessable: Unprocessable): DeadLetter[] {
  const at = dependencies.clock();
  return [...unprocessable].flatMap(([stream, { revision, error }]) => {
    const later = items.filter(({ stored }) => stored.stream === stream && stored.revision >= revision);
    const [first] = later;
    if (first === undefined) return [];
    const of = { projection: instance.projection.name, checkpoint: instance.checkpoint };
    return [createDeadLetter(of, first.stored, { error, waiting: later.length - 1, at })];
  });
}

/** To the log before the views: after a crash in between the log says it twice, which is better than never. */
export async function recordDeadLetters(context: BatchContext, added: readonly DeadLetter[]): Promise<void> {
  const { dependencies, instance, deadLetters, deadLetterStreamsMax } = context;
  if (added.length > 0 && deadLetters.size + added.length > deadLetterStreamsMax) {
    throw new Error(`More than ${deadLetterStreamsMax} streams would wait. The last one: ${added.at(-1)?.error}`);
  }
  for (const deadLetter of added) {
    const { stream, revision, error } = deadLetter;
    dependencies.report({ type: 'dead-lettered', runner: instance.runner, stream, revision, error });
    await dependencies.appendOperations(deadLettersStream(deadLetter.projection, instance.logNumber), deadLetteredEvent(deadLetter));
  }
}
