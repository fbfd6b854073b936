/** How calls fail: a gRPC status, and trailers that tell official clients which failure it is. Codes, texts and names are EventStoreDB's. */
import { Metadata, status } from '@grpc/grpc-js';
import { isEventStoreError } from '../../errors.ts';
import type { ExpectedRevision } from '../../store.ts';
import { toWireNumber } from './positions.ts';

export type Refusal = {
  readonly outcome: 'refused';
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
  /** For the server's log, where the server itself failed. */
  readonly cause?: unknown;
};

export const accessDenied = () => refusal(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });

export const unauthenticated = () => refusal(status.UNAUTHENTICATED, 'The user name or the password is wrong.', {});

export function tooManyGuesses(retryAfterMs: number): Refusal {
  const seconds = Math.ceil(retryAfterMs / 1_000);
  return refusal(status.RESOURCE_EXHAUSTED, `Too many wrong passwords. Try again in ${seconds} seconds.`, { 'retry-after': String(seconds) });
}

export const invalidArgument = (details: string) => refusal(status.INVALID_ARGUMENT, details, {});

/** Ends reads and subscriptions when the server stops. */
export const shuttingDown = () => refusal(status.CANCELLED, 'The server is shutting down.', {});

/** For calls that change something, which may have happened or not: clients try again. */
export const unavailable = () => refusal(status.UNAVAILABLE, 'Server Is Shutting Down', {});

export const streamDeleted = (stream: string) =>
  refusal(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, { exception: 'stream-deleted', 'stream-name': stream });

export function wrongExpectedVersion(facts: {
  readonly operation: string;
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly current: number | 'no-stream';
}): Refusal {
  const { operation, stream } = facts;
  const expected = expectedVersion(facts.expected);
  const actual = expectedVersion(facts.current);
  const details = `${operation} failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${actual}`;
  return refusal(status.FAILED_PRECONDITION, details, {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': expected,
    'actual-version': actual,
  });
}

export const appendTooLarge = (maxBytes: number) =>
  refusal(status.INVALID_ARGUMENT, `Maximum Append Size of ${maxBytes} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(maxBytes),
  });

export const metadataPropertyMissing = (property: string) =>
  refusal(status.INVALID_ARGUMENT, `Required Metadata Property '${property}' is missing`, {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': 'type,content-type',
  });

/** A persistent subscription: its source, a stream or `$all`, and its group. */
export type GroupName = { readonly source: string; readonly group: string };

export const groupFailed = (name: GroupName, reason: string) =>
  refusal(status.INTERNAL, `Subscription group ${name.group} on stream ${name.source} failed: '${reason}'`, {
    ...groupTrailers('persistent-subscription-failed', name),
    reason,
  });

export const groupUnknown = (name: GroupName) =>
  refusal(
    status.NOT_FOUND,
    `Subscription group ${name.group} on stream ${name.source} does not exist.`,
    groupTrailers('persistent-subscription-does-not-exist', name),
  );

export const groupExists = (name: GroupName) =>
  refusal(status.ALREADY_EXISTS, `Subscription group ${name.group} on stream ${name.source} exists.`, groupTrailers('persistent-subscription-exists', name));

export const groupFull = (name: GroupName) =>
  refusal(
    status.FAILED_PRECONDITION,
    `Maximum subscriptions reached for subscription group ${name.group} on stream ${name.source}.`,
    groupTrailers('maximum-subscribers-reached', name),
  );

export const groupDropped = (name: GroupName) =>
  refusal(status.CANCELLED, `Subscription group ${name.group} on stream ${name.source} was dropped.`, groupTrailers('persistent-subscription-dropped', name));

/** The refusal for a thrown error. Reveals nothing internal beyond the store's own messages. */
export function refusalOfError(error: unknown, subject: { readonly stream?: string; readonly maxAppendBytes?: number } = {}): Refusal {
  if (!isEventStoreError(error)) return { ...refusal(status.UNKNOWN, 'The server failed; see its log.', {}), cause: error };
  switch (error.code) {
    case 'append-too-large':
      return appendTooLarge(subject.maxAppendBytes ?? 0);
    case 'stream-deleted':
      return streamDeleted(subject.stream ?? '');
    case 'event-invalid':
    case 'stream-name-invalid':
    case 'expected-revision-invalid':
    case 'filter-invalid':
    case 'metadata-invalid':
    case 'position-unknown':
      return invalidArgument(error.message);
    case 'consumer-too-slow':
      return refusal(status.ABORTED, 'Operation timed out: the consumer is too slow.', {});
    case 'overloaded':
      return refusal(status.UNAVAILABLE, 'Server Is Too Busy', {});
    case 'store-closed':
    case 'store-locked':
      return refusal(status.UNAVAILABLE, 'Server Is Not Ready', {});
    case 'store-corrupted':
    case 'store-version-unknown':
    case 'write-failed':
      return { ...refusal(status.INTERNAL, error.message, {}), cause: error };
    case 'scavenge-running':
    case 'record-intact':
    case 'reason-invalid':
      return refusal(status.INTERNAL, error.message, {});
  }
}

export function isRefusal(answer: unknown): answer is Refusal {
  return typeof answer === 'object' && answer !== null && 'outcome' in answer && answer.outcome === 'refused';
}

const groupTrailers = (exception: string, { source, group }: GroupName) => ({ exception, 'stream-name': source, 'group-name': group });

function refusal(code: status, details: string, trailers: Readonly<Record<string, string>>): Refusal {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, headerSafe(value));
  return { outcome: 'refused', code, details, metadata };
}

/** HTTP/2 headers hold printable ASCII only; other characters are percent-encoded, as in the status message. */
const headerSafe = (value: string) => value.replaceAll(/[^\x20-\x7e]+/g, encodeURIComponent);

function expectedVersion(expected: ExpectedRevision): string {
  switch (expected) {
    case 'no-stream':
      return '-1';
    case 'any':
      return '-2';
    case 'stream-exists':
      return '-4';
    default:
      return toWireNumber(expected);
  }
}
