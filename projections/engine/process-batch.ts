/**
 * One turn of a runner: what can be digested is digested and written with the checkpoint; what can't is set aside with all that
 * comes later in its stream; and where the log says that something set aside is resolved, the list is worked off at that place.
 */
import type { Recorded } from '../../domain/shared/event.ts';
import { deadLettersStream } from '../../domain/shared/streams.ts';
import type { Position, StoredEvent } from '../../ports/event-log/port.ts';
import { covers } from '../../ports/event-log/position.ts';
import { retryOnConflict, Fenced, WriteConflict, type Checkpoint } from '../progress/checkpoint.ts';
import { createDeadLetter, putDeadLetter, removeDeadLetter, RESOLVED, deadLetteredEvent, type DeadLetter, type DeadLetterResolution } from './dead-letters.ts';
import type { ProjectionsDependencies } from '../dependencies.ts';
import type { BatchItem } from './batches.ts';
import type { ProjectionInstance, Processor } from './processor.ts';

const WAITING_BATCH_MAX = 200;

export type BatchContext = {
  readonly dependencies: Pick<ProjectionsDependencies, 'log' | 'decode' | 'appendOperations' | 'clock' | 'report'>;
  readonly instance: ProjectionInstance;
  readonly processor: Processor;
  readonly checkpoint: Checkpoint;
  /** By stream. */
  readonly deadLetters: Map<string, DeadLetter>;
  readonly deadLetterStreamsMax: number;
};

/** `one by one`: each event is written by itself, to find the one whose writes the views refuse. */
export type BatchMode = 'together' | 'one by one';

export async function processBatch(context: BatchContext, items: readonly BatchItem[], position: Position, manner: BatchMode): Promise<void> {
  for (const segment of segmentsOf(items, position, manner)) {
    if (segment.resolution === undefined) await retryOnConflict(() => applySegment(context, segment.items, segment.position, manner));
    else await resolveInOrder(context, segment.resolution);
  }
  if (items.length > 0) await context.processor.committed(position);
}

type Segment = { readonly items: readonly BatchItem[]; readonly position: Position; readonly resolution?: DeadLetterResolution };

/** A resolution is a segment of its own: what it releases is done at its place. */
function* segmentsOf(items: readonly BatchItem[], position: Position, manner: BatchMode): Iterable<Segment> {
  let gathered: BatchItem[] = [];
  for (const item of items) {
    const resolution = resolutionIn(item);
    if (gathered.length > 0 && (resolution !== undefined || manner === 'one by one')) {
      yield { items: gathered, position: gathered.at(-1)?.stored.position ?? position };
      gathered = [];
    }
    if (resolution === undefined) gathered.push(item);
    else yield { items: [], position: item.stored.position, resolution };
  }
  yield { items: gathered, position };
}

const resolutionIn = ({ event }: BatchItem): DeadLetterResolution | undefined => (event instanceof Error || event.type !== RESOLVED ? undefined : event);

async function applySegment(context: BatchContext, items: readonly BatchItem[], position: Position, manner: BatchMode): Promise<void> {
  const { checkpoint, deadLetters } = context;
  const { writes, indigestible } = await applyProcessable(context, items);
  const added = deadLettersFrom(context, items, indigestible);
  const lengthened = withMoreWaiting(deadLetters, items);
  try {
    await recordDeadLetters(context, added);
    await checkpoint.move(position, [...writes, ...[...added, ...lengthened].map(putDeadLetter)]);
  } catch (error) {
    const [only] = items;
    if (manner === 'together' || only === undefined || items.length > 1 || added.length > 0 || error instanceof Fenced || error instanceof WriteConflict)
      throw error;
    await checkpoint.move(checkpoint.position(), []); // if this fails too, it is not the event
    const refused = deadLettersFrom(context, items, new Map([[only.stored.stream, { revision: only.stored.revision, error }]]));
    await recordDeadLetters(context, refused);
    await checkpoint.move(position, refused.map(putDeadLetter));
    added.push(...refused);
  }
  for (const letter of [...added, ...lengthened]) deadLetters.set(letter.stream, letter);
}

type UnprocessableSoFar = Map<string, { readonly revision: number; readonly error: unknown }>;

/** Digests what neither waits behind a dead letter nor is undecodable. */
async function applyProcessable({ processor, checkpoint, deadLetters }: BatchContext, items: readonly BatchItem[], at?: Position) {
  const indigestible: UnprocessableSoFar = new Map();
  const digestible: Recorded[] = [];
  for (const { stored, event } of items) {
    if (deadLetters.has(stored.stream) || indigestible.has(stored.stream)) continue;
    if (event instanceof Error) indigestible.set(stored.stream, { revision: stored.revision, error: event });
    else digestible.push(event);
  }
  const digested = await processor.apply(digestible, checkpoint, at);
  for (const [stream, bad] of digested.unprocessable) indigestible.set(stream, bad); // it comes before one that can't be decoded, for that one's followers were left out
  return { writes: digested.writes, indigestible };
}

