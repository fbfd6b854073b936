/** The inbox: the caller's rows joined with the heads of their channels. */
import { z } from 'zod';
import type { PersonId } from '../../domain/shared/ids.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import type { Route } from '../../edge/http/routes.ts';
import { QUERY_LIMIT_MAX } from '../../ports/views/port.ts';
import type { InboxRow } from '../../projections/read-models/inbox.ts';
import { messageId, type ChannelHead } from '../../projections/read-models/messages.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { loadUnread, UNREAD_MAX } from '../../projections/view-access/unread-messages.ts';
import type { LogFacts, ReadDependencies } from '../dependencies.ts';
import { CURSOR, fillPage, limitParam, next } from '../pages.ts';
import { loadKnownNames, namedPersonSchema } from '../named-person.ts';
import { query } from '../query.ts';
import { requestField } from './channels.ts';
import { idField, optionalSeqField, seqField, timeField } from '../response-fields.ts';

/** The time of the last message, or nothing, and the channel. */
const INBOX_CURSOR = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)?\|[0-9a-f-]{36}$/;

const inboxChannelSchema = z
  .object({
    channel: idField('The id of the channel.', EXAMPLE.channel),
    kind: z.enum(['direct', 'group']).meta({ description: 'A direct channel of two people, or a group.' }),
    title: z.string().nullable().meta({ description: 'The title of a group. null: it has none.' }),
    with: z.array(namedPersonSchema).meta({ description: 'The other person of a direct channel; empty for a group.' }),
    unread: z.int().meta({
      description: `The number of messages that you would find unread: those of others, after the last one that you read or wrote, without withdrawn ones. At most ${UNREAD_MAX}, which stands for more, too.`,
    }),
    mentions: z.array(z.int()).meta({ description: 'The unread messages that mention you, by `seq`.' }),
    request: requestField,
    muted: z.boolean().meta({ description: 'Whether you muted its push notifications.' }),
    readUpTo: optionalSeqField('The last `seq` that you have read. null: none.'),
    headSeq: optionalSeqField('The last `seq` of the channel. null: it is empty.'),
    last: z
      .object({
        seq: seqField('The `seq` of the message.'),
        sender: idField('The id of the sender.', EXAMPLE.bob),
        text: z.string().nullable().meta({ description: 'null: the message was withdrawn, or its sender was erased.' }),
        at: timeField('When it was sent.'),
      })
      .nullable()
      .meta({ description: 'The last message. null: there is none.' }),
  })
  .meta({ id: 'InboxRow' });

export type InboxView = z.infer<typeof inboxChannelSchema>;

const EXAMPLE_ROW: InboxView = {
  channel: EXAMPLE.channel,
  kind: 'direct',
  title: null,
  with: [{ id: EXAMPLE.bob, name: 'Bob' }],
  unread: 1,
  mentions: [41],
  request: null,
  muted: false,
  readUpTo: 40,
  headSeq: 41,
  last: { seq: 41, sender: EXAMPLE.bob, text: 'Hello Ada', at: EXAMPLE.at },
};

export function inboxRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, logFacts, pageBytesMax } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/me/inbox',
      operationId: 'getInbox',
      summary: 'List my channels, last active first',
      description: 'Returns a page of your channels with their unread messages.',
      tag: 'Inbox',
      example: { channels: [EXAMPLE_ROW], next: null },
      callers: ['person'],
      query: z.strictObject({
        before: z
          .string()
          .regex(INBOX_CURSOR, 'must be the `next` of a page')
          .optional()
          .meta({ ...CURSOR, examples: [`${EXAMPLE.at}|${EXAMPLE.channel}`] }),
        limit: limitParam(),
      }),
      response: z.object({ channels: z.array(inboxChannelSchema), next }),
      reads: ['inbox', 'channels', 'messages', 'profile'],
      handle: async ({ caller: { person }, query: { before, limit } }) => {
        const entries = await loadEntries(views, person, before);
        const presentAll = (shown: readonly InboxEntry[]) => present({ views, logFacts }, person, shown);
        const { views: channels, last } = await fillPage(entries, { limit, bytesMax: pageBytesMax, present: presentAll });
        return { channels, next: last?.cursor ?? null };
      },
    }),
  ];
}

type InboxEntry = { readonly row: InboxRow; readonly head: ChannelHead | undefined; readonly cursor: string };

/** A cursor names the time of the last message and the channel, so that paging goes on correctly while other channels move up. */
async function loadEntries(views: Pick<TidingsViews, 'find' | 'getMany'>, person: PersonId, before: string | undefined): Promise<readonly InboxEntry[]> {
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

type Presenting = { readonly views: Pick<TidingsViews, 'getMany' | 'pluck'>; readonly logFacts: Pick<LogFacts, 'isMember' | 'isBlockedBy'> };

async function present({ views, logFacts }: Presenting, person: PersonId, entries: readonly InboxEntry[]): Promise<readonly (InboxView | undefined)[]> {
  const [channels, lasts, unreads] = await Promise.all([
    views.getMany(
      'channels',
      entries.map(({ row }) => row.channel),
    ),
    views.getMany(
      'messages',
      entries.map(({ row, head }) => messageId(row.channel, head?.lastMessage ?? 0)),
    ),
    Promise.all(entries.map(({ row, head }) => loadUnread(views, row, head))),
  ]);
  const areMembers = await Promise.all(entries.map(({ row }) => logFacts.isMember(person, row.channel)));
  const others = channels.map((channel) => (channel?.kind === 'direct' ? channel.members.filter((member) => member !== person) : []));
  const names = new Map((await loadKnownNames({ views, logFacts }, person, [...new Set(others.flat())])).map((one) => [one.id, one]));
  return entries.map(({ row, head }, i) => {
    const last = lasts[i];
    if (areMembers[i] !== true) return undefined;
    return {
      channel: row.channel,
      kind: channels[i]?.kind ?? 'group',
      title: channels[i]?.title ?? null,
      with: (others[i] ?? []).map((id) => names.get(id) ?? { id, name: null }),
      unread: unreads[i]?.count ?? 0,
      mentions: [...(unreads[i]?.mentions ?? [])],
      request: row.request,
      muted: row.muted,
      readUpTo: row.readUpTo,
      headSeq: head?.headSeq ?? null,
      last: last === undefined ? null : { seq: last.seq, sender: last.sender, text: last.text, at: last.at },
    };
  });
}
