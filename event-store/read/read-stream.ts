/** Reads a stream within the bounds of its metadata, in chunks. Never reads beyond the flushed head. */
import { eventStoreError } from '../errors.ts';
import { decodeEvent, recordCreated, recordRevision, recordStream } from '../storage/record.ts';
import { SCAN_BYTES_MAX } from './scan.ts';
import { TRUNCATED_ENTIRELY, type ReadStreamOptions, type ReadStreamResult, type StoredEvent } from '../store.ts';
import { isMetastream, streamOf } from '../storage/stream-metadata.ts';
import { isTombstoned, readRecord, streamBounds, streamState } from '../storage/stream-state.ts';
import type { Log } from '../storage/log.ts';
import { revisionKey, revisionOfKey } from '../storage/tables.ts';

const CHUNK_EVENTS = 1_024; // read without yielding, a few milliseconds
const MILLISECONDS_PER_SECOND = 1_000;

export function readStream(log: Log, stream: string, options: ReadStreamOptions = {}): ReadStreamResult {
  const status = streamStatus(log, stream);
  if (status !== 'found') return { outcome: status };
  const { direction = 'forwards', limit = Infinity } = options;
  const from = options.from ?? (direction === 'forwards' ? 'start' : 'end');
  const { last } = streamState(log, stream);
  const events = { [Symbol.iterator]: () => (direction === 'forwards' ? streamForwards(log, stream, from, limit) : streamBackwards(log, stream, from, limit)) };
  return { outcome: 'found', events, lastRevision: last };
}

export function streamStatus(log: Log, stream: string): 'found' | 'not-found' | 'stream-deleted' {
  const state = streamState(log, stream);
  if (isTombstoned(state) || (isMetastream(stream) && isTombstoned(streamState(log, streamOf(stream))))) return 'stream-deleted';
  return state.last < 0 || streamBounds(log, stream).$tb === TRUNCATED_ENTIRELY ? 'not-found' : 'found';
}

export type StreamChunk = { readonly events: readonly StoredEvent[]; readonly next: number };

/** The readable events of a stream from a revision on, at most one chunk; `next` is the first revision not read. */
export function readStreamChunk(log: Log, stream: string, from: number, limit: number): StreamChunk {
  const { first, last, expiredBefore } = readableRange(log, stream);
  const start = Math.max(from, first);
  if (start > last) return { events: [], next: Math.max(from, last + 1) };
  const { number } = streamState(log, stream);
  const { scavengedBelow } = log.flushed.head;
  const events: StoredEvent[] = [];
  let next = start;
  let scanned = 0;
  let bytes = 0;
  let positionBefore = -1;
  const entries = log.tables.index.getRange({ start: revisionKey(number, start), end: revisionKey(number, last + 1), limit: CHUNK_EVENTS });
  for (const { key, value: position } of entries) {
    const revision = revisionOfKey(key);
    if (revision !== next && positionBefore + 1 >= scavengedBelow) throw missingRevision(stream, next);
    scanned++;
    positionBefore = position;
    next = revision + 1;
    if (log.setAside.has(position)) continue;
    const record = readRecord(log, position);
    if (recordRevision(record) !== revision || recordStream(record) !== stream) throw missingRevision(stream, revision);
    if (recordCreated(record) < expiredBefore) continue;
    events.push(decodeEvent(record, log.tables.words));
    bytes += record.length;
    if (events.length >= limit || bytes >= SCAN_BYTES_MAX) return { events, next };
  }
  // The last event of a stream is never removed, so a scan that ends before it is missing events.
  if (scanned < CHUNK_EVENTS && next <= last) throw missingRevision(stream, next);
  return { events, next };
}

function* streamForwards(log: Log, stream: string, from: number | 'start' | 'end', limit: number): Generator<StoredEvent, void, undefined> {
  let left = limit;
  let next = from === 'start' ? 0 : from === 'end' ? streamState(log, stream).last + 1 : from;
  while (left > 0 && !isTombstoned(streamState(log, stream)) && next <= readableRange(log, stream).last) {
    const chunk = readStreamChunk(log, stream, next, Math.min(left, CHUNK_EVENTS));
    yield* chunk.events;
    left -= chunk.events.length;
    next = chunk.next;
  }
}

function* streamBackwards(log: Log, stream: string, from: number | 'start' | 'end', limit: number): Generator<StoredEvent, void, undefined> {
  let left = limit;
  let next = from === 'start' ? 0 : from === 'end' ? Infinity : from; // inclusive
  while (left > 0 && next >= 0 && !isTombstoned(streamState(log, stream))) {
    const chunk = readStreamChunkBackwards(log, stream, next, Math.min(left, CHUNK_EVENTS));
    yield* chunk.events;
    left -= chunk.events.length;
    next = chunk.next;
  }
}

/** The readable events from a revision downwards, at most one chunk; `next` is the highest revision not read, or -1 at the beginning. */
function readStreamChunkBackwards(log: Log, stream: string, from: number, limit: number): StreamChunk {
  const { first, last, expiredBefore } = readableRange(log, stream);
  const start = Math.min(from, last);
  if (start < first) return { events: [], next: -1 };
  const { number } = streamState(log, stream);
  const { scavengedBelow } = log.flushed.head;
  const events: StoredEvent[] = [];
  let next = start;
  let scanned = 0;
  let bytes = 0;
  const range = { start: revisionKey(number, start), end: revisionKey(number, first), inclusiveEnd: true, reverse: true, limit: CHUNK_EVENTS };
  for (const { key, value: position } of log.tables.index.getRange(range)) {
    const revision = revisionOfKey(key);
    if (revision < first) break;
    if (revision !== next && position + 1 >= scavengedBelow) throw missingRevision(stream, next);
    scanned++;
    next = revision - 1;
    if (log.setAside.has(position)) continue;
    const record = readRecord(log, position);
    if (recordRevision(record) !== revision || recordStream(record) !== stream) throw missingRevision(stream, revision);
    if (recordCreated(record) < expiredBefore) continue;
    events.push(decodeEvent(record, log.tables.words));
    bytes += record.length;
    if (events.length >= limit || bytes >= SCAN_BYTES_MAX) return { events, next };
  }
  if (scanned === CHUNK_EVENTS) return { events, next };
  if (next >= first && scavengedBelow === 0) throw missingRevision(stream, next);
  return { events, next: -1 };
}

type ReadableRange = { readonly first: number; readonly last: number; readonly expiredBefore: number };

/** The revisions and times that the stream's metadata lets a reader see. */
export function readableRange(log: Log, stream: string): ReadableRange {
  const { last } = streamState(log, stream);
  const { $tb = 0, $maxCount, $maxAge } = streamBounds(log, stream);
  const first = Math.max(0, $tb, $maxCount === undefined ? 0 : last - $maxCount + 1);
  return { first, last, expiredBefore: $maxAge === undefined ? -Infinity : log.now() - $maxAge * MILLISECONDS_PER_SECOND };
}

const missingRevision = (stream: string, revision: number): Error =>
  eventStoreError('store-corrupted', `Revision ${revision} of the stream ${stream} is missing, or the index refers to another event.`);
