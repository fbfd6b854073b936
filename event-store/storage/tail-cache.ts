/**
 * The newest events as they were written, for subscribers at the end of the log: each is decoded once for all subscribers, and
 * nobody reads it back from the file. A subscriber that has fallen behind reads the file.
 */
import { startTurn } from '../event-loop.ts';
import type { Words } from './packing/words.ts';
import { decodeEvent } from './record.ts';
import type { StoredEvent } from '../store.ts';

export const TAIL_CACHE_EVENTS_MAX = 4_096;
const TAIL_CACHE_BYTES_MAX = 16 * 1_048_576; // of records

/** Either is there: the event replaces the record from which it was decoded. */
type CachedRecord = { readonly bytes: number; record: Buffer | undefined; event: StoredEvent | undefined };

export class TailCache {
  #first: number; // the position of the oldest cached record
  #cached: CachedRecord[] = [];
  #bytes = 0;

  readonly #words: Words;

  /** Empty; the first record to be added has the position `next`. `words`: those of the store. */
  constructor(next: number, words: Words) {
    this.#first = next;
    this.#words = words;
  }

  /** Adds the records of a commit that has just been flushed; they follow the cached ones. */
  add(records: Iterable<Buffer>): void {
    for (const record of records) {
      this.#cached.push({ bytes: record.length, record, event: undefined });
      this.#bytes += record.length;
    }
    if (this.#cached.length > TAIL_CACHE_EVENTS_MAX || this.#bytes > TAIL_CACHE_BYTES_MAX) this.#dropOldest();
  }

  /** Drops everything before this position. */
  clear(next: number): void {
    this.#first = next;
    this.#cached = [];
    this.#bytes = 0;
  }

  /** From a position, up to `limit` events that pass; undefined where that position is no longer cached. `next` is the first position not read. */
  read(
    from: number,
    limit: number,
    passes: ((event: StoredEvent) => boolean) | undefined,
  ): { readonly events: readonly StoredEvent[]; readonly next: number } | undefined {
    if (from < this.#first) return undefined;
    const events: StoredEvent[] = [];
    const isTurnOver = startTurn();
    let at = from - this.#first;
    while (at < this.#cached.length && events.length < limit) {
      const cached = this.#cached[at++]!;
      const event = (cached.event ??= decodeEvent(cached.record!, this.#words));
      cached.record = undefined;
      if (passes === undefined || passes(event)) events.push(event);
      if (passes !== undefined && isTurnOver()) break;
    }
    return { events, next: this.#first + at };
  }

  /** Drops down to half the limits, so that it happens once for many commits. */
  #dropOldest(): void {
    let dropped = 0;
    while (this.#cached.length - dropped > TAIL_CACHE_EVENTS_MAX / 2 || this.#bytes > TAIL_CACHE_BYTES_MAX / 2) this.#bytes -= this.#cached[dropped++]!.bytes;
    this.#cached = this.#cached.slice(dropped);
    this.#first += dropped;
  }
}
