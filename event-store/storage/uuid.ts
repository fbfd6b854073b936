/** Converts UUIDs between text and 16 bytes, fast: every append and every read does it, several times an event. */

const UUID_BYTES = 16;
const TEXT_CHARACTERS = 36;
const DASH = 0x2d;
const NO_DIGIT = 255;

const DIGIT = new Uint8Array(128).fill(NO_DIGIT);
const HEX = Buffer.from('0123456789abcdef', 'latin1');
for (let value = 0; value < HEX.length; value++) DIGIT[HEX[value]!] = value;

/** The offset of each byte's two digits in the text. */
const TEXT_OFFSETS = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;
const scratch = Buffer.alloc(TEXT_CHARACTERS, DASH);

/** `undefined` unless the text is a UUID in lower case. */
export function parseUuid(text: string): Uint8Array | undefined {
  if (text.length !== TEXT_CHARACTERS) return undefined;
  const bytes = Buffer.allocUnsafe(UUID_BYTES);
  for (let at = 0; at < UUID_BYTES; at++) {
    const offset = TEXT_OFFSETS[at]!;
    const high = DIGIT[text.charCodeAt(offset)] ?? NO_DIGIT;
    const low = DIGIT[text.charCodeAt(offset + 1)] ?? NO_DIGIT;
    if (high === NO_DIGIT || low === NO_DIGIT) return undefined;
    bytes[at] = (high << 4) | low;
  }
  for (const offset of [8, 13, 18, 23]) if (text.charCodeAt(offset) !== DASH) return undefined;
  return bytes;
}

export function formatUuid(bytes: Uint8Array, start: number): string {
  writeUuidText(bytes, start, scratch, 0);
  return scratch.toString('latin1', 0, TEXT_CHARACTERS);
}

/** Reads the digits of the text at `start` into `target`; false where one of them is none in lower case. The dashes are the caller's to check. */
export function readUuidText(text: Uint8Array, start: number, target: Uint8Array): boolean {
  for (let at = 0; at < UUID_BYTES; at++) {
    const offset = start + TEXT_OFFSETS[at]!;
    const high = DIGIT[text[offset]!] ?? NO_DIGIT;
    const low = DIGIT[text[offset + 1]!] ?? NO_DIGIT;
    if (high === NO_DIGIT || low === NO_DIGIT) return false;
    target[at] = (high << 4) | low;
  }
  return true;
}

/** Writes the text of the 16 bytes at `start`, to `target` from `end` on. */
export function writeUuidText(bytes: Uint8Array, start: number, target: Uint8Array, end: number): void {
  for (let at = 0; at < UUID_BYTES; at++) {
    const offset = end + TEXT_OFFSETS[at]!;
    const byte = bytes[start + at]!;
    target[offset] = HEX[byte >> 4]!;
    target[offset + 1] = HEX[byte & 15]!;
  }
  target[end + 8] = target[end + 13] = target[end + 18] = target[end + 23] = DASH;
}
