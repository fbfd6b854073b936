/**
 * The newest events as they were written, for who follows the end of the log: they are decoded once for all subscribers, and
 * nobody reads back from the file what has not left memory. Who has fallen behind reads the file.
 */
import { decodeEvent } from './record.ts';
import type { StoredEvent } from '../store.ts';

export const TAIL_CACHE_EVENTS_MAX = 4_096;
const TAIL_CACHE_BYTES_MAX = 16 * 1_048_576; // of records

type CachedRecord = { readonly record: Buffer; event: StoredEvent | undefined };

export class TailCache {
  #first: number; // the position of the oldest that is cached
  #cached: CachedRecord[] = [];
  #bytes = 0;

  /** Knows nothing of what lies before `next`. */
  constructor(next: number) {
    this.#first = next;
  }

  /** What a commit has just flushed: it follows upon what is cached. */
  add(records: Iterable<Buffer>): void {
    for (const record of records) {
      this.#cached.push({ record, event: undefined });
      this.#bytes += record.length;
    }
    if (this.#cached.length > TAIL_CACHE_EVENTS_MAX || this.#bytes > TAIL_CACHE_BYTES_MAX) this.#dropOldest();
  }

  /** Nothing from before this position is cached any more. */
  clear(next: number): void {
    this.#first = next;
    this.#cached = [];
    this.#bytes = 0;
  }

  /** From a position on, up to so many that pass; undefined where that lies before what is cached. `next` is the first that wasn't looked at. */
  read(
    from: number,
    limit: number,
    passes: ((event: StoredEvent) => boolean) | undefined,
  ): { readonly events: readonly StoredEvent[]; readonly next: number } | undefined {
    if (from < this.#first) return undefined;
    const events: StoredEvent[] = [];
    let at = from - this.#first;
    for (; at < this.#cached.length && events.length < limit; at++) {
      const cached = this.#cached[at]!;
      const event = (cached.event ??= decodeEvent(cached.record));
      if (passes === undefined || passes(event)) events.push(event);
    }
    return { events, next: this.#first + at };
  }

  /** Down to half, so that it is done once for many commits. */
  #dropOldest(): void {
    let dropped = 0;
    while (this.#cached.length - dropped > TAIL_CACHE_EVENTS_MAX / 2 || this.#bytes > TAIL_CACHE_BYTES_MAX / 2)
      this.#bytes -= this.#cached[dropped++]!.record.length;
    this.#cached = this.#cached.slice(dropped);
    this.#first += dropped;
  }
}
