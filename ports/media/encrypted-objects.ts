/**
 * Objects that the store has encrypted: whoever has their secret reads them, from any byte on, and nobody else does, in the store or in
 * any copy of it. AES-256 in counter mode, which lets a reader begin anywhere; an object is written once, under an `iv` of its own.
 */
import { createCipheriv, randomBytes } from 'node:crypto';
import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MediaUnavailable, type ByteRange, type MediaStore } from './port.ts';

const ALGORITHM = 'aes-256-ctr';
const SECRET_BYTES = 32;
const BLOCK_BYTES = 16;

/** Both as base64url. */
export type ObjectSecret = { readonly secret: string; readonly iv: string };

export const newSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');
export const newIv = (): string => randomBytes(BLOCK_BYTES).toString('base64url');

/** Encrypts what is written to it; the same stream decrypts. `from`: the byte of the object that comes first. */
export function encrypting({ secret, iv }: ObjectSecret, from = 0): Transform {
  const cipher = createCipheriv(ALGORITHM, Buffer.from(secret, 'base64url'), counterAt(Buffer.from(iv, 'base64url'), Math.floor(from / BLOCK_BYTES)));
  cipher.update(Buffer.alloc(from % BLOCK_BYTES));
  return cipher;
}

/** The bytes of the range, which lies within the object. Throws `MediaUnavailable`, also where the store has lost it. */
export async function readEncrypted(store: Pick<MediaStore, 'read'>, key: string, secret: ObjectSecret, range: ByteRange): Promise<Readable> {
  const found = await store.read(key, range);
  if (found === undefined) throw new MediaUnavailable('The store has lost an object that is encrypted.');
  const clear = encrypting(secret, range.from);
  // Either end fails with the other; whoever reads is told by the stream that it reads.
  pipeline(found.stream, clear).catch(() => undefined);
  return clear;
}

/** The counter is the whole block, big-endian (NIST SP 800-38A). */
function counterAt(iv: Buffer, blocks: number): Buffer {
  const counter = (BigInt(`0x${iv.toString('hex')}`) + BigInt(blocks)) % (1n << 128n);
  return Buffer.from(counter.toString(16).padStart(2 * BLOCK_BYTES, '0'), 'hex');
}
