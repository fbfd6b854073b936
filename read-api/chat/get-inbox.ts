/** GET /v1/me/inbox: one's own rows beside their channels' heads. */
import { z } from 'zod';
import type { PersonId } from '../../domain/shared/ids.ts';
import { messageId } from '../../projections/messages.ts';
import type { ActiveViews } from '../../projections/read-views.ts';

/** Channels that one person's inbox shows. */
const INBOX_CHANNELS_MAX = 5_000;

export const inboxRow = z.object({
  channel: z.string(),
  kind: z.enum(['direct', 'group']),
  title: z.string().nullable(),
  with: z.array(z.object({ id: z.string(), name: z.string().nullable() })).meta({ description: 'The other of a direct channel.' }),
  unread: z.int(),
  mentions: z.array(z.int()),
  muted: z.boolean(),
  readUpTo: z.int().nullable(),
  headSeq: z.int().nullable(),
  last: z.object({ seq: z.int(), sender: z.string(), text: z.string().nullable(), at: z.string() }).nullable(),
});

type InboxQuery = { readonly person: PersonId; readonly before: string | undefined; readonly limit: number };
type InboxAnswer = { readonly channels: z.infer<typeof inboxRow>[]; readonly next: string | null };

export async function getInbox(views: Pick<ActiveViews, 'find' | 'getMany'>, { person, before, limit }: InboxQuery): Promise<InboxAnswer> {
  const rows = await views.find('inbox', { where: { person, member: true }, order: { _id: 1 }, limit: INBOX_CHANNELS_MAX });
  const ids = rows.map(({ channel }) => channel);
  const heads = await views.getMany('channel-heads', ids);
  // Places in the list are told by the time of the last message and the channel, so that a page can be followed while others move up.
  const placed = rows
    .map((row, i) => ({ row, head: heads[i], place: `${heads[i]?.lastAt ?? row.since ?? ''}|${row.channel}` }))
    .filter(({ place }) => before === undefined || place < before)
    .sort((a, b) => (a.place < b.place ? 1 : -1));
  const page = placed.slice(0, limit);
  const [channels, lasts] = await Promise.all([
    views.getMany(
      'channels',
      page.map(({ row }) => row.channel),
    ),
    views.getMany(
      'messages',
      page.map(({ row, head }) => messageId(row.channel, head?.lastMessage ?? 0)),
    ),
  ]);
  const others = channels.map((channel) => (channel?.kind === 'direct' ? channel.members.filter((member) => member !== person) : []));
  const profiles = await views.getMany('profiles', others.flat());
  const names = new Map(others.flat().map((id, i) => [id, profiles[i]?.name ?? null]));
  return {
    channels: page.map(({ row, head }, i) => ({
      channel: row.channel,
      kind: channels[i]?.kind ?? 'group',
      title: channels[i]?.title ?? null,
      with: (others[i] ?? []).map((id) => ({ id, name: names.get(id) ?? null })),
      unread: Math.max((head?.messageCount ?? 0) - row.readMessages, 0),
      mentions: [...row.mentions],
      muted: row.muted,
      readUpTo: row.readUpTo,
      headSeq: head?.headSeq ?? null,
      last: lastOf(lasts[i]),
    })),
    next: placed.length > limit ? (page.at(-1)?.place ?? null) : null,
  };
}

function lastOf(message: Awaited<ReturnType<typeof lastMessages>>[number]) {
  return message === undefined ? null : { seq: message.seq, sender: message.sender, text: message.text, at: message.at };
}

const lastMessages = (views: Pick<ActiveViews, 'getMany'>) => views.getMany('messages', []);
