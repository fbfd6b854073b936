/**
 * A durable event log on LMDB, usable on its own: append with an expected revision, read a stream or `$all`, subscribe.
 * Nothing is visible, to a reader or to a subscriber, before it is flushed to the disk.
 */

/** What the writer believes of the stream: the revision of its last event, or one of the words. */
export type ExpectedRevision = number | 'no-stream' | 'stream-exists' | 'any';

export type ContentType = 'application/json' | 'application/octet-stream';

export type NewEvent = {
  readonly id: string; // a UUID in lower case
  readonly type: string;
  readonly contentType?: ContentType; // 'application/json' unless said
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
};

export type StoredEvent = NewEvent & {
  readonly contentType: ContentType;
  readonly stream: string;
  readonly revision: number; // from 0, without gaps in a stream; `TOMBSTONE_REVISION` for a tombstone
  readonly position: number; // from 0, the place in `$all`; removed by a scavenge, never given again
  readonly created: number; // milliseconds since the Unix epoch
};

/** The revision of a tombstone; on the wire it is the largest int64. */
export const TOMBSTONE_REVISION = Number.MAX_SAFE_INTEGER;
/** `$tb` of a soft-deleted stream: truncated before everything; in the stored JSON and on the wire it is the largest int64. */
export const TRUNCATED_ENTIRELY = Number.MAX_SAFE_INTEGER;
/** What an append of no events to a stream that doesn't exist answers as its revision. */
export const BEFORE_FIRST_REVISION = -1;
/** The position before the first. */
export const BEFORE_FIRST_POSITION = -1;

export type AppendResult =
  /** The place of the last event; for an idempotent repeat its original place. */
  | { readonly outcome: 'appended'; readonly revision: number; readonly position: number }
  | { readonly outcome: 'wrong-expected-revision'; readonly current: number | 'no-stream' }
  | { readonly outcome: 'stream-deleted' };

export type Direction = 'forwards' | 'backwards';

/** An event passes when its stream's name or its type begins with one of the prefixes, is one of the names, or matches the pattern. */
export type EventFilter =
  | { readonly on: 'stream' | 'type'; readonly prefixes: readonly string[] }
  | { readonly on: 'stream' | 'type'; readonly names: readonly string[] }
  | { readonly on: 'stream' | 'type'; readonly pattern: string };

export type ReadStreamOptions = { readonly from?: number | 'start' | 'end'; readonly direction?: Direction; readonly limit?: number };

export type ReadStreamResult =
  /** `events` is lazy and may be iterated once or more; it shows what was flushed when each part of it is read. */
  | { readonly outcome: 'found'; readonly events: Iterable<StoredEvent>; readonly lastRevision: number }
  | { readonly outcome: 'not-found' } // never written, or soft-deleted
  | { readonly outcome: 'stream-deleted' }; // tombstoned

/** Forwards includes the event at `from`, backwards excludes it. `limit` counts events that pass the filter. */
export type ReadAllOptions = {
  readonly from?: number | 'start' | 'end';
  readonly direction?: Direction;
  readonly limit?: number;
  readonly filter?: EventFilter;
};

export type SubscribeOptions = {
  readonly after?: number | 'end'; // a position for `$all`, a revision for a stream; from the start unless given
  readonly filter?: EventFilter;
  readonly batchSize?: number; // events, at most
  readonly signal?: AbortSignal; // aborting ends the subscription quietly
};

/** Everything there is now, up to the batch size. `events` is empty where the filter dropped all that was looked at. */
export type SubscriptionBatch = {
  readonly events: readonly StoredEvent[];
  /** How far it has looked, also past what the filter dropped: a position for `$all`, a revision for a stream; -1 when there is nothing yet. */
  readonly position: number;
  /** True when nothing flushed is left beyond `position`; given once even when the log is empty. */
  readonly caughtUp: boolean;
};

/** `$maxCount`, `$maxAge` (seconds), `$tb` bound what a stream read shows; other keys (`$acl`, `$cacheControl`, one's own) are kept as they are. */
export type StreamMetadata = { readonly $maxCount?: number; readonly $maxAge?: number; readonly $tb?: number; readonly [key: string]: unknown };

