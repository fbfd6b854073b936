/** The inbox: the caller's rows joined with the heads of their channels. */
import { z } from 'zod';
import type { PersonId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { QUERY_LIMIT_MAX } from '../../../ports/views/port.ts';
import { isMuted, type InboxRow } from '../../../projections/read-models/chat/inbox.ts';
import { messageAsOf, messageId, type ChannelHead, type MessageDocument } from '../../../projections/read-models/chat/messages.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import type { MediaUrls } from '../../media/media-urls.ts';
import { presentChannelPicture } from '../../media/media-view.ts';
import { loadUnread, UNREAD_MAX, type Unread } from '../../../projections/view-access/unread-messages.ts';
import type { LogFacts, ReadDependencies } from '../../dependencies.ts';
import { CURSOR, fillPage, limitParam, next } from '../../pages.ts';
import { loadKnownNames, namedPersonSchema } from '../../named-person.ts';
import { query } from '../../query.ts';
import { channelKindField, requestField } from './channels.ts';
import { idField, optionalSeqField, optionalTimeField, seqField, timeField } from '../../response-fields.ts';

/** The time of the last message, or nothing, and the channel. */
const INBOX_CURSOR = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)?\|[0-9a-f-]{36}$/;
export const inboxCursor = z
  .string()
  .regex(INBOX_CURSOR, 'must be the `next` of a page')
  .meta({ ...CURSOR, examples: [`${EXAMPLE.at}|${EXAMPLE.channel}`] });

export const inboxChannelSchema = z
  .object({
    channel: idField('The id of the channel.', EXAMPLE.channel),
    kind: channelKindField,
    title: z.string().nullable().meta({ description: 'The title of a group. null: it has none.' }),
    picture: z.string().optional().meta({ description: 'Where the small picture of a group is, for you alone and for some hours. Absent: it has none.' }),
    with: z.array(namedPersonSchema).meta({ description: 'The other person of a direct channel; empty for a group.' }),
    unread: z.int().meta({
      description: `The number of messages that you would find unread: those of others, after the last one that you read or wrote, without withdrawn ones. At most ${UNREAD_MAX}, which stands for more, too.`,
    }),
    mentions: z.array(z.int()).meta({ description: 'The unread messages that mention you, by `seq`.' }),
    request: requestField,
    muted: z.boolean().meta({ description: 'Whether you muted its push notifications, and they are muted now.' }),
    mutedUntil: optionalTimeField('When that ends by itself. null: when you unmute it, or it isn’t muted.'),
    level: z.enum(['all', 'mentions', 'none']).meta({ description: 'Of which messages you are told.' }),
    badge: z.int().meta({
      description: 'The number to show beside the channel: of unread messages, or of those that mention you, or 0, as you have chosen; 0 while it is muted.',
    }),
    readUpTo: optionalSeqField('The last `seq` that you have read. null: none.'),
    headSeq: optionalSeqField('The last `seq` of the channel. null: it is empty.'),
    last: z
      .object({
        seq: seqField('The `seq` of the message.'),
        sender: idField('The id of the sender.', EXAMPLE.bob),
        text: z.string().nullable().meta({ description: 'null: the message was withdrawn, has disappeared, or its sender was erased.' }),
        media: z
          .array(z.enum(['image', 'video', 'audio', 'file']))
          .meta({ description: 'What kinds of picture or file it shows, in their order. Its text may be empty then.' }),
        at: timeField('When it was sent.'),
        expiresAt: optionalTimeField('When it disappears: show its text no longer. null: it stays.'),
      })
      .nullable()
      .meta({ description: 'The last message. null: there is none.' }),
  })
  .meta({ id: 'InboxRow' });

export type InboxView = z.infer<typeof inboxChannelSchema>;

export const EXAMPLE_ROW: InboxView = {
  channel: EXAMPLE.channel,
  kind: 'direct',
  title: null,
  with: [{ id: EXAMPLE.bob, name: 'Bob' }],
  unread: 1,
  mentions: [41],
  request: null,
  muted: false,
  mutedUntil: null,
  level: 'all',
  badge: 1,
  readUpTo: 40,
  headSeq: 41,
  last: { seq: 41, sender: EXAMPLE.bob, text: 'Hello Ada', media: [], at: EXAMPLE.at, expiresAt: null },
};

export function inboxRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, pageBytesMax } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/me/inbox',
      operationId: 'getInbox',
      summary: 'List my channels, last active first',
      description: 'Returns a page of your channels with their unread messages.',
      tag: 'Inbox',
      example: { channels: [EXAMPLE_ROW], next: null },
      callers: ['person'],
      revalidates: true,
      query: z.strictObject({
        before: inboxCursor.optional(),
        limit: limitParam(),
      }),
      response: z.object({ channels: z.array(inboxChannelSchema), next }),
      reads: ['inbox', 'channels', 'messages', 'profile'],
      handle: async ({ caller: { person }, query: { before, limit } }) => {
        const entries = await loadEntries(views, person, before);
        const presentAll = (shown: readonly InboxEntry[]) => presentInbox(dependencies, person, shown);
        const { views: channels, last } = await fillPage(entries, { limit, bytesMax: pageBytesMax, present: presentAll });
        return { channels, next: last?.cursor ?? null };
      },
    }),
  ];
}

