/** The categories that an app has declared. */
import { z } from 'zod';
import { NOTIFICATION_CHANNELS } from '../../../domain/people/notification-channels.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { text } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import type { CategoryDocument } from '../../../projections/read-models/apps.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { failoverSteps } from '../../failover-steps.ts';
import { CURSOR, limitParam, next } from '../../pages.ts';
import { query } from '../../query.ts';
import { timeField } from '../../response-fields.ts';
import { digestRule } from './digest-rule.ts';

const CURSOR_CHARACTERS_MAX = 300;

const texts = z.object({ title: z.string(), description: z.string().optional() });

const categorySchema = z
  .object({
    category: z.string().meta({ description: 'Its name in requests, as you declared it.', examples: ['orders'] }),
    language: z
      .string()
      .meta({ description: 'The language that everybody sees whose own it does not have; `und` where you have not said which.', examples: ['en'] }),
    locales: z.record(z.string(), texts).meta({ description: 'By language, how it is called.' }),
    mandatory: z.boolean().meta({ description: 'Whether nobody can opt out of it.' }),
    default: z.enum(['in', 'out']).meta({ description: 'What holds for people who have chosen nothing.' }),
    channels: z.array(z.enum(NOTIFICATION_CHANNELS)).nullable().meta({ description: 'The channels that are on by default. null: all.' }),
    perDayMax: z.int().nullable().meta({ description: 'The most that one person gets in any 24 hours. null: as much as the cap of the app allows.' }),
    digestTemplate: z
      .string()
      .nullable()
      .meta({ description: 'Your template that says a digest. null: a list.', examples: [EXAMPLE.template] }),
    digest: digestRule.nullable().meta({ description: 'Whether several are sent as one. null: each by itself.' }),
    failover: failoverSteps,
    declaredAt: timeField('When you declared it so.'),
  })
  .meta({ id: 'Category' });

const EXAMPLE_CATEGORY: z.input<typeof categorySchema> = {
  category: 'orders',
  language: 'en',
  locales: { en: { title: 'Orders', description: 'When an order is paid, sent and delivered.' }, de: { title: 'Bestellungen' } },
  mandatory: false,
  default: 'in',
  channels: ['push', 'email'],
  perDayMax: 5,
  digestTemplate: null,
  digest: null,
  failover: null,
  declaredAt: EXAMPLE.at,
};

export function categoryRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, pageBytesMax } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/categories',
      operationId: 'getCategories',
      summary: 'List the categories of my app',
      description: 'Returns a page of the categories that your app has declared.',
      tag: 'Categories',
      example: { categories: [EXAMPLE_CATEGORY], next: null },
      callers: ['app'],
      query: z.strictObject({ after: text(CURSOR_CHARACTERS_MAX).optional().meta(CURSOR), limit: limitParam() }),
      response: z.object({ categories: z.array(categorySchema), next }),
      reads: ['apps'],
      handle: async ({ caller: { app }, query: { after = '', limit } }) => {
        const range = { field: '_id', after: `${app}:${after}` } as const;
        const found = await views.findPage('categories', { where: { app }, range, order: { _id: 1 }, limit, bytesMax: pageBytesMax });
        const last = found.more ? found.documents.at(-1) : undefined;
        return { categories: found.documents.map(categoryOf), next: last === undefined ? null : last._id.slice(`${app}:`.length) };
      },
    }),
  ];
}

const categoryOf = ({
  category,
  defaultLocale,
  locales,
  mandatory,
  byDefault,
  channels,
  perDayMax,
  digest,
  digestTemplate,
  failover,
  declaredAt,
}: CategoryDocument) => ({
  category,
  language: defaultLocale,
  locales,
  mandatory,
  default: byDefault,
  channels: channels ?? null,
  perDayMax: perDayMax ?? null,
  digestTemplate: digestTemplate ?? null,
  digest: digest ?? null,
  failover: failover ?? null,
  declaredAt,
});
