/** Live hints to whoever listens for a person. Fire and forget: whoever missed one finds out by `seq` or by the next fetch. */
import type { PersonId } from '../../domain/shared/ids.ts';

/** `kind` says which product it is for; the rest is what the listener hands on. Plain JSON, which nobody changes. */
export type Hint = { readonly kind: string; readonly [field: string]: unknown };

/**
 * - Publishing never runs a listener in its own stack, never waits and never throws.
 * - What one publisher publishes reaches a listener in that order, each hint once for each person that it listens for.
 * - In one process all listeners get the very same object of a hint, one straight after another: whoever makes a frame of it
 *   may keep the frame by the object, so that a group's frame is encoded once.
 * - A listener that throws harms nobody else. One that was disposed of is not called any more.
 */
export type Broadcast = AsyncDisposable & {
  publish(to: readonly PersonId[], hint: Hint): void;
  /** May miss what is published before the broadcast has noticed the listener, which takes moments. */
  listen(person: PersonId, listener: (hint: Hint) => void): Disposable;
};
