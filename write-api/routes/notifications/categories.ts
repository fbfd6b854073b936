/** The categories of an app's notifications, as people choose by them. */
import { z } from 'zod';
import type { DeclareCategory } from '../../../commands/notifications/categories.ts';
import {
  CATEGORY_DESCRIPTION_LENGTH_MAX_CHARACTERS,
  CATEGORY_LOCALES_MAX,
  CATEGORY_MAX_BYTES,
  CATEGORY_PER_DAY_MAX,
  CATEGORY_TITLE_LENGTH_MAX_CHARACTERS,
} from '../../../domain/notifications/categories/categories.ts';
import { UNKNOWN_LOCALE } from '../../../domain/notifications/templates/template.ts';
import { NOTIFICATION_CHANNELS } from '../../../domain/people/notification-channels.ts';
import type { AppId } from '../../../domain/shared/ids.ts';
import { languageOf } from '../../../domain/shared/language.ts';
import { categoriesStream } from '../../../domain/shared/streams.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { lineOfText, templateId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { category } from '../../category.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';
import { failoverField } from '../../failover-field.ts';
import { LINE_REFUSALS } from '../../line-refusals.ts';
import { languageField } from '../../template-fields.ts';
import { digestRule } from './digest-rule.ts';

/** A byte of JSON takes six where a client escapes every character. */
const CATEGORY_BODY_BYTES_MAX = 6 * CATEGORY_MAX_BYTES + 4 * 1_024;

const texts = {
  title: lineOfText(CATEGORY_TITLE_LENGTH_MAX_CHARACTERS).meta({ description: 'How people see it called.', examples: ['Orders'] }),
  description: lineOfText(CATEGORY_DESCRIPTION_LENGTH_MAX_CHARACTERS)
    .optional()
    .meta({ description: 'What they get, in a sentence.', examples: ['When an order is paid, sent and delivered.'] }),
};
const categoryBody = z.strictObject({
  ...texts,
  language: languageField
    .optional()
    .meta({ description: 'The language of `title` and `description`, which everybody sees whose own has none.', examples: ['en'] }),
  locales: z
    .record(z.string(), z.strictObject(texts))
    .optional()
    .meta({
      description: `The same in other languages, by BCP 47 tag: at most ${CATEGORY_LOCALES_MAX}.`,
      examples: [{ de: { title: 'Bestellungen' } }],
    }),
  mandatory: z.boolean().optional().meta({
    description:
      'Whether people must be told: nobody can opt out, and neither caps nor quiet hours hold it back. A person who ends their enrolment gets none. Default: false.',
  }),
  default: z.enum(['in', 'out']).optional().meta({ description: 'What holds for people who have chosen nothing. Default: `in`.' }),
  channels: z.array(z.enum(NOTIFICATION_CHANNELS)).min(1).optional().meta({
    description:
      'The channels that are on by default, and that notifications go out on whose request names none. On others a person gets it who has asked for it. Default: all.',
  }),
  perDayMax: z
    .int()
    .min(1)
    .max(CATEGORY_PER_DAY_MAX)
    .optional()
    .meta({
      description:
        'The most that one person gets in any 24 hours, counted in deliveries that vendors accepted. What is more waits for room. Default: the cap of the app.',
      examples: [5],
    }),
  digest: digestRule.optional().meta({ description: 'Whether several are sent as one to people who have chosen nothing. Default: each by itself.' }),
  failover: failoverField.optional(),
  digestTemplate: templateId.optional().meta({
    description:
      'Your template that says a digest, of the parameters `category` (its title), `count`, `more` and `items`, each with `title`, `body` and `url`. Default: a list of them.',
    examples: [EXAMPLE.template],
  }),
});

const params = z.strictObject({ category });
const stream = categoriesStream(EXAMPLE.app);

export function categoryRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const ofApp = {
    callers: ['app'],
    tag: 'Categories',
    path: '/v1/categories/:category',
    params,
    limits: [{ limit: limits.appRequests, by: 'caller' }],
  } as const;
  return [
    command(dependencies, {
      ...ofApp,
      method: 'put',
      operationId: 'declareCategory',
      summary: 'Declare a category',
      description:
        'Says what people see of a category and what rules it has, in place of what you declared before, also for notifications that wait. Categories that you have not declared can be sent, and people choose by their names.',
      example: {
        body: { title: 'Orders', language: 'en', locales: { de: { title: 'Bestellungen' } }, channels: ['push', 'email'], perDayMax: 5 },
        stream,
        revision: 0,
      },
      body: categoryBody,
      bodyBytesMax: CATEGORY_BODY_BYTES_MAX,
      refusals: [
        'app-unknown',
        'app-disabled',
        'category-invalid',
        'categories-full',
        'digest-invalid',
        'failover-invalid',
        'template-unknown',
        'title-empty',
        'title-too-long',
        'content-too-large',
        ...LINE_REFUSALS,
      ],
      execute: ({ caller: { app }, params: { category: name }, body }, context) => commands.declareCategory(categoryOf(app, name, body), context),
    }),

    command(dependencies, {
      ...ofApp,
      method: 'delete',
      operationId: 'removeCategory',
      summary: 'Remove a category',
      description: 'Takes back what you declared. Notifications of the category can be sent on, without rules of its own; what people chose of it stays.',
      example: { stream, revision: 1 },
      refusals: ['app-unknown', 'app-disabled'],
      execute: ({ caller: { app }, params: { category: name } }, context) => commands.removeCategory({ app, category: name }, context),
    }),
  ];
}

function categoryOf(app: AppId, name: string, body: z.output<typeof categoryBody>): DeclareCategory {
  const { title, description, language = UNKNOWN_LOCALE, locales = {}, mandatory = false, default: byDefault = 'in', channels, perDayMax } = body;
  const { digest, digestTemplate, failover } = body;
  const textsOf = (shown: z.output<z.ZodObject<typeof texts>>) => ({
    title: shown.title,
    ...(shown.description !== undefined && { description: shown.description }),
  });
  const others = Object.entries(locales).map(([locale, shown]) => [languageOf(locale) ?? locale, textsOf(shown)] as const);
  return {
    app,
    category: name,
    defaultLocale: language,
    locales: { ...Object.fromEntries(others), [language]: textsOf({ title, description }) },
    mandatory,
    byDefault,
    ...(channels !== undefined && { channels: [...new Set(channels)] }),
    ...(perDayMax !== undefined && { perDayMax }),
    ...(digest !== undefined && { digest }),
    ...(digestTemplate !== undefined && { digestTemplate }),
    ...(failover !== undefined && { failover }),
  };
}
