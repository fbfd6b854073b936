/** What the writer process acknowledged before it was killed, and whether a store still has it. */
import { collect } from '../test-fixture.ts';
import type { EventStore, NewEvent, StoredEvent } from '../store.ts';

export const CALLERS = 16;
const DATA_BYTES = 300;

export const callerStream = (caller: number): string => `caller-${caller}`;

/** The event's id and data are derived from its stream and revision, so that a wrong revision shows. */
export function callerEvent(caller: number, revision: number): NewEvent {
  const id = `00000000-0000-4000-8000-${caller.toString(16).padStart(4, '0')}${revision.toString(16).padStart(8, '0')}`;
  return { id, type: 'written', data: Buffer.from(`${revision}`.padEnd(DATA_BYTES, '.')), metadata: Buffer.from('{}') };
}

export type Acknowledged = { readonly revisions: Map<number, number>; seen: number; seenId: string };

export const nothingAcknowledged = (): Acknowledged => ({ revisions: new Map(), seen: -1, seenId: '' });

export function recordAcknowledgement(acknowledged: Acknowledged, line: string): void {
  const [kind, ...parts] = line.split(' ');
  if (kind === 'acknowledged') acknowledged.revisions.set(Number(parts[0]), Number(parts[1]));
  if (kind === 'seen') [acknowledged.seen, acknowledged.seenId] = [Number(parts[0]), parts[1] ?? ''];
}

/** Every violation of the acknowledgements and of the log's rules: nothing lost, no gap, no reordering, no duplicate. Empty when all is well. */
export async function findViolations(store: EventStore, acknowledged: Acknowledged): Promise<string[]> {
  const found: string[] = [];
  const all: StoredEvent[] = await collect(store.readAll());
  const next = new Map<string, number>();
  for (const [at, event] of all.entries()) {
    const revision = next.get(event.stream) ?? 0;
    next.set(event.stream, revision + 1);
    const expected = callerEvent(Number(event.stream.slice('caller-'.length)), revision);
    if (event.position !== at) found.push(`position ${event.position} is found where ${at} should be`);
    if (event.revision !== revision) found.push(`revision ${event.revision} of ${event.stream} is found where ${revision} should be`);
    if (event.id !== expected.id || Buffer.compare(event.data, expected.data) !== 0) found.push(`${event.stream} has another event at ${revision}`);
  }
  for (const [caller, revision] of acknowledged.revisions) {
    const length = next.get(callerStream(caller)) ?? 0;
    if (length <= revision) found.push(`${callerStream(caller)} was acknowledged up to ${revision} and has ${length} events`);
    const read = store.readStream(callerStream(caller));
    if (read.outcome !== 'found' || [...read.events].length !== length) found.push(`${callerStream(caller)} reads differently from the whole log`);
  }
  if (acknowledged.seen >= 0 && all[acknowledged.seen]?.id !== acknowledged.seenId)
    found.push(`a subscriber saw position ${acknowledged.seen}, which is missing`);
  return found;
}
