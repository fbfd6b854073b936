/** Packs an event's JSON (`tokens.ts`), in one pass. What is packed is never longer than what it was. */
import {
  AFTER_BRACE,
  AFTER_COMMA,
  AFTER_STRING,
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
import { readUuidText } from '../uuid.ts';
import { readMoment } from './moments.ts';
import { writeVarint } from './varint.ts';
import { findName, type Words } from './words.ts';

/** Fewer characters of base64 are not worth a token. */
const BASE64_CHARACTERS_MIN = 16;
const QUOTE = 0x22;
const COMMA = 0x2c;
const DASH = 0x2d;
const COLON = 0x3a;
const LETTER_T = 0x54;
const UNDERSCORE = 0x5f;
const BRACE = 0x7b;
/** The date and the hour of a moment: up to its first colon. */
const HOUR_CHARACTERS = 13;
const NO_DIGIT = 255;

/** The six bits that a character stands for, in base64 and base64url; `NO_DIGIT` for characters of neither. */
const SIX_BITS = new Uint8Array(256).fill(NO_DIGIT);
for (const [at, character] of [...Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 'latin1')].entries())
  SIX_BITS[character] = at;
SIX_BITS[DASH] = 62;
SIX_BITS[UNDERSCORE] = 63;

type Packing = {
  readonly source: Buffer;
  readonly target: Buffer;
  readonly words: Words;
  at: number; // in the source
  end: number; // of the target
  /** So many bytes at the end of the target stand for themselves. */
  literals: number;
  /** Remembered UUIDs, one after the other. */
  readonly uuids: Uint8Array;
  uuidCount: number;
  lastMoment: number;
};

/**
 * Writes the packed source to the start of `target`, which must be as long as the source, and returns how long it is; -1 where the
 * source has control characters. `uuid` counts as one that came before.
 */
export function pack(source: Buffer, target: Buffer, words: Words, uuid?: Uint8Array): number {
  const packing: Packing = {
    source,
    target,
    words,
    at: 0,
    end: 0,
    literals: 0,
    uuids: uuidsScratch,
    uuidCount: 0,
    lastMoment: -1,
  };
  if (uuid !== undefined) rememberUuid(packing, uuid);
  while (packing.at < source.length) {
    const byte = source[packing.at]!;
    if (byte < TOKENS_END) return -1;
    if (SIX_BITS[byte] !== NO_DIGIT) packRun(packing, endOfRun(source, packing.at));
    else if (byte !== QUOTE || !packName(packing)) packLiteral(packing, packing.at + 1);
  }
  return packing.end;
}

/** Characters of base64 or base64url. */
function endOfRun(source: Buffer, start: number): number {
  let end = start + 1;
  while (end < source.length && SIX_BITS[source[end]!] !== NO_DIGIT) end++;
  return end;
}

function packLiteral(packing: Packing, until: number): void {
  packing.literals += until - packing.at;
  while (packing.at < until) packing.target[packing.end++] = packing.source[packing.at++]!;
}

function packName(packing: Packing): boolean {
  const { source, target, words, at } = packing;
  const number = findName(words, source, at, source.length);
  if (number < 0) return false;
  const before = packing.literals > 0 ? target[packing.end - 1] : undefined;
  let token = NAME;
  if (before === BRACE) token += AFTER_BRACE;
  else if (before === COMMA) token += packing.literals > 1 && target[packing.end - 2] === QUOTE ? AFTER_STRING : AFTER_COMMA;
  packing.end -= token === NAME ? 0 : token === NAME + AFTER_STRING ? 2 : 1;
  packing.at += words.names[number]!.length;
  if (source[packing.at] === QUOTE) {
    token += BEFORE_STRING;
    packing.at++;
  }
  target[packing.end++] = token;
  packing.end = writeVarint(target, packing.end, number);
  packing.literals = 0;
  return true;
}

