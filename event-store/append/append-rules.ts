/**
 * Decides whether an append happens, by the rules of EventStoreDB (`IndexWriter.CheckCommit` in its 24.6 source):
 * first the expected revision, then whether the stream already has these events.
 */
import { TOMBSTONE_REVISION, type AppendResult, type ExpectedRevision, type Idempotency } from '../store.ts';

/** The stream a decision is based on: what is flushed, and what precedes the decision in the same commit. */
export type StreamSnapshot = {
  readonly last: number; // revision; `TOMBSTONE_REVISION` when tombstoned, -1 without events
  readonly softDeleted: boolean;
  readonly hasMetadata: () => boolean;
  readonly idAt: (revision: number) => string | undefined;
  readonly revisionOf: (id: string) => number | undefined;
  readonly positionAt: (revision: number) => number;
};

type Identified = { readonly id: string };
export type AppendDecision = 'append' | AppendResult;

export function decideAppend(
  stream: StreamSnapshot,
  events: readonly Identified[],
  expected: ExpectedRevision,
  options: { readonly idempotency: Idempotency },
): AppendDecision {
  const refusal = refuseDeleted(stream, expected);
  if (refusal !== undefined) return refusal;
  const wrong: AppendResult = { outcome: 'wrong-expected-revision', current: stream.last < 0 ? 'no-stream' : stream.last };
  const expectedLast = expected === 'no-stream' ? -1 : expected;

  if (typeof expectedLast === 'string') {
    if (expectedLast === 'stream-exists' && !exists(stream)) return wrong;
    return options.idempotency === 'eventstoredb' ? 'append' : decideWithoutRevision(stream, events, wrong);
  }
  if (expectedLast > stream.last) return wrong;
  if (expectedLast < stream.last) return decideBelowCurrentRevision(stream, events, expectedLast, wrong);
  // The revision is right. EventStoreDB appends here whatever the ids are; full idempotency also checks the ids.
  return options.idempotency === 'eventstoredb' || stream.last < 0 ? 'append' : decideAtCurrentRevision(stream, events, wrong);
}

/** As a tombstone; but a stream that has neither events nor metadata can't be soft-deleted, whatever the expected revision. */
export function decideSoftDeletion(stream: StreamSnapshot, expected: ExpectedRevision): AppendDecision {
  const decision = decideTombstone(stream, expected);
  return decision === 'append' && !exists(stream) ? { outcome: 'wrong-expected-revision', current: 'no-stream' } : decision;
}

/** Decides as for an append of no events. */
export function decideTombstone(stream: StreamSnapshot, expected: ExpectedRevision): AppendDecision {
  const refusal = refuseDeleted(stream, expected);
  if (refusal !== undefined) return refusal;
  const expectedLast = expected === 'no-stream' ? -1 : expected;
  const holds = typeof expectedLast === 'number' ? expectedLast === stream.last : expectedLast === 'any' || exists(stream);
  return holds ? 'append' : { outcome: 'wrong-expected-revision', current: stream.last < 0 ? 'no-stream' : stream.last };
}

function refuseDeleted(stream: StreamSnapshot, expected: ExpectedRevision): AppendResult | undefined {
  const deleted = stream.last === TOMBSTONE_REVISION || (expected === 'stream-exists' && stream.softDeleted);
  return deleted ? { outcome: 'stream-deleted' } : undefined;
}

const exists = (stream: StreamSnapshot): boolean => stream.last >= 0 || stream.hasMetadata();

/** All ids known: a repeat. The first unknown: a new append. Known ids followed by an unknown one: refused, since ids are mixed up. */
function decideWithoutRevision(stream: StreamSnapshot, events: readonly Identified[], wrong: AppendResult): AppendDecision {
  if (stream.last < 0) return 'append';
  let revision: number | undefined;
  for (const [at, { id }] of events.entries()) {
    revision = stream.revisionOf(id);
    if (revision === undefined) return at === 0 ? 'append' : wrong;
  }
  return revision === undefined ? 'append' : appendedEarlier(stream, revision);
}

/** All ids known: a repeat. None: a new append. Some: refused, so that the writer finds out which. */
function decideAtCurrentRevision(stream: StreamSnapshot, events: readonly Identified[], wrong: AppendResult): AppendDecision {
  const revisions = events.map(({ id }) => stream.revisionOf(id));
  const last = revisions.at(-1);
  if (revisions.every((revision) => revision === undefined)) return 'append';
  return last === undefined || revisions.includes(undefined) ? wrong : appendedEarlier(stream, last);
}

/** Below the current revision only the same ids at the same revisions are a repeat. */
function decideBelowCurrentRevision(stream: StreamSnapshot, events: readonly Identified[], expectedLast: number, wrong: AppendResult): AppendDecision {
  for (const [at, { id }] of events.entries()) {
    if (stream.idAt(expectedLast + 1 + at) === id) continue;
    return at === 0 && expectedLast === -1 && stream.softDeleted ? 'append' : wrong;
  }
  return events.length === 0 ? wrong : appendedEarlier(stream, expectedLast + events.length);
}

const appendedEarlier = (stream: StreamSnapshot, revision: number): AppendResult => ({ outcome: 'appended', revision, position: stream.positionAt(revision) });
