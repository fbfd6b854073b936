/** The stored head of the log: where it ends. */
import { crc32c } from './crc32c.ts';
import { eventStoreError } from '../errors.ts';

/** A store of format 1 has no packed records. It is read, and becomes one of format 2 with its next commit, which older versions refuse. */
const STORE_FORMATS: readonly number[] = [1, 2];
const STORE_FORMAT = 2;
const HEAD_BYTES = 32;
export const HEAD_FACT = 'head'; // its key among the facts

/** Stored with every commit. */
export type Head = {
  readonly nextPosition: number;
  readonly nextStreamNumber: number;
  /** A scavenge has removed events only below this position, so a gap in a stream above it is damage. */
  readonly scavengedBelow: number;
};

export function encodeHead(head: Head): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES);
  bytes.writeUInt32LE(STORE_FORMAT, 4);
  bytes.writeDoubleLE(head.nextPosition, 8);
  bytes.writeDoubleLE(head.nextStreamNumber, 16);
  bytes.writeDoubleLE(head.scavengedBelow, 24);
  bytes.writeUInt32LE(crc32c(bytes, 4, HEAD_BYTES), 0);
  return bytes;
}

export function decodeHead(bytes: Buffer): Head {
  if (bytes.length < 8 || bytes.readUInt32LE(0) !== crc32c(bytes, 4, bytes.length)) {
    throw eventStoreError('store-corrupted', 'The head record, which says where the log ends, is damaged.');
  }
  const format = bytes.readUInt32LE(4);
  if (!STORE_FORMATS.includes(format))
    throw eventStoreError(
      'store-version-unknown',
      `The store has format ${format}; this version reads formats ${STORE_FORMATS.join(' and ')}. Open it with the version that wrote it.`,
    );
  return { nextPosition: bytes.readDoubleLE(8), nextStreamNumber: bytes.readDoubleLE(16), scavengedBelow: bytes.readDoubleLE(24) };
}

export const isSameHead = (one: Head, other: Head): boolean =>
  one.nextPosition === other.nextPosition && one.nextStreamNumber === other.nextStreamNumber && one.scavengedBelow === other.scavengedBelow;
