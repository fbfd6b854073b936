/** An app's own schedules: a page of them, and one with its occurrences. */
import { z } from 'zod';
import { CLOCKS, MISSED_POLICIES } from '../../../domain/notifications/schedules/events.ts';
import { localTimeOf, type LocalTime } from '../../../domain/shared/local-time.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { scheduleId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { SCHEDULE_STATUSES, type OccurrenceDocument, type ScheduleDocument } from '../../../projections/read-models/notifications/schedules.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { CURSOR, cutPage, limitParam, next } from '../../pages.ts';
import { query, refused } from '../../query.ts';
import { idField, timeField } from '../../response-fields.ts';

const EXAMPLE_LOCAL = '2026-07-02T09:00:00';
const local = z.string().meta({ description: 'What the clock shows, without an offset.', examples: [EXAMPLE_LOCAL] });
const occurrence = z.object({ local, at: timeField('When it is requested; on the clocks of its recipients, when the first clock on Earth shows it.') });

const scheduleSchema = z
  .object({
    id: idField('The id of the schedule.', EXAMPLE.schedule),
    status: z.enum(SCHEDULE_STATUSES).meta({ description: '`ended`: its rule comes round no more.' }),
    rule: z.string().meta({ description: 'When it comes round.', examples: ['FREQ=DAILY'] }),
    start: local.meta({ description: 'From when it counts.' }),
    zone: z.string().meta({ description: 'The zone of its clock, or of recipients who have told none.', examples: ['Europe/Berlin'] }),
    clock: z.enum(CLOCKS).meta({ description: 'Whose clock says when.' }),
    missed: z.enum(MISSED_POLICIES).meta({ description: 'What is done with occurrences that went by.' }),
    category: z.string().meta({ description: 'The category of what it requests.', examples: ['reminders'] }),
    recipients: z.int().nullable().meta({ description: 'How many people it goes to. null: to a list.' }),
    nextOccurrence: occurrence.nullable().meta({ description: 'The next occurrence. null: none comes, or it is paused.' }),
    requested: z.int().meta({ description: 'How many occurrences were requested.' }),
    skipped: z.int().meta({ description: 'How many were missed, and left out.' }),
    createdAt: timeField('When you created it.'),
    changedAt: timeField('When it changed last.'),
  })
  .meta({ id: 'Schedule' });

const occurrenceSchema = occurrence
  .extend({
    notification: idField('The notification that was requested.', EXAMPLE.notification),
    refused: z
      .string()
      .nullable()
      .meta({ description: 'Why there is no such notification, as a code. null: there is.', examples: ['app-disabled'] }),
  })
  .meta({ id: 'Occurrence' });

const EXAMPLE_SCHEDULE: z.input<typeof scheduleSchema> = {
  id: EXAMPLE.schedule,
  status: 'active',
  rule: 'FREQ=DAILY',
  start: '2026-07-01T09:00:00',
  zone: 'Europe/Berlin',
  clock: 'zone',
  missed: 'latest',
  category: 'reminders',
  recipients: 1,
  nextOccurrence: { local: EXAMPLE_LOCAL, at: '2026-07-02T07:00:00.000Z' },
  requested: 1,
  skipped: 0,
  createdAt: EXAMPLE.at,
  changedAt: EXAMPLE.later,
};
const EXAMPLE_OCCURRENCE = { local: '2026-07-01T09:00:00', at: '2026-07-01T07:00:00.000Z', notification: EXAMPLE.notification, refused: null };

const localTime = z
  .string()
  .refine((text) => localTimeOf(text) !== undefined, 'must be a time on a clock')
  .meta({ ...CURSOR, examples: [EXAMPLE_LOCAL] }) as unknown as z.ZodType<LocalTime, string>;

export function scheduleRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;
  const ofApp = { tag: 'Schedules', callers: ['app'], reads: ['schedules'] } as const;
  return [
    query(dependencies, {
      ...ofApp,
      path: '/v1/schedules',
      operationId: 'getSchedules',
      summary: 'List the schedules of my app',
      description: 'Returns a page of your app’s schedules, those that are over too.',
      example: { schedules: [EXAMPLE_SCHEDULE], next: null },
      query: z.strictObject({ after: scheduleId.optional().meta({ ...CURSOR, examples: [EXAMPLE.schedule] }), limit: limitParam() }),
      response: z.object({ schedules: z.array(scheduleSchema), next }),
      handle: async ({ caller: { app }, query: { after, limit } }) => {
        const range = after === undefined ? {} : { range: { field: '_id', after } };
        const found = await views.find('schedules', { where: { app }, ...range, order: { _id: 1 }, limit: limit + 1 });
        const page = cutPage(found, limit);
        return { schedules: page.shown.map(scheduleOf), next: page.last?.schedule ?? null };
      },
    }),

    query(dependencies, {
      ...ofApp,
      path: '/v1/schedules/:schedule',
      operationId: 'getSchedule',
      summary: 'Get a schedule of my app',
      description: 'Returns a schedule with a page of its occurrences, newest first. What became of one, `GET /v1/notifications/{notification}` says.',
      example: { ...EXAMPLE_SCHEDULE, occurrences: [EXAMPLE_OCCURRENCE], next: null },
      params: z.strictObject({ schedule: scheduleId }),
      query: z.strictObject({ before: localTime.optional(), limit: limitParam() }),
      response: scheduleSchema.extend({ occurrences: z.array(occurrenceSchema), next }).meta({ id: 'ScheduleWithOccurrences' }),
      refusals: ['schedule-unknown'],
      handle: async ({ caller: { app }, params: { schedule }, query: { before, limit } }) => {
        const found = await views.get('schedules', schedule);
        if (found?.app !== app) return refused('schedule-unknown');
        const range = before === undefined ? {} : { range: { field: 'local', before } };
        const page = cutPage(await views.find('schedule-occurrences', { where: { schedule }, ...range, order: { local: -1 }, limit: limit + 1 }), limit);
        return { ...scheduleOf(found), occurrences: page.shown.map(occurrenceOf), next: page.last?.local ?? null };
      },
    }),
  ];
}

function scheduleOf({ schedule: id, recurrence, recipientCount, ...schedule }: ScheduleDocument): z.output<typeof scheduleSchema> {
  const { status, missed, category, next: nextOccurrence, requested, skipped, createdAt, changedAt } = schedule;
  return { id, status, ...recurrence, missed, category, recipients: recipientCount, nextOccurrence, requested, skipped, createdAt, changedAt };
}

const occurrenceOf = ({ local: shown, at, notification, refused: code }: OccurrenceDocument): z.output<typeof occurrenceSchema> => ({
  local: shown,
  at,
  notification,
  refused: code,
});
