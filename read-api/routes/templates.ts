/** An app's own templates: a page of them, and one with its versions. */
import { z } from 'zod';
import { TEMPLATE_VERSIONS_MAX } from '../../domain/notifications/templates/template.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { templateId, wholeNumber } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import type { TemplateDocument, TemplateVersionDocument } from '../../projections/read-models/notifications/templates.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { failoverSteps } from '../failover-steps.ts';
import { CURSOR, cutPage, limitParam, next } from '../pages.ts';
import { query, refused } from '../query.ts';
import { idField, timeField } from '../response-fields.ts';

/** A version has up to 256 KiB. */
const VERSIONS_DEFAULT = 5;
const VERSIONS_MAX = 10;

const summarySchema = z
  .object({
    id: idField('The id of the template.', EXAMPLE.template),
    name: z
      .string()
      .nullable()
      .meta({ description: 'The name that you gave it, if any.', examples: ['Order shipped'] }),
    version: z.int().meta({ description: 'Its newest version.' }),
    language: z
      .string()
      .meta({ description: 'The language that everybody gets whose own it does not have; `und` where you have not said which.', examples: ['en'] }),
    languages: z.array(z.string()).meta({ description: 'All that it has.', examples: [['en', 'de']] }),
    createdAt: timeField('When it was published first.'),
    changedAt: timeField('When its newest version was published.'),
  })
  .meta({ id: 'Template' });

const texts = z.looseObject({ title: z.string().optional(), body: z.string() });

const versionSchema = z
  .object({
    version: z.int().meta({ description: 'The number of the version, from 1.' }),
    locales: z.record(z.string(), texts).meta({ description: 'By language, the texts as you published them.' }),
    partials: z.record(z.string(), z.string()).meta({ description: 'By name, the partials as they were taken in.' }),
    parameters: z.record(z.string(), z.unknown()).nullable().meta({ description: 'The schema of the parameters, if you gave one.' }),
    tracking: z
      .object({ links: z.boolean().optional(), opens: z.boolean().optional() })
      .nullable()
      .meta({ description: 'What is recorded of its emails, if you said so.' }),
    failover: failoverSteps,
    at: timeField('When it was published.'),
  })
  .meta({ id: 'TemplateVersion' });

const EXAMPLE_TEMPLATE: z.input<typeof summarySchema> = {
  id: EXAMPLE.template,
  name: 'Order shipped',
  version: 2,
  language: 'en',
  languages: ['en', 'de'],
  createdAt: EXAMPLE.at,
  changedAt: EXAMPLE.later,
};

export function templateRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, pageBytesMax } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/templates',
      operationId: 'getTemplates',
      summary: 'List the templates of my app',
      description: 'Returns a page of your app’s templates, without their texts.',
      tag: 'Templates',
      example: { templates: [EXAMPLE_TEMPLATE], next: null },
      callers: ['app'],
      query: z.strictObject({ after: templateId.optional().meta({ ...CURSOR, examples: [EXAMPLE.template] }), limit: limitParam() }),
      response: z.object({ templates: z.array(summarySchema), next }),
      reads: ['templates'],
      handle: async ({ caller: { app }, query: { after, limit } }) => {
        const range = after === undefined ? {} : { range: { field: '_id', after } };
        const found = await views.find('templates', { where: { app }, ...range, order: { _id: 1 }, limit: limit + 1 });
        const { shown, last } = cutPage(found, limit);
        return { templates: shown.map(summaryOf), next: last?.template ?? null };
      },
    }),

    query(dependencies, {
      path: '/v1/templates/:template',
      operationId: 'getTemplate',
      summary: 'Get a template of my app',
      description: 'Returns a template with a page of its versions, newest first.',
      tag: 'Templates',
      example: {
        ...EXAMPLE_TEMPLATE,
        versions: [
          {
            version: 2,
            locales: { en: { title: 'Order {{ number }}', body: 'Your order {{ number }} is on its way.' } },
            partials: {},
            parameters: { required: ['number'], properties: { number: { type: 'integer' } } },
            tracking: null,
            failover: null,
            at: EXAMPLE.later,
          },
        ],
        next: null,
      },
      callers: ['app'],
      params: z.strictObject({ template: templateId }),
      query: z.strictObject({
        before: wholeNumber(1, TEMPLATE_VERSIONS_MAX)
          .optional()
          .meta({ ...CURSOR, override: { type: 'integer', pattern: undefined, minimum: 1, maximum: TEMPLATE_VERSIONS_MAX } }),
        limit: limitParam(VERSIONS_DEFAULT, VERSIONS_MAX),
      }),
      response: summarySchema.extend({ versions: z.array(versionSchema), next }).meta({ id: 'TemplateWithVersions' }),
      refusals: ['template-unknown'],
      reads: ['templates'],
      handle: async ({ caller: { app }, params: { template: id }, query: { before, limit } }) => {
        const template = await views.get('templates', id);
        if (template === undefined || template.app !== app) return refused('template-unknown');
        const range = before === undefined ? {} : { range: { field: 'version', before } };
        const found = await views.findPage('template-versions', { where: { template: id }, ...range, order: { version: -1 }, limit, bytesMax: pageBytesMax });
        const last = found.more ? found.documents.at(-1) : undefined;
        return { ...summaryOf(template), versions: found.documents.map(versionOf), next: last === undefined ? null : String(last.version) };
      },
    }),
  ];
}

const summaryOf = ({ template: id, name, newest, defaultLocale, locales, createdAt, changedAt }: TemplateDocument): z.output<typeof summarySchema> => ({
  id,
  name,
  version: newest,
  language: defaultLocale,
  languages: [...locales],
  createdAt,
  changedAt,
});

const versionOf = ({ version, locales, partials, parameters, tracking, failover, at }: TemplateVersionDocument) => ({
  version,
  locales,
  partials,
  parameters: (parameters ?? null) as Readonly<Record<string, unknown>> | null,
  tracking: tracking ?? null,
  failover: failover ?? null,
  at,
});
