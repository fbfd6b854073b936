/** One item of a day's file in a Slack archive: the message that it becomes, or why it becomes none. */
import { z } from 'zod';
import { instant, type Instant } from '../../../domain/shared/instant.ts';
import type { LeftOutReason } from '../left-out.ts';

const text = z.string().catch('');
const maybe = z.string().min(1).optional().catch(undefined);
const listOf = <Item extends z.ZodType>(item: Item) =>
  z
    .array(z.unknown())
    .catch([])
    .transform((list) =>
      list.flatMap((one) => {
        const parsed = item.safeParse(one);
        return parsed.success ? [parsed.data] : [];
      }),
    );

const file = z.object({
  id: z.string().min(1),
  name: maybe,
  mimetype: maybe,
  title: maybe,
  mode: maybe,
  url_private: maybe,
  size: z.number().optional().catch(undefined),
});
const reaction = z.object({ name: z.string().min(1), users: listOf(z.string()) });
const attachment = z.object({ pretext: text, title: text, text, fallback: text, from_url: maybe, original_url: maybe });
const profile = z.object({ real_name: maybe, name: maybe }).optional().catch(undefined);
const item = z.object({
  type: z.literal('message'),
  subtype: maybe,
  hidden: z.boolean().catch(false),
  ts: text,
  thread_ts: maybe,
  user: maybe,
  user_profile: profile,
  bot_id: maybe,
  bot_profile: profile,
  username: maybe,
  comment: z.object({ user: maybe, comment: text }).optional().catch(undefined),
  text,
  blocks: z.unknown().optional(),
  attachments: listOf(attachment),
  files: listOf(file),
  file: file.optional().catch(undefined),
  reactions: listOf(reaction),
  edited: z.object({ ts: text }).optional().catch(undefined),
});
type Item = z.output<typeof item>;

export type SlackFile = {
  readonly id: string;
  readonly name: string;
  readonly type: string | undefined;
  readonly mode: string | undefined;
  readonly url: string | undefined;
};

/** `ts`: the whole of it, which names the message in its channel; its text orders as the times do. `replyTo`: of the head of its thread. */
export type SlackMessage = {
  readonly ts: string;
  readonly at: Instant;
  /** The id of the user or the bot; a bot's name stands in the message alone. */
  readonly sender: string;
  readonly senderName: string | undefined;
  readonly isBot: boolean;
  readonly markup: string;
  readonly blocks: unknown;
  /** What somebody does, in the words of a third person. */
  readonly isAction: boolean;
  readonly attachments: readonly string[];
  readonly files: readonly SlackFile[];
  readonly replyTo: string | undefined;
  readonly editedAt: Instant | undefined;
  readonly reactions: readonly { readonly name: string; readonly users: readonly string[] }[];
};

export type ReadMessage = { readonly message: SlackMessage } | { readonly leftOut: LeftOutReason; readonly ts: string | undefined };

/** Of messages that somebody wrote. All other subtypes tell of changes. */
const WRITTEN: ReadonlySet<string> = new Set([
  'bot_message',
  'file_comment',
  'file_share',
  'me_message',
  'reply_broadcast',
  'slackbot_response',
  'thread_broadcast',
]);
const RECORDS: ReadonlySet<string> = new Set(['message_changed', 'message_deleted', 'message_replied']);

export function readMessage(given: unknown, now: Instant): ReadMessage {
  const parsed = item.safeParse(given);
  if (!parsed.success) return { leftOut: 'malformed', ts: undefined };
  const message = parsed.data;
  const ts = keyOfTs(message.ts);
  if (ts === undefined) return { leftOut: 'no-time', ts: undefined };
  const reason = reasonAgainst(message, ts, now);
  return reason === undefined ? { message: messageOf(message, ts) } : { leftOut: reason, ts };
}

function reasonAgainst(message: Item, ts: string, now: Instant): LeftOutReason | undefined {
  const { subtype } = message;
  if (subtype === 'tombstone') return 'deleted';
  if (subtype !== undefined && RECORDS.has(subtype)) return 'record';
  if ((subtype !== undefined && !WRITTEN.has(subtype)) || message.hidden) return 'notice';
  if (timeOf(ts) > now) return 'in-the-future';
  return senderOf(message) === undefined ? 'no-sender' : undefined;
}

/** `1355517523.000005`, with as many digits in each, so that texts order as times do; undefined where it is no time. */
export function keyOfTs(ts: string): string | undefined {
  const [, seconds = '', fraction = ''] = /^(\d{1,10})\.(\d{1,6})$/.exec(ts) ?? [];
  return seconds === '' ? undefined : `${seconds.padStart(10, '0')}.${fraction.padEnd(6, '0')}`;
}

const timeOf = (ts: string): Instant => instant(Math.floor(Number(ts) * 1_000));

/** Without an id there is none: `B01` is a bot's, `U01` or `W01` a person's. */
const senderOf = ({ user, bot_id: bot, comment }: Item): string | undefined => user ?? comment?.user ?? bot;

function messageOf(message: Item, ts: string): SlackMessage {
  const { user, user_profile, bot_profile, username, subtype, thread_ts: thread, edited, comment } = message;
  const thread_ts = thread === undefined ? undefined : keyOfTs(thread);
  const editedAt = edited === undefined ? undefined : keyOfTs(edited.ts);
  const isBot = user === undefined && comment?.user === undefined;
  return {
    ts,
    at: timeOf(ts),
    sender: senderOf(message) ?? '',
    senderName: isBot ? (username ?? bot_profile?.name) : (user_profile?.real_name ?? user_profile?.name ?? username),
    isBot,
    markup: comment === undefined ? message.text : comment.comment,
    blocks: message.blocks,
    isAction: subtype === 'me_message',
    attachments: message.attachments.flatMap(textOfAttachment),
    files: [...message.files, ...(message.file === undefined ? [] : [message.file])].map(fileOf),
    replyTo: thread_ts === ts ? undefined : thread_ts,
    editedAt: editedAt === undefined ? undefined : timeOf(editedAt),
    reactions: message.reactions,
  };
}

/** What an app says; not what stands at an address that the message names. */
function textOfAttachment({ pretext, title, text: words, fallback, from_url: from, original_url: original }: z.output<typeof attachment>): readonly string[] {
  if (from !== undefined || original !== undefined) return [];
  const lines = [pretext, title, words].filter((line) => line.trim() !== '');
  if (lines.length > 0) return [lines.join('\n')];
  return fallback.trim() === '' ? [] : [fallback];
}

const fileOf = ({ id, name, title, mimetype: type, mode, url_private: url }: z.output<typeof file>): SlackFile => ({
  id,
  name: name ?? title ?? id,
  type,
  mode,
  url,
});
