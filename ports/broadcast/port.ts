/** Live hints to the listeners of a person. Fire and forget: a receiver that missed one finds out by `seq` or by the next fetch. */
import type { PersonId } from '../../domain/shared/ids.ts';

/** `kind` tells what the hint is about; the listener passes the other fields on. Plain JSON, which nobody changes. */
export type Hint = { readonly kind: string; readonly [field: string]: unknown };

/** So long it may take until a listener is known to publishers in other processes, before that counts as a gap. */
export const KNOWN_WITHIN_MS = 1_000;

export type Listening = Disposable & {
  /**
   * Resolves once every hint that is published from then on reaches the listener, and after KNOWN_WITHIN_MS at the latest; where it
   * is not so by then, a gap is told when it is. So who waits, and then reads what is there, misses nothing.
   */
  readonly known: Promise<void>;
};

/**
 * - Publishing never runs a listener in its own stack, never waits and never throws. What waits while others can't be reached is bounded.
 * - The hints of one publisher reach a listener in the order of publishing, each once for each person that it listens for; or some are
 *   lost, and then a gap is told to the listeners that may lack them.
 * - In one process all listeners get the very same object of a hint, one directly after another, so that a listener may encode a
 *   group's frame once.
 * - A listener that throws doesn't affect the others. A disposed listener is not called any more.
 */
export type Broadcast = AsyncDisposable & {
  publish(to: readonly PersonId[], hint: Hint): void;
  listen(person: PersonId, listener: (hint: Hint) => void): Listening;
  /** `listener` is called when hints to anybody here may have been lost, and from now on they come again: look at what they are about. */
  onGap(listener: () => void): Disposable;
};
