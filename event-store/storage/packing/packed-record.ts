/**
 * The record of an event whose data and metadata are JSON without control characters, as JSON.stringify writes it: the form of all
 * that Tidings appends. All numbers but varints are little-endian.
 *
 * 0 crc32c of all that follows · 4 kind · 5 flags · 6 position (u48) · 12 revision (u48) · 18 created, ms (u48) · 24 id (16)
 * 40 stream bytes without its UUID (varint), stream, its UUID (16) · type bytes (varint), type; or its number among the words (varint)
 *    metadata bytes (varint) · data bytes (varint) · metadata and data, packed together
 */
import type { NewEvent, StoredEvent } from '../../store.ts';
import { formatUuid, parseUuid } from '../uuid.ts';
import { pack } from './pack.ts';
import { UUID_BYTES, UUID_CHARACTERS } from './tokens.ts';
import { unpack } from './unpack.ts';
import { readVarint, varint, varintBytes, writeVarint } from './varint.ts';
import type { Words } from './words.ts';

export const KIND_PACKED = 3;
const FLAG_ASCII = 2; // stream and type are ASCII
const FLAG_STREAM_UUID = 4; // the stream's name ends with a UUID
const FLAG_TYPE_WORD = 8;
const NUMBER_BYTES = 6;
const NUMBERS_END = 2 ** 48;
const POSITION_AT = 6;
const REVISION_AT = 12;
const CREATED_AT = 18;
export const PACKED_ID_AT = 24;
const STREAM_AT = 40;

export type EventPlacement = { readonly stream: string; readonly revision: number; readonly position: number; readonly created: number };

/** Grow to the largest event; an append may have 1 MiB. */
let source = Buffer.alloc(4_096);
let packed = Buffer.alloc(4_096);
let unpacked = Buffer.alloc(4_096);

/** Without its checksum. Undefined where the event can't be packed, or its packed form would not be read as the same bytes. */
export function encodePacked(event: NewEvent, idBytes: Uint8Array, placement: EventPlacement, words: Words): Buffer | undefined {
  const { data, metadata, type } = event;
  const { revision, created, position } = placement;
  if (event.contentType === 'application/octet-stream' || revision >= NUMBERS_END || created >= NUMBERS_END || !(created >= 0)) return undefined;
  const bodyBytes = metadata.length + data.length;
  if (source.length < bodyBytes) [source, packed, unpacked] = [Buffer.alloc(2 * bodyBytes), Buffer.alloc(2 * bodyBytes), Buffer.alloc(2 * bodyBytes)];
  source.set(metadata, 0);
  source.set(data, metadata.length);
  const body = source.subarray(0, bodyBytes);
  const streamUuid = parseUuid(placement.stream.slice(-UUID_CHARACTERS));
  const packedBytes = pack(body, packed, words, streamUuid);
  if (packedBytes < 0) return undefined;

  const stream = streamUuid === undefined ? placement.stream : placement.stream.slice(0, -UUID_CHARACTERS);
  const streamBytes = Buffer.byteLength(stream);
  const word = words.numberOf.get(type);
  const typeBytes = word === undefined ? Buffer.byteLength(type) : 0;
  const ascii = streamBytes === stream.length && (word !== undefined || typeBytes === type.length);
  const headBytes =
    STREAM_AT +
    varintBytes(streamBytes) +
    streamBytes +
    (streamUuid === undefined ? 0 : UUID_BYTES) +
    varintBytes(word ?? typeBytes) +
    typeBytes +
    varintBytes(metadata.length) +
    varintBytes(data.length);
  // Not from the pool: while cached, the record would keep alive everything allocated beside it.
  const record = Buffer.allocUnsafeSlow(headBytes + packedBytes);
  record[4] = KIND_PACKED;
  record[5] = (ascii ? FLAG_ASCII : 0) | (streamUuid === undefined ? 0 : FLAG_STREAM_UUID) | (word === undefined ? 0 : FLAG_TYPE_WORD);
  record.writeUIntLE(position, POSITION_AT, NUMBER_BYTES);
  record.writeUIntLE(revision, REVISION_AT, NUMBER_BYTES);
  record.writeUIntLE(created, CREATED_AT, NUMBER_BYTES);
  record.set(idBytes, PACKED_ID_AT);
  const encoding = ascii ? 'latin1' : 'utf8';
  let at = writeVarint(record, STREAM_AT, streamBytes);
  at += record.write(stream, at, encoding);
  if (streamUuid !== undefined) {
    record.set(streamUuid, at);
    at += UUID_BYTES;
  }
  at = writeVarint(record, at, word ?? typeBytes);
  if (word === undefined) at += record.write(type, at, encoding);
  at = writeVarint(record, at, metadata.length);
  at = writeVarint(record, at, data.length);
  packed.copy(record, at, 0, packedBytes);
  return isReadAs(body, record, words) ? record : undefined;
}

