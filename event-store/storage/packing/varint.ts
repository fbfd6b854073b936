/** Whole numbers of up to 32 bits in as few bytes as they need: seven bits a byte, the lowest first, and a bit that says that more follow. */

export function varintBytes(value: number): number {
  let bytes = 1;
  for (let left = value >>> 7; left > 0; left >>>= 7) bytes++;
  return bytes;
}

/** Returns where it ends. */
export function writeVarint(target: Uint8Array, start: number, value: number): number {
  let at = start;
  let left = value;
  for (; left > 127; left >>>= 7) target[at++] = (left & 127) | 128;
  target[at++] = left;
  return at;
}

/** A number and where it ends: one object, made once, for it is read several times an event. */
export const varint = { value: 0, end: 0 };

/** Fills in `varint`. What lies beyond the end reads as zero. */
export function readVarint(source: Uint8Array, start: number): void {
  let at = start;
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = source[at++] ?? 0;
    value |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  varint.value = value >>> 0;
  varint.end = at;
}
