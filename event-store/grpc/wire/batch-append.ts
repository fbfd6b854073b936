/** The messages of BatchAppend, the hottest call: decoded without the generated classes and without copying. */
import type { ContentType, ExpectedRevision, NewEvent } from '../../store.ts';
import { toWirePosition } from './positions.ts';
import { nextTag, varintTag, messageTag, readBytes, readNumber, readMessage, readText, skipField, startReader, type Reader } from './reader.ts';
import { readUuid } from './uuid.ts';
import { closeMessage, FIELD_OVERHEAD_BYTES, startWriter, writeBytes, writeEmpty, writeNumber, writeText, writtenBytes, type Writer } from './writer.ts';

/** One message of a batch; the first has options, the last is final. */
export type BatchRequest = {
  /** The client's id of the batch, returned unchanged in the answer. */
  readonly correlation: Buffer;
  readonly options: BatchOptions | undefined;
  readonly events: readonly NewEvent[];
  /** Why one of the events is invalid, if one is. */
  readonly fault: string | undefined;
  readonly isFinal: boolean;
};

export type BatchOptions = {
  readonly stream: string;
  readonly expected: ExpectedRevision | undefined;
  readonly deadline: { readonly at: number } | { readonly in: number } | undefined; // milliseconds, since the epoch or from now
};

export function decodeBatchRequest(bytes: Buffer): BatchRequest {
  const reader = startReader(bytes);
  const part = { correlation: EMPTY, options: undefined as BatchOptions | undefined, fault: undefined as string | undefined, isFinal: false };
  const events: NewEvent[] = [];
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === CORRELATION) part.correlation = readBytes(reader);
    else if (tag === OPTIONS) part.options = readOptions(readMessage(reader));
    else if (tag === PROPOSED) part.fault = readProposed(readMessage(reader), events) ?? part.fault;
    else if (tag === FINAL) part.isFinal = readNumber(reader) !== 0;
    else skipField(reader, tag);
  }
  return { ...part, events };
}

/** The batch that an answer is for. */
export type BatchAddress = { readonly correlation: Buffer; readonly stream: string };

export function encodeBatchAppended(address: BatchAddress, { revision, position }: { readonly revision: number; readonly position: number }): Buffer {
  const writer = startAnswer(address);
  const end = writer.at;
  if (revision < 0) {
    writeEmpty(writer, 4);
    writeEmpty(writer, 2);
  } else {
    const positionEnd = writer.at;
    writeNumber(writer, 2, toWirePosition(position));
    writeNumber(writer, 1, toWirePosition(position));
    closeMessage(writer, 3, positionEnd);
    writeNumber(writer, 1, revision);
  }
  closeMessage(writer, 3, end);
  return finishAnswer(writer, address);
}

export type BatchFailure =
  | { readonly type: 'AccessDenied' | 'StreamDeleted' | 'Timeout' | 'Unknown' }
  | { readonly type: 'WrongExpectedVersion'; readonly expected: ExpectedRevision; readonly current: number | 'no-stream' }
  | { readonly type: 'MaximumAppendSizeExceeded'; readonly maxBytes: number }
  | { readonly type: 'BadRequest'; readonly message: string };

/** A `google.rpc.Status` with exactly one detail, whose type tells clients the failure. */
export function encodeBatchFailed(address: BatchAddress, failure: BatchFailure): Buffer {
  const writer = startAnswer(address, failure.type === 'BadRequest' ? failure.message.length * UTF8_BYTES_PER_UNIT : 0);
  const end = writer.at;
  const valueEnd = writer.at;
  writeFailure(writer, failure, address.stream);
  closeMessage(writer, 2, valueEnd);
  writeText(writer, 1, `type.googleapis.com/event_store.client.${failure.type}`);
  closeMessage(writer, 3, end);
  writeText(writer, 2, failure.type);
  writeNumber(writer, 1, STATUS_CODES[failure.type]);
  closeMessage(writer, 2, end);
  return finishAnswer(writer, address);
}

const STATUS_CODES: Readonly<Record<BatchFailure['type'], number>> = {
  Unknown: 2,
  BadRequest: 3,
  MaximumAppendSizeExceeded: 3,
  Timeout: 4,
  StreamDeleted: 5,
  WrongExpectedVersion: 6,
  AccessDenied: 7,
};

const EMPTY: Buffer = Buffer.alloc(0);
const UTF8_BYTES_PER_UNIT = 3;
const ANSWER_BYTES = 256;

const CORRELATION = messageTag(1);
const OPTIONS = messageTag(2);
const PROPOSED = messageTag(3);
const FINAL = varintTag(4);

const STREAM = messageTag(1);
const REVISION = varintTag(2);
const EXPECTED_WORDS = new Map<number, ExpectedRevision>([
  [messageTag(3), 'no-stream'],
  [messageTag(4), 'any'],
  [messageTag(5), 'stream-exists'],
]);
const DEADLINE_TIME = messageTag(6);
const DEADLINE_DURATION = messageTag(7);

