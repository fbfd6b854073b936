/** What a request of a notification says, made once or by a schedule. */
import { z } from 'zod';
import {
  CONTENT_MAX_BYTES,
  NOTIFICATION_TITLE_LENGTH_MAX_CHARACTERS,
  PUSH_CONTENT_MAX_BYTES,
  SMS_LENGTH_MAX_CHARACTERS,
} from '../domain/notifications/content.ts';
import { INTERRUPTION_LEVELS } from '../domain/notifications/request-fields.ts';
import { RATE_PER_MINUTE_MAX } from '../domain/notifications/lists/campaign.ts';
import { RECIPIENTS_MAX } from '../domain/notifications/notification.ts';
import { CHANNELS_BY_DEFAULT, NOTIFICATION_CHANNELS } from '../domain/people/notification-channels.ts';
import type { RefusalCode } from '../domain/shared/refusals.ts';
import { lineOfText, listId, personId, templateId, text } from '../edge/fields.ts';
import { category } from './category.ts';
import { failoverField } from './failover-field.ts';
import { LINE_REFUSALS } from './line-refusals.ts';
import { languageField, tracking } from './template-fields.ts';

/** The domain refuses more than it allows, with that number; this only bounds the work. */
const RECIPIENTS_IN_REQUEST_MAX = 2_000;
const CONTENT_CHARACTERS_MAX = 65_536;
const URL_CHARACTERS_MAX = 2_048;
/** An id with its quotation marks and comma. */
const RECIPIENT_BYTES = 39;
const OTHER_FIELDS_BYTES = 8 * 1_024;
/** A byte of JSON takes six where a client escapes every character. */
export const NOTIFICATION_BODY_BYTES_MAX = 6 * (CONTENT_MAX_BYTES + RECIPIENTS_MAX * RECIPIENT_BYTES + OTHER_FIELDS_BYTES);
const COLLAPSE_KEY_CHARACTERS_MAX = 64;
const NAME_CHARACTERS_MAX = 100;
const BADGE_MAX = 99_999;
/** Android and browsers show three. */
const ACTIONS_MAX = 3;
const TTL_SECONDS_MAX = 7 * 24 * 60 * 60;

/** What one channel has for itself. */
const channelContent = {
  push: z
    .strictObject({
      title: text(CONTENT_CHARACTERS_MAX).optional().meta({ description: 'In place of the title.' }),
      body: text(CONTENT_CHARACTERS_MAX).optional().meta({ description: 'In place of the body.' }),
      image: z
        .url({ protocol: /^https$/, error: 'must be an https address' })
        .max(URL_CHARACTERS_MAX)
        .optional()
        .meta({ description: 'The address of a picture.' }),
      badge: z.int().min(0).max(BADGE_MAX).optional().meta({ description: 'The number at the app’s icon; 0 removes it.' }),
      sound: lineOfText(NAME_CHARACTERS_MAX).optional().meta({ description: 'The name of a sound that the app brings, or `default`.' }),
      androidChannel: lineOfText(NAME_CHARACTERS_MAX).optional().meta({ description: 'The notification channel on Android.' }),
      interruptionLevel: z.enum(INTERRUPTION_LEVELS).optional().meta({ description: 'How much it may interrupt. Default: active.' }),
      actions: z
        .array(
          z.strictObject({
            id: lineOfText(NAME_CHARACTERS_MAX).meta({ description: 'What the app gets when the button is tapped.' }),
            title: lineOfText(NAME_CHARACTERS_MAX).meta({ description: 'What stands on it.' }),
            url: z
              .url({ protocol: /^https$/, error: 'must be an https address' })
              .max(URL_CHARACTERS_MAX)
              .optional()
              .meta({ description: 'The address that opens.' }),
          }),
        )
        .max(ACTIONS_MAX)
        .optional()
        .meta({ description: `At most ${ACTIONS_MAX} buttons.` }),
      data: z.record(z.string().max(NAME_CHARACTERS_MAX), text(URL_CHARACTERS_MAX)).optional().meta({ description: 'Text for the app, by name.' }),
    })
    .optional()
    .meta({ description: 'What only a push has.' }),
  sms: z
    .strictObject({ body: text(CONTENT_CHARACTERS_MAX).meta({ description: 'The whole text message, in place of title, body and url.' }) })
    .optional()
    .meta({ description: 'What only a text message has.' }),
  email: z
    .strictObject({
      subject: text(CONTENT_CHARACTERS_MAX).optional().meta({ description: 'In place of the title.' }),
      body: text(CONTENT_CHARACTERS_MAX).optional().meta({ description: 'The plain text, in place of the body.' }),
      html: text(CONTENT_CHARACTERS_MAX).optional().meta({ description: 'HTML, sent beside the plain text.' }),
    })
    .optional()
    .meta({ description: 'What only an email has.' }),
} as const;

