/**
 * Plans one commit: requests are decided in order, and each sees what the earlier ones will write.
 * Only `writePlan` touches the disk, when everything is decided.
 */
import { randomUUID } from 'node:crypto';
import { decideAppend, decideSoftDeletion, decideTombstone, type StreamSnapshot } from './append-rules.ts';
import { encodeHead, HEAD_FACT, type Head } from '../storage/head-record.ts';
import { eventStoreError } from '../errors.ts';
import { encodeEvent, encodeHole, isHoleSized, recordId } from '../storage/record.ts';
import { SET_ASIDE_EVENT_TYPE, SET_ASIDE_STREAM, setAsideFact } from '../storage/set-aside.ts';
import {
  BEFORE_FIRST_POSITION,
  TOMBSTONE_REVISION,
  TRUNCATED_ENTIRELY,
  type AppendResult,
  type ExpectedRevision,
  type NewEvent,
  type StreamMetadata,
} from '../store.ts';
import {
  formatStreamMetadata,
  isMetastream,
  METADATA_EVENT_TYPE,
  metastreamOf,
  NO_METADATA,
  parseStreamMetadata,
  streamOf,
  TOMBSTONE_EVENT_TYPE,
} from '../storage/stream-metadata.ts';
import { isTombstoned, metadataOf, recordAtRevision, streamState } from '../storage/stream-state.ts';
import type { Log, StreamState } from '../storage/log.ts';
import { idKey, nameKey, revisionKey } from '../storage/tables.ts';
import { parseUuid } from '../storage/uuid.ts';

export type WriteRequest =
  | {
      readonly kind: 'append';
      readonly stream: string;
      readonly events: readonly NewEvent[];
      readonly ids: readonly Uint8Array[];
      readonly expected: ExpectedRevision;
    }
  | { readonly kind: 'soft-delete' | 'tombstone'; readonly stream: string; readonly expected: ExpectedRevision }
  | {
      readonly kind: 'set-aside';
      readonly position: number;
      readonly stream: string | undefined;
      readonly revision: number | undefined;
      readonly reason: string;
      readonly check: () => void; // throws where the record can't be set aside
    };

type PlannedStream = {
  state: StreamState;
  readonly isNew: boolean;
  readonly firstPlanned: number; // revision
  readonly planned: { readonly id: string; readonly position: number }[]; // from `firstPlanned` on
  /** Revisions of the first events of `planned` by id; filled on demand. */
  readonly revisions: Map<string, number>;
};
type PlannedEvent = {
  readonly stream: number;
  readonly revision: number;
  readonly position: number;
  readonly type: string;
  readonly id: Uint8Array;
  readonly record: Buffer;
};

export type CommitPlan = {
  readonly log: Log;
  readonly created: number; // the same for the whole commit, never before an earlier commit's of this process
  readonly streams: Map<string, PlannedStream>;
  readonly events: PlannedEvent[];
  readonly setAside: Set<number>; // positions
  nextPosition: number;
  nextStreamNumber: number;
};

export function startPlan(log: Log, created: number): CommitPlan {
  const { nextPosition, nextStreamNumber } = log.flushed.head;
  return { log, created, streams: new Map(), events: [], setAside: new Set(), nextPosition, nextStreamNumber };
}

export function planRequest(plan: CommitPlan, request: WriteRequest): AppendResult {
  switch (request.kind) {
    case 'append':
      return planAppend(plan, request);
    case 'soft-delete':
    case 'tombstone':
      return planDeletion(plan, request);
    case 'set-aside':
      return planSetAside(plan, request);
  }
}