const EVENT_ID = messageTag(1);
const EVENT_PROPERTY = messageTag(2);
const EVENT_METADATA = messageTag(3);
const EVENT_DATA = messageTag(4);

function readOptions(reader: Reader): BatchOptions {
  let stream = '';
  let expected: ExpectedRevision | undefined;
  let deadline: BatchOptions['deadline'];
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === STREAM) stream = readStreamName(readMessage(reader));
    else if (tag === REVISION) expected = Math.min(readNumber(reader), Number.MAX_SAFE_INTEGER);
    else if (tag === DEADLINE_TIME) deadline = { at: readMilliseconds(readMessage(reader)) };
    else if (tag === DEADLINE_DURATION) deadline = { in: readMilliseconds(readMessage(reader)) };
    else {
      expected = EXPECTED_WORDS.get(tag) ?? expected;
      skipField(reader, tag);
    }
  }
  return { stream, expected, deadline };
}

/** Adds the event, or returns why it is invalid. */
function readProposed(reader: Reader, events: NewEvent[]): string | undefined {
  let id = '';
  let data = EMPTY;
  let metadata = EMPTY;
  const properties: Properties = { type: undefined, contentType: undefined };
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === EVENT_ID) id = readUuid(readMessage(reader));
    else if (tag === EVENT_PROPERTY) readProperty(readMessage(reader), properties);
    else if (tag === EVENT_METADATA) metadata = readBytes(reader);
    else if (tag === EVENT_DATA) data = readBytes(reader);
    else skipField(reader, tag);
  }
  const { type, contentType } = properties;
  if (type === undefined) return "Required Metadata Property 'type' is missing";
  if (contentType === undefined) return "Required Metadata Property 'content-type' is missing";
  events.push({ id, type, contentType, data, metadata });
  return undefined;
}

type Properties = { type: string | undefined; contentType: ContentType | undefined };

function readProperty(reader: Reader, properties: Properties): void {
  let key = '';
  let value = '';
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === messageTag(1)) key = readText(reader);
    else if (tag === messageTag(2)) value = readText(reader);
    else skipField(reader, tag);
  }
  if (key === 'type') properties.type = value;
  else if (key === 'content-type') properties.contentType = value === 'application/json' ? value : 'application/octet-stream';
}

function readStreamName(reader: Reader): string {
  let name = '';
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === messageTag(3)) name = readText(reader);
    else skipField(reader, tag);
  }
  return name;
}

/** Of a Timestamp or a Duration: seconds and nanoseconds. */
function readMilliseconds(reader: Reader): number {
  let milliseconds = 0;
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === varintTag(1)) milliseconds += readNumber(reader) * 1_000;
    else if (tag === varintTag(2)) milliseconds += readNumber(reader) / 1_000_000;
    else skipField(reader, tag);
  }
  return milliseconds;
}

/** With room for the correlation id and the stream's name, which a failure may contain twice. */
function startAnswer({ correlation, stream }: BatchAddress, extraBytes = 0): Writer {
  const writer = startWriter(ANSWER_BYTES + correlation.length + stream.length * UTF8_BYTES_PER_UNIT * 2 + extraBytes + 4 * FIELD_OVERHEAD_BYTES);
  writeStreamIdentifier(writer, 4, stream);
  return writer;
}

function finishAnswer(writer: Writer, { correlation }: BatchAddress): Buffer {
  writeBytes(writer, 1, correlation);
  return writtenBytes(writer);
}

function writeStreamIdentifier(writer: Writer, field: number, stream: string): void {
  const end = writer.at;
  writeText(writer, 3, stream);
  closeMessage(writer, field, end);
}

function writeFailure(writer: Writer, failure: BatchFailure, stream: string): void {
  switch (failure.type) {
    case 'AccessDenied':
    case 'Timeout':
    case 'Unknown':
      return;
    case 'StreamDeleted':
      return writeStreamIdentifier(writer, 1, stream);
    case 'MaximumAppendSizeExceeded':
      return writeNumber(writer, 1, failure.maxBytes);
    case 'BadRequest':
      return writeText(writer, 1, failure.message);
    case 'WrongExpectedVersion':
      return writeWrongVersion(writer, failure.expected, failure.current);
  }
}

function writeWrongVersion(writer: Writer, expected: ExpectedRevision, current: number | 'no-stream'): void {
  if (expected === 'any') writeEmpty(writer, 4);
  else if (expected === 'stream-exists') writeEmpty(writer, 5);
  else if (expected === 'no-stream') writeEmpty(writer, 6);
  else writeNumber(writer, 3, expected);
  if (current === 'no-stream') writeEmpty(writer, 2);
  else writeNumber(writer, 1, current);
}
