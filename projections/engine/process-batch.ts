/**
 * One batch of a runner. Events that apply are written together with the checkpoint. An event that fails is dead-lettered, and later
 * events of its stream queue behind it. A resolution of a dead letter is carried out at its place among the events.
 */
import { Outage } from '../../ports/outage.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { Fenced, WriteConflict } from '../progress/checkpoint.ts';
import { retryOnConflict } from '../progress/retry-on-conflict.ts';
import { applyEvents, deadLettersFrom, madePatches, recordDeadLetters, type BatchContext } from './apply-events.ts';
import type { BatchItem } from './batches.ts';
import { putDeadLetter, RESOLVED, type DeadLetter, type DeadLetterResolution } from './dead-letters.ts';
import { isTooMuch } from './divide-writes.ts';
import { releaseDeadLetter } from './release-dead-letter.ts';

/** `one-by-one`: each event is written by itself, to find the one whose writes the views refuse. */
export type BatchMode = 'whole' | 'one-by-one';

export async function processBatch(context: BatchContext, items: readonly BatchItem[], position: Position, mode: BatchMode): Promise<void> {
  for (const segment of segmentsOf(items, position, mode)) {
    if (segment.resolution === undefined) await applySegment(context, segment, mode);
    else await releaseDeadLetter(context, segment.resolution);
  }
  if (items.length > 0) await context.processor.committed(position);
}

type Segment = { readonly items: readonly BatchItem[]; readonly position: Position; readonly resolution?: DeadLetterResolution };

/** A resolution is a segment of its own: the events it releases are processed at its place. */
function* segmentsOf(items: readonly BatchItem[], position: Position, mode: BatchMode): Iterable<Segment> {
  let gathered: BatchItem[] = [];
  for (const item of items) {
    const resolution = resolutionIn(item);
    if (gathered.length > 0 && (resolution !== undefined || mode === 'one-by-one')) {
      yield { items: gathered, position: gathered.at(-1)?.stored.position ?? position };
      gathered = [];
    }
    if (resolution === undefined) gathered.push(item);
    else yield { items: [], position: item.stored.position, resolution };
  }
  yield { items: gathered, position };
}

const resolutionIn = ({ event }: BatchItem): DeadLetterResolution | undefined => (event instanceof Error || event.type !== RESOLVED ? undefined : event);

async function applySegment(context: BatchContext, segment: Segment, mode: BatchMode): Promise<void> {
  if ((await retryOnConflict(() => applyAtOnce(context, segment, mode))) === 'applied') return;
  const half = Math.ceil(segment.items.length / 2);
  const [first, second] = [segment.items.slice(0, half), segment.items.slice(half)];
  await applySegment(context, { items: first, position: first.at(-1)?.stored.position ?? segment.position }, mode);
  await applySegment(context, { items: second, position: segment.position }, mode);
}

/** `too-much`: nothing was written, for it should be more than one commit. One event's writes are one, however many they are, but for patches. */
async function applyAtOnce(context: BatchContext, { items, position }: Segment, mode: BatchMode): Promise<'applied' | 'too-much'> {
  const { checkpoint, deadLetters } = context;
  const applied = await applyEvents(context, items);
  if (items.length > 1 && isTooMuch(applied.writes)) return 'too-much';
  const { writes, unprocessable } = await madePatches(context, items, applied);
  const added = deadLettersFrom(context, items, unprocessable);
  const lengthened = withMoreWaiting(deadLetters, items);
  try {
    await recordDeadLetters(context, added);
    const all = [...writes, ...[...added, ...lengthened].map(putDeadLetter)];
    if (all.length > 0) await checkpoint.move(position, all);
    else await checkpoint.pass(position, { storedWithinMs: context.storedWithinMs });
  } catch (error) {
    const [only] = items;
    const saysNothingOfTheEvent = error instanceof Outage || error instanceof Fenced || error instanceof WriteConflict;
    const mayBeTheEvent = mode === 'one-by-one' && items.length === 1 && added.length === 0 && !saysNothingOfTheEvent;
    if (!mayBeTheEvent || only === undefined) throw error;
    await checkpoint.move(checkpoint.position(), []); // if this fails too, the event is not the cause
    const refused = deadLettersFrom(context, items, new Map([[only.stored.stream, { revision: only.stored.revision, error }]]));
    await recordDeadLetters(context, refused);
    await checkpoint.move(position, refused.map(putDeadLetter));
    added.push(...refused);
  }
  for (const deadLetter of [...added, ...lengthened]) deadLetters.set(deadLetter.stream, deadLetter);
  return 'applied';
}

/** The dead letters behind which events of this segment now wait. */
function withMoreWaiting(deadLetters: ReadonlyMap<string, DeadLetter>, items: readonly BatchItem[]): readonly DeadLetter[] {
  if (deadLetters.size === 0) return [];
  const counts = new Map<string, number>();
  for (const { stored } of items) if (deadLetters.has(stored.stream)) counts.set(stored.stream, (counts.get(stored.stream) ?? 0) + 1);
  return [...counts].flatMap(([stream, count]) => {
    const deadLetter = deadLetters.get(stream);
    return deadLetter === undefined ? [] : [{ ...deadLetter, waiting: deadLetter.waiting + count }];
  });
}
