/** The events of schedules, which request a notification again and again. */
import type { NotificationChannel } from '../../people/notification-channels.ts';
import type { Personal, SealingOf } from '../../shared/event.ts';
import type { AppId, ListId, NotificationId, PersonId, ScheduleId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import type { LocalTime } from '../../shared/local-time.ts';
import type { RefusalCode } from '../../shared/refusals.ts';
import type { Content, RequestedTemplate } from '../request-fields.ts';
import type { Priority } from '../priority.ts';
import type { FailoverStep } from '../failover/policy.ts';
import type { Tracking } from '../templates/events.ts';

/** Whose clock says when: that of the zone, or each recipient's own, and the zone's for recipients who have told none. */
export const CLOCKS = ['zone', 'recipient'] as const;
export type Clock = (typeof CLOCKS)[number];

/** `rule`: as `parseRule` takes it. `start`: what it counts from. */
export type Recurrence = { readonly rule: string; readonly start: LocalTime; readonly zone: string; readonly clock: Clock };

/** `local`: what names it in its schedule. `at`: when it is due, which on each recipient's own clock is when the first clock on Earth shows it. */
export type Occurrence = { readonly local: LocalTime; readonly at: Instant };

/** What becomes of occurrences whose time went by while nobody could request them: none, the latest, or the latest ten are requested late. */
export const MISSED_POLICIES = ['skip', 'latest', 'all'] as const;
export type MissedPolicy = (typeof MISSED_POLICIES)[number];

/** What each occurrence requests, beside its words. */
export type ScheduledRequest = {
  /** Absent where there is a list. */
  readonly recipients?: readonly PersonId[];
  readonly list?: ListId;
  readonly ratePerMinute?: number;
  readonly category: string;
  readonly critical?: boolean;
  readonly atMostOnce?: boolean;
  readonly channels?: readonly NotificationChannel[];
  readonly failover?: readonly FailoverStep[];
  readonly template?: Omit<RequestedTemplate, 'version' | 'pinned'> & { /** The newest at its time where it is absent. */ readonly version?: number };
  readonly priority?: Priority;
  readonly ttlSeconds?: number;
  readonly collapseKey?: string;
  readonly tracking?: Tracking;
};

export type RequestedOccurrence = Occurrence & { readonly notification: NotificationId };

type OfSchedule<Data> = { readonly schedule: ScheduleId } & Data;

/** `schedule-<id>` */
export type ScheduleEvent =
  | {
      readonly type: 'notifications.schedule-created.v1';
      readonly data: OfSchedule<{
        readonly app: AppId;
        /** The owner of the key that seals the words: the recipient where there is one, else the app. */
        readonly subject: string;
        readonly recurrence: Recurrence;
        readonly missed: MissedPolicy;
        readonly request: ScheduledRequest;
        readonly content?: Personal<Content>;
        readonly parameters?: Personal<Readonly<Record<string, unknown>>>;
        readonly next: Occurrence;
        readonly at: Instant;
      }>;
    }
  | { readonly type: 'notifications.schedule-paused.v1'; readonly data: OfSchedule<{ readonly at: Instant }> }
  /** `next`: null where the rule has ended meanwhile. */
  | { readonly type: 'notifications.schedule-resumed.v1'; readonly data: OfSchedule<{ readonly next: Occurrence | null; readonly at: Instant }> }
  /** `withdrawn`: what was requested last, where its time had not come for everybody. */
  | { readonly type: 'notifications.schedule-cancelled.v1'; readonly data: OfSchedule<{ readonly withdrawn?: NotificationId; readonly at: Instant }> }
  /** The time has come for these, each of which is to be requested, and for some that are left out, by the policy. */
  | {
      readonly type: 'notifications.occurrences-due.v1';
      readonly data: OfSchedule<{
        readonly due: readonly RequestedOccurrence[];
        readonly skipped: number;
        readonly next: Occurrence | null;
        readonly at: Instant;
      }>;
    }
  | {
      readonly type: 'notifications.occurrence-refused.v1';
      readonly data: OfSchedule<{ readonly local: LocalTime; readonly code: RefusalCode; readonly at: Instant }>;
    };

export const scheduleSealing: SealingOf<ScheduleEvent> = {
  'notifications.schedule-created.v1': { content: 'subject', parameters: 'subject' },
  'notifications.schedule-paused.v1': {},
  'notifications.schedule-resumed.v1': {},
  'notifications.schedule-cancelled.v1': {},
  'notifications.occurrences-due.v1': {},
  'notifications.occurrence-refused.v1': {},
};
