/** What became of an app's notifications, in numbers. */
import { z } from 'zod';
import { NOTIFICATION_CHANNELS } from '../../../domain/people/notification-channels.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { appId, dayField, templateId, text } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { ENDS } from '../../../projections/read-models/funnel/count-delivery.ts';
import { sourceOfApp } from '../../../projections/read-models/funnel/counted-key.ts';
import { daysBetween, FUNNEL_DAYS_MAX, readFunnel, type FunnelRow } from '../../../projections/view-access/funnel.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { jsonBytesOf } from '../../pages.ts';
import { query, refused } from '../../query.ts';

const CATEGORY_CHARACTERS_MAX = 64;
const DIMENSIONS = ['day', 'category', 'template', 'channel'] as const;
const EXAMPLE_DAY = EXAMPLE.at.slice(0, 10);

const count = (description: string) => z.int().meta({ description, examples: [7] });

const rowSchema = z
  .object({
    day: z
      .string()
      .optional()
      .meta({ description: 'The day, where you asked by day.', examples: [EXAMPLE_DAY] }),
    category: z
      .string()
      .optional()
      .meta({ description: 'The category, where you asked by category.', examples: ['orders'] }),
    template: z
      .string()
      .nullable()
      .optional()
      .meta({ description: 'The template, where you asked by template. null: none was used.', examples: [EXAMPLE.template] }),
    channel: z
      .enum(NOTIFICATION_CHANNELS)
      .nullable()
      .optional()
      .meta({ description: 'The channel, where you asked by channel. null: the row of what was requested, which goes out on several.', examples: ['push'] }),
    requested: count('Notifications that were requested.'),
    created: count('The recipients of these, each once for each notification.'),
    planned: count('Deliveries that were planned: one for each device, address and notification centre of a recipient.'),
    sent: count('Deliveries that a vendor took.'),
    delivered: count('Deliveries that arrived, by the word of the vendor, the device or the recipient.'),
    opened: count('Deliveries that a recipient opened. What programs opened doesn’t count.'),
    clicked: count('Deliveries in which a recipient followed a link.'),
    inProgress: count('Deliveries that are neither sent nor given up.'),
    suppressed: count('Deliveries that were not to be sent.'),
    failed: count('Deliveries that no vendor took.'),
    undelivered: count('Deliveries that a vendor took and could not deliver.'),
    expired: count('Deliveries whose time was over before they were sent.'),
    cancelled: count('Deliveries of notifications that were cancelled.'),
    digested: count('Deliveries that became a part of a digest.'),
    unsubscribed: count('Deliveries after which a recipient unsubscribed.'),
    complained: count('Deliveries that a recipient called spam.'),
    reasons: z
      .array(
        z.object({
          end: z.enum(ENDS).meta({ description: 'How the delivery ended.' }),
          reason: z.string().meta({ description: 'Why.', examples: ['opted-out'] }),
          deliveries: count('How many of them.'),
        }),
      )
      .meta({ description: 'Why deliveries were not sent or did not arrive, the most frequent first.' }),
  })
  .meta({ id: 'FunnelRow' });

const EXAMPLE_ROW: z.input<typeof rowSchema> = {
  day: EXAMPLE_DAY,
  requested: 120,
  created: 1_000,
  planned: 1_320,
  sent: 1_250,
  delivered: 1_100,
  opened: 400,
  clicked: 90,
  inProgress: 0,
  suppressed: 60,
  failed: 10,
  undelivered: 20,
  expired: 0,
  cancelled: 0,
  digested: 0,
  unsubscribed: 2,
  complained: 0,
  reasons: [{ end: 'suppressed', reason: 'opted-out', deliveries: 60 }],
};

const BY = /^(?:day|category|template|channel)(?:,(?:day|category|template|channel)){0,3}$/;

export const funnelRoutes = (dependencies: ReadDependencies): readonly Route[] => [
  query(dependencies, {
    path: '/v1/apps/:app/funnel',
    operationId: 'getFunnel',
    summary: 'Count what became of an app’s notifications',
    description:
      'Returns how many notifications the app requested, and how far their deliveries came. All deliveries of a notification count for the day for which it was requested, in UTC, whenever they were sent. Each stage counts the later ones too: what was clicked was opened, and what was opened was delivered. A later report corrects the counts of its day.',
    tag: 'Notifications',
    example: { rows: [EXAMPLE_ROW] },
    callers: ['operator', 'app'],
    params: z.strictObject({ app: appId }),
    query: z.strictObject({
      from: dayField.meta({ description: 'The first day, in UTC.', examples: [EXAMPLE_DAY] }),
      until: dayField.meta({ description: `The last day. At most ${FUNNEL_DAYS_MAX} days are counted at once.`, examples: [EXAMPLE_DAY] }),
      by: z
        .string()
        .regex(BY, `must be one or several of ${DIMENSIONS.join(', ')}, separated by commas`)
        .optional()
        .meta({
          description: 'Returns a row for each day, category, template or channel, or each combination of these. Without it: one row of everything.',
          examples: ['day,category'],
        }),
      category: text(CATEGORY_CHARACTERS_MAX)
        .min(1)
        .optional()
        .meta({ description: 'Only of this category.', examples: ['orders'] }),
      template: templateId.optional().meta({ description: 'Only of this template.', examples: [EXAMPLE.template] }),
      channel: z
        .enum(NOTIFICATION_CHANNELS)
        .optional()
        .meta({ description: 'Only of this channel. What was requested is of none, and 0 then.', examples: ['push'] }),
    }),
    response: z.object({ rows: z.array(rowSchema) }),
    refusals: ['forbidden', 'funnel-too-large'],
    reads: ['notifications', 'deliveries'],
    handle: async ({ caller, params: { app }, query: { from, until, by = '', category, template, channel } }) => {
      if (caller.kind === 'app' && caller.app !== app) return refused('forbidden');
      const tooLarge = { refusal: { code: 'funnel-too-large', facts: { maxDays: FUNNEL_DAYS_MAX } } } as const;
      if (daysBetween(from, until).length > FUNNEL_DAYS_MAX) return tooLarge;
      const only = {
        source: sourceOfApp(app),
        ...(category !== undefined && { category }),
        ...(template !== undefined && { template }),
        ...(channel !== undefined && { channel }),
      };
      const asked = DIMENSIONS.filter((dimension) => by.split(',').includes(dimension));
      const funnel = await readFunnel(dependencies.views, { from, until, ...only, by: asked });
      if (funnel.outcome === 'too-much') return tooLarge;
      const rows = funnel.rows.map(viewOf);
      return jsonBytesOf(rows) > dependencies.pageBytesMax ? tooLarge : { rows };
    },
  }),
];

function viewOf({ key: { source: _source, ...key }, reasons, ...counts }: FunnelRow): z.infer<typeof rowSchema> {
  return { ...key, ...counts, reasons: [...reasons] };
}
