/** The part of the history that is of schedules: one that goes on, and one that is cancelled. */
import type { TidingsEvent } from '../../domain/events.ts';
import type { Occurrence } from '../../domain/notifications/schedules/events.ts';
import type { AppId, ListId, NotificationId, PersonId, ScheduleId } from '../../domain/shared/ids.ts';
import { instant, type Instant } from '../../domain/shared/instant.ts';
import type { LocalTime } from '../../domain/shared/local-time.ts';

const at = instant(Date.UTC(2030, 0, 1));
const app = 'shop' as AppId;
const cyd = 'cyd' as PersonId;
const [daily, ended] = ['daily', 'ended'] as unknown as readonly [ScheduleId, ScheduleId];
const [o1, o2] = ['o1', 'o2'] as unknown as readonly [NotificationId, NotificationId];
const on = (day: number): Occurrence => ({ local: `2030-01-0${day}T09:00:00` as LocalTime, at: `2030-01-0${day}T08:00:00.000Z` as Instant });
const recurrence = { rule: 'FREQ=DAILY', start: on(2).local, zone: 'Europe/Vienna', clock: 'zone' } as const;

export const schedules: Readonly<Record<string, readonly TidingsEvent[]>> = {
  'schedule-daily': [
    {
      type: 'notifications.schedule-created.v1',
      data: {
        schedule: daily,
        app,
        subject: cyd,
        recurrence,
        missed: 'latest',
        request: { recipients: [cyd], category: 'pills' },
        content: { body: 'Two, Cyd' },
        next: on(2),
        at,
      },
    },
    { type: 'notifications.schedule-paused.v1', data: { schedule: daily, at } },
    { type: 'notifications.schedule-resumed.v1', data: { schedule: daily, next: on(4), at } },
    { type: 'notifications.occurrences-due.v1', data: { schedule: daily, due: [{ ...on(4), notification: o1 }], skipped: 2, next: on(5), at } },
    { type: 'notifications.occurrence-refused.v1', data: { schedule: daily, local: on(4).local, code: 'app-disabled', at } },
  ],
  'schedule-ended': [
    {
      type: 'notifications.schedule-created.v1',
      data: {
        schedule: ended,
        app,
        subject: app,
        recurrence: { ...recurrence, clock: 'recipient' },
        missed: 'all',
        request: { list: 'crew' as ListId, category: 'news' },
        parameters: { number: 7 },
        next: on(2),
        at,
      },
    },
    { type: 'notifications.occurrences-due.v1', data: { schedule: ended, due: [{ ...on(2), notification: o2 }], skipped: 0, next: null, at } },
    { type: 'notifications.schedule-cancelled.v1', data: { schedule: ended, withdrawn: o2, at } },
  ],
};
