/** UUIDs on the wire: text, or two signed 64-bit halves. */
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { nextTag, varintTag, messageTag, readBigInt, readMessage, readText, skipField, type Reader } from './reader.ts';
import { closeMessage, writeBigInt, writeText, type Writer } from './writer.ts';

export type UuidForm = 'text' | 'structured';

/** In lower case; empty when the message has none. */
export function readUuid(reader: Reader): string {
  let id = '';
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === messageTag(2)) id = readText(reader).toLowerCase();
    else if (tag === messageTag(1)) id = readHalves(readMessage(reader));
    else skipField(reader, tag);
  }
  return id;
}

export function writeUuid(writer: Writer, field: number, id: string, form: UuidForm): void {
  const end = writer.at;
  if (form === 'text') writeText(writer, 2, id);
  else writeHalves(writer, id);
  closeMessage(writer, field, end);
}

/** From the generated class. */
export function uuidOf(message: shared.UUID | undefined): string {
  const halves = message?.getStructured();
  if (halves === undefined) return message?.getString().toLowerCase() ?? '';
  return joinHalves(BigInt(halves.getMostSignificantBits()), BigInt(halves.getLeastSignificantBits()));
}

export function uuidMessage(id: string): shared.UUID {
  return new shared.UUID().setString(id);
}

function readHalves(reader: Reader): string {
  let most = 0n;
  let least = 0n;
  for (let tag = nextTag(reader); tag !== 0; tag = nextTag(reader)) {
    if (tag === varintTag(1)) most = readBigInt(reader);
    else if (tag === varintTag(2)) least = readBigInt(reader);
    else skipField(reader, tag);
  }
  return joinHalves(most, least);
}

function writeHalves(writer: Writer, id: string): void {
  const hex = id.replaceAll('-', '');
  const end = writer.at;
  writeBigInt(writer, 2, BigInt.asIntN(64, BigInt(`0x${hex.slice(16)}`)));
  writeBigInt(writer, 1, BigInt.asIntN(64, BigInt(`0x${hex.slice(0, 16)}`)));
  closeMessage(writer, 1, end);
}

function joinHalves(most: bigint, least: bigint): string {
  const hex = half(most) + half(least);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const half = (value: bigint) => BigInt.asUintN(64, value).toString(16).padStart(16, '0');
