/**
 * A durable event log on LMDB, usable on its own: append with an expected revision, read a stream or `$all`, subscribe.
 * No reader or subscriber sees an event before it is flushed to disk.
 */
/** Optimistic concurrency: the revision the writer expects the stream's last event to have, or one of the words. */
export type ExpectedRevision = number | 'no-stream' | 'stream-exists' | 'any';

export type ContentType = 'application/json' | 'application/octet-stream';

export type NewEvent = {
  readonly id: string; // a UUID in lower case
  readonly type: string;
  readonly contentType?: ContentType; // 'application/json' by default
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
};

export type StoredEvent = NewEvent & {
  readonly contentType: ContentType;
  readonly stream: string;
  readonly revision: number; // from 0, without gaps in a stream; `TOMBSTONE_REVISION` for a tombstone
  readonly position: number; // from 0, in `$all`; a scavenge removes positions, and none is used again
  readonly created: number; // milliseconds since the Unix epoch
};

/** The revision of a tombstone; on the wire it is the largest int64. */
export const TOMBSTONE_REVISION = Number.MAX_SAFE_INTEGER;
/** `$tb` of a soft-deleted stream: everything is truncated; in the stored JSON and on the wire it is the largest int64. */
export const TRUNCATED_ENTIRELY = Number.MAX_SAFE_INTEGER;
/** The revision before a stream's first event; the answer to an append of no events to a stream that doesn't exist. */
export const BEFORE_FIRST_REVISION = -1;
/** The position before the first. */
export const BEFORE_FIRST_POSITION = -1;

export type AppendResult =
  /** Revision and position of the last event; for an idempotent repeat those of the first time. */
  | { readonly outcome: 'appended'; readonly revision: number; readonly position: number }
  | { readonly outcome: 'wrong-expected-revision'; readonly current: number | 'no-stream' }
  | { readonly outcome: 'stream-deleted' };

export type Direction = 'forwards' | 'backwards';

/**
 * An event passes when its stream name or its type starts with one of the prefixes, or with none of the excepted ones, equals one of the
 * names, or matches the pattern: a regular expression in RE2's syntax, which matches in linear time.
 */
export type EventFilter =
  | { readonly on: 'stream' | 'type'; readonly prefixes: readonly string[] }
  | { readonly on: 'stream' | 'type'; readonly exceptPrefixes: readonly string[] }
  | { readonly on: 'stream' | 'type'; readonly names: readonly string[] }
  | { readonly on: 'stream' | 'type'; readonly pattern: string };

export type ReadStreamOptions = { readonly from?: number | 'start' | 'end'; readonly direction?: Direction; readonly limit?: number };

export type ReadStreamResult =
  /** `events` is read lazily, may be iterated more than once, and shows what is flushed at the time of reading. */
  | { readonly outcome: 'found'; readonly events: Iterable<StoredEvent>; readonly lastRevision: number }
  | { readonly outcome: 'not-found' } // never written, or soft-deleted
  | { readonly outcome: 'stream-deleted' }; // tombstoned

/** Reading forwards includes the event at `from`, backwards excludes it. `limit` counts events that pass the filter. */
export type ReadAllOptions = {
  readonly from?: number | 'start' | 'end';
  readonly direction?: Direction;
  readonly limit?: number;
  readonly filter?: EventFilter;
};

export type SubscribeOptions = {
  readonly after?: number | 'end'; // a position for `$all`, a revision for a stream; from the start by default
  readonly filter?: EventFilter;
  readonly batchSize?: number; // events, at most
  readonly signal?: AbortSignal; // aborting ends the subscription without an error
  /**
   * For a filter of exact type names on `$all`. Then a live subscription passes over events that the filter leaves out without a batch, and
   * this is called with whether it waits: meanwhile every flushed event was passed over. It is called before the next event can be read.
   */
  readonly onQuiet?: (isQuiet: boolean) => void;
};

/** What is available now, up to the batch size. `events` is empty where no event that was read passed the filter. */
export type SubscriptionBatch = {
  readonly events: readonly StoredEvent[];
  /** Read up to here, filtered-out events included: a position for `$all`, a revision for a stream; -1 while there is nothing. */
  readonly position: number;
  /** True when nothing flushed lies beyond `position`; reported once even for an empty log. */
  readonly caughtUp: boolean;
};

/** `$maxCount`, `$maxAge` (seconds), `$tb` bound what a stream read shows; other keys (`$acl`, `$cacheControl`, application keys) are kept unchanged. */
export type StreamMetadata = { readonly $maxCount?: number; readonly $maxAge?: number; readonly $tb?: number; readonly [key: string]: unknown };

export type StreamMetadataResult = {
  readonly metadata: StreamMetadata;
  readonly revision: number | 'no-stream'; // of the metastream
  readonly streamDeleted: boolean; // tombstoned
};

export type ScavengeOptions = {
  readonly compact?: boolean; // also rewrite the file, so that it shrinks
  readonly onProgress?: (progress: ScavengeProgress) => void;
  readonly signal?: AbortSignal;
};
type ScavengeProgress = { readonly looked: number; readonly removed: number; readonly head: number };
export type ScavengeResult = {
  readonly looked: number; // events examined
  readonly removed: number; // events
  readonly bytesRemoved: number; // of records
  readonly fileBytesBefore: number;
  readonly fileBytesAfter: number;
};

