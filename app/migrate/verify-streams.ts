/**
 * Compares every stream of two logs by a hash. A stream's is the exclusive or of its events', so that it doesn't matter in which order
 * streams lie beside each other; first those of all streams with one slot together, which is bounded, then by name where a slot differs.
 */
import { createHash } from 'node:crypto';
import { SLOTS, slotOf } from '../../ports/event-log/slots.ts';
import { handlingOf } from './copied-streams.ts';

const SUM_BYTES = 32;
const DIFFERING_TOLD_MAX = 20;

export type ComparedEvent = {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
};
type ReadEvents = () => AsyncIterable<ComparedEvent>;

export type ComparedStreams = { readonly events: number; /** Names, at most so many. */ readonly differing: readonly string[] };

/** Both are read once; twice where they differ. `isLeftOut`: whose streams aren't compared. */
export async function compareStreams(
  all: ReadEvents,
  allOfTarget: ReadEvents,
  signal: AbortSignal | undefined,
  isLeftOut: (stream: string) => boolean = () => false,
): Promise<ComparedStreams> {
  const [source, target] = [all, allOfTarget].map((read) => () => without(read(), isLeftOut)) as [ReadEvents, ReadEvents];
  const [one, other] = [await sumsBySlot(source, signal), await sumsBySlot(target, signal)];
  const slots = new Set(Array.from({ length: SLOTS }, (_, slot) => slot).filter((slot) => !sumAt(one.sums, slot).equals(sumAt(other.sums, slot))));
  if (slots.size === 0) return { events: one.events, differing: [] };
  const [here, there] = [await sumsByStream(source, slots, signal), await sumsByStream(target, slots, signal)];
  const differing = [...new Set([...here.keys(), ...there.keys()])].filter((stream) => here.get(stream)?.equals(there.get(stream) ?? Buffer.alloc(0)) !== true);
  return { events: one.events, differing: differing.toSorted().slice(0, DIFFERING_TOLD_MAX) };
}

async function* without(events: AsyncIterable<ComparedEvent>, isLeftOut: (stream: string) => boolean): AsyncIterable<ComparedEvent> {
  for await (const event of events) if (!isLeftOut(event.stream)) yield event;
}

async function* compared(read: ReadEvents, signal: AbortSignal | undefined): AsyncGenerator<ComparedEvent, void, undefined> {
  for await (const event of read()) {
    signal?.throwIfAborted();
    if (!event.type.startsWith('$') && handlingOf(event.stream) === 'copied' && !isOfTheRestore(event)) yield event;
  }
}

/** The target has another epoch. */
const isOfTheRestore = ({ stream }: ComparedEvent): boolean => /^(restores-log|vault-identity)(\/|$)/.test(stream);

async function sumsBySlot(read: ReadEvents, signal: AbortSignal | undefined): Promise<{ readonly sums: Buffer; readonly events: number }> {
  const sums = Buffer.alloc(SLOTS * SUM_BYTES);
  let events = 0;
  for await (const event of compared(read, signal)) {
    add(sumAt(sums, slotOf(event.stream)), event);
    events += 1;
  }
  return { sums, events };
}

async function sumsByStream(read: ReadEvents, slots: ReadonlySet<number>, signal: AbortSignal | undefined): Promise<ReadonlyMap<string, Buffer>> {
  const sums = new Map<string, Buffer>();
  for await (const event of compared(read, signal)) {
    if (!slots.has(slotOf(event.stream))) continue;
    const sum = sums.get(event.stream) ?? Buffer.alloc(SUM_BYTES);
    sums.set(event.stream, sum);
    add(sum, event);
  }
  return sums;
}

const sumAt = (sums: Buffer, slot: number): Buffer => sums.subarray(slot * SUM_BYTES, (slot + 1) * SUM_BYTES);

function add(sum: Buffer, { stream, revision, id, type, data, metadata }: ComparedEvent): void {
  const digest = createHash('sha256')
    .update(JSON.stringify([stream, revision, id, type, data.length]))
    .update(data)
    .update(metadata)
    .digest();
  for (let at = 0; at < SUM_BYTES; at++) sum[at] = (sum[at] ?? 0) ^ (digest[at] ?? 0);
}
