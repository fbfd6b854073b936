/**
 * A server's text message as it goes over the wire (RFC 6455, 5.2: final, unmasked), so that a frame for a hundred sockets is encoded
 * and framed once.
 */
import type { ServerFrame } from './frames.ts';

const FINAL_TEXT = 0x81;
const LENGTH_7_BITS_MAX = 125;
const LENGTH_16_BITS_MAX = 0xffff;
const LENGTH_16_BITS = 126;
const LENGTH_64_BITS = 127;

export const encodeFrame = (frame: ServerFrame): Buffer => frameText(JSON.stringify(frame));

export function frameText(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const header = length <= LENGTH_7_BITS_MAX ? 2 : length <= LENGTH_16_BITS_MAX ? 4 : 10;
  const framed = Buffer.allocUnsafe(header + length);
  framed[0] = FINAL_TEXT;
  if (header === 2) framed[1] = length;
  else if (header === 4) {
    framed[1] = LENGTH_16_BITS;
    framed.writeUInt16BE(length, 2);
  } else {
    framed[1] = LENGTH_64_BITS;
    framed.writeBigUInt64BE(BigInt(length), 2);
  }
  framed.write(text, header);
  return framed;
}
