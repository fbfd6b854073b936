import type { ScheduleEvent } from '../../notifications/schedules/events.ts';
import type { AppId, NotificationId, PersonId, ScheduleId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import type { LocalTime } from '../../shared/local-time.ts';
import { at, later, type Samples } from '../samples.ts';

const schedule = 'b4a9e0c2-5d1f-5e3a-8c7b-1f2e3d4c5b6a' as ScheduleId;
const notification = 'd5c3a1b2-7e6f-5a4b-9c8d-0e1f2a3b4c5d' as NotificationId;
const ann = '0f6f2c1e-6a0b-5f0e-9a51-3d1c52d6a001' as PersonId;
const [first, second] = ['2025-03-15T09:00:00', '2025-03-16T09:00:00'] as unknown as readonly [LocalTime, LocalTime];
const [firstAt, secondAt] = ['2025-03-14T19:00:00.000Z', '2025-03-15T19:00:00.000Z'] as unknown as readonly [Instant, Instant];

export const scheduleSamples: Samples<ScheduleEvent> = {
  'notifications.schedule-created.v1': {
    schedule,
    app: 'shop-7Qm3' as AppId,
    subject: ann,
    recurrence: { rule: 'FREQ=DAILY', start: first, zone: 'Europe/Vienna', clock: 'recipient' },
    missed: 'latest',
    request: { recipients: [ann], category: 'reminders', channels: ['push'], ttlSeconds: 3_600 },
    content: { title: 'Pills', body: 'Two of the white ones, Ann' },
    next: { local: first, at: firstAt },
    at,
  },
  'notifications.schedule-paused.v1': { schedule, at },
  'notifications.schedule-resumed.v1': { schedule, next: { local: first, at: firstAt }, at },
  'notifications.occurrences-due.v1': {
    schedule,
    due: [{ local: first, at: firstAt, notification }],
    skipped: 0,
    next: { local: second, at: secondAt },
    at: later,
  },
  'notifications.occurrence-refused.v1': { schedule, local: first, code: 'app-disabled', at: later },
  'notifications.schedule-cancelled.v1': { schedule, withdrawn: notification, at: later },
};
