/**
 * The record at a position of the log: an event, or a hole that says which positions were removed, so that a scan always
 * knows the next position and notices a missing record. An event that can be packed is (`packing/packed-record.ts`); others, and those
 * of stores that are older, have the form below. All numbers are little-endian.
 *
 * event: 0 crc32c of all that follows · 4 kind · 5 flags · 6 stream bytes (u16) · 8 type bytes (u16) · 10 unused (u16) · 12 metadata bytes (u32)
 *        16 data bytes (u32) · 20 id (16) · 36 position (f64) · 44 revision (f64) · 52 created, ms (f64) · 60 stream, type, metadata, data
 * hole:  0 crc32c of all that follows · 4 kind · 5 unused (3) · 8 first position (f64) · 16 the position after the last (f64)
 */
import { crc32c } from './crc32c.ts';
import { eventStoreError } from '../errors.ts';
import {
  decodePacked,
  encodePacked,
  KIND_PACKED,
  type EventPlacement,
  PACKED_ID_AT,
  packedCreated,
  packedPosition,
  packedRevision,
  packedStream,
  packedType,
} from './packing/packed-record.ts';
import type { Words } from './packing/words.ts';
import type { NewEvent, StoredEvent } from '../store.ts';
import { formatUuid } from './uuid.ts';

export const STREAM_NAME_BYTES_MAX = 1_024; // an LMDB key has at most 1,978 bytes
export const EVENT_TYPE_BYTES_MAX = 1_024;

const KIND_EVENT = 1;
const KIND_HOLE = 2;
const FLAG_JSON = 1;
const FLAG_ASCII = 2; // stream and type are ASCII, which is much faster to decode
const HEADER_BYTES = 60;
const HOLE_BYTES = 24;

export function encodeEvent(event: NewEvent, idBytes: Uint8Array, placement: EventPlacement, words: Words): Buffer {
  const record = encodePacked(event, idBytes, placement, words) ?? encodePlain(event, idBytes, placement);
  record.writeUInt32LE(crc32c(record, 4, record.length), 0);
  return record;
}

/** Without its checksum. */
export function encodePlain(event: NewEvent, idBytes: Uint8Array, placement: EventPlacement): Buffer {
  const { data, metadata, type } = event;
  const streamBytes = Buffer.byteLength(placement.stream);
  const typeBytes = Buffer.byteLength(type);
  const ascii = streamBytes === placement.stream.length && typeBytes === type.length;
  // Not from the pool: while cached, the record would keep alive everything allocated beside it.
  const record = Buffer.allocUnsafeSlow(HEADER_BYTES + streamBytes + typeBytes + metadata.length + data.length);
  record[4] = KIND_EVENT;
  record[5] = (event.contentType === 'application/octet-stream' ? 0 : FLAG_JSON) | (ascii ? FLAG_ASCII : 0);
  record.writeUInt16LE(streamBytes, 6);
  record.writeUInt16LE(typeBytes, 8);
  record.writeUInt16LE(0, 10);
  record.writeUInt32LE(metadata.length, 12);
  record.writeUInt32LE(data.length, 16);
  record.set(idBytes, 20);
  record.writeDoubleLE(placement.position, 36);
  record.writeDoubleLE(placement.revision, 44);
  record.writeDoubleLE(placement.created, 52);
  const encoding = ascii ? 'latin1' : 'utf8';
  let at = HEADER_BYTES;
  at += record.write(placement.stream, at, encoding);
  at += record.write(type, at, encoding);
  record.set(metadata, at);
  record.set(data, at + metadata.length);
  return record;
}

export function encodeHole(first: number, next: number): Buffer {
  const record = Buffer.alloc(HOLE_BYTES);
  record[4] = KIND_HOLE;
  record.writeDoubleLE(first, 8);
  record.writeDoubleLE(next, 16);
  record.writeUInt32LE(crc32c(record, 4, HOLE_BYTES), 0);
  return record;
}

/** Throws `store-corrupted` unless the record is intact and belongs at this position. Every record read from the file is checked here. */
export function checkRecord(record: Buffer, position: number): void {
  if (record.length >= HOLE_BYTES && record.readUInt32LE(0) === crc32c(record, 4, record.length)) {
    if (positionOf(record) === position) return;
  }
  throw eventStoreError('store-corrupted', `The record at position ${position} is damaged: its checksum or its position is wrong.`);
}

/** Of an event's record that stands outside a log. Throws `store-corrupted` unless it is intact. */
export function checkedPosition(record: Buffer): number {
  if (record.length >= HOLE_BYTES && record.readUInt32LE(0) === crc32c(record, 4, record.length) && !isHole(record)) return positionOf(record);
  throw eventStoreError('store-corrupted', 'A record of the copy of the log is damaged: its checksum is wrong.');
}

const positionOf = (record: Buffer): number => (isPacked(record) ? packedPosition(record) : record.readDoubleLE(isHole(record) ? 8 : 36));

const isPacked = (record: Buffer): boolean => record[4] === KIND_PACKED;
/** Whether a record has the size of a hole, even if it is damaged. */
export const isHoleSized = (record: Buffer): boolean => record.length === HOLE_BYTES;
export const isHole = (record: Buffer): boolean => record[4] === KIND_HOLE;
/** The first position after the hole. */
export const positionAfterHole = (hole: Buffer): number => hole.readDoubleLE(16);

export const recordRevision = (record: Buffer): number => (isPacked(record) ? packedRevision(record) : record.readDoubleLE(44));
export const recordCreated = (record: Buffer): number => (isPacked(record) ? packedCreated(record) : record.readDoubleLE(52));
export const recordId = (record: Buffer): string => formatUuid(record, idAt(record));
export const recordIdBytes = (record: Buffer): Uint8Array => record.subarray(idAt(record), idAt(record) + 16);
const idAt = (record: Buffer): number => (isPacked(record) ? PACKED_ID_AT : 20);

export function recordStream(record: Buffer): string {
  return isPacked(record) ? packedStream(record) : text(record, HEADER_BYTES, HEADER_BYTES + record.readUInt16LE(6));
}

export function recordType(record: Buffer, words: Words): string {
  if (isPacked(record)) return packedType(record, words);
  const start = HEADER_BYTES + record.readUInt16LE(6);
  return text(record, start, start + record.readUInt16LE(8));
}

/** The event may share the record's memory, so the record must be a copy. */
export function decodeEvent(record: Buffer, words: Words): StoredEvent {
  if (isPacked(record)) return decodePacked(record, words);
  const typeStart = HEADER_BYTES + record.readUInt16LE(6);
  const metadataStart = typeStart + record.readUInt16LE(8);
  const dataStart = metadataStart + record.readUInt32LE(12);
  return {
    id: formatUuid(record, 20),
    type: text(record, typeStart, metadataStart),
    contentType: (record[5]! & FLAG_JSON) === 0 ? 'application/octet-stream' : 'application/json',
    data: record.subarray(dataStart),
    metadata: record.subarray(metadataStart, dataStart),
    stream: text(record, HEADER_BYTES, typeStart),
    revision: record.readDoubleLE(44),
    position: record.readDoubleLE(36),
    created: record.readDoubleLE(52),
  };
}

function text(record: Buffer, start: number, end: number): string {
  return record.toString((record[5]! & FLAG_ASCII) === 0 ? 'utf8' : 'latin1', start, end);
}