/** Looks for UUIDs at the beginning of the run and behind each of its dashes, as in `channel-<uuid>`. */
function packRun(packing: Packing, end: number): void {
  const { source } = packing;
  if (end - packing.at === HOUR_CHARACTERS && source[packing.at + 10] === LETTER_T && source[end] === COLON && packMoment(packing)) return;
  let next = packing.at;
  while (end - next >= UUID_CHARACTERS) {
    if (isUuidShaped(source, next) && readUuidText(source, next, uuidScratch)) {
      packSegment(packing, next);
      packUuid(packing);
      next = packing.at;
      continue;
    }
    while (next < end && source[next] !== DASH && source[next] !== UNDERSCORE) next++;
    next++;
  }
  packSegment(packing, end);
}

const isUuidShaped = (source: Buffer, at: number): boolean =>
  source[at + 8] === DASH && source[at + 13] === DASH && source[at + 18] === DASH && source[at + 23] === DASH;

const uuidScratch = Buffer.alloc(UUID_BYTES);
const uuidsScratch = new Uint8Array(UUIDS_REMEMBERED_MAX * UUID_BYTES);

/** The one in the scratch. */
function packUuid(packing: Packing): void {
  const { target } = packing;
  packing.at += UUID_CHARACTERS;
  packing.literals = 0;
  for (let known = 0; known < packing.uuidCount; known++) {
    if (!isKnownUuid(packing.uuids, known * UUID_BYTES)) continue;
    target[packing.end++] = UUID_AGAIN + known;
    return;
  }
  target[packing.end++] = UUID;
  target.set(uuidScratch, packing.end);
  packing.end += UUID_BYTES;
  rememberUuid(packing, uuidScratch);
}

function isKnownUuid(uuids: Uint8Array, start: number): boolean {
  for (let at = 0; at < UUID_BYTES; at++) if (uuids[start + at] !== uuidScratch[at]) return false;
  return true;
}

function rememberUuid(packing: Packing, uuid: Uint8Array): void {
  if (packing.uuidCount < UUIDS_REMEMBERED_MAX) packing.uuids.set(uuid, packing.uuidCount++ * UUID_BYTES);
}

function packMoment(packing: Packing): boolean {
  const { source, target } = packing;
  const moment = readMoment(source, packing.at);
  if (moment < 0) return false;
  packing.at += MOMENT_CHARACTERS;
  packing.literals = 0;
  if (moment === packing.lastMoment) target[packing.end++] = MOMENT_AGAIN;
  else {
    target[packing.end++] = MOMENT;
    packing.end = target.writeUIntBE(moment, packing.end, MOMENT_BYTES);
    packing.lastMoment = moment;
  }
  return true;
}

/** A part of a run without UUIDs: as six bits a character, where it is long enough and of one alphabet. */
function packSegment(packing: Packing, until: number): void {
  const { source, target, at } = packing;
  const token = until - at < BASE64_CHARACTERS_MIN ? undefined : alphabetTokenOf(source, at, until);
  if (token === undefined) {
    packLiteral(packing, until);
    return;
  }
  target[packing.end++] = token;
  let end = writeVarint(target, packing.end, until - at);
  for (let next = at; next < until; next += 4) {
    const left = until - next; // characters, of which four are three bytes
    const bits =
      (SIX_BITS[source[next]!]! << 18) |
      (left > 1 ? SIX_BITS[source[next + 1]!]! << 12 : 0) |
      (left > 2 ? SIX_BITS[source[next + 2]!]! << 6 : 0) |
      (left > 3 ? SIX_BITS[source[next + 3]!]! : 0);
    target[end++] = bits >> 16;
    if (left > 1) target[end++] = bits >> 8;
    if (left > 2) target[end++] = bits;
  }
  packing.at = until;
  packing.end = end;
  packing.literals = 0;
}

/** Undefined where it has characters that only one and only the other alphabet has. */
function alphabetTokenOf(source: Buffer, start: number, end: number): typeof BASE64 | typeof BASE64_URL | undefined {
  let token: typeof BASE64 | typeof BASE64_URL | undefined;
  for (let at = start; at < end; at++) {
    const byte = source[at]!;
    if (SIX_BITS[byte]! < 62) continue;
    const of = byte === DASH || byte === UNDERSCORE ? BASE64_URL : BASE64;
    if (token !== undefined && token !== of) return undefined;
    token = of;
  }
  return token ?? BASE64;
}
