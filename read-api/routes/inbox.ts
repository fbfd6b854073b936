/** GET /v1/me/inbox: one's own rows beside their channels' heads. */
import { z } from 'zod';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Route } from '../../edge/http/routes.ts';
import { QUERY_LIMIT_MAX } from '../../ports/views/port.ts';
import type { InboxRow } from '../../projections/read-models/inbox.ts';
import { messageId, type ChannelHead } from '../../projections/read-models/messages.ts';
import type { ActiveViews } from '../../projections/query/read-views.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { limitOf, next, pageOf } from '../pages.ts';
import { named, personView } from '../person-view.ts';
import { query } from '../query.ts';

/** A time or nothing, and a channel. */
const PLACE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)?\|[0-9a-f-]{36}$/;

const inboxRow = z
  .object({
    channel: z.string(),
    kind: z.enum(['direct', 'group']),
    title: z.string().nullable(),
    with: z.array(personView).meta({ description: 'The other of a direct channel.' }),
    unread: z.int().meta({ description: 'Messages after the last one read; none where the last one is one’s own.' }),
    mentions: z.array(z.int()).meta({ description: 'The unread messages that mention one, by seq.' }),
    muted: z.boolean(),
    readUpTo: z.int().nullable(),
    headSeq: z.int().nullable(),
    last: z.object({ seq: z.int(), sender: z.string(), text: z.string().nullable(), at: z.string() }).nullable(),
  })
  .meta({ id: 'InboxRow' });

export type InboxView = z.infer<typeof inboxRow>;

export function inboxRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/me/inbox',
      operationId: 'getInbox',
      summary: 'One’s channels, the one where something was said last first, with how much is unread.',
      callers: ['person'],
      query: z.strictObject({
        before: z.string().regex(PLACE, 'must be the `next` of a page').optional().meta({ description: 'The `next` of the page before.' }),
        limit: limitOf(),
      }),
      answer: z.object({ channels: z.array(inboxRow), next }),
      reads: ['inbox', 'channels', 'messages', 'profile'],
      handle: async ({ caller: { person }, query: { before, limit } }) => {
        const { shown, last } = pageOf(await placesOf(views, person, before), limit);
        return { channels: await present(views, person, shown), next: last?.place ?? null };
      },
    }),
  ];
}

type Placed = { readonly row: InboxRow; readonly head: ChannelHead | undefined; readonly place: string };

/** Places in the list are told by the time of the last message and the channel, so that a page can be followed while others move up. */
async function placesOf(views: Pick<ActiveViews, 'find' | 'getMany'>, person: PersonId, before: string | undefined): Promise<readonly Placed[]> {
  const rows = await views.find('inbox', { where: { person, member: true }, order: { _id: 1 }, limit: QUERY_LIMIT_MAX });
  const heads = await views.getMany(
    'channel-heads',
    rows.map(({ channel }) => channel),
  );
  return rows
    .map((row, i) => ({ row, head: heads[i], place: `${heads[i]?.lastAt ?? row.since ?? ''}|${row.channel}` }))
    .filter(({ place }) => before === undefined || place < before)
    .sort((one, other) => (one.place < other.place ? 1 : -1));
}

async function present(views: Pick<ActiveViews, 'getMany'>, person: PersonId, placed: readonly Placed[]): Promise<InboxView[]> {
  const [channels, lasts] = await Promise.all([
    views.getMany(
      'channels',
      placed.map(({ row }) => row.channel),
    ),
    views.getMany(
      'messages',
      placed.map(({ row, head }) => messageId(row.channel, head?.lastMessage ?? 0)),
    ),
  ]);
  const others = channels.map((channel) => (channel?.kind === 'direct' ? channel.members.filter((member) => member !== person) : []));
  const names = new Map((await named(views, [...new Set(others.flat())])).map((one) => [one.id, one]));
  return placed.map(({ row, head }, i) => {
    const last = lasts[i];
    return {
      channel: row.channel,
      kind: channels[i]?.kind ?? 'group',
      title: channels[i]?.title ?? null,
      with: (others[i] ?? []).map((id) => names.get(id) ?? { id, name: null }),
      unread: unreadOf(row, head),
      mentions: [...row.mentions],
      muted: row.muted,
      readUpTo: row.readUpTo,
      headSeq: head?.headSeq ?? null,
      last: last === undefined ? null : { seq: last.seq, sender: last.sender, text: last.text, at: last.at },
    };
  });
}

/** Who has spoken last has nothing left to read: one's own words are not news to oneself. */
function unreadOf({ person, readMessages }: InboxRow, head: ChannelHead | undefined): number {
  if (head === undefined || head.lastSender === person) return 0;
  return Math.max(head.messageCount - readMessages, 0);
}