/** Writes the plan; call it inside a batch, which LMDB commits atomically. */
export function writePlan(plan: CommitPlan): WrittenPlan {
  const { log, index, names, facts } = plan.log.tables;
  for (const [name, { state, isNew }] of plan.streams) if (isNew) void names.put(nameKey(name), state.number);
  let areAppended: Promise<boolean> | undefined;
  for (const event of plan.events) {
    const isAppended = log.append(event.position, event.record);
    void isAppended.catch(() => false); // of a commit that fails, which tells so itself
    areAppended ??= isAppended; // where the log ended before the first, it does before the others
    void index.put(revisionKey(event.stream, event.revision), event.position);
    if (event.revision !== TOMBSTONE_REVISION) void index.put(idKey(event.stream, event.id), event.revision);
  }
  for (const position of plan.setAside) {
    void log.put(position, encodeHole(position, endOfDamage(plan.log, position)));
    void facts.put(setAsideFact(position), SET_ASIDE_VALUE);
  }
  const head = { ...plan.log.flushed.head, nextPosition: plan.nextPosition, nextStreamNumber: plan.nextStreamNumber };
  void facts.put(HEAD_FACT, encodeHead(head));
  return { head, areAppended: areAppended ?? Promise.resolve(true) };
}

/** `areAppended` is false where the log has a record at or after the plan's first position, so that the plan can't be written. */
export type WrittenPlan = { readonly head: Head; readonly areAppended: Promise<boolean> };

function planAppend(plan: CommitPlan, { stream, events, ids, expected }: Extract<WriteRequest, { kind: 'append' }>): AppendResult {
  if (isMetastream(stream) && isTombstoned(plannedState(plan, streamOf(stream)))) return { outcome: 'stream-deleted' };
  const view = snapshotIn(plan, stream);
  const decision = decideAppend(view, events, expected, plan.log);
  if (decision !== 'append') return decision;
  if (events.length > 0 && view.softDeleted) planMetadata(plan, stream, { ...plannedMetadata(plan, stream), $tb: view.last + 1 });
  for (let at = 0; at < events.length; at++) planEvent(plan, stream, events[at]!, ids[at]!);
  return appendedLast(plannedState(plan, stream));
}

function planDeletion(plan: CommitPlan, { kind, stream, expected }: Extract<WriteRequest, { kind: 'soft-delete' | 'tombstone' }>): AppendResult {
  const snapshot = snapshotIn(plan, stream);
  const decision = kind === 'tombstone' ? decideTombstone(snapshot, expected) : decideSoftDeletion(snapshot, expected);
  if (decision !== 'append') return decision;
  if (kind === 'tombstone') {
    planSystemEvent(plan, stream, TOMBSTONE_EVENT_TYPE, Buffer.alloc(0), TOMBSTONE_REVISION);
    return appendedLast(plannedState(plan, stream));
  }
  planMetadata(plan, stream, { ...plannedMetadata(plan, stream), $tb: TRUNCATED_ENTIRELY });
  return appendedLast(plannedState(plan, metastreamOf(stream)));
}

function planSetAside(plan: CommitPlan, { position, stream, revision, reason, check }: Extract<WriteRequest, { kind: 'set-aside' }>): AppendResult {
  if (plan.setAside.has(position)) throw eventStoreError('record-intact', `The event at position ${position} is being set aside already.`);
  check();
  plan.setAside.add(position);
  const data = { position, stream: stream ?? null, revision: revision ?? null, reason };
  planSystemEvent(plan, SET_ASIDE_STREAM, SET_ASIDE_EVENT_TYPE, Buffer.from(JSON.stringify(data)));
  return appendedLast(plannedState(plan, SET_ASIDE_STREAM));
}

const SET_ASIDE_VALUE = Buffer.alloc(1);

/** A damaged hole reaches to the next record; an event takes one position. */
function endOfDamage({ tables, flushed }: Log, position: number): number {
  const record = tables.log.get(position);
  if (record === undefined || !isHoleSized(record)) return position + 1;
  for (const { key } of tables.log.getRange({ start: position + 1, limit: 1 })) return key;
  return flushed.head.nextPosition;
}

