/**
 * Every frame there is, by its `type`: what clients send, what the gateway sends. A frame is one JSON object in one WebSocket
 * text message. The document at `/asyncapi.json` is made of these schemas.
 */
import { z } from 'zod';
import { MENTIONS_MAX } from '../../domain/chat/messages.ts';
import { REFUSALS, type RefusalCode } from '../../domain/shared/refusals.ts';

export const FRAME_BYTES_MAX = 1024 * 1024;
/** The channels that a client may resume by cursor; it is told the heads of its others. */
export const CURSORS_MAX = 500;
export const HEADS_MAX = 1_000;
export const WATCHED_PEOPLE_MAX = 200;
const DEVICE_LENGTH_MAX = 128;
const TOKEN_LENGTH_MAX = 4_096;
/** What carries no text of a message is refused beyond that before it is looked at: twice what the longest hello has. */
export const TEXTLESS_CHARACTERS_MAX = 64 * 1024;
const EMOJI_LENGTH_MAX = 64;

const channel = z.uuid().meta({ description: 'A channel.' });
const person = z.uuid().meta({ description: 'A person.' });
const seq = z.int().nonnegative().meta({ description: 'A place in the channel: gapless, from 0, over everything said.' });
const cursor = z.int().min(-1).meta({ description: 'Everything up to this seq; -1: nothing.' });
const instant = z.iso.datetime();
const device = z
  .string()
  .regex(/^[\w.:-]+$/)
  .max(DEVICE_LENGTH_MAX);
const id = z.uuidv7().meta({ description: 'Made by the client when the thing was first written; the same when it is sent again.' });

const text = z.string().meta({ description: 'At most 100,000 characters.' });

/** What clients send. */
export const CLIENT_FRAMES = {
  hello: z
    .strictObject({
      type: z.literal('hello'),
      token: z.string().min(1).max(TOKEN_LENGTH_MAX),
      device,
      cursors: z
        .record(channel, cursor)
        .refine((cursors) => Object.keys(cursors).length <= CURSORS_MAX, `at most ${CURSORS_MAX} cursors`)
        .default({})
        .meta({ description: `What this device has of each channel without a gap; at most ${CURSORS_MAX} channels.` }),
    })
    .meta({
      description:
        'The first frame. Answered with `welcome`, or the connection is closed. As a device that the person has removed nobody connects until it is registered again.',
    }),
  send: z
    .strictObject({ type: z.literal('send'), channel, id, text, replyTo: seq.optional(), mentions: z.array(person).max(MENTIONS_MAX).optional() })
    .meta({ description: 'Says something. Answered with `ack` once it is in the log, or `refused`. One connection’s sends keep their order.' }),
  edit: z.strictObject({ type: z.literal('edit'), channel, id, message: seq, text }).meta({ description: 'Answered as `send` is.' }),
  withdraw: z.strictObject({ type: z.literal('withdraw'), channel, id, message: seq }).meta({ description: 'Answered as `send` is.' }),
  react: z
    .strictObject({ type: z.literal('react'), channel, id, message: seq, emoji: z.string().min(1).max(EMOJI_LENGTH_MAX), change: z.enum(['added', 'removed']) })
    .meta({ description: 'Answered as `send` is.' }),
  received: z
    .strictObject({ type: z.literal('received'), channel, seq })
    .meta({ description: 'This device has everything up to `seq`; spares the person a push.' }),
  read: z.strictObject({ type: z.literal('read'), channel, seq }).meta({ description: 'The person has read everything up to `seq`.' }),
  typing: z.strictObject({ type: z.literal('typing'), channel }),
  heartbeat: z.strictObject({ type: z.literal('heartbeat') }).meta({ description: 'The person is there. Without one in time the person counts as offline.' }),
  watch: z
    .strictObject({ type: z.literal('watch'), people: z.array(person).max(WATCHED_PEOPLE_MAX) })
    .meta({ description: 'From now on the presence of these people, in place of any named before. Those one may not see are left out.' }),
} as const;

const said = { type: z.literal('message'), channel, seq, at: instant, messageCount: z.int().positive() };

const message = z
  .discriminatedUnion('event', [
    z.strictObject({
      ...said,
      event: z.literal('posted'),
      sender: person,
      text: z.string().nullable(),
      clientId: z.string(),
      device: z.string().optional(),
      replyTo: seq.optional(),
      mentions: z.array(person).optional(),
    }),
    z.strictObject({ ...said, event: z.literal('edited'), message: seq, sender: person, text: z.string().nullable() }),
    z.strictObject({ ...said, event: z.literal('withdrawn'), message: seq, by: person }),
    z.strictObject({ ...said, event: z.literal('reacted'), message: seq, person, emoji: z.string(), change: z.enum(['added', 'removed']) }),
  ])
  .meta({ description: 'Something was said. Every `seq` of an open channel comes once and in order. A text of null: its sender was erased.' });

