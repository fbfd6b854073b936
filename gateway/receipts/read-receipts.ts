/**
 * How far people have read. The members of a channel are told at once; the log at most once in ten seconds for a person and channel,
 * and when the person's last connection is gone: a pointer that only grows may be written late. A write that failed is tried again.
 */
import { READ_POINTER_INTERVAL_MS } from '../../domain/chat/inbox.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { writeReadReceipt, type ReadReceiptWriter } from './write-read-receipt.ts';

/** Receipts whose write failed and whose person is gone. Beyond, one is lost, and the person's next makes up for it. */
const UNWRITTEN_MAX = 10_000;

type ReadPointer = { readonly person: PersonId; readonly channel: ChannelId; seq: number; writtenSeq: number | undefined; writtenMs: number };

export type ReadReceiptsDependencies = {
  readonly writer: ReadReceiptWriter;
  readonly monotonicMs: () => number;
  readonly reportError: (error: unknown) => void;
};

export type ReadReceipts = ReadReceiptsDependencies & {
  readonly pointers: Map<PersonId, Map<ChannelId, ReadPointer>>;
  readonly writes: Set<Promise<void>>;
  /** Kept although their person is gone, because their write failed. */
  readonly unwritten: Set<ReadPointer>;
};

export const createReadReceipts = (dependencies: ReadReceiptsDependencies): ReadReceipts => ({
  ...dependencies,
  pointers: new Map(),
  writes: new Set(),
  unwritten: new Set(),
});

/** False where the person had read as far already. */
export function markRead(receipts: ReadReceipts, person: PersonId, channel: ChannelId, seq: number): boolean {
  const ofPerson = pointersOf(receipts, person);
  const pointer = ofPerson.get(channel);
  if (pointer !== undefined && pointer.seq >= seq) return false;
  if (pointer === undefined) {
    const first = { person, channel, seq, writtenSeq: undefined, writtenMs: 0 };
    ofPerson.set(channel, first);
    writePointer(receipts, first);
  } else {
    pointer.seq = seq;
    if (receipts.monotonicMs() - pointer.writtenMs >= READ_POINTER_INTERVAL_MS) writePointer(receipts, pointer);
  }
  return true;
}

/** The person's last connection is gone. */
export function writeReadReceiptsOf(receipts: ReadReceipts, person: PersonId): void {
  for (const pointer of receipts.pointers.get(person)?.values() ?? []) {
    writePointer(receipts, pointer);
    receipts.unwritten.delete(pointer);
  }
  receipts.pointers.delete(person);
}

export function writeDueReadReceipts(receipts: ReadReceipts): void {
  const nowMs = receipts.monotonicMs();
  for (const pointer of allPointers(receipts)) {
    if (nowMs - pointer.writtenMs < READ_POINTER_INTERVAL_MS) continue;
    if (pointer.writtenSeq === pointer.seq) forget(receipts, pointer);
    else writePointer(receipts, pointer);
  }
}

/** Writes everything, and waits for the writes under way. */
export async function finishReadReceipts(receipts: ReadReceipts): Promise<void> {
  for (const pointer of allPointers(receipts)) writePointer(receipts, pointer);
  await Promise.all(receipts.writes);
}

export const countReadPointers = (receipts: ReadReceipts): number => [...allPointers(receipts)].length;

function writePointer(receipts: ReadReceipts, pointer: ReadPointer): void {
  if (pointer.writtenSeq === pointer.seq) return;
  const { writer, monotonicMs, reportError, writes } = receipts;
  const { person, channel, seq, writtenSeq } = pointer;
  pointer.writtenSeq = seq;
  pointer.writtenMs = monotonicMs();
  const written = writeReadReceipt(writer, { person, channel, seq, writtenSeq })
    .catch((error: unknown) => {
      keepUnwritten(receipts, pointer, seq);
      reportError(error);
    })
    .finally(() => writes.delete(written));
  writes.add(written);
}

/** The write may have reached the log or not, so no seq counts as written. */
function keepUnwritten(receipts: ReadReceipts, pointer: ReadPointer, seq: number): void {
  if (pointer.writtenSeq !== seq) return; // a later seq is being written
  pointer.writtenSeq = undefined;
  const present = receipts.pointers.get(pointer.person)?.get(pointer.channel);
  if (present === pointer || (present !== undefined && present.seq >= pointer.seq) || receipts.unwritten.size >= UNWRITTEN_MAX) return;
  pointersOf(receipts, pointer.person).set(pointer.channel, pointer);
  receipts.unwritten.add(pointer);
}

function forget({ pointers, unwritten }: ReadReceipts, pointer: ReadPointer): void {
  unwritten.delete(pointer);
  const ofPerson = pointers.get(pointer.person);
  ofPerson?.delete(pointer.channel);
  if (ofPerson?.size === 0) pointers.delete(pointer.person);
}

function pointersOf({ pointers }: ReadReceipts, person: PersonId): Map<ChannelId, ReadPointer> {
  const ofPerson = pointers.get(person) ?? new Map<ChannelId, ReadPointer>();
  pointers.set(person, ofPerson);
  return ofPerson;
}

function* allPointers({ pointers }: ReadReceipts): Iterable<ReadPointer> {
  for (const ofPerson of pointers.values()) yield* ofPerson.values();
}
