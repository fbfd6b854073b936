/** The notification templates of apps, and the partials that they are put together from. */
import { z } from 'zod';
import type { PublishTemplate } from '../../../commands/notifications/templates.ts';
import { shownOn } from '../../../domain/notifications/content.ts';
import { PARTIAL_NAME_PATTERN } from '../../../domain/notifications/templates/partial.ts';
import { TEMPLATE_LOCALES_MAX, TEMPLATE_MAX_BYTES, TEMPLATE_TEXT_MAX_BYTES, UNKNOWN_LOCALE } from '../../../domain/notifications/templates/template.ts';
import { NOTIFICATION_CHANNELS } from '../../../domain/people/notification-channels.ts';
import { languageOf } from '../../../domain/shared/language.ts';
import { notificationStream, partialStream, templateStream } from '../../../domain/shared/streams.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { lineOfText, notificationId, personId, templateId } from '../../../edge/fields.ts';
import { route, type Route } from '../../../edge/http/routes.ts';
import { category } from '../../category.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';
import { failoverField } from '../../failover-field.ts';
import { LINE_REFUSALS } from '../../line-refusals.ts';
import { channelContentSchema, languageField, templateTexts, tracking } from '../../template-fields.ts';

/** A byte of the longest template takes six where a client escapes every character. */
const TEMPLATE_BODY_BYTES_MAX = 6 * TEMPLATE_MAX_BYTES + 4 * 1_024;
const PARTIAL_BODY_BYTES_MAX = 6 * TEMPLATE_TEXT_MAX_BYTES + 4 * 1_024;
const PARAMETERS_BODY_BYTES_MAX = 512 * 1_024;
const TEMPLATE_NAME_CHARACTERS_MAX = 100;
const TEST_CATEGORY = 'test';

const templateBody = z.strictObject({
  template: templateId.optional().meta({ description: 'Publishes the next version of this template. Default: a new template.', examples: [EXAMPLE.template] }),
  name: lineOfText(TEMPLATE_NAME_CHARACTERS_MAX)
    .optional()
    .meta({ description: 'For your lists; nobody else sees it.', examples: ['Order shipped'] }),
  language: languageField
    .optional()
    .meta({ description: 'The language of `title`, `body` and the texts beside them, which everybody gets whose own language has none.', examples: ['en'] }),
  ...templateTexts.shape,
  locales: z
    .record(z.string(), templateTexts)
    .optional()
    .meta({
      description: `The same texts in other languages, by BCP 47 tag: at most ${TEMPLATE_LOCALES_MAX}. A recipient gets their own, \`de-CH\`, or the nearest that is less particular, \`de\`.`,
      examples: [{ de: { title: 'Bestellung {{ number }}', body: 'Ihre Bestellung {{ number }} ist unterwegs.' } }],
    }),
  parameters: z
    .record(z.string(), z.json())
    .optional()
    .meta({
      description:
        'What the parameters must be, in JSON Schema: an object, with `type`, `properties`, `required`, `items`, `enum`, `minLength`, `maxLength`, `minimum`, `maximum`, `minItems`, `maxItems`, `additionalProperties`, `title`, `description`. A parameter that is not required may be left out. Without a schema each request must bring every parameter that the texts use.',
      examples: [{ required: ['number'], properties: { number: { type: 'integer', minimum: 1 }, name: { type: 'string', maxLength: 100 } } }],
    }),
  tracking: tracking.optional(),
  failover: failoverField.optional(),
});

const params = z.strictObject({ template: templateId });
const parameterValues = z.record(z.string(), z.json()).meta({ description: 'The values of the parameters.', examples: [{ number: 4711 }] });
const rendering = {
  version: z.int().min(1).optional().meta({ description: 'Default: the newest version.' }),
  language: languageField.optional().meta({ description: 'As if the recipient read it. Default: the template’s own.', examples: ['de'] }),
  parameters: parameterValues.optional(),
} as const;

const previewSchema = z
  .object({
    version: z.int().meta({ description: 'The version that was rendered.' }),
    locale: z.string().meta({ description: 'The language whose texts were rendered; `und` where you have not said which it is.', examples: ['de'] }),
    channels: z
      .record(z.string(), channelContentSchema)
      .meta({ description: 'By channel, what a recipient would be shown: with a text that is too long cut, and the styles of the HTML in its elements.' }),
  })
  .meta({ id: 'TemplatePreview' });

const RENDER_REFUSALS = ['template-unknown', 'template-invalid', 'parameter-missing', 'parameter-invalid'] as const;