const appendedLast = ({ last, lastPosition }: StreamState): AppendResult => ({ outcome: 'appended', revision: last, position: lastPosition });

function planMetadata(plan: CommitPlan, stream: string, metadata: StreamMetadata): void {
  planSystemEvent(plan, metastreamOf(stream), METADATA_EVENT_TYPE, formatStreamMetadata(metadata));
}

function planSystemEvent(plan: CommitPlan, stream: string, type: string, data: Uint8Array, revision?: number): void {
  const id = randomUUID();
  planEvent(plan, stream, { id, type, data, metadata: Buffer.alloc(0) }, parseUuid(id)!, revision);
}

function planEvent(plan: CommitPlan, name: string, event: NewEvent, idBytes: Uint8Array, at?: number): void {
  const stream = plan.streams.get(name) ?? planStream(plan, name);
  const revision = at ?? stream.state.last + 1;
  const position = plan.nextPosition++;
  const record = encodeEvent(event, idBytes, { stream: name, revision, position, created: plan.created }, plan.log.tables.words);
  plan.events.push({ stream: stream.state.number, revision, position, type: event.type, id: idBytes, record });
  stream.planned.push({ id: event.id, position });
  const state: StreamState = { number: stream.state.number, last: revision, lastPosition: position };
  stream.state = isMetastream(name) ? { ...state, parsed: parseStreamMetadata(event.data) } : state;
}

/** Adds a stream to the plan; a stream that was never written gets its number here. */
function planStream(plan: CommitPlan, name: string): PlannedStream {
  const flushed = streamState(plan.log, name);
  const isNew = flushed.number < 0;
  const state = isNew ? { ...flushed, number: plan.nextStreamNumber++ } : flushed;
  const stream: PlannedStream = { state, isNew, firstPlanned: state.last + 1, planned: [], revisions: new Map() };
  plan.streams.set(name, stream);
  return stream;
}

const plannedState = (plan: CommitPlan, stream: string): StreamState => plan.streams.get(stream)?.state ?? streamState(plan.log, stream);

function plannedMetadata(plan: CommitPlan, stream: string): StreamMetadata {
  return isMetastream(stream) ? NO_METADATA : metadataOf(plan.log, plannedState(plan, metastreamOf(stream)));
}

/** The flushed state of a stream with what this plan already adds to it. */
function snapshotIn(plan: CommitPlan, name: string): StreamSnapshot {
  const { log } = plan;
  const stream = plan.streams.get(name);
  const state = stream?.state ?? streamState(log, name);
  const plannedAt = (revision: number) =>
    stream !== undefined && revision >= stream.firstPlanned ? stream.planned[revision - stream.firstPlanned] : undefined;
  const flushedAt = (revision: number) => (state.number < 0 ? undefined : recordAtRevision(log, state, revision));
  return {
    last: state.last,
    softDeleted: plannedMetadata(plan, name).$tb === TRUNCATED_ENTIRELY,
    hasMetadata: () => !isMetastream(name) && plannedState(plan, metastreamOf(name)).last >= 0,
    idAt: (revision) => {
      const planned = plannedAt(revision);
      if (planned !== undefined) return planned.id;
      const record = flushedAt(revision);
      return record === undefined ? undefined : recordId(record);
    },
    revisionOf: (id) => {
      const planned = stream === undefined ? undefined : plannedRevisionOf(stream, id);
      if (planned !== undefined || state.number < 0) return planned;
      return log.tables.index.get(idKey(state.number, parseUuid(id)!));
    },
    positionAt: (revision) => plannedAt(revision)?.position ?? log.tables.index.get(revisionKey(state.number, revision)) ?? BEFORE_FIRST_POSITION,
  };
}

function plannedRevisionOf({ planned, revisions, firstPlanned }: PlannedStream, id: string): number | undefined {
  for (let at = revisions.size; at < planned.length; at++) revisions.set(planned[at]!.id, firstPlanned + at);
  return revisions.get(id);
}
