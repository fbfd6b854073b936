/**
 * Commands that a client gave one after the other and that are under way together, so that the log takes them in one append: each is
 * queued for its stream after the one before it, however long each takes to load what it needs.
 */

/** Of one command among those before and after it. */
export type Place = {
  /** `enqueue` queues the command; it is called when those before it are queued, or need not be. */
  enter<Result>(enqueue: () => Promise<Result>): Promise<Result>;
};

export type PlaceInOrder = Place & {
  /** The command is over, queued or not: those behind it need not wait for it. */
  leave(): void;
};

/** A function that gives the next place. */
export function placesInOrder(): () => PlaceInOrder {
  let last: Promise<void> = Promise.resolve();
  return () => {
    const before = last;
    const { promise, resolve } = Promise.withResolvers<void>();
    last = promise;
    return {
      enter: async (enqueue) => {
        await before;
        const queued = enqueue();
        resolve();
        return queued;
      },
      leave: () => void before.then(resolve),
    };
  };
}
