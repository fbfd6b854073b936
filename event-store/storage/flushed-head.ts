import type { Head } from './head-record.ts';

/** The flushed head of the log (its high-water mark), as readers and subscribers see it and wait for it. */
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

  /** Called before a scavenge commits: its commit is visible before it is published, and readers in between must not take the gaps for damage. */
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

  /** Resolves at the next flush (of `stream`, where given), when the store closes, or when the signal aborts. */
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
  for (const done of waiting) done(); // each removes itself
}
