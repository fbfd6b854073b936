import type { EventStoreErrorCode } from './store.ts';

/** All errors that the store throws are made here; `code` is stable, the message is for people. */
export function eventStoreError(code: EventStoreErrorCode, message: string, cause?: unknown): EventStoreError {
  return Object.assign(new Error(message, cause === undefined ? {} : { cause }), { name: 'EventStoreError' as const, code });
}

export type EventStoreError = Error & { readonly name: 'EventStoreError'; readonly code: EventStoreErrorCode };

export function isEventStoreError(error: unknown): error is EventStoreError {
  return error instanceof Error && error.name === 'EventStoreError';
}
