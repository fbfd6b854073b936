/**
 * How far the planning of a notification to a list has come, range by range in the order of the members' ids. A range is recorded once
 * it is planned, so a process that takes over begins at most one range too early; and what it plans again is planned already.
 */
import { accept, refuse, type Decider, type Decision } from '../../shared/decider.ts';
import type { ListId, NotificationId, PersonId } from '../../shared/ids.ts';
import { MINUTE_MS, plus, type Instant } from '../../shared/instant.ts';
import type { CampaignEnd, CampaignEvent } from './events.ts';

export const RANGE_MAX = 500;
export const RATE_PER_MINUTE_MAX = 1_000_000;
/** Where there is a rate, ranges are so small that one begins at least so often. */
const RANGES_PER_MINUTE = 6;

export type CampaignState =
  | { readonly status: 'none' }
  | {
      readonly status: 'planning' | 'paused' | 'finished';
      /** Null: not started yet. */
      readonly total: number | null;
      readonly planned: number;
      readonly ranges: number;
      /** The last member that is planned. */
      readonly until: PersonId | null;
      readonly dueAt: Instant;
    };

export type Campaign = Exclude<CampaignState, { status: 'none' }>;

export type CampaignCommand = { readonly notification: NotificationId; readonly at: Instant } & (
  | { readonly type: 'start'; readonly list: ListId; readonly total: number }
  /** `after`: the member before the range; null: it is the first. `dueAt`: see `CampaignEvent`. */
  | {
      readonly type: 'record-range';
      readonly after: PersonId | null;
      readonly until: PersonId;
      readonly recipients: number;
      readonly ratePerMinute: number | undefined;
    }
  | { readonly type: 'finish'; readonly because: CampaignEnd }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
);

type CommandOf<Type extends CampaignCommand['type']> = Extract<CampaignCommand, { readonly type: Type }>;

export const campaign: Decider<CampaignState, CampaignCommand, CampaignEvent> = {
  initialState: { status: 'none' },
  snapshotVersion: 1,

  evolve: (state, { type, data }) => {
    const before: Campaign = state.status === 'none' ? { status: 'planning', total: null, planned: 0, ranges: 0, until: null, dueAt: data.at } : state;
    switch (type) {
      case 'notifications.campaign-started.v1':
        return { ...before, total: data.total };
      case 'notifications.campaign-range-planned.v1':
        return { ...before, planned: before.planned + data.recipients, ranges: data.range + 1, until: data.until, dueAt: data.dueAt };
      case 'notifications.campaign-paused.v1':
        return { ...before, status: 'paused' };
      case 'notifications.campaign-resumed.v1':
        return { ...before, status: 'planning' };
      case 'notifications.campaign-finished.v1':
        return { ...before, status: 'finished' };
    }
  },

  decide: (state, command) => {
    const { notification, at } = command;
    const isFinished = state.status === 'finished';
    switch (command.type) {
      case 'start':
        if (state.status !== 'none' && (isFinished || state.total !== null)) return accept();
        return accept({ type: 'notifications.campaign-started.v1', data: { notification, list: command.list, total: command.total, at } });
      case 'record-range':
        return recordRange(state, command);
      case 'finish':
        return isFinished ? accept() : accept({ type: 'notifications.campaign-finished.v1', data: { notification, because: command.because, at } });
      case 'pause':
        if (isFinished) return refuse('campaign-finished');
        return state.status === 'paused' ? accept() : accept({ type: 'notifications.campaign-paused.v1', data: { notification, at } });
      case 'resume':
        if (isFinished) return refuse('campaign-finished');
        return state.status === 'paused' ? accept({ type: 'notifications.campaign-resumed.v1', data: { notification, at } }) : accept();
    }
  },
};

/** Of two workers that planned the same range, one records it. One that was paused meanwhile is planned all the same. */
function recordRange(state: CampaignState, { notification, after, until, recipients, ratePerMinute, at }: CommandOf<'record-range'>): Decision<CampaignEvent> {
  if (state.status === 'none' || state.status === 'finished' || state.until !== after) return accept();
  const dueAt = ratePerMinute === undefined ? at : plus(at, Math.ceil((recipients * MINUTE_MS) / ratePerMinute));
  return accept({ type: 'notifications.campaign-range-planned.v1', data: { notification, range: state.ranges, recipients, until, dueAt, at } });
}

/** How many members the next range takes. */
export const rangeSizeOf = (ratePerMinute: number | undefined): number =>
  ratePerMinute === undefined ? RANGE_MAX : Math.min(Math.max(Math.ceil(ratePerMinute / RANGES_PER_MINUTE), 1), RANGE_MAX);
