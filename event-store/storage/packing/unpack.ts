/** The JSON that was packed (`pack.ts`), byte by byte the same. */
import { eventStoreError } from '../../errors.ts';
import {
  AFTER_BRACE,
  AFTER_COMMA,
  AFTER_STRING,
  alphabetOf,
  BASE64,
  BASE64_URL,
  BEFORE_STRING,
  MOMENT,
  MOMENT_AGAIN,
  MOMENT_BYTES,
  MOMENT_CHARACTERS,
  NAME,
  TOKENS_END,
  UUID,
  UUID_AGAIN,
  UUID_BYTES,
  UUID_CHARACTERS,
  UUIDS_REMEMBERED_MAX,
} from './tokens.ts';
import { writeUuidText } from '../uuid.ts';
import { writeMoment } from './moments.ts';
import { readVarint, varint } from './varint.ts';
import type { Words } from './words.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const BRACE = 0x7b;

type Unpacking = {
  readonly source: Buffer;
  readonly target: Buffer;
  readonly words: Words;
  at: number; // in the source
  end: number; // of the target
  /** Where in the source the remembered UUIDs are. */
  readonly uuids: number[];
  /** Where in the target the last moment is. */
  lastMomentAt: number;
};

/**
 * Fills `target` from the source between `start` and its end. `uuidAt`: where in the source the UUID is that counts as one that came
 * before. Throws `store-corrupted` where the source isn't what `pack` wrote with these words.
 */
export function unpack(source: Buffer, start: number, target: Buffer, words: Words, uuidAt?: number): void {
  const unpacking: Unpacking = { source, target, words, at: start, end: 0, uuids: uuidAt === undefined ? [] : [uuidAt], lastMomentAt: -1 };
  while (unpacking.at < source.length) {
    const byte = source[unpacking.at++]!;
    if (byte >= TOKENS_END) target[unpacking.end++] = byte;
    else unpackToken(unpacking, byte);
  }
  if (unpacking.end !== target.length) throw damaged();
}

function unpackToken(unpacking: Unpacking, token: number): void {
  if (token >= NAME) {
    if (token > NAME + BEFORE_STRING + AFTER_BRACE) throw damaged();
    unpackName(unpacking, token - NAME);
  } else if (token === UUID) {
    if (unpacking.uuids.length < UUIDS_REMEMBERED_MAX) unpacking.uuids.push(unpacking.at);
    unpackUuid(unpacking, unpacking.at);
    unpacking.at += UUID_BYTES;
  } else if (token < UUID_AGAIN + UUIDS_REMEMBERED_MAX) {
    const known = unpacking.uuids[token - UUID_AGAIN];
    if (known === undefined) throw damaged();
    unpackUuid(unpacking, known);
  } else if (token === MOMENT || token === MOMENT_AGAIN) unpackMoment(unpacking, token);
  else if (token === BASE64 || token === BASE64_URL) unpackBase64(unpacking, token);
  else throw damaged();
}

function unpackName(unpacking: Unpacking, around: number): void {
  const { source, target } = unpacking;
  readVarint(source, unpacking.at);
  unpacking.at = varint.end;
  const name = unpacking.words.names[varint.value];
  if (name === undefined) throw damaged();
  let { end } = unpacking;
  const before = around & AFTER_BRACE;
  if (before === AFTER_STRING) target[end++] = QUOTE;
  if (before === AFTER_STRING || before === AFTER_COMMA) target[end++] = COMMA;
  if (before === AFTER_BRACE) target[end++] = BRACE;
  for (let at = 0; at < name.length; at++) target[end++] = name[at]!;
  if (around >= BEFORE_STRING) target[end++] = QUOTE;
  unpacking.end = end;
}

function unpackUuid(unpacking: Unpacking, at: number): void {
  writeUuidText(unpacking.source, at, unpacking.target, unpacking.end);
  unpacking.end += UUID_CHARACTERS;
}

function unpackMoment(unpacking: Unpacking, token: typeof MOMENT | typeof MOMENT_AGAIN): void {
  const { source, target, end } = unpacking;
  if (end + MOMENT_CHARACTERS > target.length) throw damaged();
  if (token === MOMENT_AGAIN) target.copyWithin(end, unpacking.lastMomentAt, unpacking.lastMomentAt + MOMENT_CHARACTERS);
  else {
    if (unpacking.at + MOMENT_BYTES > source.length) throw damaged();
    writeMoment(source.readUIntBE(unpacking.at, MOMENT_BYTES), target, end);
    unpacking.at += MOMENT_BYTES;
    unpacking.lastMomentAt = end;
  }
  unpacking.end = end + MOMENT_CHARACTERS;
}

function unpackBase64(unpacking: Unpacking, token: typeof BASE64 | typeof BASE64_URL): void {
  const { source, target } = unpacking;
  const alphabet = alphabetOf(token);
  readVarint(source, unpacking.at);
  let { end } = unpacking;
  let at = varint.end;
  const last = end + varint.value;
  if (last > target.length) throw damaged();
  while (end < last) {
    const left = last - end; // characters, of which four are three bytes
    const bits = (source[at++]! << 16) | (left > 1 ? source[at++]! << 8 : 0) | (left > 2 ? source[at++]! : 0);
    target[end++] = alphabet[(bits >> 18) & 63]!;
    if (left > 1) target[end++] = alphabet[(bits >> 12) & 63]!;
    if (left > 2) target[end++] = alphabet[(bits >> 6) & 63]!;
    if (left > 3) target[end++] = alphabet[bits & 63]!;
  }
  unpacking.at = at;
  unpacking.end = end;
}

const damaged = (): Error => eventStoreError('store-corrupted', 'A record’s checksum is right, and its content is not packed as it should be.');
