/** The gateway's queries of the views: a person's channels, their members and heads, and the people whom a person may see. */
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { channelRecipients, type ChannelDocument } from '../../projections/read-models/channels.ts';
import { blockedAmong } from '../../projections/view-access/blocks.ts';
import { friendId } from '../../projections/read-models/friends.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { HEADS_MAX } from '../protocol/frames.ts';
import { createRecentChanges, hasDeparted, isBlockRecent, type RecentChanges } from './recent-changes.ts';

const MEMBERS_CACHED_MAX = 50_000;
/** A hint tells of a change of membership; where it is lost, the change goes unseen for so long. */
const MEMBERS_CACHED_MS = 10_000;
const DOCUMENTS_READ_AT_ONCE_MAX = 1_000;

type CachedChannel = {
  readonly members: readonly PersonId[];
  /** False for a message request, in which nobody sees whether the other is there, types or has read. */
  readonly isAccepted: boolean;
  /** By member, those across a block; looked up when the member first types or reads. */
  readonly blocked: Map<PersonId, Promise<ReadonlySet<PersonId>>>;
  readonly validUntilMs: number;
};

export type ViewQueriesDependencies = { readonly views: Pick<TidingsViews, 'find' | 'get' | 'getMany'>; readonly monotonicMs: () => number };

/** The cache is in the order in which channels were read, the oldest first. `recent` is newer than the cache and the views. */
export type ViewQueries = ViewQueriesDependencies & { readonly channels: Map<ChannelId, CachedChannel>; readonly recent: RecentChanges };

export const createViewQueries = (dependencies: ViewQueriesDependencies): ViewQueries => ({
  ...dependencies,
  channels: new Map(),
  recent: createRecentChanges(dependencies.monotonicMs),
});

/** The channels of a person; the first `HEADS_MAX` of them. */
export async function channelsOf({ views }: ViewQueries, person: PersonId): Promise<readonly ChannelId[]> {
  const found = await views.find('inbox', { where: { person, member: true }, order: { _id: 1 }, limit: HEADS_MAX });
  return found.map(({ channel }) => channel);
}

/** The heads as far as the views have come; a channel without messages has none. */
export async function headsOf({ views }: ViewQueries, channels: readonly ChannelId[]): Promise<ReadonlyMap<ChannelId, number>> {
  const found = await readInChunks(channels, (chunk) => views.getMany('channel-heads', chunk));
  return new Map(found.flatMap((head) => (head === undefined ? [] : [[head.channel, head.headSeq]])));
}

/** Nobody where there is no such channel. From a short cache. */
export async function membersOf(queries: ViewQueries, channel: ChannelId): Promise<readonly PersonId[]> {
  return presentMembers(queries, channel, await cachedChannel(queries, channel));
}

/** The people who are told that a member types or reads: the members without those across a block; in a message request only the person, at other devices. From the same cache. */
export async function signalRecipientsOf(queries: ViewQueries, person: PersonId, channel: ChannelId): Promise<readonly PersonId[]> {
  const cached = await cachedChannel(queries, channel);
  if (!cached.isAccepted) return [person];
  let looking = cached.blocked.get(person);
  if (looking === undefined) cached.blocked.set(person, (looking = blockedAmong(queries.views, person, cached.members)));
  const blocked = await looking;
  return presentMembers(queries, channel, cached).filter((member) => !blocked.has(member) && !isBlockRecent(queries.recent, person, member));
}

export async function membersOfAll(queries: ViewQueries, channels: readonly ChannelId[]): Promise<ReadonlyMap<ChannelId, readonly PersonId[]>> {
  const found = await readInChunks(channels, (chunk) => queries.views.getMany('channels', chunk));
  return new Map(channels.map((channel, i) => [channel, presentMembers(queries, channel, cacheChannel(queries, channel, found[i]))]));
}

export const forgetMembers = ({ channels }: ViewQueries, channel: ChannelId): void => void channels.delete(channel);

/** Those of `people` whom the person may see: friends, and members of a shared channel that is no message request, unless one of the two blocks the other. */
export async function visibleTo(queries: ViewQueries, person: PersonId, people: readonly PersonId[]): Promise<readonly PersonId[]> {
  const { views } = queries;
  const friends = await views.getMany(
    'friends',
    people.map((other) => friendId(person, other)),
  );
  const hasStrangers = people.some((other, i) => friends[i] === undefined && other !== person);
  const sharingChannel = hasStrangers ? await membersOfSharedChannels(queries, person) : new Set<PersonId>();
  const blocked = await blockedAmong(views, person, people);
  return people.filter((other, i) => {
    const isBlocked = blocked.has(other) || isBlockRecent(queries.recent, person, other);
    return !isBlocked && (other === person || friends[i] !== undefined || sharingChannel.has(other));
  });
}

async function membersOfSharedChannels(queries: ViewQueries, person: PersonId): Promise<ReadonlySet<PersonId>> {
  const channels = await channelsOf(queries, person);
  const members = await membersOfAll(queries, channels);
  const shared = channels.filter((channel) => queries.channels.get(channel)?.isAccepted === true && members.get(channel)?.includes(person) === true);
  return new Set(shared.flatMap((channel) => members.get(channel) ?? []));
}

const presentMembers = ({ recent }: ViewQueries, channel: ChannelId, { members }: CachedChannel): readonly PersonId[] =>
  recent.departures.size === 0 ? members : members.filter((member) => !hasDeparted(recent, channel, member));

async function cachedChannel(queries: ViewQueries, channel: ChannelId): Promise<CachedChannel> {
  const cached = queries.channels.get(channel);
  if (cached !== undefined && cached.validUntilMs > queries.monotonicMs()) return cached;
  return cacheChannel(queries, channel, await queries.views.get('channels', channel));
}

function cacheChannel({ channels, monotonicMs }: ViewQueries, id: ChannelId, channel: ChannelDocument | undefined): CachedChannel {
  const cached: CachedChannel = {
    members: channel === undefined ? [] : channelRecipients(channel),
    isAccepted: channel?.request === null,
    blocked: new Map(),
    validUntilMs: monotonicMs() + MEMBERS_CACHED_MS,
  };
  channels.delete(id);
  channels.set(id, cached);
  if (channels.size > MEMBERS_CACHED_MAX) for (const oldest of channels.keys()) if (channels.delete(oldest)) break;
  return cached;
}

async function readInChunks<Id, Found>(ids: readonly Id[], read: (chunk: readonly Id[]) => Promise<readonly Found[]>): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (let at = 0; at < ids.length; at += DOCUMENTS_READ_AT_ONCE_MAX) found.push(...(await read(ids.slice(at, at + DOCUMENTS_READ_AT_ONCE_MAX))));
  return found;
}
