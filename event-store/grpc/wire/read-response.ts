/** Encodes the responses of reads and subscriptions; catch-up and persistent ones use the same field numbers. */
import type { StoredEvent } from '../../store.ts';
import { readEventOf, type ResolvedEvent } from '../../read/links.ts';
import { toTicks, toWirePosition } from './positions.ts';
import { writeUuid, type UuidForm } from './uuid.ts';
import { closeMessage, FIELD_OVERHEAD_BYTES, startWriter, writeBytes, writeEmpty, writeNumber, writeText, writtenBytes, type Writer } from './writer.ts';

/** For reads and catch-up subscriptions, where a resolved event has its own position. */
export function encodeEvent(resolved: ResolvedEvent, uuids: UuidForm): Buffer {
  return encodeReadEvent(resolved, uuids, { eventPosition: resolved.event?.position });
}

/** For a persistent subscription, with the number of earlier attempts; a resolved event has the position of its link. */
export function encodeDelivery(resolved: ResolvedEvent, uuids: UuidForm, retryCount: number): Buffer {
  return encodeReadEvent(resolved, uuids, { eventPosition: readEventOf(resolved).position, retryCount });
}

/** Field 2 in both services. */
export function encodeConfirmation(subscriptionId: string): Buffer {
  const writer = startWriter(subscriptionId.length * 3 + 2 * FIELD_OVERHEAD_BYTES);
  const end = writer.at;
  writeText(writer, 1, subscriptionId);
  closeMessage(writer, 2, end);
  return writtenBytes(writer);
}

export function encodeCheckpoint(position: number): Buffer {
  const writer = startWriter(3 * FIELD_OVERHEAD_BYTES);
  const end = writer.at;
  writeNumber(writer, 2, toWirePosition(position));
  writeNumber(writer, 1, toWirePosition(position));
  closeMessage(writer, 3, end);
  return writtenBytes(writer);
}

export function encodeStreamNotFound(stream: string): Buffer {
  const writer = startWriter(stream.length * 3 + 3 * FIELD_OVERHEAD_BYTES);
  const end = writer.at;
  writeText(writer, 3, stream);
  closeMessage(writer, 1, end);
  closeMessage(writer, 4, end);
  return writtenBytes(writer);
}

export function encodeLastStreamPosition(revision: number): Buffer {
  const writer = startWriter(FIELD_OVERHEAD_BYTES);
  writeNumber(writer, 6, revision);
  return writtenBytes(writer);
}

export const encodeCaughtUp = () => encodeMark(8);
export const encodeFellBehind = () => encodeMark(9);

function encodeMark(field: number): Buffer {
  const writer = startWriter(FIELD_OVERHEAD_BYTES);
  writeEmpty(writer, field);
  return writtenBytes(writer);
}

type ReadEventOptions = { readonly eventPosition: number | undefined; readonly retryCount?: number };

function encodeReadEvent(resolved: ResolvedEvent, uuids: UuidForm, { eventPosition, retryCount }: ReadEventOptions): Buffer {
  const { event, link } = resolved;
  const position = toWirePosition(readEventOf(resolved).position); // to resume from
  const writer = startWriter(roomFor(event) + roomFor(link) + 4 * FIELD_OVERHEAD_BYTES);
  const end = writer.at;
  if (retryCount !== undefined) writeNumber(writer, 5, retryCount);
  writeNumber(writer, 3, position);
  if (link !== undefined) writeRecord(writer, 2, link, position, uuids);
  if (event !== undefined) writeRecord(writer, 1, event, eventPosition === undefined ? position : toWirePosition(eventPosition), uuids);
  closeMessage(writer, 1, end);
  return writtenBytes(writer);
}

function writeRecord(writer: Writer, field: number, event: StoredEvent, position: number, uuids: UuidForm): void {
  const end = writer.at;
  if (event.data.length > 0) writeBytes(writer, 8, event.data);
  if (event.metadata.length > 0) writeBytes(writer, 7, event.metadata);
  writeProperty(writer, 'created', toTicks(event.created));
  writeProperty(writer, 'content-type', event.contentType);
  writeProperty(writer, 'type', event.type);
  writeNumber(writer, 5, position);
  writeNumber(writer, 4, position);
  writeNumber(writer, 3, event.revision);
  const nameEnd = writer.at;
  writeText(writer, 3, event.stream);
  closeMessage(writer, 2, nameEnd);
  writeUuid(writer, 1, event.id, uuids);
  closeMessage(writer, field, end);
}

function writeProperty(writer: Writer, key: string, value: string): void {
  const end = writer.at;
  writeText(writer, 2, value);
  writeText(writer, 1, key);
  closeMessage(writer, 6, end);
}

/** The id, and property names and values other than the type. */
const RECORD_TEXTS_BYTES = 160;
const RECORD_FIELDS = 18;
const UTF8_BYTES_PER_UNIT = 3;

function roomFor(event: StoredEvent | undefined): number {
  if (event === undefined) return 0;
  const texts = (event.stream.length + event.type.length) * UTF8_BYTES_PER_UNIT;
  return event.data.length + event.metadata.length + texts + RECORD_TEXTS_BYTES + RECORD_FIELDS * FIELD_OVERHEAD_BYTES;
}
