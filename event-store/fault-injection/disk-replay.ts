/** Replays the journal of `io-recorder.c`: what the disk would hold, and what had been acknowledged, had the power failed at a given moment. */
import { readFileSync } from 'node:fs';

type IoEntry =
  | { readonly kind: 'write' | 'durable-write'; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'flush-begun' | 'flush-done'; readonly flush: number }
  | { readonly kind: 'report'; readonly text: string }
  | { readonly kind: 'truncate'; readonly length: number };

const ENTRY_HEADER_BYTES = 24;
const PAGE_BYTES = 4_096;
const GROWTH_BYTES = 1_048_576;

export function readIoJournal(journal: string): IoEntry[] {
  const bytes = readFileSync(journal);
  const entries: IoEntry[] = [];
  for (let at = 0; at + ENTRY_HEADER_BYTES <= bytes.length;) {
    const [kind, length] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
    const [offset, flush] = [Number(bytes.readBigUInt64LE(at + 8)), Number(bytes.readBigUInt64LE(at + 16))];
    const body = bytes.subarray(at + ENTRY_HEADER_BYTES, at + ENTRY_HEADER_BYTES + length);
    at += ENTRY_HEADER_BYTES + length;
    if (body.length < length) break;
    entries.push(toIoEntry(kind, { offset, flush, body }));
  }
  return entries;
}

function toIoEntry(kind: number, { offset, flush, body }: { offset: number; flush: number; body: Buffer }): IoEntry {
  if (kind === 1 || kind === 2) return { kind: kind === 1 ? 'write' : 'durable-write', offset, bytes: body };
  if (kind === 3 || kind === 4) return { kind: kind === 3 ? 'flush-begun' : 'flush-done', flush };
  if (kind === 5) return { kind: 'report', text: body.toString() };
  if (kind === 6) return { kind: 'truncate', length: offset };
  throw new Error(`The journal has an entry of the unknown kind ${kind}.`);
}

/** A disk to which journal entries are applied one by one. */
export class ReplayedDisk {
  #durable = Buffer.alloc(GROWTH_BYTES);
  #length = 0;
  #unflushed: { readonly offset: number; readonly bytes: Buffer; readonly before: number }[] = []; // `before`: the first flush that covers it
  #flushesBegun = 0;

  feed(entry: IoEntry): void {
    switch (entry.kind) {
      case 'write':
        this.#unflushed.push({ ...entry, before: this.#flushesBegun + 1 });
        return;
      case 'durable-write':
        this.#apply(entry);
        return;
      case 'flush-begun':
        this.#flushesBegun = entry.flush;
        return;
      case 'flush-done':
        for (const write of this.#unflushed) if (write.before <= entry.flush) this.#apply(write);
        this.#unflushed = this.#unflushed.filter(({ before }) => before > entry.flush);
        return;
      case 'truncate':
        this.#grow(entry.length);
        this.#length = entry.length;
        return;
      case 'report':
        return;
    }
  }

  /** The disk's content after a power failure: a page that was not flushed is there only if `survives` returns true. */
  image(survives: () => boolean): Buffer {
    const disk = new ReplayedDisk();
    disk.#durable = Buffer.from(this.#durable);
    disk.#length = this.#length;
    for (const { offset, bytes } of this.#unflushed) {
      for (let at = 0; at < bytes.length; at += PAGE_BYTES) {
        if (survives()) disk.#apply({ offset: offset + at, bytes: bytes.subarray(at, at + PAGE_BYTES) });
      }
    }
    return disk.#durable.subarray(0, disk.#length);
  }

  #apply({ offset, bytes }: { readonly offset: number; readonly bytes: Buffer }): void {
    this.#grow(offset + bytes.length);
    bytes.copy(this.#durable, offset);
    this.#length = Math.max(this.#length, offset + bytes.length);
  }

  #grow(length: number): void {
    if (length > this.#durable.length) this.#durable = Buffer.concat([this.#durable, Buffer.alloc(length - this.#durable.length + GROWTH_BYTES)]);
  }
}