export function templateRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const ofApp = { callers: ['app'], scope: 'templates', tag: 'Templates', limits: [{ limit: limits.appRequests, by: 'caller' }] } as const;
  return [
    command(dependencies, {
      ...ofApp,
      method: 'post',
      path: '/v1/templates',
      operationId: 'publishTemplate',
      summary: 'Publish a template',
      description:
        'Publishes a template, or the next version of one. A published version never changes: it takes in the partials that it uses as they are now.',
      example: {
        body: { title: 'Order {{ number }}', body: 'Your order {{ number }} is on its way.' },
        result: { id: EXAMPLE.template },
        stream: templateStream(EXAMPLE.template),
      },
      body: templateBody,
      bodyBytesMax: TEMPLATE_BODY_BYTES_MAX,
      refusals: ['app-unknown', 'app-disabled', 'template-unknown', 'template-invalid', 'failover-invalid', 'content-too-large', 'text-malformed'],
      resultFields: { id: templateId },
      execute: ({ caller: { app }, body }, context) => commands.publishTemplate(templateOf(app, body), context),
    }),

    command(dependencies, {
      ...ofApp,
      method: 'put',
      path: '/v1/partials/:name',
      operationId: 'publishPartial',
      summary: 'Publish a partial',
      description:
        'Publishes a piece of text that your templates share: `{% layout "frame" %}`, `{% render "footer" %}` or `{% include "footer" %}`. Templates that are published from now on use it; versions that are published already stay as they are.',
      example: { body: { body: '<html><body>{% block content %}{% endblock %}</body></html>' }, stream: partialStream(EXAMPLE.app, 'frame') },
      params: z.strictObject({
        name: z
          .string()
          .regex(PARTIAL_NAME_PATTERN, 'must be 1 to 64 small letters, digits or hyphens')
          .meta({ description: 'The name of the partial.', examples: ['frame'] }),
      }),
      body: z.strictObject({ body: z.string().meta({ description: 'The text, in Liquid.' }) }),
      bodyBytesMax: PARTIAL_BODY_BYTES_MAX,
      refusals: ['app-unknown', 'app-disabled', 'template-invalid', 'content-too-large', 'text-malformed'],
      execute: ({ caller: { app }, params: { name }, body: { body } }, context) => commands.publishPartial({ app, name, body }, context),
    }),

    route({
      ...ofApp,
      method: 'post',
      path: '/v1/templates/:template/preview',
      operationId: 'previewTemplate',
      summary: 'Preview a template',
      description: 'Returns what each channel would show. Nothing is sent.',
      example: {
        body: { parameters: { number: 4711 }, language: 'de' },
        response: {
          version: 2,
          locale: 'de',
          channels: {
            push: { title: 'Bestellung 4711', body: 'Ihre Bestellung 4711 ist unterwegs.' },
            sms: { body: 'Bestellung 4711\nIhre Bestellung 4711 ist unterwegs.' },
          },
        },
      },
      params,
      body: z.strictObject(rendering),
      bodyBytesMax: PARAMETERS_BODY_BYTES_MAX,
      responses: { 200: previewSchema },
      refusals: ['app-unknown', 'app-disabled', ...RENDER_REFUSALS, 'log-unavailable'],
      handle: async ({ caller: { app }, params: { template }, body: { version, language, parameters = {} } }) => {
        const optional = { ...(version !== undefined && { version }), ...(language !== undefined && { language }) };
        const result = await commands.previewTemplate({ app, template, parameters, ...optional });
        if (result.outcome === 'refused') return { refusal: result.refusal };
        const { content, from } = result.rendered;
        return { status: 200 as const, body: { version: from.version, locale: from.locale, channels: shownOn(content) } };
      },
    }),

    command(dependencies, {
      ...ofApp,
      scope: 'send',
      method: 'post',
      path: '/v1/templates/:template/test',
      operationId: 'testTemplate',
      summary: 'Send a template as a test',
      description:
        'Sends the template to one person who is enrolled with your app, such as yourself, as any notification is sent: preferences hold it back too.',
      example: {
        body: { recipient: EXAMPLE.ada, parameters: { number: 4711 }, channels: ['email'] },
        result: { id: EXAMPLE.notification },
        stream: notificationStream(EXAMPLE.notification),
      },
      params,
      body: z.strictObject({
        recipient: personId,
        ...rendering,
        language: languageField.optional().meta({ description: 'Default: the recipient’s.', examples: ['de'] }),
        channels: z
          .array(z.enum(NOTIFICATION_CHANNELS))
          .max(NOTIFICATION_CHANNELS.length)
          .optional()
          .meta({ description: 'The channels to send on. Default: all that the recipient allows.' }),
        category: category.optional().meta({ description: `Default: \`${TEST_CATEGORY}\`.` }),
      }),
      bodyBytesMax: PARAMETERS_BODY_BYTES_MAX,
      refusals: [
        'app-unknown',
        'app-disabled',
        'not-enrolled',
        'recipients-missing',
        'content-missing',
        'content-too-large',
        'content-fits-no-channel',
        'title-empty',
        'title-too-long',
        ...LINE_REFUSALS,
        ...RENDER_REFUSALS,
        'notification-cancelled',
        'notification-unknown',
      ],
      resultFields: { id: notificationId },
      execute: (
        { caller: { app }, params: { template }, body: { recipient, version, language, parameters = {}, channels, category: named = TEST_CATEGORY } },
        context,
      ) =>
        commands.requestNotification(
          {
            source: { kind: 'app', app },
            recipients: [recipient],
            category: named,
            template: { template, ...(version !== undefined && { version }), ...(language !== undefined && { language }) },
            parameters,
            channels: channels ?? NOTIFICATION_CHANNELS,
          },
          context,
        ),
    }),
  ];
}

type TemplateBody = z.output<typeof templateBody>;

/** JSON has no `undefined`: a field that is optional in the body is absent. */
function templateOf(
  app: PublishTemplate['app'],
  { language = UNKNOWN_LOCALE, locales = {}, template, name, parameters, tracking, failover, ...texts }: TemplateBody,
) {
  const all = { [language]: texts, ...Object.fromEntries(Object.entries(locales).map(([tag, others]) => [languageOf(tag) ?? tag, others])) };
  return {
    app,
    ...(template !== undefined && { template }),
    ...(name !== undefined && { name }),
    defaultLocale: language,
    locales: all,
    ...(parameters !== undefined && { parameters }),
    ...(tracking !== undefined && { tracking }),
    ...(failover !== undefined && { failover }),
  } as PublishTemplate;
}
