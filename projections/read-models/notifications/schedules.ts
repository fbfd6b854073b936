/** Apps' schedules, and what became of each occurrence. */
import type {
  MissedPolicy,
  Occurrence,
  Recurrence,
  RequestedOccurrence,
  ScheduledRequest,
  ScheduleEvent,
} from '../../../domain/notifications/schedules/events.ts';
import type { AppId, NotificationId, ScheduleId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { LocalTime } from '../../../domain/shared/local-time.ts';
import type { RefusalCode } from '../../../domain/shared/refusals.ts';
import type { Projector } from '../../projection.ts';

export const SCHEDULE_STATUSES = ['active', 'paused', 'cancelled', 'ended'] as const;
export type ScheduleStatus = (typeof SCHEDULE_STATUSES)[number];

/** Id: the schedule. Its words stay in the log. */
export type ScheduleDocument = {
  readonly schedule: ScheduleId;
  readonly app: AppId;
  readonly status: ScheduleStatus;
  readonly recurrence: Recurrence;
  readonly missed: MissedPolicy;
  readonly category: string;
  /** Null where it goes to a list. */
  readonly recipientCount: number | null;
  readonly template: ScheduledRequest['template'] | null;
  /** Null where none comes, or none is waited for. */
  readonly next: Occurrence | null;
  /** For the sweep, while it is active: its next moment and itself, as text. */
  readonly due: string | null;
  readonly latest: RequestedOccurrence | null;
  readonly requested: number;
  readonly skipped: number;
  readonly createdAt: Instant;
  readonly changedAt: Instant;
};

/** Id: `occurrenceId`. */
export type OccurrenceDocument = {
  readonly schedule: ScheduleId;
  readonly local: LocalTime;
  readonly at: Instant;
  readonly notification: NotificationId;
  /** Why there is no such notification; null where there is one. */
  readonly refused: RefusalCode | null;
};

export const occurrenceId = (schedule: ScheduleId, local: LocalTime): string => `${schedule}:${local}`;

export const schedules = {
  kind: 'projector',
  name: 'schedules',
  version: 1,
  handles: [
    'notifications.schedule-created.v1',
    'notifications.schedule-paused.v1',
    'notifications.schedule-resumed.v1',
    'notifications.schedule-cancelled.v1',
    'notifications.occurrences-due.v1',
    'notifications.occurrence-refused.v1',
  ],
  indexes: {
    schedules: [{ fields: ['app', '_id'] }, { fields: ['status', '_id'] }, { fields: ['due'] }],
    'schedule-occurrences': [{ fields: ['schedule', 'local'] }],
  },

  project: (event, { schedules, 'schedule-occurrences': occurrences }) => {
    const { schedule } = event.data;
    const change = (changes: (before: ScheduleDocument) => Partial<ScheduleDocument>) =>
      schedules.update(schedule, event, (before) => before && withDue({ ...before, ...changes(before), changedAt: event.data.at }));
    switch (event.type) {
      case 'notifications.schedule-created.v1':
        schedules.update(schedule, event, () => created(event.data));
        return;
      case 'notifications.schedule-paused.v1':
        return change(() => ({ status: 'paused', next: null }));
      case 'notifications.schedule-resumed.v1':
        return change(() => withNext(event.data.next));
      case 'notifications.schedule-cancelled.v1':
        return change(() => ({ status: 'cancelled', next: null }));
      case 'notifications.occurrences-due.v1': {
        const { due, skipped, next } = event.data;
        change((before) => ({
          ...withNext(next),
          latest: due.at(-1) ?? before.latest,
          requested: before.requested + due.length,
          skipped: before.skipped + skipped,
        }));
        for (const { local, at, notification } of due)
          occurrences.update(occurrenceId(schedule, local), event, () => ({ schedule, local, at, notification, refused: null }));
        return;
      }
      case 'notifications.occurrence-refused.v1': {
        const { local, code } = event.data;
        occurrences.update(occurrenceId(schedule, local), event, (before) => before && { ...before, refused: code });
        return;
      }
    }
  },
} as const satisfies Projector<ScheduleEvent, { schedules: ScheduleDocument; 'schedule-occurrences': OccurrenceDocument }>;

type Created = Extract<ScheduleEvent, { type: 'notifications.schedule-created.v1' }>['data'];

const created = ({ schedule, app, recurrence, missed, request, next, at }: Created): ScheduleDocument =>
  withDue({
    schedule,
    app,
    status: 'active',
    recurrence,
    missed,
    category: request.category,
    recipientCount: request.recipients === undefined ? null : new Set(request.recipients).size,
    template: request.template ?? null,
    next,
    due: null,
    latest: null,
    requested: 0,
    skipped: 0,
    createdAt: at,
    changedAt: at,
  });

const withNext = (next: Occurrence | null): Pick<ScheduleDocument, 'status' | 'next'> => ({ status: next === null ? 'ended' : 'active', next });

/** In the order in which they are due, and no two the same. */
const withDue = (schedule: ScheduleDocument): ScheduleDocument => ({
  ...schedule,
  due: schedule.status === 'active' && schedule.next !== null ? `${schedule.next.at} ${schedule.schedule}` : null,
});

export function dueScheduleIn(text: string): { readonly schedule: ScheduleId; readonly dueAt: Instant } {
  const [dueAt = '', schedule = ''] = text.split(' ');
  return { schedule: schedule as ScheduleId, dueAt: dueAt as Instant };
}

/** Sorts after the texts of schedules that are due until then, and before those of later ones. */
export const endOfDueSchedules = (until: Instant): string => `${until}~`;
