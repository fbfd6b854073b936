/** What the writer of the fault tests has promised, and whether a store keeps it. */
import { collect } from '../test-fixture.ts';
import type { EventStore, NewEvent, StoredEvent } from '../store.ts';

export const CALLERS = 16;
const DATA_BYTES = 300;

export const callerStream = (caller: number): string => `caller-${caller}`;

/** The event's id and data follow from its place, so that a wrong place shows. */
export function callerEvent(caller: number, revision: number): NewEvent {
  const id = `00000000-0000-4000-8000-${caller.toString(16).padStart(4, '0')}${revision.toString(16).padStart(8, '0')}`;
  return { id, type: 'written', data: Buffer.from(`${revision}`.padEnd(DATA_BYTES, '.')), metadata: Buffer.from('{}') };
}

export type Acknowledged = { readonly revisions: Map<number, number>; seen: number; seenId: string };

export const nothingAcknowledged = (): Acknowledged => ({ revisions: new Map(), seen: -1, seenId: '' });

export function recordAcknowledgement(promised: Acknowledged, line: string): void {
  const [kind, ...parts] = line.split(' ');
  if (kind === 'acknowledged') promised.revisions.set(Number(parts[0]), Number(parts[1]));
  if (kind === 'seen') [promised.seen, promised.seenId] = [Number(parts[0]), parts[1] ?? ''];
}

/** What the store breaks of the promises and of its own rules: nothing lost, no gap, no reordering, no duplicate. Empty when all is well. */
export async function violations(store: EventStore, promised: Acknowledged): Promise<string[]> {
  const faults: string[] = [];
  const all: StoredEvent[] = await collect(store.readAll());
  const next = new Map<string, number>();
  for (const [at, event] of all.entries()) {
    const revision = next.get(event.stream) ?? 0;
    next.set(event.stream, revision + 1);
    const expected = callerEvent(Number(event.stream.slice('caller-'.length)), revision);
    if (event.position !== at) faults.push(`position ${event.position} comes where ${at} should`);
    if (event.revision !== revision) faults.push(`revision ${event.revision} of ${event.stream} comes where ${revision} should`);
    if (event.id !== expected.id || Buffer.compare(event.data, expected.data) !== 0) faults.push(`${event.stream} has another event at ${revision}`);
  }
  for (const [caller, revision] of promised.revisions) {
    const length = next.get(callerStream(caller)) ?? 0;
    if (length <= revision) faults.push(`${callerStream(caller)} was acknowledged up to ${revision} and has ${length} events`);
    const read = store.readStream(callerStream(caller));
    if (read.outcome !== 'found' || [...read.events].length !== length) faults.push(`${callerStream(caller)} reads otherwise than the whole log`);
  }
  if (promised.seen >= 0 && all[promised.seen]?.id !== promised.seenId) faults.push(`a subscriber saw position ${promised.seen}, which isn't there`);
  return faults;
}
