/**
 * The schemas of all frames by `type`: those that clients send, and those that the gateway sends. A frame is one JSON object in one
 * WebSocket text message. The document at `/asyncapi.json` is made of these schemas.
 */
import { z } from 'zod';
import { LAST_ACTIVE_SHOWN_MS } from '../../domain/chat/presence.ts';
import { reactionKey } from '../../domain/chat/emoji.ts';
import { MENTIONS_MAX, MESSAGE_LENGTH_MAX_CHARACTERS } from '../../domain/chat/messages.ts';
import { beginningOf } from '../../domain/shared/text/excerpt.ts';
import { MINUTE_MS } from '../../domain/shared/instant.ts';
import { sentEntities, sentMedia, sentQuote } from '../../edge/message-content.ts';
import { REFUSALS, type RefusalCode } from '../../domain/shared/refusals.ts';
import { channel, instant, person, seq } from './frame-fields.ts';
import { messageFrame } from './message-frame.ts';

/** A character beyond U+FFFF takes twelve bytes where a client's JSON library escapes everything beyond ASCII: two times `\\ud83d`. */
const ESCAPED_CHARACTER_BYTES_MAX = 12;
/** The fields beside a text: ids, a seq, mentions, entities with their links, descriptions of pictures and names of files. */
const ENVELOPE_BYTES_MAX = 512 * 1024;
/** A text of the longest length must fit, however the client escapes it. */
export const FRAME_BYTES_MAX = MESSAGE_LENGTH_MAX_CHARACTERS * ESCAPED_CHARACTER_BYTES_MAX + ENVELOPE_BYTES_MAX;
/** Channels that a client may resume by cursor. Of its other channels it is told the heads. */
export const CURSORS_MAX = 500;
export const HEADS_MAX = 1_000;
export const WATCHED_PEOPLE_MAX = 200;
const DEVICE_LENGTH_MAX = 128;
const TOKEN_LENGTH_MAX = 4_096;
/** A longer frame without a message text is refused before its fields are checked: twice the length of the longest hello. */
export const TEXTLESS_CHARACTERS_MAX = 64 * 1024;
/** Until the client is known, frames are no longer than a hello may be: anybody can open connections. */
export const UNAUTHENTICATED_FRAME_BYTES_MAX = 64 * 1024;
const EMOJI_LENGTH_MAX = 64;

const cursor = z.int().min(-1).meta({ description: 'Everything up to this seq; -1 for nothing.' });
/** Not in the first epoch: nearly no log was ever restored. */
const epoch = z
  .int()
  .positive()
  .meta({ description: 'Names the log that every `seq` and position is of; absent until the log is first restored from a backup.' });
const device = z
  .string()
  .regex(/^[\w.:-]+$/)
  .max(DEVICE_LENGTH_MAX);
const id = z.uuidv7().meta({ description: 'Made by the client when the user acts; the same when the frame is sent again.' });

const text = z.string().meta({ description: `At most ${MESSAGE_LENGTH_MAX_CHARACTERS.toLocaleString('en')} characters (Unicode code points).` });

/** Of a channel in two spellings the lower cursor counts: what is sent twice is a duplicate, what is not sent is missing. */
function byChannel(cursors: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const lowest: Record<string, number> = {};
  for (const [spelling, seq] of Object.entries(cursors)) {
    const channel = spelling.toLowerCase();
    lowest[channel] = Math.min(seq, lowest[channel] ?? seq);
  }
  return lowest;
}

