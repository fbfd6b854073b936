/** The fields that both APIs take from clients: ids, times, positions, texts. */
import { z } from 'zod';
import type { FriendRequestId } from '../domain/people/events.ts';
import type {
  AppId,
  AppKeyId,
  ChannelId,
  DeliveryId,
  DeviceId,
  ExportId,
  InvitationLinkId,
  ListId,
  MediaId,
  NotificationId,
  OperatorId,
  PersonId,
  PostId,
  ScheduledMessageId,
  ScheduledPostId,
  ScheduleId,
  TemplateId,
} from '../domain/shared/ids.ts';
import type { Day, Instant } from '../domain/shared/instant.ts';
import { isBlank } from '../domain/shared/text/blank-text.ts';
import { refusalOfLine } from '../domain/shared/text/one-line.ts';
import { charactersIn } from '../domain/shared/text/text.ts';
import { EXAMPLE } from './examples.ts';

/** Clients may send the hexadecimal digits in either case; inside and in responses an id has one spelling. */
const UUID = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}';
const POSITION_CHARACTERS_MAX = 512;
const DIGITS_MAX = 12;
/** The ids of the views have room for this many digits. */
const SEQ_MAX = 999_999_999_999;

type IdField = {
  readonly pattern: RegExp;
  readonly error: string;
  readonly spell: (text: string) => string;
  readonly description: string;
  readonly example: string;
};

/** A string on the wire, and a branded id inside, in its one spelling. */
const idOf = <Id extends string>({ pattern, error, spell, description, example }: IdField) =>
  z
    .string()
    .regex(pattern, error)
    .overwrite(spell)
    .meta({ description, examples: [example] }) as unknown as z.ZodType<Id, string>;
const lowerCase = (text: string): string => text.toLowerCase();
const asItIs = (text: string): string => text;
const uuidOf = <Id extends string>(what: string, example: Id) =>
  idOf<Id>({ pattern: new RegExp(`^${UUID}$`), error: `must be the id of ${what}`, spell: lowerCase, description: `The id of ${what}.`, example });

export const personId = uuidOf<PersonId>('a person', EXAMPLE.bob);
export const channelId = uuidOf<ChannelId>('a channel', EXAMPLE.channel);
export const invitationLinkId = uuidOf<InvitationLinkId>('an invitation link', EXAMPLE.invitationLink);
export const operatorId = uuidOf<OperatorId>('an operator', EXAMPLE.operator);
export const appId = uuidOf<AppId>('an app', EXAMPLE.app);
export const appKeyId = uuidOf<AppKeyId>('a key of an app', EXAMPLE.appKey);
export const notificationId = uuidOf<NotificationId>('a notification', EXAMPLE.notification);
export const deliveryId = uuidOf<DeliveryId>('a delivery', EXAMPLE.delivery as DeliveryId);
export const mediaId = uuidOf<MediaId>('a picture or a video', EXAMPLE.media);
export const scheduledMessageId = uuidOf<ScheduledMessageId>('a scheduled message', EXAMPLE.scheduledMessage);
export const scheduledPostId = uuidOf<ScheduledPostId>('a scheduled post', EXAMPLE.scheduledPost);
export const exportId = uuidOf<ExportId>('an export', EXAMPLE.export);
export const listId = uuidOf<ListId>('a list', EXAMPLE.list);
export const scheduleId = uuidOf<ScheduleId>('a schedule', EXAMPLE.schedule);
export const templateId = uuidOf<TemplateId>('a template', EXAMPLE.template);
/** A ULID in lower case is refused: there is one spelling. */
export const postId = idOf<PostId>({
  pattern: /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/,
  error: 'must be the id of a post, in upper case',
  spell: asItIs,
  description: 'The id of a post.',
  example: EXAMPLE.post,
});
/** The one id that a client makes: two that differ in case are two. */
export const deviceId = idOf<DeviceId>({
  pattern: /^[\w.:-]{1,128}$/,
  error: 'must be 1 to 128 letters, digits or the characters _ . : -',
  spell: asItIs,
  description:
    'The id of a device. Your client makes one for each of its installations: 1 to 128 letters, digits or the characters _ . : -, always in the same letter case.',
  example: EXAMPLE.device,
});
export const friendRequestId = idOf<FriendRequestId>({
  pattern: new RegExp(`^${UUID}:${UUID}$`),
  error: 'must be the ids of two people, joined by a colon',
  spell: lowerCase,
  description: 'The id of a friend request: the ids of the two people, joined by a colon.',
  example: `${EXAMPLE.ada}:${EXAMPLE.bob}`,
});

/** Normalised to UTC in the one form that sorts as text. */
export const instantField = z.iso
  .datetime({ abort: true }) // only a valid time can be normalised
  .overwrite((text) => new Date(text).toISOString())
  .meta({ description: 'A time in UTC, in ISO 8601.', examples: [EXAMPLE.at] }) as unknown as z.ZodType<Instant, string>;

/** As a client may send it: in UTC, or with an offset. */
export const instantWithOffset = z.iso
  .datetime({ abort: true, offset: true })
  .overwrite((text) => new Date(text).toISOString())
  .meta({ description: 'A time in ISO 8601, in UTC or with an offset.', examples: [EXAMPLE.at] }) as unknown as z.ZodType<Instant, string>;

export const dayField = z.iso.date().meta({ description: 'A day in UTC.', examples: [EXAMPLE.at.slice(0, 10)] }) as unknown as z.ZodType<Day, string>;

/** A number in a path or a query: digits and nothing else. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(new RegExp(`^\\d{1,${DIGITS_MAX}}$`), 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max));

export const seq = z
  .int()
  .min(0)
  .meta({ description: 'The number of an entry in a channel, from 0.', examples: [41] });
/** A `seq` in a path or a query. */
export const seqInText = (description: string) => wholeNumber(0, SEQ_MAX).meta({ description, override: { type: 'integer', pattern: undefined, minimum: 0 } });
/** Its form is checked by `isPosition` later, because a wrong position has its own code. */
export const position = z
  .string()
  .max(POSITION_CHARACTERS_MAX)
  .meta({
    description: 'The `position` from the response to a command; several with commas between them, where commands were under way at once.',
    examples: [EXAMPLE.position],
  });

/** The `id` of an event of a stream: how far the client has come. */
export const lastEventId = z.string().max(POSITION_CHARACTERS_MAX).meta({
  description:
    'The `id` of the last event that you got: you get all that has changed since. A browser’s EventSource sends it by itself when it connects again.',
});
const TICKET_CHARACTERS_MAX = 1_024;
export const liveTicket = z
  .string()
  .max(TICKET_CHARACTERS_MAX)
  .meta({
    description: 'A ticket of `POST /v1/me/live-tickets`, in place of a bearer token.',
    examples: [EXAMPLE.token],
  });

/** A text whose length the domain doesn't limit, counted in code points as JSON Schema counts. Malformed Unicode is refused: it could not be returned as it was sent. */
export const text = (charactersMax: number) =>
  z
    .string()
    .refine((value) => charactersIn(value) <= charactersMax, `must have at most ${charactersMax} characters`)
    .refine((value) => value.isWellFormed() && !value.includes('\0'), 'must be well-formed Unicode without the character NUL')
    .meta({ maxLength: charactersMax });

/** A text that is shown beside other words, or put into a header or an address. */
export const lineOfText = (charactersMax: number) =>
  text(charactersMax)
    .refine((value) => !isBlank(value), 'must have a visible character')
    .refine((value) => refusalOfLine(value) === undefined, ONE_LINE);

const ONE_LINE = 'must be one line without control characters, and without characters that turn the direction of text';
