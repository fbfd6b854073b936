/** The event log, to which everything is written. It promises only what EventStoreDB promises too. */
import { Outage } from '../outage.ts';

/** A position in the log, as a token: opaque above this port, merged and compared by `position.ts` only. */
export type Position = string & { readonly kind: 'position' };

/**
 * Names the history that positions speak of: 0, until the log is restored from a backup or replaced; then another number for each
 * restore. Positions of one epoch mean nothing in another.
 */
export type LogEpoch = number;
export const FIRST_EPOCH: LogEpoch = 0;

/** `data` and `metadata` are JSON objects in UTF-8, as `JSON.stringify` writes them. */
export type NewEvent = { readonly id: string; readonly type: string; readonly data: Uint8Array; readonly metadata: Uint8Array };
export type StoredEvent = NewEvent & { readonly stream: string; readonly revision: number; readonly position: Position };

export type Appended = { readonly outcome: 'appended'; readonly revision: number; readonly position: Position };
export type AppendConflict = { readonly outcome: 'conflict' };

/** The events that are there for now. `position` is how far the log was read, also past events of other types; undefined while the log is empty. */
export type EventBatch = { readonly events: readonly StoredEvent[]; readonly position: Position | undefined; readonly caughtUp: boolean };

export type ReadOptions = {
  readonly from?: number | 'end';
  readonly direction?: 'forwards' | 'backwards';
  /** Most events to read; all of them where it is absent. */
  readonly limit?: number;
};

/**
 * - An append is durable when it resolves, and no reader or subscriber sees it before it is.
 * - `expected` is exact: the revision of the stream's last event, or that there is no stream. There is no 'any'.
 * - Appending the same ids at the same revision again answers as the first time.
 * - A subscription sees every event once, in the order of its log, history first; it never skips an event that is slow to become visible.
 * - When the log can't be reached it throws `LogUnavailable`, and an append may or may not have happened: append again with the same
 *   ids. An append that can never succeed, because it is too large, throws another error, at once.
 */
export type EventLog = AsyncDisposable & {
  /** The logs behind this port, in order: one, unless streams are spread over several clusters. */
  readonly logs: readonly string[];
  append(stream: string, events: readonly NewEvent[], expected: number | 'no-stream'): Promise<Appended | AppendConflict>;
  /** No events where there is no such stream. */
  readStream(stream: string, options?: ReadOptions): AsyncIterable<StoredEvent>;
  /** The events of one log: forwards from a position (inclusive) or the start, backwards from before a position or from the end. */
  readAll(
    log: string,
    options?: { readonly from?: Position; readonly direction?: 'forwards' | 'backwards'; readonly limit?: number },
  ): AsyncIterable<StoredEvent>;
  /** The position of the log's last event; undefined where it is empty. */
  head(log: string): Promise<Position | undefined>;
  /** Ends when `signal` aborts. `types` are exact; every type where it is absent. */
  subscribe(log: string, options: SubscribeOptions): AsyncIterable<EventBatch>;
  /** From now on only this many of the stream's last events are kept. */
  keepLast(stream: string, events: number): Promise<void>;
  /**
   * From now on the stream is read from this revision on, and goes on from where it is. What was before leaves the disk when the store is
   * scavenged, and may be seen in the whole log until then. Once more, or with an earlier revision, it changes nothing.
   */
  truncate(stream: string, before: number): Promise<void>;
};

export type Passed = () => Position | undefined;

export type SubscribeOptions = {
  /** Only events after this position; from the log's start where it is absent; `end`: only events that come from now on. */
  readonly after?: Position | 'end';
  readonly types?: readonly string[];
  readonly batchEventsMax?: number;
  /** Few events are of these types, and nobody waits for how far the log was read: no more than these events is taken in. */
  readonly isSparse?: true;
  /**
   * With this and `types`, a subscription that has caught up may pass over events of other types without a batch. While it waits so, it has
   * given a function that answers how far the log was passed over; it takes it back, by a call with undefined, before that is more than it
   * has told. A subscription that doesn't answers batches without events.
   */
  readonly onQuiet?: (passed: Passed | undefined) => void;
  readonly signal?: AbortSignal;
};

export class LogUnavailable extends Outage {
  override readonly name = 'LogUnavailable';
}