export type StreamMetadataResult = {
  readonly metadata: StreamMetadata;
  readonly revision: number | 'no-stream'; // of the metastream
  readonly streamDeleted: boolean; // tombstoned
};

export type ScavengeOptions = {
  readonly compact?: boolean; // also copy the file, so that it shrinks
  readonly onProgress?: (progress: ScavengeProgress) => void;
  readonly signal?: AbortSignal;
};
type ScavengeProgress = { readonly looked: number; readonly removed: number; readonly head: number };
export type ScavengeResult = {
  readonly looked: number; // events
  readonly removed: number; // events
  readonly bytesRemoved: number; // of records
  readonly fileBytesBefore: number;
  readonly fileBytesAfter: number;
};

export type EventStore = AsyncDisposable & {
  /** Resolves when durable. Rejects with an `EventStoreError` when the disk refuses; then none of the events was appended. */
  append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<AppendResult>;

  /** Bounded by the stream's metadata. Both directions include the event at `from`. */
  readStream(stream: string, options?: ReadStreamOptions): ReadStreamResult;
  /** In chunks, between which the event loop goes on. Ends at what was the head when reading began. */
  readAll(options?: ReadAllOptions): AsyncIterable<StoredEvent>;
  /** The same, a chunk at a time, for who reads very much. */
  readAllChunks(options?: ReadAllOptions): AsyncIterable<readonly StoredEvent[]>;
  /** The event at a position, if it is there and flushed. */
  readAt(position: number): StoredEvent | undefined;

  subscribeToAll(options?: SubscribeOptions): AsyncIterable<SubscriptionBatch>;
  /** Ends with an `EventStoreError` of code `stream-deleted` when the stream is tombstoned. A missing stream is waited for. */
  subscribeToStream(stream: string, options?: SubscribeOptions): AsyncIterable<SubscriptionBatch>;

  streamMetadata(stream: string): StreamMetadataResult;
  /** Replaces the metadata. `expected` is of the metastream; 'any' unless given. */
  setStreamMetadata(stream: string, metadata: StreamMetadata, expected?: ExpectedRevision): Promise<AppendResult>;
  /** Soft delete: the stream reads as not found until it is appended to again, and then goes on counting. The place is the metadata event's. */
  deleteStream(stream: string, expected: ExpectedRevision): Promise<AppendResult>;
  /** For ever: nothing can be appended to the stream again. */
  tombstone(stream: string, expected: ExpectedRevision): Promise<AppendResult>;

  /** The position of the last flushed event. */
  head(): number | undefined;
  /** Reads every record up to the head and checks it; rejects, naming the place, at the first that is torn, wrong or missing. */
  verify(signal?: AbortSignal): Promise<{ readonly events: number }>;
  scavenge(options?: ScavengeOptions): Promise<ScavengeResult>;
};

/**
 * Which repeated appends are recognised. 'full': every event id, for as long as its stream exists. 'eventstoredb': as little as the real server
 * remembers; ids of 'any' appends are forgotten, a known id at a fresh revision is appended again, and slow subscribers are dropped.
 */
export type Idempotency = 'full' | 'eventstoredb';

export type EventStoreOptions = {
  readonly now?: () => number; // milliseconds since the Unix epoch
  readonly maxAppendBytes?: number; // data + metadata + 2 × type length, over the events of one append
  readonly idempotency?: Idempotency; // 'full' unless given
  /** Never in earnest: acknowledges before the disk has it. The power-cut test shows what this loses. */
  readonly noSync?: boolean;
};

export type EventStoreErrorCode =
  | 'store-locked'
  | 'store-closed'
  | 'store-corrupted'
  | 'store-version-unknown'
  | 'write-failed'
  | 'overloaded'
  | 'append-too-large'
  | 'event-invalid'
  | 'expected-revision-invalid'
  | 'stream-name-invalid'
  | 'filter-invalid'
  | 'metadata-invalid'
  | 'position-unknown'
  | 'stream-deleted'
  | 'consumer-too-slow'
  | 'scavenge-running';
