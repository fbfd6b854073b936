import type { Head } from './head-record.ts';

type QuietWaiter = { readonly types: ReadonlySet<string>; readonly wake: () => void };

/** The flushed head of the log (its high-water mark), as readers and subscribers see it and wait for it. */
export class FlushedHead {
  #head: Head;
  #closed = false;
  readonly #waitingForAny = new Set<() => void>();
  readonly #waitingForStream = new Map<string, Set<() => void>>();
  readonly #waitingForTypes = new Set<QuietWaiter>();

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

  /** With the streams, and the types of the events, that were flushed. */
  publish(head: Head, streams: Iterable<string>, types: ReadonlySet<string>): void {
    this.#wakeForTypes(types); // they are waiting still, before the head says that there is more
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
    for (const { wake } of this.#waitingForTypes) wake();
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

  /**
   * Resolves when an event of these types is flushed, when the store closes, or when the signal aborts; with the first position that may
   * have one. Everything before it was flushed by then, and has none. `onQuiet` is called with whether it waits.
   */
  nextOfTypes(types: ReadonlySet<string>, onQuiet: (isQuiet: boolean) => void, signal: AbortSignal | undefined): Promise<number> {
    if (this.#closed || signal?.aborted === true) return Promise.resolve(this.#head.nextPosition);
    return new Promise((resolve) => {
      const wake = () => {
        this.#waitingForTypes.delete(waiter);
        signal?.removeEventListener('abort', wake);
        onQuiet(false);
        resolve(this.#head.nextPosition);
      };
      const waiter: QuietWaiter = { types, wake };
      this.#waitingForTypes.add(waiter);
      signal?.addEventListener('abort', wake, { once: true });
      onQuiet(true);
    });
  }

  #wakeForTypes(flushed: ReadonlySet<string>): void {
    for (const { types, wake } of this.#waitingForTypes) if (!types.isDisjointFrom(flushed)) wake();
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