/** What is appended can't be asked for again, so each record is read once before it is written. */
function isReadAs(body: Buffer, record: Buffer, words: Words): boolean {
  const target = unpacked.subarray(0, body.length);
  const layout = layoutOf(record);
  unpack(record, layout.bodyAt, target, words, layout.streamUuidAt);
  return target.equals(body);
}

export const packedPosition = (record: Buffer): number => record.readUIntLE(POSITION_AT, NUMBER_BYTES);
export const packedRevision = (record: Buffer): number => record.readUIntLE(REVISION_AT, NUMBER_BYTES);
export const packedCreated = (record: Buffer): number => record.readUIntLE(CREATED_AT, NUMBER_BYTES);

export function packedStream(record: Buffer): string {
  readVarint(record, STREAM_AT);
  const text = textOf(record, varint.end, varint.end + varint.value);
  return (record[5]! & FLAG_STREAM_UUID) === 0 ? text : text + formatUuid(record, varint.end + varint.value);
}

export function packedType(record: Buffer, words: Words): string {
  readVarint(record, streamEnd(record));
  return (record[5]! & FLAG_TYPE_WORD) === 0 ? textOf(record, varint.end, varint.end + varint.value) : (words.all[varint.value] ?? '');
}

export function decodePacked(record: Buffer, words: Words): StoredEvent {
  const { metadataBytes, dataBytes, bodyAt, streamUuidAt } = layoutOf(record);
  const body = Buffer.allocUnsafe(metadataBytes + dataBytes);
  unpack(record, bodyAt, body, words, streamUuidAt);
  return {
    id: formatUuid(record, PACKED_ID_AT),
    type: packedType(record, words),
    contentType: 'application/json',
    data: body.subarray(metadataBytes),
    metadata: body.subarray(0, metadataBytes),
    stream: packedStream(record),
    revision: packedRevision(record),
    position: packedPosition(record),
    created: packedCreated(record),
  };
}

type Layout = { readonly metadataBytes: number; readonly dataBytes: number; readonly bodyAt: number; readonly streamUuidAt: number | undefined };

function layoutOf(record: Buffer): Layout {
  const typeAt = streamEnd(record);
  readVarint(record, typeAt);
  readVarint(record, (record[5]! & FLAG_TYPE_WORD) === 0 ? varint.end + varint.value : varint.end);
  const metadataBytes = varint.value;
  readVarint(record, varint.end);
  const dataBytes = varint.value;
  return { metadataBytes, dataBytes, bodyAt: varint.end, streamUuidAt: (record[5]! & FLAG_STREAM_UUID) === 0 ? undefined : typeAt - UUID_BYTES };
}

function streamEnd(record: Buffer): number {
  readVarint(record, STREAM_AT);
  return varint.end + varint.value + ((record[5]! & FLAG_STREAM_UUID) === 0 ? 0 : UUID_BYTES);
}

function textOf(record: Buffer, start: number, end: number): string {
  return record.toString((record[5]! & FLAG_ASCII) === 0 ? 'utf8' : 'latin1', start, end);
}
