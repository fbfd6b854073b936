/** The state of each stream: its number, its last event, its metadata. Read from the index on demand and kept in a bounded cache. */
import { eventStoreError } from '../errors.ts';
import type { Log, StreamState } from './log.ts';
import { checkRecord, decodeEvent, isHole, recordRevision } from './record.ts';
import { BEFORE_FIRST_REVISION, TOMBSTONE_REVISION, type StreamMetadata } from '../store.ts';
import { isMetastream, METASTREAM_BOUNDS, metastreamOf, NO_METADATA, parseStreamMetadata } from './stream-metadata.ts';
import { nameKey, revisionKey, revisionOfKey, TOMBSTONE_KEY_REVISION } from './tables.ts';

const STREAM_STATES_MAX = 100_000; // streams in the cache

const ABSENT: StreamState = { number: -1, last: BEFORE_FIRST_REVISION, lastPosition: -1 };

export const isTombstoned = (state: StreamState): boolean => state.last === TOMBSTONE_REVISION;

/** The flushed state of a stream. */
export function streamState(log: Log, stream: string): StreamState {
  const known = log.states.get(stream);
  if (known !== undefined) return known;
  const number = log.tables.names.get(nameKey(stream));
  const state = number === undefined ? ABSENT : loadState(log, number);
  rememberState(log, stream, state);
  return state;
}

export function rememberState(log: Log, stream: string, state: StreamState): void {
  log.states.set(stream, state);
  if (log.states.size <= STREAM_STATES_MAX) return;
  for (const oldest of log.states.keys()) {
    log.states.delete(oldest);
    return;
  }
}

/** The metadata that holds for a stream, given the state of its metastream. */
export function metadataOf(log: Log, metastream: StreamState): StreamMetadata {
  if (metastream.last < 0 || isTombstoned(metastream)) return NO_METADATA;
  metastream.parsed ??= readMetadata(log, metastream);
  return metastream.parsed;
}

/** The metadata in the newest event that was not set aside. */
function readMetadata(log: Log, { number, last }: StreamState): StreamMetadata {
  for (let revision = last; revision >= 0; revision--) {
    const position = log.tables.index.get(revisionKey(number, revision));
    if (position === undefined) return NO_METADATA;
    if (!log.setAside.has(position)) return parseStreamMetadata(decodeEvent(readRecord(log, position), log.tables.words).data);
  }
  return NO_METADATA;
}

export function streamBounds(log: Log, stream: string): StreamMetadata {
  return isMetastream(stream) ? METASTREAM_BOUNDS : metadataOf(log, streamState(log, metastreamOf(stream)));
}

/** The record of an event that must exist. */
export function readRecord(log: Log, position: number): Buffer {
  const record = log.tables.log.get(position);
  if (record === undefined) throw eventStoreError('store-corrupted', `The record at position ${position} is missing.`);
  checkRecord(record, position);
  if (isHole(record)) throw eventStoreError('store-corrupted', `The record at position ${position} was removed, but the index still refers to it.`);
  return record;
}

/** The last flushed entry of the stream; entries that LMDB shows before their flush is published are skipped. */
function loadState(log: Log, number: number): StreamState {
  const { index } = log.tables;
  const { nextPosition } = log.flushed.head;
  for (const { key, value } of index.getRange({ start: revisionKey(number, TOMBSTONE_KEY_REVISION), end: beforeFirst(number), reverse: true })) {
    if (value >= nextPosition) continue;
    const revision = revisionOfKey(key);
    return { number, last: revision === TOMBSTONE_KEY_REVISION ? TOMBSTONE_REVISION : revision, lastPosition: value };
  }
  return { number, last: BEFORE_FIRST_REVISION, lastPosition: -1 };
}

/** A key just below the first revision of the stream. */
function beforeFirst(number: number): Uint8Array {
  return revisionKey(number, 0).subarray(0, -1);
}

/** The record at a revision of the stream, even where the stream's metadata hides it. */
export function recordAtRevision(log: Log, state: StreamState, revision: number): Buffer | undefined {
  const position = log.tables.index.get(revisionKey(state.number, revision));
  if (position === undefined || log.setAside.has(position)) return undefined;
  const record = readRecord(log, position);
  if (recordRevision(record) !== revision) throw eventStoreError('store-corrupted', `The index refers to position ${position}, which holds another event.`);
  return record;
}
