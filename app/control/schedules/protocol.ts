/** The part of the control protocol that is about apps' schedules. */
import { z } from 'zod';
import { CLOCKS, type Occurrence } from '../../../domain/notifications/schedules/events.ts';
import type { ScheduleId } from '../../../domain/shared/ids.ts';
import { localTimeOf, type LocalTime } from '../../../domain/shared/local-time.ts';
import { appId, scheduleId } from '../../../edge/fields.ts';
import type { OccurrenceDocument, ScheduleDocument } from '../../../projections/read-models/notifications/schedules.ts';

const LISTED_MAX = 1_000;
const TEXT_CHARACTERS_MAX = 1_000;

const limit = z.number().int().positive().max(LISTED_MAX);
const text = z.string().max(TEXT_CHARACTERS_MAX);
const localTime = z.custom<LocalTime>((value) => typeof value === 'string' && localTimeOf(value) === value, 'a time on a clock');

export const scheduleRequests = {
  'list-schedules': z.strictObject({ app: appId.optional(), limit }),
  /** The newest first. */
  'list-occurrences': z.strictObject({ schedule: scheduleId, limit }),
  /** Whether it is a rule, and a zone, the answer says. */
  'preview-schedule': z.strictObject({ rule: text, start: localTime, zone: text, clock: z.enum(CLOCKS), limit }),
  'steer-schedule': z.strictObject({ schedule: scheduleId, to: z.enum(['pause', 'resume', 'cancel']) }),
} as const;

export type ScheduleLine = Omit<ScheduleDocument, 'due'>;

export type ScheduleLines = {
  readonly 'list-schedules': ScheduleLine;
  readonly 'list-occurrences': OccurrenceDocument;
  readonly 'preview-schedule': Occurrence;
  readonly 'steer-schedule': { readonly schedule: ScheduleId; readonly outcome: 'appended' | 'unchanged' };
};