function deadLettersFrom({ instance, dependencies }: BatchContext, items: readonly BatchItem[], indigestible: UnprocessableSoFar): DeadLetter[] {
  const at = dependencies.clock();
  return [...indigestible].flatMap(([stream, { revision, error }]) => {
    const later = items.filter(({ stored }) => stored.stream === stream && stored.revision >= revision);
    const [first] = later;
    if (first === undefined) return [];
    return [
      createDeadLetter({ projection: instance.projection.name, checkpoint: instance.checkpoint }, first.stored, { error, waiting: later.length - 1, at }),
    ];
  });
}

function withMoreWaiting(letters: ReadonlyMap<string, DeadLetter>, items: readonly BatchItem[]): readonly DeadLetter[] {
  if (letters.size === 0) return [];
  const counts = new Map<string, number>();
  for (const { stored } of items) if (letters.has(stored.stream)) counts.set(stored.stream, (counts.get(stored.stream) ?? 0) + 1);
  return [...counts].flatMap(([stream, count]) => {
    const letter = letters.get(stream);
    return letter === undefined ? [] : [{ ...letter, waiting: letter.waiting + count }];
  });
}

/** Into the log first: a crash in between says it twice, which is better than never. */
async function recordDeadLetters({ dependencies, instance, ...context }: BatchContext, letters: readonly DeadLetter[]): Promise<void> {
  if (letters.length > 0 && context.deadLetters.size + letters.length > context.deadLetterStreamsMax) {
    throw new Error(`More than ${context.deadLetterStreamsMax} streams would wait. The last one: ${letters.at(-1)?.error}`);
  }
  for (const letter of letters) {
    const { stream, revision, error } = letter;
    dependencies.report({ type: 'dead-lettered', runner: instance.runner, stream, revision, error });
    await dependencies.appendOperations(deadLettersStream(letter.projection, instance.logNumber), deadLetteredEvent(letter));
  }
}

/** Works the list off in parts; if it is interrupted, it goes on where it was, for the checkpoint has not passed the resolution. */
async function resolveInOrder(context: BatchContext, { position, data }: DeadLetterResolution): Promise<void> {
  const { deadLetters, checkpoint, instance, dependencies } = context;
  const to = position as Position;
  const letter = data.projection === instance.projection.name ? deadLetters.get(data.stream) : undefined;
  if (letter === undefined || letter.revision !== data.revision) {
    await checkpoint.move(to, []);
    return;
  }
  deadLetters.delete(letter.stream);
  let { next, waiting } = letter;
  if (next === letter.revision && data.how === 'skipped') next += 1;
  for (;;) {
    const stored = await waitingEvents(context, letter.stream, next, to);
    const last = stored.at(-1);
    if (last === undefined) break;
    const decoded = await dependencies.decode(stored);
    const items = stored.map((event, index) => ({ stored: event, event: decoded[index] ?? new Error('The event was not decoded.') }));
    const { writes, indigestible } = await applyProcessable(context, items, to);
    const [again] = deadLettersFrom(context, items, indigestible);
    if (again !== undefined) {
      const digested = items.filter((item) => item.stored.revision < again.revision).length;
      const longer = { ...again, waiting: Math.max(again.waiting, waiting - digested) };
      await recordDeadLetters(context, [longer]);
      await checkpoint.move(to, [...writes, putDeadLetter(longer)]);
      deadLetters.set(longer.stream, longer);
      return;
    }
    next = last.revision + 1;
    waiting = Math.max(0, waiting - stored.length);
    await checkpoint.move(checkpoint.position(), [...writes, putDeadLetter({ ...letter, next, waiting })]);
  }
  await checkpoint.move(to, [removeDeadLetter(letter)]);
  dependencies.report({ type: 'dead-letter-resolved', runner: instance.runner, stream: letter.stream, revision: letter.revision, how: data.how });
}

async function waitingEvents({ dependencies, instance }: BatchContext, stream: string, from: number, until: Position): Promise<readonly StoredEvent[]> {
  const found: StoredEvent[] = [];
  for await (const event of dependencies.log.readStream(stream, { from })) {
    if (!covers(until, event.position) || found.length === WAITING_BATCH_MAX) break;
    if (instance.projection.handles.includes(event.type)) found.push(event);
  }
  return found;
}
