/**
 * Writes a protobuf message from its end to its beginning, so that the length of every nested message is known when its prefix is
 * written and a record's bytes are copied once. Used for calls that carry many events; the rest uses the generated classes.
 */
export type Writer = { readonly bytes: Buffer; at: number };

/** `capacityBytes` must be at least the size of the message. */
export function startWriter(capacityBytes: number): Writer {
  return { bytes: Buffer.allocUnsafe(capacityBytes), at: capacityBytes };
}

export function writtenBytes(writer: Writer): Buffer {
  return writer.bytes.subarray(writer.at);
}

/** The longest tag, length and varint of one field. */
export const FIELD_OVERHEAD_BYTES = 16;

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const INT64_MAX = 0x7fff_ffff_ffff_ffffn;

/** A whole number of at least 0; the largest safe integer stands for the largest int64. */
export function writeNumber(writer: Writer, field: number, value: number): void {
  if (value >= Number.MAX_SAFE_INTEGER) writeBigVarint(writer, INT64_MAX);
  else writeVarint(writer, value);
  writeVarint(writer, field * 8 + VARINT);
}

/** An int64, negative ones as two's complement. */
export function writeBigInt(writer: Writer, field: number, value: bigint): void {
  writeBigVarint(writer, BigInt.asUintN(64, value));
  writeVarint(writer, field * 8 + VARINT);
}

export function writeBytes(writer: Writer, field: number, value: Uint8Array): void {
  writer.at -= value.length;
  writer.bytes.set(value, writer.at);
  writePrefix(writer, field, value.length);
}

export function writeText(writer: Writer, field: number, value: string): void {
  const length = Buffer.byteLength(value);
  writer.at -= length;
  writer.bytes.write(value, writer.at, length);
  writePrefix(writer, field, length);
}

/** Writes the tag and length of a message that began at `end`. */
export function closeMessage(writer: Writer, field: number, end: number): void {
  writePrefix(writer, field, end - writer.at);
}

/** An empty message, which is how a oneof without content is encoded. */
export function writeEmpty(writer: Writer, field: number): void {
  writePrefix(writer, field, 0);
}

function writePrefix(writer: Writer, field: number, length: number): void {
  writeVarint(writer, length);
  writeVarint(writer, field * 8 + LENGTH_DELIMITED);
}

function writeVarint(writer: Writer, value: number): void {
  const { bytes } = writer;
  if (value < 0x80) {
    bytes[--writer.at] = value;
    return;
  }
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
  writer.at -= size;
  let at = writer.at;
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes[at++] = (rest % 0x80) | 0x80;
  bytes[at] = rest;
}

function writeBigVarint(writer: Writer, value: bigint): void {
  const septets: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) septets.push(Number(rest & 0x7fn) | 0x80);
  septets.push(Number(rest));
  writer.at -= septets.length;
  writer.bytes.set(septets, writer.at);
}