const content = z
  .strictObject({
    title: text(CONTENT_CHARACTERS_MAX)
      .optional()
      .meta({ description: `One line of at most ${NOTIFICATION_TITLE_LENGTH_MAX_CHARACTERS} characters.`, examples: ['Order 4711'] }),
    body: text(CONTENT_CHARACTERS_MAX).meta({
      description: `The text. A push takes ${PUSH_CONTENT_MAX_BYTES.toLocaleString('en')} bytes of content and a text message ${SMS_LENGTH_MAX_CHARACTERS.toLocaleString('en')} characters: a longer text is cut there, and refused where it would be cut on every channel.`,
      examples: ['Your order is on its way.'],
    }),
    url: z
      .url({ protocol: /^https?$/, error: 'must be an http or https address' })
      .max(URL_CHARACTERS_MAX)
      .refine(isShortUrl, `must have at most ${URL_CHARACTERS_MAX} characters with everything beyond ASCII encoded, and no spaces or controls`)
      .optional()
      .meta({ description: 'The address that opens when the recipient taps the notification.' }),
    ...channelContent,
  })
  .meta({ description: 'The text to send. Send either this or `template`.' });
const template = z
  .strictObject({
    template: templateId,
    version: z.int().min(1).optional().meta({
      description: 'This version and no other. Default: when it is sent, the newest that the parameters satisfy; they are checked with the newest of now.',
    }),
    language: languageField.optional().meta({ description: 'Default: the language of each recipient.', examples: ['de'] }),
  })
  .meta({ description: 'The template to send. Send either this or `content`.' });

/** Its length as it is sent: vendors take ASCII. */
function isShortUrl(url: string): boolean {
  return !/[\s\p{Cc}]/u.test(url) && (URL.parse(url)?.href.length ?? 0) <= URL_CHARACTERS_MAX;
}

/** All but when it is sent. */
export const notificationShape = {
  recipients: z
    .array(personId)
    .max(RECIPIENTS_IN_REQUEST_MAX)
    .meta({
      description: `The people to notify: at most ${RECIPIENTS_MAX.toLocaleString('en')}, each enrolled with your app. Send either these or \`list\`.`,
    }),
  list: listId.meta({
    description:
      'The list to notify: its members at the time at which it is planned, of whom those are notified who have enrolled. It is planned range by range; `GET /v1/notifications/{notification}/progress` of the read API says how far it has come.',
  }),
  ratePerMinute: z
    .int()
    .min(1)
    .max(RATE_PER_MINUTE_MAX)
    .meta({ description: 'How many members of the list are planned in a minute, at most. Default: as many as can be.' }),
  category,
  content,
  template,
  parameters: z.record(z.string(), z.json()).meta({ description: 'The values of the template’s parameters.' }),
  channels: z
    .array(z.enum(NOTIFICATION_CHANNELS))
    .max(NOTIFICATION_CHANNELS.length)
    .meta({
      description: `The channels to send on, in order of preference; \`in-app\` is the recipient’s notification centre. Default: those that you declared for the category, and those that a recipient has asked for; or ${CHANNELS_BY_DEFAULT.join(', ')}.`,
    }),
  failover: failoverField,
  priority: z.enum(['high', 'normal', 'low']).meta({ description: 'Default: normal.' }),
  critical: z.boolean().meta({ description: 'true: sent regardless of preferences, caps and quiet hours. Default: false.' }),
  atMostOnce: z.boolean().meta({ description: 'true: an attempt with an unknown outcome is not repeated. Default: false.' }),
  ttlSeconds: z.int().min(1).max(TTL_SECONDS_MAX).meta({ description: 'How long after `sendAt` it is still worth sending. Default: one day.' }),
  tracking: tracking.meta({ description: 'In place of what the template says.' }),
  collapseKey: lineOfText(COLLAPSE_KEY_CHARACTERS_MAX).meta({ description: 'A later notification with the same key replaces this one on the device.' }),
} as const;

type Requested = { readonly content?: unknown; readonly template?: unknown; readonly ratePerMinute?: unknown; readonly list?: unknown };

/** Refuses what the form of a request leaves open. */
export const checkRequest = <Schema extends z.ZodType<Requested>>(schema: Schema): Schema =>
  schema
    .refine((body) => body.content === undefined || body.template === undefined, { error: 'content or a template, not both', path: ['template'] })
    .refine((body) => body.ratePerMinute === undefined || body.list !== undefined, { error: 'only a list has a rate', path: ['ratePerMinute'] });

/** What may be wrong with a request, whenever it is sent. */
export const REQUEST_REFUSALS = [
  'app-unknown',
  'app-disabled',
  'recipients-missing',
  'recipients-or-list',
  'list-unknown',
  'too-many-recipients',
  'not-enrolled',
  'content-missing',
  'content-too-large',
  'content-fits-no-channel',
  'title-empty',
  'title-too-long',
  ...LINE_REFUSALS,
  'template-unknown',
  'template-invalid',
  'parameter-missing',
  'parameter-invalid',
  'failover-invalid',
] as const satisfies readonly RefusalCode[];

/** A command's optional fields must be absent, not undefined. */
export const withoutUndefined = (body: object): object => Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