/** Frames that clients send. */
export const CLIENT_FRAMES = {
  hello: z
    .strictObject({
      type: z.literal('hello'),
      token: z.string().min(1).max(TOKEN_LENGTH_MAX),
      device,
      cursors: z
        .record(z.uuid(), cursor)
        .refine((cursors) => Object.keys(cursors).length <= CURSORS_MAX, `at most ${CURSORS_MAX} cursors`)
        .transform(byChannel)
        .default({})
        .meta({ description: `Per channel, the last seq up to which this device has everything; at most ${CURSORS_MAX} channels.` }),
      epoch: epoch
        .optional()
        .meta({ description: 'The `epoch` of the last `welcome`, if it had one: the log that the cursors are of. Cursors of another log recover nothing.' }),
    })
    .meta({
      description:
        'Log in on this connection: the first frame. Answered with `welcome`, or the connection is closed. A device that the person has removed is refused until it is registered again.',
    }),
  send: z
    .strictObject({
      type: z.literal('send'),
      channel,
      id,
      text,
      replyTo: seq.optional(),
      mentions: z.array(person).max(MENTIONS_MAX).optional(),
      entities: sentEntities.optional(),
      media: sentMedia.optional(),
      quote: sentQuote.optional(),
    })
    .meta({ description: 'Post a message. Answered with `ack` once it is in the log, or `refused`. The messages of one connection keep their order.' }),
  edit: z
    .strictObject({ type: z.literal('edit'), channel, id, message: seq, text, entities: sentEntities.optional() })
    .meta({ description: 'Edit your message. Answered as `send` is.' }),
  withdraw: z.strictObject({ type: z.literal('withdraw'), channel, id, message: seq }).meta({ description: 'Withdraw your message. Answered as `send` is.' }),
  react: z
    .strictObject({
      type: z.literal('react'),
      channel,
      id,
      message: seq,
      emoji: z.string().min(1).max(EMOJI_LENGTH_MAX).overwrite(reactionKey),
      change: z.enum(['added', 'removed']),
    })
    .meta({ description: 'React to a message, or take a reaction back. Answered as `send` is.' }),
  delivered: z.strictObject({ type: z.literal('delivered'), channel, seq }).meta({
    description:
      'Delivery receipt: this device has everything up to `seq`, and shows it when the person looks. Those who wrote it are told; the person is pushed as if nothing had been said. At most one in two seconds for a channel is of use.',
  }),
  received: z
    .strictObject({ type: z.literal('received'), channel, seq })
    .meta({ description: 'Delivery receipt that saves the person a push: as `delivered`, and the person is told of it here.' }),
  read: z.strictObject({ type: z.literal('read'), channel, seq }).meta({ description: 'Read receipt: the person has read everything up to `seq`.' }),
  typing: z.strictObject({ type: z.literal('typing'), channel }).meta({ description: 'Tell the channel’s other members that the person types.' }),
  heartbeat: z
    .strictObject({ type: z.literal('heartbeat') })
    .meta({ description: 'Keep the person online. Any other frame counts as one, too; without one in time the person is shown offline.' }),
  watch: z.strictObject({ type: z.literal('watch'), people: z.array(person).max(WATCHED_PEOPLE_MAX) }).meta({
    description:
      'Watch the presence of these people, in place of those watched before. People whom you may not see are left out. Of members of a large group you are sent the present status, and no changes.',
  }),
} as const;

const heads = z.record(channel, cursor);
const refusalCodes = Object.keys(REFUSALS) as [RefusalCode, ...RefusalCode[]];

/** Frames that the gateway sends. */
export const SERVER_FRAMES = {
  welcome: z
    .strictObject({
      type: z.literal('welcome'),
      serverTime: instant,
      person,
      gateway: z.string(),
      epoch: epoch.optional().meta({
        description:
          'Names the log that every `seq` and position is of; absent until the log is first restored from a backup. Where it is not the one that you sent, forget what you have of every channel, and fetch it again.',
      }),
      recovered: z.boolean().meta({ description: 'True: the missed messages of every channel named in `hello` follow. False: fetch them, up to `heads`.' }),
      heads: heads.meta({ description: 'The last seq of each of the person’s other channels; where nothing was recovered, of all channels.' }),
      pingEveryMs: z.int().positive(),
      heartbeatEveryMs: z.int().positive(),
    })
    .meta({ description: 'The answer to `hello`.' }),
  ack: z
    .strictObject({ type: z.literal('ack'), id, seq, position: z.string().nullable() })
    .meta({ description: 'The command is in the log, as `seq` of its channel. For an acknowledged `send` this connection gets no `message` besides.' }),
  refused: z
    .strictObject({
      type: z.literal('refused'),
      id: z.string().optional(),
      about: z.string().optional().meta({ description: 'The type of the frame that is refused.' }),
      code: z.enum(refusalCodes),
      detail: z.string(),
      facts: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
    })
    .meta({ description: 'The frame had no effect; `code` is from the catalogue of refusals.' }),
  message: messageFrame,
  read: z
    .strictObject({ type: z.literal('read'), channel, person, seq })
    .meta({ description: 'A member has read up to `seq`; ignore a lower one than before: it comes late from another gateway.' }),
  delivered: z.strictObject({ type: z.literal('delivered'), channel, seq, people: z.int().positive() }).meta({
    description:
      'Devices of so many other members have received everything up to `seq`: of a direct channel the other person’s; of a group, as many as have your last message. Nobody remembers it for long: fetch the receipts of an older message, and show one of which nothing is known as sent.',
  }),
  typing: z.strictObject({ type: z.literal('typing'), channel, person }).meta({ description: 'A member types; show it for a few seconds.' }),
  presence: z.strictObject({ type: z.literal('presence'), person, status: z.enum(['online', 'offline']), lastActiveAt: instant.nullable() }).meta({
    description: `The status of a person whom this connection watches; when the person was last active, to ${LAST_ACTIVE_SHOWN_MS / MINUTE_MS} minutes. A person who wants to be seen as offline is sent as offline, with \`lastActiveAt\` null.`,
  }),
  channel: z
    .strictObject({ type: z.literal('channel'), channel })
    .meta({ description: 'A member joined or left, or the channel was renamed: fetch the channel.' }),
  announced: z.strictObject({ type: z.literal('announced'), channel, seq }).meta({
    description: 'Something was said in an announcement channel, up to `seq`. No `message` comes of it: fetch `GET /v1/channels/{channel}/messages`.',
  }),
  invitations: z
    .strictObject({ type: z.literal('invitations') })
    .meta({ description: 'The person was invited to a group, or an invitation was answered or withdrawn: fetch `GET /v1/me/invitations`.' }),
  notification: z
    .strictObject({ type: z.literal('notification'), notification: z.uuid() })
    .meta({ description: 'Something came into the person’s notification centre: fetch `GET /v1/me/notifications`.' }),
  centre: z.strictObject({ type: z.literal('centre') }).meta({
    description:
      'The person has seen, read or archived something in their notification centre, on whichever device, or something may have come there: fetch `GET /v1/me/notifications/counts`, and the list where it is shown.',
  }),
  heads: z
    .strictObject({ type: z.literal('heads'), heads })
    .meta({ description: 'Of open channels, everything up to these seqs was sent. Of a channel that opens, the messages up to here were not: fetch them.' }),
} as const;