const heads = z.record(channel, cursor);
const refusalCodes = Object.keys(REFUSALS) as [RefusalCode, ...RefusalCode[]];

/** What the gateway sends. */
export const SERVER_FRAMES = {
  welcome: z
    .strictObject({
      type: z.literal('welcome'),
      serverTime: instant,
      person,
      gateway: z.string(),
      recovered: z.boolean().meta({ description: 'True: what is missing of every channel named in `hello` follows. False: fetch it, up to `heads`.' }),
      heads: heads.meta({ description: 'Where the person’s other channels are; where nothing was recovered, all of them.' }),
      pingEveryMs: z.int().positive(),
      heartbeatEveryMs: z.int().positive(),
    })
    .meta({ description: 'The answer to `hello`.' }),
  ack: z
    .strictObject({ type: z.literal('ack'), id, seq, position: z.string().nullable() })
    .meta({ description: 'It is in the log, as `seq` of its channel. Where a `send` is acknowledged, this connection gets no `message` for it besides.' }),
  refused: z
    .strictObject({
      type: z.literal('refused'),
      id: z.string().optional(),
      about: z.string().optional().meta({ description: 'The type of the frame that is refused.' }),
      code: z.enum(refusalCodes),
      detail: z.string(),
      facts: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
    })
    .meta({ description: 'The frame had no effect, for a reason of the catalogue.' }),
  message,
  read: z
    .strictObject({ type: z.literal('read'), channel, person, seq })
    .meta({ description: 'Somebody has read up to `seq`; ignore a lower one than was heard before, from another gateway.' }),
  typing: z.strictObject({ type: z.literal('typing'), channel, person }),
  presence: z.strictObject({ type: z.literal('presence'), person, status: z.enum(['online', 'offline']), lastActiveAt: instant.nullable() }),
  channel: z.strictObject({ type: z.literal('channel'), channel }).meta({ description: 'Joined, left, renamed: fetch the channel.' }),
  heads: z
    .strictObject({ type: z.literal('heads'), heads })
    .meta({ description: 'Of open channels, everything up to here was sent; of a channel that opens, what came before was not: fetch it.' }),
} as const;

type ClientFrameType = keyof typeof CLIENT_FRAMES;
export type ClientFrameOf<Type extends ClientFrameType> = z.output<(typeof CLIENT_FRAMES)[Type]>;
export type ClientFrame = { readonly [Type in ClientFrameType]: ClientFrameOf<Type> }[ClientFrameType];
export type ServerFrameType = keyof typeof SERVER_FRAMES;
export type ServerFrame = { readonly [Type in ServerFrameType]: DeepReadonly<z.input<(typeof SERVER_FRAMES)[Type]>> }[ServerFrameType];

type DeepReadonly<Value> = Value extends object ? { readonly [Field in keyof Value]: DeepReadonly<Value[Field]> } : Value;

export type ParsedFrame =
  | { readonly outcome: 'frame'; readonly frame: ClientFrame }
  /** An object of this protocol's shape, but not a frame that there is. */
  | { readonly outcome: 'malformed'; readonly about: string; readonly id: string | undefined; readonly detail: string }
  /** Not JSON, or not an object with a type. */
  | { readonly outcome: 'unreadable' };

/** One look at the type, then one schema: what is sent most is not tried against all the others. */
export function parseFrame(text: string): ParsedFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { outcome: 'unreadable' };
  }
  if (!isTyped(value)) return { outcome: 'unreadable' };
  const { type, id: itsId } = value;
  const about = type.slice(0, DETAIL_LENGTH_MAX);
  const given = typeof itsId === 'string' ? itsId.slice(0, DETAIL_LENGTH_MAX) : undefined;
  if (!isClientFrameType(type)) return { outcome: 'malformed', about, id: given, detail: 'there is no such frame' };
  if (!('text' in CLIENT_FRAMES[type].shape) && text.length > TEXTLESS_CHARACTERS_MAX) {
    return { outcome: 'malformed', about, id: given, detail: `${type}: at most ${TEXTLESS_CHARACTERS_MAX} characters` };
  }
  const parsed = CLIENT_FRAMES[type].safeParse(value);
  if (parsed.success) return { outcome: 'frame', frame: parsed.data };
  const faults = parsed.error.issues.slice(0, FAULTS_TOLD_MAX);
  const detail = faults.map(({ path, message: fault }) => `${path.join('.') || type}: ${fault}`).join('; ');
  return { outcome: 'malformed', about, id: given, detail: detail.slice(0, DETAIL_LENGTH_MAX) };
}

const DETAIL_LENGTH_MAX = 200;
/** More of them don't fit into the detail. */
const FAULTS_TOLD_MAX = 10;

const isTyped = (value: unknown): value is { readonly type: string; readonly id?: unknown } =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

const isClientFrameType = (type: string): type is ClientFrameType => Object.hasOwn(CLIENT_FRAMES, type);
