/** Apps' schedules, each of which requests a notification again and again. */
import { z } from 'zod';
import type { CreateSchedule } from '../../../commands/notifications/schedules/schedules.ts';
import { scheduleStream } from '../../../domain/shared/streams.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { instantField, scheduleId } from '../../../edge/fields.ts';
import { route, type Route } from '../../../edge/http/routes.ts';
import { quotaHeaders, requestWithinQuota } from '../../quota-headers.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';
import { checkRequest, NOTIFICATION_BODY_BYTES_MAX, notificationShape, REQUEST_REFUSALS, withoutUndefined } from '../../notification-fields.ts';
import { EXAMPLE_LOCAL_TIME, missed, recurrenceShape } from '../../schedule-fields.ts';

const PREVIEWED_DEFAULT = 5;
const PREVIEWED_MAX = 50;

const notification = checkRequest(z.strictObject(notificationShape).partial().required({ category: true })).meta({
  description: 'What it requests each time: a request of a notification, without the time of sending.',
});

const createBody = z.strictObject({ ...recurrenceShape, missed, notification });

const stream = scheduleStream(EXAMPLE.schedule);
const EXAMPLE_RULE = { rule: 'FREQ=DAILY', start: EXAMPLE_LOCAL_TIME, zone: 'Europe/Berlin' } as const;

export function scheduleRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits, quotaCounts } = dependencies;
  const ofApp = { callers: ['app'], scope: 'send', tag: 'Schedules', limits: [{ limit: limits.schedules, by: 'caller' }] } as const;
  const ofSchedule = { ...ofApp, method: 'post', params: z.strictObject({ schedule: scheduleId }) } as const;
  return [
    command(dependencies, {
      ...ofApp,
      method: 'post',
      path: '/v1/schedules',
      operationId: 'createSchedule',
      summary: 'Create a schedule',
      description:
        'Requests a notification each time that the rule comes round, the first time at the first occurrence that is still to come. Each is tried now as it will be then, and refused now where it would be. People who have withdrawn from your app by then are left out. To see what became of it, call `GET /v1/schedules/{schedule}` of the read API.',
      example: {
        body: {
          ...EXAMPLE_RULE,
          clock: 'recipient',
          missed: 'latest',
          notification: { recipients: [EXAMPLE.ada], category: 'reminders', content: { body: 'Take your pills.' } },
        },
        result: { id: EXAMPLE.schedule },
        stream,
      },
      body: createBody,
      bodyBytesMax: NOTIFICATION_BODY_BYTES_MAX,
      refusals: [
        ...REQUEST_REFUSALS,
        'time-zone-unknown',
        'schedule-rule-invalid',
        'schedule-over',
        'expires-before-sending',
        'notification-cancelled',
        'notification-unknown',
        'quota-exceeded',
      ],
      resultFields: { id: scheduleId },
      resultHeaders: quotaHeaders,
      execute: ({ caller: { app }, body: { rule, start, zone, clock, missed: policy, notification: requested } }, context) => {
        const { content, parameters, ...request } = withoutUndefined(requested) as Partial<CreateSchedule> & CreateSchedule['request'];
        const words = { ...(content !== undefined && { content }), ...(parameters !== undefined && { parameters }) };
        const created: CreateSchedule = { app, recurrence: { rule, start, zone, clock }, missed: policy, request, ...words };
        return requestWithinQuota(quotaCounts, app, (admit) => commands.createSchedule(created, context, { admit }));
      },
    }),

    route({
      ...ofApp,
      method: 'post',
      path: '/v1/schedules/preview',
      operationId: 'previewSchedule',
      summary: 'Preview a schedule',
      description: 'Returns when a rule comes round next. Nothing is created.',
      example: {
        body: { ...EXAMPLE_RULE, limit: 2 },
        response: {
          occurrences: [
            { local: '2026-07-02T09:00:00', at: '2026-07-02T07:00:00.000Z' },
            { local: '2026-07-03T09:00:00', at: '2026-07-03T07:00:00.000Z' },
          ],
        },
      },
      body: z.strictObject({
        ...recurrenceShape,
        limit: z
          .int()
          .min(1)
          .max(PREVIEWED_MAX)
          .default(PREVIEWED_DEFAULT)
          .meta({ description: `How many, at most. Default: ${PREVIEWED_DEFAULT}.` }),
      }),
      responses: {
        200: z.object({
          occurrences: z
            .array(
              z.object({
                local: z.string().meta({ description: 'What the clock shows.', examples: [EXAMPLE_LOCAL_TIME] }),
                at: instantField.meta({ description: 'When it does; on the clock of each recipient, when the first clock on Earth does.' }),
              }),
            )
            .meta({ description: 'The next ones, in order; fewer than you asked for where the rule ends.' }),
        }),
      },
      refusals: ['time-zone-unknown', 'schedule-rule-invalid'],
      handle: async ({ body: { rule, start, zone, clock, limit }, at }) => {
        const result = commands.previewSchedule({ recurrence: { rule, start, zone, clock }, limit }, at);
        return result.outcome === 'refused' ? { refusal: result.refusal } : { status: 200 as const, body: { occurrences: [...result.occurrences] } };
      },
    }),

    command(dependencies, {
      ...ofSchedule,
      path: '/v1/schedules/:schedule/pause',
      operationId: 'pauseSchedule',
      summary: 'Pause a schedule',
      description: 'Requests nothing until you resume it. What was requested before is sent.',
      example: { stream, revision: 1 },
      refusals: ['schedule-unknown', 'schedule-over'],
      execute: ({ caller: { app }, params: { schedule } }, context) => commands.pauseSchedule({ schedule, app }, context),
    }),

    command(dependencies, {
      ...ofSchedule,
      path: '/v1/schedules/:schedule/resume',
      operationId: 'resumeSchedule',
      summary: 'Resume a schedule',
      description: 'Goes on with the first occurrence that is still to come. Those that went by while it was paused are not requested.',
      example: { stream, revision: 2 },
      refusals: ['schedule-unknown', 'schedule-over'],
      execute: ({ caller: { app }, params: { schedule } }, context) => commands.resumeSchedule({ schedule, app }, context),
    }),

    command(dependencies, {
      ...ofSchedule,
      path: '/v1/schedules/:schedule/cancel',
      operationId: 'cancelSchedule',
      summary: 'Cancel a schedule',
      description: 'Ends it for good. Of an occurrence on the clocks of its recipients, what is not sent yet is cancelled too.',
      example: { stream, revision: 3 },
      refusals: ['schedule-unknown'],
      execute: ({ caller: { app }, params: { schedule } }, context) => commands.cancelSchedule({ schedule, app }, context),
    }),
  ];
}
