/** Carries out a resolution when the runner reaches it: the dead letter and the events that wait behind it are processed at that place. */
import type { Position, StoredEvent } from '../../ports/event-log/port.ts';
import { covers } from '../../ports/event-log/position.ts';
import { applyEvents, deadLettersFrom, madePatches, recordDeadLetters, type BatchContext } from './apply-events.ts';
import { putDeadLetter, removeDeadLetter, type DeadLetterResolution } from './dead-letters.ts';
import { isTooMuch } from './divide-writes.ts';

const WAITING_BATCH_MAX = 200;

/** Goes in parts. If it is interrupted, it continues where it was, because the checkpoint has not passed the resolution. */
export async function releaseDeadLetter(context: BatchContext, { position, data }: DeadLetterResolution): Promise<void> {
  const { deadLetters, checkpoint, instance, dependencies } = context;
  const to = position as Position;
  const deadLetter = data.projection === instance.projection.name ? deadLetters.get(data.stream) : undefined;
  if (deadLetter === undefined || deadLetter.revision !== data.revision) {
    await checkpoint.move(to, []);
    return;
  }
  deadLetters.delete(deadLetter.stream);
  let { next, waiting } = deadLetter;
  if (next === deadLetter.revision && data.how === 'skipped') next += 1;
  let eventsMax = WAITING_BATCH_MAX;
  for (;;) {
    const stored = await readWaiting(context, deadLetter.stream, { from: next, until: to, eventsMax });
    const last = stored.at(-1);
    if (last === undefined) break;
    const decoded = await dependencies.decode(stored);
    const items = stored.map((event, index) => ({ stored: event, event: decoded[index] ?? new Error('The event was not decoded.') }));
    const applied = await applyEvents(context, items, to);
    if (items.length > 1 && isTooMuch(applied.writes)) {
      eventsMax = Math.ceil(items.length / 2);
      continue;
    }
    const { writes, unprocessable } = await madePatches(context, items, applied, to);
    const [again] = deadLettersFrom(context, items, unprocessable);
    if (again !== undefined) {
      const processed = items.filter((item) => item.stored.revision < again.revision).length;
      const replaced = { ...again, waiting: Math.max(again.waiting, waiting - processed) };
      await recordDeadLetters(context, [replaced]);
      await checkpoint.move(to, [...writes, putDeadLetter(replaced)]);
      deadLetters.set(replaced.stream, replaced);
      return;
    }
    eventsMax = Math.min(2 * eventsMax, WAITING_BATCH_MAX);
    next = last.revision + 1;
    waiting = Math.max(0, waiting - stored.length);
    await checkpoint.move(checkpoint.position(), [...writes, putDeadLetter({ ...deadLetter, next, waiting })]);
  }
  await checkpoint.move(to, [removeDeadLetter(deadLetter)]);
  dependencies.report({ type: 'dead-letter-resolved', runner: instance.runner, stream: deadLetter.stream, revision: deadLetter.revision, how: data.how });
}

async function readWaiting(
  { dependencies, instance }: BatchContext,
  stream: string,
  { from, until, eventsMax }: { readonly from: number; readonly until: Position; readonly eventsMax: number },
): Promise<readonly StoredEvent[]> {
  const found: StoredEvent[] = [];
  for await (const event of dependencies.log.readStream(stream, { from })) {
    if (!covers(until, event.position) || found.length === eventsMax) break;
    if (instance.projection.handles.includes(event.type)) found.push(event);
  }
  return found;
}
