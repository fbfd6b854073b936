/** The gateway's queries of the views: a person's channels, their members and heads, and the people whom a person may see. */
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { ChannelDocument } from '../../projections/read-models/channels.ts';
import { isOneBlocked } from '../../projections/query/blocks.ts';
import { relationshipId } from '../../projections/read-models/relationships.ts';
import { friendId } from '../../projections/read-models/friends.ts';
import type { TidingsViews } from '../../projections/query/tidings-views.ts';
import { HEADS_MAX } from '../protocol/frames.ts';

const MEMBERS_CACHED_MAX = 50_000;
/** A hint tells of a change of membership; where it is lost, the change goes unseen for so long. */
const MEMBERS_CACHED_MS = 10_000;
const DOCUMENTS_READ_AT_ONCE_MAX = 1_000;

type CachedChannel = {
  readonly members: readonly PersonId[];
  readonly isDirect: boolean;
  /** Whether one of the two blocks the other; looked up when one of them first types or reads. */
  isBlocked: Promise<boolean> | undefined;
  readonly validUntilMs: number;
};

export type ViewQueriesDependencies = { readonly views: Pick<TidingsViews, 'find' | 'get' | 'getMany'>; readonly monotonicMs: () => number };

/** The cache is in the order in which channels were read, the oldest first. */
export type ViewQueries = ViewQueriesDependencies & { readonly channels: Map<ChannelId, CachedChannel> };

export const createViewQueries = (dependencies: ViewQueriesDependencies): ViewQueries => ({ ...dependencies, channels: new Map() });

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
  return (await cachedChannel(queries, channel)).members;
}

/** The people who are told that a member types or reads: all members; over a block only the person, at other devices. From the same cache. */
export async function signalRecipientsOf(queries: ViewQueries, person: PersonId, channel: ChannelId): Promise<readonly PersonId[]> {
  const cached = await cachedChannel(queries, channel);
  if (!cached.isDirect) return cached.members; // blocks don't hold in groups
  cached.isBlocked ??= isOneBlocked(queries.views, cached.members);
  return (await cached.isBlocked) ? [person] : cached.members;
}

export async function membersOfAll(queries: ViewQueries, channels: readonly ChannelId[]): Promise<ReadonlyMap<ChannelId, readonly PersonId[]>> {
  const found = await readInChunks(channels, (chunk) => queries.views.getMany('channels', chunk));
  return new Map(channels.map((channel, i) => [channel, cacheChannel(queries, channel, found[i]).members]));
}

export const forgetMembers = ({ channels }: ViewQueries, channel: ChannelId): void => void channels.delete(channel);

/** Those of `people` whom the person may see: friends, and members of a shared channel, unless one of the two blocks the other. */
export async function visibleTo(queries: ViewQueries, person: PersonId, people: readonly PersonId[]): Promise<readonly PersonId[]> {
  const { views } = queries;
  const friends = await views.getMany(
    'friends',
    people.map((other) => friendId(person, other)),
  );
  const hasStrangers = people.some((other, i) => friends[i] === undefined && other !== person);
  const sharingChannel = hasStrangers ? new Set([...(await membersOfAll(queries, await channelsOf(queries, person))).values()].flat()) : new Set<PersonId>();
  const blocks = await views.getMany(
    'relationships',
    people.flatMap((other) => [relationshipId({ from: person, kind: 'block', to: other }), relationshipId({ from: other, kind: 'block', to: person })]),
  );
  return people.filter((other, i) => {
    const isBlocked = blocks[2 * i] !== undefined || blocks[2 * i + 1] !== undefined;
    return !isBlocked && (other === person || friends[i] !== undefined || sharingChannel.has(other));
  });
}

async function cachedChannel(queries: ViewQueries, channel: ChannelId): Promise<CachedChannel> {
  const cached = queries.channels.get(channel);
  if (cached !== undefined && cached.validUntilMs > queries.monotonicMs()) return cached;
  return cacheChannel(queries, channel, await queries.views.get('channels', channel));
}

function cacheChannel({ channels, monotonicMs }: ViewQueries, id: ChannelId, channel: ChannelDocument | undefined): CachedChannel {
  const cached: CachedChannel = {
    members: channel?.members ?? [],
    isDirect: channel?.kind === 'direct',
    isBlocked: undefined,
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
