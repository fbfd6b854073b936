/**
 * The newest events as they were written, for who follows the end of the log: they are decoded once for all subscribers, and
 * nobody reads back from the file what has not left memory. Who has fallen behind reads the file.
 */
import { decodeEvent } from './record.ts';
import type { StoredEvent } from '../store.ts';

export const RECENT_EVENTS_MAX = 4_096;
const RECENT_BYTES_MAX = 16 * 1_048_576; // of records

type Recent = { readonly record: Buffer; event: StoredEvent | undefined };

export class RecentEvents {
  #first: number; // the position of the oldest that is kept
  #kept: Recent[] = [];
  #bytes = 0;

  /** Knows nothing of what lies before `next`. */
  constructor(next: number) {
    this.#first = next;
  }

  /** What a commit has just flushed: it follows upon what is kept. */
  add(records: Iterable<Buffer>): void {
    for (const record of records) {
      this.#kept.push({ record, event: undefined });
      this.#bytes += record.length;
    }
    if (this.#kept.length > RECENT_EVENTS_MAX || this.#bytes > RECENT_BYTES_MAX) this.#dropOldest();
  }

  /** Nothing from before this position is kept any more. */
  forget(next: number): void {
    this.#first = next;
    this.#kept = [];
    this.#bytes = 0;
  }

  /** From a position on, up to so many that pass; undefined where that lies before what is kept. `next` is the first that wasn't looked at. */
  look(
    from: number,
    limit: number,
    passes: ((event: StoredEvent) => boolean) | undefined,
  ): { readonly events: readonly StoredEvent[]; readonly next: number } | undefined {
    if (from < this.#first) return undefined;
    const events: StoredEvent[] = [];
    let at = from - this.#first;
    for (; at < this.#kept.length && events.length < limit; at++) {
      const kept = this.#kept[at]!;
      const event = (kept.event ??= decodeEvent(kept.record));
      if (passes === undefined || passes(event)) events.push(event);
    }
    return { events, next: this.#first + at };
  }

  /** Down to half, so that it is done once for many commits. */
  #dropOldest(): void {
    let dropped = 0;
    while (this.#kept.length - dropped > RECENT_EVENTS_MAX / 2 || this.#bytes > RECENT_BYTES_MAX / 2) this.#bytes -= this.#kept[dropped++]!.record.length;
    this.#kept = this.#kept.slice(dropped);
    this.#first += dropped;
  }
}
