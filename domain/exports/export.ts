/** One export: asked for, made part by part, ready until its time is over, and removed. */
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import type { ExportId, PersonId } from '../shared/ids.ts';
import { DAY_MS, HOUR_MS, plus, type Instant } from '../shared/instant.ts';
import type { ExportCounts, ExportEnd, ExportEvent, ExportPart, ExportSubject } from './events.ts';

/** How long its owner can have it, once it is ready. */
export const EXPORT_KEPT_DAYS = 7;
/** Whenever it becomes ready, nobody has it longer than these behind the request: what has to be gone by then is not put into it. */
const EXPORT_DAYS_MAX = EXPORT_KEPT_DAYS + 1;
/** Behind so many it is finished as it is, and says so. */
export const EXPORT_PARTS_MAX = 5_000;
/** Longer than a part is being made: what was stored for an export that has ended is stored by then, and its removal finds it. */
export const EXPORT_REMOVAL_GRACE_MS = HOUR_MS;

export const endOfExport = (requestedAt: Instant): Instant => plus(requestedAt, EXPORT_DAYS_MAX * DAY_MS);

export const NO_COUNTS: ExportCounts = { messages: 0, posts: 0, media: 0, leftOut: 0 };

/** `next`: where the next part begins; absent before the first, null behind the last. */
export type ExportState =
  | { readonly status: 'none' }
  | { readonly status: 'making'; readonly owner: PersonId; readonly parts: number; readonly next?: string | null; readonly counts: ExportCounts }
  | { readonly status: 'ready'; readonly owner: PersonId; readonly expiresAt: Instant }
  | { readonly status: 'ended'; readonly owner: PersonId; readonly since: Instant }
  | { readonly status: 'removed'; readonly owner: PersonId };

type OfExport = { readonly export: ExportId };

export type ExportCommand =
  | (OfExport & {
      readonly type: 'request';
      readonly owner: PersonId;
      readonly subject: ExportSubject;
      readonly mayRead: boolean;
      readonly secret: string;
      readonly at: Instant;
    })
  | (OfExport & { readonly type: 'delete'; readonly owner: PersonId; readonly at: Instant })
  /** Of the worker, as the next. */
  | (OfExport & {
      readonly type: 'record-part';
      readonly part: ExportPart;
      readonly counts: ExportCounts;
      readonly percent: number;
      readonly next: string | null;
      readonly at: Instant;
    })
  | (OfExport & { readonly type: 'finish'; readonly bytes: number; readonly requestedAt: Instant; readonly at: Instant })
  /** `requestedAt`: of one that is still being made, where it comes to no end. */
  | (OfExport & { readonly type: 'end'; readonly reason: Exclude<ExportEnd, 'deleted'>; readonly requestedAt?: Instant; readonly at: Instant })
  /** Its bytes are gone from the store. */
  | (OfExport & { readonly type: 'remove'; readonly at: Instant });

type Command<Type extends ExportCommand['type']> = Extract<ExportCommand, { type: Type }>;

export const exportOf: Decider<ExportState, ExportCommand, ExportEvent> = {
  reads: 'tail',
  initialState: { status: 'none' },

  evolve: (_, { type, data }) => {
    const { owner } = data;
    switch (type) {
      case 'exports.requested.v1':
        return { status: 'making', owner, parts: 0, counts: NO_COUNTS };
      case 'exports.part-made.v1':
        return { status: 'making', owner, parts: data.part + 1, next: data.next, counts: data.counts };
      case 'exports.ready.v1':
        return { status: 'ready', owner, expiresAt: data.expiresAt };
      case 'exports.ended.v1':
        return { status: 'ended', owner, since: data.at };
      case 'exports.removed.v1':
        return { status: 'removed', owner };
    }
  },

  decide: (state, command) => {
    switch (command.type) {
      case 'request':
        return request(state, command);
      case 'delete':
        return deleteIt(state, command);
      case 'record-part':
        return recordPart(state, command);
      case 'finish':
        return finish(state, command);
      case 'end':
        return end(state, command);
      case 'remove':
        return remove(state, command);
    }
  },
};

/** Whoever may not read it is told the same as where there is none. */
function request(state: ExportState, { export: id, owner, subject, mayRead, secret, at }: Command<'request'>): Decision<ExportEvent> {
  if (state.status !== 'none') return accept();
  if (!mayRead) return refuse('channel-unknown');
  return accept({ type: 'exports.requested.v1', data: { export: id, owner, subject, secret, at } });
}

function deleteIt(state: ExportState, { export: id, owner, at }: Command<'delete'>): Decision<ExportEvent> {
  if (state.status === 'none' || state.owner !== owner) return refuse('export-unknown');
  return isOver(state) ? accept() : accept({ type: 'exports.ended.v1', data: { export: id, owner, reason: 'deleted', at } });
}

/** Of several who made the same part, one is believed. */
function recordPart(state: ExportState, { export: id, part, counts, percent, next, at }: Command<'record-part'>): Decision<ExportEvent> {
  if (state.status !== 'making' || state.parts !== part.part || state.next === null) return accept();
  const data = { export: id, owner: state.owner, ...part, counts, percent, next, at };
  return accept({ type: 'exports.part-made.v1', data });
}

function finish(state: ExportState, { export: id, bytes, requestedAt, at }: Command<'finish'>): Decision<ExportEvent> {
  if (state.status !== 'making' || state.next !== null) return accept();
  const [end, kept] = [endOfExport(requestedAt), plus(at, EXPORT_KEPT_DAYS * DAY_MS)];
  const expiresAt = kept < end ? kept : end;
  return accept({ type: 'exports.ready.v1', data: { export: id, owner: state.owner, bytes, counts: state.counts, at, expiresAt } });
}

function end(state: ExportState, { export: id, reason, requestedAt, at }: Command<'end'>): Decision<ExportEvent> {
  if (state.status === 'none' || isOver(state)) return accept();
  if (reason === 'expired') {
    const expiresAt = state.status === 'ready' ? state.expiresAt : requestedAt && endOfExport(requestedAt);
    if (expiresAt === undefined || expiresAt > at) return accept();
  }
  return accept({ type: 'exports.ended.v1', data: { export: id, owner: state.owner, reason, at } });
}

function remove(state: ExportState, { export: id, at }: Command<'remove'>): Decision<ExportEvent> {
  if (state.status !== 'ended' || plus(state.since, EXPORT_REMOVAL_GRACE_MS) > at) return accept();
  return accept({ type: 'exports.removed.v1', data: { export: id, owner: state.owner } });
}

const isOver = ({ status }: ExportState): boolean => status === 'ended' || status === 'removed';