export type InboxEntry = { readonly row: InboxRow; readonly head: ChannelHead | undefined; readonly cursor: string };

/** A cursor names the time of the last message and the channel, so that paging goes on correctly while other channels move up. */
export async function loadEntries(views: Pick<TidingsViews, 'find' | 'getMany'>, person: PersonId, before: string | undefined): Promise<readonly InboxEntry[]> {
  const rows = await views.find('inbox', { where: { person, member: true }, order: { _id: 1 }, limit: QUERY_LIMIT_MAX });
  const heads = await views.getMany(
    'channel-heads',
    rows.map(({ channel }) => channel),
  );
  return rows
    .map((row, i) => ({ row, head: heads[i], cursor: `${heads[i]?.lastAt ?? row.since ?? ''}|${row.channel}` }))
    .filter(({ cursor }) => before === undefined || cursor < before)
    .sort((one, other) => (one.cursor < other.cursor ? 1 : -1));
}

/** The row may not know yet that the person has left and come again, to read from there on. */
export function unreadFrom(unread: Unread | undefined, from: number): Unread {
  const [seqs, mentions] = [unread?.seqs ?? [], unread?.mentions ?? []].map((all) => all.filter((seq) => seq >= from));
  return { count: seqs?.length ?? 0, seqs: seqs ?? [], mentions: mentions ?? [] };
}

function badgeOf({ level }: InboxRow, unread: Unread): number {
  switch (level) {
    case 'all':
      return unread.count;
    case 'mentions':
      return unread.mentions.length;
    case 'none':
      return 0;
  }
}

/** The id of no document. */
const NO_MESSAGE = '';

type Presenting = {
  readonly views: Pick<TidingsViews, 'getMany' | 'pluck'>;
  readonly logFacts: Pick<LogFacts, 'readsFrom' | 'isBlockedBy'>;
  readonly clock: () => Instant;
  readonly mediaUrls: MediaUrls;
};

export async function presentInbox(
  { views, logFacts, clock, mediaUrls }: Presenting,
  person: PersonId,
  entries: readonly Pick<InboxEntry, 'row' | 'head'>[],
): Promise<readonly (InboxView | undefined)[]> {
  const [channels, lasts, unreads] = await Promise.all([
    views.getMany(
      'channels',
      entries.map(({ row }) => row.channel),
    ),
    views.getMany(
      'messages',
      entries.map(({ row, head }) => (head === undefined || head.lastMessage === null ? NO_MESSAGE : messageId(row.channel, head.lastMessage))),
    ),
    Promise.all(entries.map(({ row, head }) => loadUnread(views, row, head))),
  ]);
  const firsts = await Promise.all(entries.map(({ row }) => logFacts.readsFrom(person, row.channel)));
  const others = channels.map((channel) => (channel?.kind === 'direct' ? channel.members.filter((member) => member !== person) : []));
  const names = new Map((await loadKnownNames({ views, logFacts }, person, [...new Set(others.flat())])).map((one) => [one.id, one]));
  const now = clock();
  return entries.map(({ row, head }, i) => {
    const from = firsts[i];
    if (from === undefined) return undefined;
    const newest = lasts[i] && messageAsOf(lasts[i], now);
    const last = newest !== undefined && newest.seq >= from ? newest : undefined;
    const muted = isMuted(row, now);
    const unread = unreadFrom(unreads[i], from);
    const picture = channels[i] && presentChannelPicture(mediaUrls, person, channels[i]);
    return {
      channel: row.channel,
      kind: channels[i]?.kind ?? 'group',
      title: channels[i]?.title ?? null,
      ...(picture !== null && picture !== undefined && { picture: (picture.small ?? picture.full).url }),
      with: (others[i] ?? []).map((id) => names.get(id) ?? { id, name: null }),
      unread: unread.count,
      mentions: [...unread.mentions],
      request: row.request,
      muted,
      mutedUntil: muted ? row.mutedUntil : null,
      level: row.level,
      badge: muted ? 0 : badgeOf(row, unread),
      readUpTo: row.readUpTo,
      headSeq: head?.headSeq ?? null,
      last: last === undefined ? null : lastViewOf(last),
    };
  });
}

const lastViewOf = ({ seq, sender, text, media, at, expiresAt }: MessageDocument): NonNullable<InboxView['last']> => ({
  seq,
  sender,
  text,
  media: (media ?? []).map(({ kind }) => kind),
  at,
  expiresAt: expiresAt ?? null,
});