type ClientFrameType = keyof typeof CLIENT_FRAMES;
export type ClientFrameOf<Type extends ClientFrameType> = z.output<(typeof CLIENT_FRAMES)[Type]>;
export type ClientFrame = { readonly [Type in ClientFrameType]: ClientFrameOf<Type> }[ClientFrameType];
export type ServerFrameType = keyof typeof SERVER_FRAMES;
export type ServerFrame = { readonly [Type in ServerFrameType]: DeepReadonly<z.input<(typeof SERVER_FRAMES)[Type]>> }[ServerFrameType];

type DeepReadonly<Value> = Value extends object ? { readonly [Field in keyof Value]: DeepReadonly<Value[Field]> } : Value;

export type ParsedFrame =
  | { readonly outcome: 'frame'; readonly frame: ClientFrame }
  /** An object with a type, but not one of the frames. */
  | { readonly outcome: 'malformed'; readonly about: string; readonly id: string | undefined; readonly detail: string }
  /** Not JSON, or not an object with a type. */
  | { readonly outcome: 'unreadable' };

/** Looks up the one schema of the type: frequent frames are not tried against all the others. */
export function parseFrame(text: string): ParsedFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { outcome: 'unreadable' };
  }
  if (!isTyped(value)) return { outcome: 'unreadable' };
  const { type, id: rawId } = value;
  const about = beginningOf(type, DETAIL_LENGTH_MAX);
  const frameId = typeof rawId === 'string' ? beginningOf(rawId, DETAIL_LENGTH_MAX) : undefined;
  if (!isClientFrameType(type)) return { outcome: 'malformed', about, id: frameId, detail: 'there is no such frame' };
  if (!('text' in CLIENT_FRAMES[type].shape) && text.length > TEXTLESS_CHARACTERS_MAX) {
    return { outcome: 'malformed', about, id: frameId, detail: `${type}: at most ${TEXTLESS_CHARACTERS_MAX} characters` };
  }
  const parsed = CLIENT_FRAMES[type].safeParse(value);
  if (parsed.success) return { outcome: 'frame', frame: parsed.data };
  const faults = parsed.error.issues.slice(0, FAULTS_TOLD_MAX);
  const detail = faults.map(({ path, message: fault }) => `${path.join('.') || type}: ${fault}`).join('; ');
  return { outcome: 'malformed', about, id: frameId, detail: beginningOf(detail, DETAIL_LENGTH_MAX) };
}

const DETAIL_LENGTH_MAX = 200;
/** More faults don't fit into the detail. */
const FAULTS_TOLD_MAX = 10;

const isTyped = (value: unknown): value is { readonly type: string; readonly id?: unknown } =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

const isClientFrameType = (type: string): type is ClientFrameType => Object.hasOwn(CLIENT_FRAMES, type);
