/** Live hints to whoever listens for a person. Fire and forget: whoever missed one finds out by `seq` or by the next fetch. */
import type { PersonId } from '../../domain/shared/ids.ts';

/** `kind` says which product it is for; the rest is what the listener hands on. Plain JSON. */
export type Hint = { readonly kind: string; readonly [field: string]: unknown };

export type Broadcast = AsyncDisposable & {
  publish(to: readonly PersonId[], hint: Hint): void;
  /** The listener gets one hint with all its people that are listened for through the same `listen` set, so that a group's frame is encoded once. */
  listen(person: PersonId, listener: (hint: Hint) => void): Disposable;
};
