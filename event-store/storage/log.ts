import type { Idempotency, StreamMetadata } from '../store.ts';
import type { FlushedHead } from './flushed-head.ts';
import type { Tables } from './tables.ts';
import type { TailCache } from './tail-cache.ts';

/** An open log, as the functions of the store take it. A compaction replaces `tables`, so never keep them across an `await`. */
export type Log = {
  tables: Tables;
  readonly flushed: FlushedHead;
  readonly tailCache: TailCache;
  readonly states: Map<string, StreamState>;
  /** Positions of events that were set aside. */
  readonly setAside: Set<number>;
  readonly now: () => number;
  readonly idempotency: Idempotency;
};

export type StreamState = {
  readonly number: number; // its number in the index; -1 for a stream that was never written
  readonly last: number; // revision; `TOMBSTONE_REVISION` when tombstoned, -1 without events
  readonly lastPosition: number;
  /** For a metastream: its last event parsed as metadata, once. */
  parsed?: StreamMetadata;
};
