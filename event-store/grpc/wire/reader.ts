/** Reads a protobuf message field by field without copying: byte fields are views of the message. Throws on a truncated or malformed message. */
export type Reader = { readonly bytes: Buffer; at: number; readonly end: number };

export function startReader(bytes: Buffer): Reader {
  return { bytes, at: 0, end: bytes.length };
}

/** Field number × 8 + wire type; 0 at the end of the message. */
export function nextTag(reader: Reader): number {
  return reader.at >= reader.end ? 0 : readNumber(reader);
}

export const varintTag = (field: number) => field * 8;
export const messageTag = (field: number) => field * 8 + 2;

/** A varint as a number; inexact above 2^53. */
export function readNumber(reader: Reader): number {
  let value = 0;
  for (let shift = 1, size = 0; size < VARINT_MAX_BYTES; shift *= 0x80, size++) {
    const byte = readByte(reader);
    value += (byte & 0x7f) * shift;
    if (byte < 0x80) return value;
  }
  throw new RangeError('A varint in the message is too long.');
}

/** A varint as a signed 64-bit integer. */
export function readBigInt(reader: Reader): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = readByte(reader);
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asIntN(64, value);
  }
  throw new RangeError('A varint in the message is too long.');
}

export function readBytes(reader: Reader): Buffer {
  const { at, end } = lengthDelimited(reader);
  return reader.bytes.subarray(at, end);
}

export function readText(reader: Reader): string {
  const { at, end } = lengthDelimited(reader);
  return reader.bytes.toString('utf8', at, end);
}

/** A reader of the nested message in the next field. */
export function readMessage(reader: Reader): Reader {
  const { at, end } = lengthDelimited(reader);
  return { bytes: reader.bytes, at, end };
}

/** Skips an unknown field. */
export function skipField(reader: Reader, tag: number): void {
  const wireType = tag & 7;
  if (wireType === 0) readBigInt(reader);
  else if (wireType === 1) advance(reader, 8);
  else if (wireType === 2) lengthDelimited(reader);
  else if (wireType === 5) advance(reader, 4);
  else throw new RangeError(`A field in the message has the unknown wire type ${wireType}.`);
}

const VARINT_MAX_BYTES = 10;

function lengthDelimited(reader: Reader): { readonly at: number; readonly end: number } {
  const length = readNumber(reader);
  const { at } = reader;
  advance(reader, length);
  return { at, end: reader.at };
}

function readByte(reader: Reader): number {
  if (reader.at >= reader.end) throw new RangeError('The message is truncated.');
  return reader.bytes[reader.at++]!;
}

function advance(reader: Reader, length: number): void {
  if (length > reader.end - reader.at) throw new RangeError('The message is truncated.');
  reader.at += length;
}
