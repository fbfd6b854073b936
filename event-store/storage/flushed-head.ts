/** Where the log ends: as a stored fact, and as what readers and subscribers may see and wait for. */
import { crc32c } from './crc32c.ts';
import { eventStoreError } from '../errors.ts';

const STORE_FORMAT = 1;
const HEAD_BYTES = 32;
export const HEAD_FACT = 'head'; // its key among the facts

/** Written with every commit. */
export type Head = {
  readonly nextPosition: number;
  readonly nextStreamNumber: number;
  /** Events removed by a scavenge lie below this position, so a gap in a stream above it is damage. */
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
    throw eventStoreError('store-corrupted', 'The record that says where the log ends is damaged.');
  }
  const format = bytes.readUInt32LE(4);
  if (format !== STORE_FORMAT) throw eventStoreError('store-version-unknown', `The store has format ${format}; this program reads format ${STORE_FORMAT}.`);
  return { nextPosition: bytes.readDoubleLE(8), nextStreamNumber: bytes.readDoubleLE(16), scavengedBelow: bytes.readDoubleLE(24) };
}

/** What is flushed, and who waits for more of it. */
export class FlushedHead {
  #head: Head;
  #closed = false;
  readonly #waitingForAny = new Set<() => void>();
  readonly #waitingForStream = new Map<string, Set<() => void>>();

  constructor(head: Head) {
    this.#head = head;
  }

  get head(): Head {
    return this.#head;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Before a scavenge's commit, which shows a moment before it is published: what it removes is no damage to who reads in between. */
  expectScavenged(below: number): void {
    this.#head = { ...this.#head, scavengedBelow: below };
  }

  publish(head: Head, streams: Iterable<string>): void {
    this.#head = head;
    wake(this.#waitingForAny);
    if (this.#waitingForStream.size === 0) return;
    for (const stream of streams) {
      const waiting = this.#waitingForStream.get(stream);
      if (waiting !== undefined) wake(waiting);
    }
  }

  close(): void {
    this.#closed = true;
    wake(this.#waitingForAny);
    for (const waiting of this.#waitingForStream.values()) wake(waiting);
  }

  /** Resolves at the next flush, at the next flush that touches `stream` when one is given, when the store closes, or when the signal aborts. */
  nextFlush(stream: string | undefined, signal: AbortSignal | undefined): Promise<void> {
    if (this.#closed || signal?.aborted === true) return Promise.resolve();
    const waiting = stream === undefined ? this.#waitingForAny : this.#waitersOf(stream);
    return new Promise((resolve) => {
      const done = () => {
        waiting.delete(done);
        if (stream !== undefined && waiting.size === 0 && this.#waitingForStream.get(stream) === waiting) this.#waitingForStream.delete(stream);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      waiting.add(done);
      signal?.addEventListener('abort', done, { once: true });
    });
  }

  #waitersOf(stream: string): Set<() => void> {
    const known = this.#waitingForStream.get(stream);
    if (known !== undefined) return known;
    const made = new Set<() => void>();
    this.#waitingForStream.set(stream, made);
    return made;
  }
}

function wake(waiting: Set<() => void>): void {
  for (const done of waiting) done(); // each takes itself out
}
