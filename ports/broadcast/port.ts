/** Live hints to the listeners of a person. Fire and forget: a receiver that missed one finds out by `seq` or by the next fetch. */
import type { PersonId } from '../../domain/shared/ids.ts';

/** `kind` tells what the hint is about; the listener passes the other fields on. Plain JSON, which nobody changes. */
export type Hint = { readonly kind: string; readonly [field: string]: unknown };

/**
 * - Publishing never runs a listener in its own stack, never waits and never throws.
 * - The hints of one publisher reach a listener in the order of publishing, each once for each person that it listens for.
 * - In one process all listeners get the very same object of a hint, one directly after another, so that a listener may encode a
 *   group's frame once.
 * - A listener that throws doesn't affect the others. A disposed listener is not called any more.
 */
export type Broadcast = AsyncDisposable & {
  publish(to: readonly PersonId[], hint: Hint): void;
  /** Hints that are published before the broadcast knows the listener may be missed; that takes moments. */
  listen(person: PersonId, listener: (hint: Hint) => void): Disposable;
};
