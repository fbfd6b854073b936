/** An app's deliveries, found by whom they go to, what their vendor calls them, their status and the day on which they were planned. */
import { z } from 'zod';
import { EXAMPLE } from '../../../edge/examples.ts';
import { appId, dayField, personId, text } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import type { DeliveryDocument } from '../../../projections/read-models/deliveries.ts';
import { DELIVERY_STATUSES, findDeliveries } from '../../../projections/view-access/find-deliveries.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { CURSOR, limitParam, next } from '../../pages.ts';
import { query, refused } from '../../query.ts';
import { idField, timeField } from '../../response-fields.ts';
import { deliverySchema, deliveryView, EXAMPLE_DELIVERY } from '../notifications.ts';

const VENDOR_ID_CHARACTERS_MAX = 500;
const EXAMPLE_VENDOR_ID = 'SM1b2c3d4e5f605a7b8c9d0e1f2a3b4c5d';

const foundSchema = deliverySchema
  .extend({
    notification: idField('The id of its notification.', EXAMPLE.notification),
    category: z.string().meta({ description: 'The category of its notification.', examples: ['orders'] }),
    template: z
      .string()
      .nullable()
      .meta({ description: 'The template that its notification names. null: none.', examples: [EXAMPLE.template] }),
    vendorId: z
      .string()
      .nullable()
      .meta({ description: 'The vendor’s id of the message, once the vendor has taken it.', examples: [EXAMPLE_VENDOR_ID] }),
    plannedAt: timeField('When it was planned.'),
    changedAt: timeField('When something happened to it last.'),
  })
  .meta({ id: 'FoundDelivery' });

const day = (description: string) => dayField.optional().meta({ description, examples: [EXAMPLE.at.slice(0, 10)] });

/** When the last one was planned, and its id. */
const beforePlanned = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z_[0-9a-f-]{36}$/, 'must be the `next` of a page')
  .optional()
  .meta({ ...CURSOR, examples: [`${EXAMPLE.at}_${EXAMPLE.delivery}`] });

export const deliveryRoutes = (dependencies: ReadDependencies): readonly Route[] => [
  query(dependencies, {
    path: '/v1/apps/:app/deliveries',
    operationId: 'findDeliveries',
    summary: 'Find deliveries of an app',
    description:
      'Returns a page of the deliveries of the app’s notifications, the last planned first, each with its history. Each parameter narrows the search. A page may be shorter than `limit` though there are more.',
    tag: 'Notifications',
    example: {
      deliveries: [
        {
          ...EXAMPLE_DELIVERY,
          notification: EXAMPLE.notification,
          category: 'orders',
          template: EXAMPLE.template,
          vendorId: EXAMPLE_VENDOR_ID,
          plannedAt: EXAMPLE.at,
          changedAt: EXAMPLE.later,
        },
      ],
      next: null,
    },
    callers: ['operator', 'app'],
    params: z.strictObject({ app: appId }),
    query: z.strictObject({
      person: personId.optional().meta({ description: 'To this recipient.', examples: [EXAMPLE.ada] }),
      vendorId: text(VENDOR_ID_CHARACTERS_MAX)
        .min(1)
        .optional()
        .meta({ description: 'Which the vendor knows by this id.', examples: [EXAMPLE_VENDOR_ID] }),
      status: z.enum(DELIVERY_STATUSES).optional().meta({ description: 'In this status.' }),
      from: day('Planned on this day or later, in UTC.'),
      until: day('Planned on this day or earlier, in UTC.'),
      before: beforePlanned,
      limit: limitParam(),
    }),
    response: z.object({ deliveries: z.array(foundSchema), next }),
    refusals: ['forbidden'],
    reads: ['deliveries'],
    handle: async ({ caller, params: { app }, query: { person, vendorId, status, from, until, before, limit } }) => {
      if (caller.kind === 'app' && caller.app !== app) return refused('forbidden');
      const { deliveries, next } = await findDeliveries(
        dependencies.views,
        {
          app,
          ...(person !== undefined && { person }),
          ...(vendorId !== undefined && { vendorId }),
          ...(status !== undefined && { statuses: [status] }),
          ...(from !== undefined && { from }),
          ...(until !== undefined && { until }),
        },
        { limit, bytesMax: dependencies.pageBytesMax, ...(before !== undefined && { before }) },
      );
      return { deliveries: deliveries.map(viewOf), next };
    },
  }),
];

const viewOf = (delivery: DeliveryDocument): z.infer<typeof foundSchema> => {
  const { notification, category, template = null, vendorId, plannedAt, changedAt } = delivery;
  return { ...deliveryView(delivery), notification, category, template, vendorId, plannedAt, changedAt };
};
