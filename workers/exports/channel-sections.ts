/** What an export of a channel has: what is known of the channel, and its history as far as its owner may read it. */
import { isExpired } from '../../domain/chat/disappearing.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { messageId } from '../../projections/read-models/chat/messages.ts';
import { quotesOf } from '../../projections/view-access/message-quotes.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { oneRead } from './documents.ts';
import { messageRow } from './said.ts';
import { ROWS_BYTES_MAX, ROWS_MAX, type RowsRead, type Section } from './rows.ts';

export type SectionViews = Pick<TidingsViews, 'get' | 'getMany' | 'getFirst' | 'find' | 'findPage' | 'pluck'>;

/**
 * `from`: the first seq that the owner may read. `endsAt`: when nobody has the export any more. `blocksOwner`: of people who do, the
 * owner has the id, as everywhere.
 */
export type ChannelToExport = {
  readonly channel: ChannelId;
  readonly from: number;
  readonly endsAt: Instant;
  readonly blocksOwner: (person: PersonId) => Promise<boolean>;
};

export const channelSections = (views: SectionViews, of: ChannelToExport): readonly Section[] => [
  oneRead({ name: 'channel', title: 'Channel' }, async () => {
    const channel = await views.get('channels', of.channel);
    if (channel === undefined) return [];
    const { kind, owner, members, title, description, openedAt } = channel;
    const names = await namesOf(views, of, members);
    return [{ channel: of.channel, kind, title, description, owner, openedAt, members: members.map((id) => ({ id, name: names.get(id) ?? null })) }];
  }),
  { name: 'messages', title: 'Messages', counts: 'messages', read: (from) => readMessages(views, of, from) },
];

async function readMessages(views: SectionViews, of: ChannelToExport, after: string | undefined): Promise<RowsRead> {
  const { channel, from, endsAt } = of;
  // Who has left meanwhile and come again may read from another place on.
  const first = after === undefined ? from : Math.max(from, Number(after) + 1);
  const range = { field: '_id', from: messageId(channel, first), before: `${channel};` };
  const [{ documents, more }, head] = await Promise.all([
    views.findPage('messages', { range, order: { _id: 1 }, limit: ROWS_MAX, bytesMax: ROWS_BYTES_MAX }),
    views.get('channel-heads', channel),
  ]);
  // Nothing in an archive disappears: what has to while it can be had is not in it.
  const kept = documents.filter((message) => !isExpired(message, endsAt));
  const [names, quotes] = await Promise.all([namesOf(views, of, [...new Set(kept.map(({ sender }) => sender))]), quotesOf(views, kept, endsAt)]);
  const last = documents.at(-1);
  return {
    rows: kept.map((message) => messageRow(message, { name: names.get(message.sender), quote: quotes.get(message)?.text })),
    next: more && last !== undefined ? String(last.seq) : null,
    leftOut: documents.length - kept.length,
    percent: Math.floor((100 * ((last?.seq ?? 0) + 1)) / ((head?.headSeq ?? 0) + 1)),
  };
}

async function namesOf(views: SectionViews, { blocksOwner }: ChannelToExport, people: readonly PersonId[]): Promise<ReadonlyMap<PersonId, string>> {
  const [profiles, areHidden] = await Promise.all([views.getMany('profiles', people), Promise.all(people.map(blocksOwner))]);
  return new Map(
    profiles.flatMap((profile, i) => {
      const { person, name = null } = profile ?? {};
      return person === undefined || name === null || areHidden[i] === true ? [] : [[person, name] as const];
    }),
  );
}
