/** Converts UUIDs between text and 16 bytes, fast: every append and every read does it. */

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
  for (let at = 0; at < UUID_BYTES; at++) {
    const offset = TEXT_OFFSETS[at]!;
    const byte = bytes[start + at]!;
    scratch[offset] = HEX[byte >> 4]!;
    scratch[offset + 1] = HEX[byte & 15]!;
  }
  return scratch.toString('latin1', 0, TEXT_CHARACTERS);
}
