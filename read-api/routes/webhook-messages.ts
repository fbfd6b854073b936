/** What was, or could not be, told to an app's webhook. */
import { z } from 'zod';
import { WEBHOOK_EVENTS } from '../../domain/notifications/webhooks/events.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { appId, text } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import type { WebhookMessageDocument } from '../../projections/read-models/webhooks.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { CURSOR, cutPage, limitParam, next } from '../pages.ts';
import { query, refused } from '../query.ts';
import { idField, timeField } from '../response-fields.ts';

const MESSAGE_CHARACTERS_MAX = 64;
const EXAMPLE_MESSAGE = 'c56a4180-65aa-42ec-a945-5fd21dec0538';

const messageSchema = z
  .object({
    id: idField('The message’s `webhook-id`.', EXAMPLE_MESSAGE),
    event: z.enum(WEBHOOK_EVENTS).meta({ description: 'What it tells.' }),
    delivery: idField('The delivery that it tells of.', EXAMPLE.delivery),
    status: z.enum(['queued', 'sent', 'dead']).meta({ description: '`queued`: it is tried. `dead`: it was given up, and can be replayed.' }),
    attempts: z.int().meta({ description: 'Attempts that failed.' }),
    reason: z
      .string()
      .nullable()
      .meta({ description: 'Why the last of them failed: a status, or why nobody answered.', examples: ['503'] }),
    at: timeField('When it is tried next while it is queued, else when it was sent or given up.'),
  })
  .meta({ id: 'WebhookMessage' });

export const webhookMessageRoutes = (dependencies: ReadDependencies): readonly Route[] => [
  query(dependencies, {
    path: '/v1/apps/:app/webhook-messages',
    operationId: 'getWebhookMessages',
    summary: 'List the messages to an app’s webhook',
    description: 'Returns a page of the messages that have the status, in no order of time.',
    tag: 'Notifications',
    example: {
      messages: [{ id: EXAMPLE_MESSAGE, event: 'delivery.delivered', delivery: EXAMPLE.delivery, status: 'dead', attempts: 22, reason: '503', at: EXAMPLE.at }],
      next: null,
    },
    callers: ['operator', 'app'],
    params: z.strictObject({ app: appId }),
    query: z.strictObject({
      status: z.enum(['queued', 'sent', 'dead']).default('dead').meta({ description: 'Which of them.' }),
      after: text(MESSAGE_CHARACTERS_MAX)
        .optional()
        .meta({ ...CURSOR, examples: [EXAMPLE_MESSAGE] }),
      limit: limitParam(),
    }),
    response: z.object({ messages: z.array(messageSchema), next }),
    refusals: ['forbidden'],
    reads: ['webhooks'],
    handle: async ({ caller, params: { app }, query: { status, after, limit } }) => {
      if (caller.kind === 'app' && caller.app !== app) return refused('forbidden');
      const range = after === undefined ? {} : { range: { field: '_id', after } };
      const found = await dependencies.views.find('webhook-messages', { where: { app, status }, ...range, order: { _id: 1 }, limit: limit + 1 });
      const { shown, last } = cutPage(found, limit);
      return { messages: shown.map(viewOf), next: last?.message ?? null };
    },
  }),
];

const viewOf = ({ message: id, event, payload: { delivery }, status, attempts, reason, dueAt: at }: WebhookMessageDocument) => ({
  id,
  event,
  delivery,
  status,
  attempts,
  reason,
  at,
});