export type SetAsideResult = {
  readonly position: number;
  /** The event, as far as it could be identified. */
  readonly stream: string | undefined;
  readonly revision: number | undefined;
  /** The position of the notice in the stream `$set-aside`. */
  readonly noticePosition: number;
};

/** Records of events, each behind its length; see `maintenance/copy.ts`. */
export type CopiedPart = {
  readonly bytes: Buffer;
  readonly events: number;
  /** The position after the part: the next one begins there. */
  readonly next: number;
  /** The newest time of an event of the part, in milliseconds since 1970; 0 where it has none. */
  readonly newestMs: number;
  /** By which the part is known again; undefined where it has no event. */
  readonly last: { readonly position: number; readonly id: string } | undefined;
};

/** What a copy needs beside its parts. */
export type CopyFacts = {
  /** What numbers in the records stand for. The list only grows, so that the newest fits every earlier part. */
  readonly words: readonly string[];
  readonly scavengedBelow: number;
  /** Positions of events that were set aside. */
  readonly setAside: readonly number[];
};

export type LogCopy = {
  /** Up to the head as it was when the copy began. Reads in chunks, and yields to the event loop between them. */
  readonly parts: AsyncIterable<CopiedPart>;
  /** Read it after the last part: a scavenge may have gone on meanwhile. */
  readonly facts: () => CopyFacts;
};

export type EventStore = AsyncDisposable & {
  /** Resolves when durable. Rejects with an `EventStoreError` when the disk refuses the write; then none of the events is appended. */
  append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<AppendResult>;

  /** Bounded by the stream's metadata. Both directions include the event at `from`. */
  readStream(stream: string, options?: ReadStreamOptions): ReadStreamResult;
  /** Reads in chunks and yields to the event loop between them. Ends at the head as it was when reading began. */
  readAll(options?: ReadAllOptions): AsyncIterable<StoredEvent>;
  /** The same, one chunk at a time, for bulk readers. */
  readAllChunks(options?: ReadAllOptions): AsyncIterable<readonly StoredEvent[]>;
  /** The event at a position, where there is a flushed one. */
  readAt(position: number): StoredEvent | undefined;

  subscribeToAll(options?: SubscribeOptions): AsyncIterable<SubscriptionBatch>;
  /** Ends with an `EventStoreError` of code `stream-deleted` when the stream is tombstoned. Waits for a stream that doesn't exist yet. */
  subscribeToStream(stream: string, options?: SubscribeOptions): AsyncIterable<SubscriptionBatch>;

  streamMetadata(stream: string): StreamMetadataResult;
  /** Replaces the metadata. `expected` is the metastream's revision; 'any' by default. */
  setStreamMetadata(stream: string, metadata: StreamMetadata, expected?: ExpectedRevision): Promise<AppendResult>;
  /** Soft delete: the stream reads as not found until it is appended to again; revisions then continue. Answers the metadata event's revision and position. */
  deleteStream(stream: string, expected: ExpectedRevision): Promise<AppendResult>;
  /** Hard delete: nothing can be appended to the stream again. */
  tombstone(stream: string, expected: ExpectedRevision): Promise<AppendResult>;

  /** The position of the last flushed event. */
  head(): number | undefined;
  /** Reads and checks every record up to the head; rejects at the first that is damaged or missing, and names its position. */
  verify(signal?: AbortSignal): Promise<{ readonly events: number }>;
  scavenge(options?: ScavengeOptions): Promise<ScavengeResult>;
  /** Copies the log from a position on, where an earlier copy ended; see `maintenance/copy.ts`. */
  copy(from: number): LogCopy;
  /**
   * Lets reads and subscriptions skip a damaged or missing record from now on, and appends a notice to the stream `$set-aside` with position,
   * stream, revision and reason. The event is lost; its stream keeps its revisions. Rejects with `record-intact` for any other record.
   */
  setAside(position: number, reason: string): Promise<SetAsideResult>;
};

/** What only reads. */
export type EventStoreReader = AsyncDisposable &
  Pick<
    EventStore,
    'readStream' | 'readAll' | 'readAllChunks' | 'readAt' | 'subscribeToAll' | 'subscribeToStream' | 'streamMetadata' | 'head' | 'verify' | 'copy'
  >;

/**
 * Which repeated appends are recognised. 'full': every event id, for as long as its stream exists. 'eventstoredb': as little as the real server
 * remembers; ids of 'any' appends are forgotten, a known id at a fresh revision is appended again, and slow subscribers are dropped.
 */
export type Idempotency = 'full' | 'eventstoredb';

export type EventStoreOptions = {
  readonly now?: () => number; // milliseconds since the Unix epoch
  readonly maxAppendBytes?: number; // data + metadata + 2 × type length, over the events of one append
  readonly idempotency?: Idempotency; // 'full' unless given
  /** Types of events and names of their fields, which are kept once and not in each event. The store remembers them; a later opening may add more. */
  readonly words?: readonly string[];
  /** For tests only: acknowledges before the disk has the data. The power-cut test shows what this loses. */
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
  | 'scavenge-running'
  | 'record-intact'
  | 'reason-invalid';
