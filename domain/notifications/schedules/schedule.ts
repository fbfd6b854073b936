/** A schedule: requests a notification each time that its rule comes round, until it is cancelled or the rule ends. */
import { accept, refuse, type Decider, type Decision, type Refusal } from '../../shared/decider.ts';
import type { AppId, NotificationId, ScheduleId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import { lastInstantOf, type LocalTime } from '../../shared/local-time.ts';
import type { RefusalCode } from '../../shared/refusals.ts';
import { refusalOfInactive, type AppState } from '../apps/app.ts';
import type { MissedPolicy, Occurrence, Recurrence, RequestedOccurrence, ScheduleEvent } from './events.ts';

/** Of occurrences that were missed, so many are requested late at most. */
export const MISSED_REQUESTED_MAX = 10;

type ScheduleFacts = { readonly app: AppId; readonly recurrence: Recurrence; readonly missed: MissedPolicy; readonly latest?: RequestedOccurrence };

export type ScheduleState =
  | { readonly status: 'none' }
  | (ScheduleFacts & { readonly status: 'active'; readonly next: Occurrence })
  | (ScheduleFacts & { readonly status: 'paused' })
  /** Ended: the rule comes round no more. */
  | (ScheduleFacts & { readonly status: 'cancelled' | 'ended' });

type Created = Extract<ScheduleEvent, { type: 'notifications.schedule-created.v1' }>['data'];

/** `app`: of the app that asks; absent where an operator or a worker does. */
export type ScheduleCommand =
  | (Omit<Created, 'next' | 'subject'> & {
      readonly type: 'create';
      readonly appState: AppState;
      /** Why the rule, its times or what it requests can't be. */
      readonly fault?: Refusal;
      /** The first occurrence that is still to come; absent where there is none. */
      readonly next?: Occurrence;
    })
  | { readonly type: 'pause'; readonly app?: AppId; readonly at: Instant }
  /** `next`: the first occurrence after now, as the rule has it. */
  | { readonly type: 'resume'; readonly app?: AppId; readonly next?: Occurrence; readonly at: Instant }
  | { readonly type: 'cancel'; readonly app?: AppId; readonly at: Instant }
  /** `from`: the next occurrence as it was when what is due was computed; there is nothing to do where it is another by now. */
  | {
      readonly type: 'advance';
      readonly from: Occurrence;
      readonly due: readonly RequestedOccurrence[];
      readonly skipped: number;
      readonly next?: Occurrence;
      readonly at: Instant;
    }
  | { readonly type: 'refuse-occurrence'; readonly local: LocalTime; readonly code: RefusalCode; readonly at: Instant };

type CommandOf<Type extends ScheduleCommand['type']> = Extract<ScheduleCommand, { type: Type }>;
type ExistingSchedule = Exclude<ScheduleState, { status: 'none' }>;

export const schedule: Decider<ScheduleState, ScheduleCommand & { readonly schedule: ScheduleId }, ScheduleEvent> = {
  initialState: { status: 'none' },
  snapshotVersion: 1,

  evolve: (state, event) => {
    if (event.type === 'notifications.schedule-created.v1') {
      const { app, recurrence, missed, next } = event.data;
      return { status: 'active', app, recurrence, missed, next };
    }
    if (state.status === 'none') return state;
    switch (event.type) {
      case 'notifications.schedule-paused.v1':
        return { ...factsOf(state), status: 'paused' };
      case 'notifications.schedule-resumed.v1':
        return withNext(factsOf(state), event.data.next);
      case 'notifications.schedule-cancelled.v1':
        return { ...factsOf(state), status: 'cancelled' };
      case 'notifications.occurrences-due.v1': {
        const latest = event.data.due.at(-1) ?? state.latest;
        return withNext({ ...factsOf(state), ...(latest !== undefined && { latest }) }, event.data.next);
      }
      case 'notifications.occurrence-refused.v1':
        return state;
    }
  },

  decide: (state, command) => {
    if (command.type === 'create') return state.status === 'none' ? create(command) : accept();
    if (state.status === 'none') return refuse('schedule-unknown');
    if ('app' in command && command.app !== undefined && command.app !== state.app) return refuse('schedule-unknown');
    const { schedule } = command;
    switch (command.type) {
      case 'pause':
        return pause(state, { ...command, schedule });
      case 'resume':
        return resume(state, { ...command, schedule });
      case 'cancel':
        return cancel(state, { ...command, schedule });
      case 'advance':
        return advance(state, { ...command, schedule });
      case 'refuse-occurrence': {
        const { local, code, at } = command;
        return accept({ type: 'notifications.occurrence-refused.v1', data: { schedule, local, code, at } });
      }
    }
  },
};

type WithId<Command> = Command & { readonly schedule: ScheduleId };

function create(command: WithId<CommandOf<'create'>>): Decision<ScheduleEvent> {
  const { type: _, appState, fault, next, ...created } = command;
  const inactive = refusalOfInactive(appState);
  if (inactive !== undefined) return inactive;
  if (fault !== undefined) return { outcome: 'refused', refusal: fault };
  if (next === undefined) return refuse('schedule-over');
  const { recipients = [] } = created.request;
  const [first] = recipients;
  const subject = first !== undefined && recipients.length === 1 ? first : created.app;
  return accept({ type: 'notifications.schedule-created.v1', data: { ...created, subject, next } });
}

function pause(state: ExistingSchedule, { schedule, at }: WithId<CommandOf<'pause'>>): Decision<ScheduleEvent> {
  switch (state.status) {
    case 'active':
      return accept({ type: 'notifications.schedule-paused.v1', data: { schedule, at } });
    case 'paused':
      return accept();
    case 'cancelled':
    case 'ended':
      return refuse('schedule-over');
  }
}

function resume(state: ExistingSchedule, { schedule, next, at }: WithId<CommandOf<'resume'>>): Decision<ScheduleEvent> {
  switch (state.status) {
    case 'active':
      return accept();
    case 'paused':
      return accept({ type: 'notifications.schedule-resumed.v1', data: { schedule, next: next ?? null, at } });
    case 'cancelled':
    case 'ended':
      return refuse('schedule-over');
  }
}

/** An ended schedule too, as long as its last occurrence can be taken back. */
function cancel(state: ExistingSchedule, { schedule, at }: WithId<CommandOf<'cancel'>>): Decision<ScheduleEvent> {
  if (state.status === 'cancelled') return accept();
  const withdrawn = openNotification(state, at);
  if (state.status === 'ended' && withdrawn === undefined) return accept();
  return accept({ type: 'notifications.schedule-cancelled.v1', data: { schedule, ...(withdrawn !== undefined && { withdrawn }), at } });
}

/** On the clocks of its recipients it is requested long before its time comes for the last of them. */
function openNotification({ recurrence, latest }: ExistingSchedule, at: Instant): NotificationId | undefined {
  return latest !== undefined && recurrence.clock === 'recipient' && at < lastInstantOf(latest.local) ? latest.notification : undefined;
}

function advance(state: ExistingSchedule, { schedule, from, due, skipped, next, at }: WithId<CommandOf<'advance'>>): Decision<ScheduleEvent> {
  if (state.status !== 'active' || state.next.local !== from.local || state.next.at !== from.at) return accept();
  return accept({ type: 'notifications.occurrences-due.v1', data: { schedule, due, skipped, next: next ?? null, at } });
}

const factsOf = ({ app, recurrence, missed, latest }: ExistingSchedule): ScheduleFacts => ({
  app,
  recurrence,
  missed,
  ...(latest !== undefined && { latest }),
});

/** The rule may end while the schedule is paused: what it says then is told when it is resumed. */
const withNext = (facts: ScheduleFacts, next: Occurrence | null): ScheduleState =>
  next === null ? { ...facts, status: 'ended' } : { ...facts, status: 'active', next };
