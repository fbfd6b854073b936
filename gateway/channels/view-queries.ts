/** The gateway's queries of the views: a person's channels, their members and heads. Who sees whose presence: `visibility.ts`. */
import type { ChannelKind } from '../../domain/chat/events.ts';
import { DEFAULT_PRIVACY, tellReading, type Privacy } from '../../domain/people/preferences/privacy.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { counted, dropOldest, emptyTally, type CacheTally } from '../../ports/cache-tallies.ts';
import { channelRecipients, type ChannelDocument } from '../../projections/read-models/chat/channels.ts';
import type { InboxRow } from '../../projections/read-models/chat/inbox.ts';
import { relationshipId } from '../../projections/read-models/relationships.ts';
import { inboxId } from '../../projections/read-models/chat/inbox.ts';
import { blockedAmong } from '../../projections/view-access/blocks.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { HEADS_MAX } from '../protocol/frames.ts';
import { createRecentChanges, hasDeparted, isBlockRecent, recentPrivacyOf, type RecentChanges } from './recent-changes.ts';

const MEMBERS_CACHED_MAX = 50_000;
/** A hint tells of a change of membership; where it is lost, the change goes unseen for so long. */
const MEMBERS_CACHED_MS = 10_000;
const DOCUMENTS_READ_AT_ONCE_MAX = 1_000;

type CachedChannel = {
  readonly kind: ChannelKind | undefined;
  readonly members: readonly PersonId[];
  /** False for a message request, in which nobody sees whether the other is there, types or has read. */
  readonly isAccepted: boolean;
  /** By member, those across a block; looked up when the member first types or reads. */
  readonly blocked: Map<PersonId, Promise<ReadonlySet<PersonId>>>;
  /** Of the members who have chosen something; looked up when one of them first reads, or has received something. */
  privacy: Promise<ReadonlyMap<PersonId, Privacy>> | undefined;
  readonly validUntilMs: number;
};

export type ViewQueriesDependencies = {
  readonly views: Pick<TidingsViews, 'find' | 'get' | 'getMany'>;
  readonly monotonicMs: () => number;
  readonly tally?: CacheTally;
};

/** The cache is in the order in which channels were read, the oldest first. `recent` is newer than the cache and the views. */
export type ViewQueries = Required<ViewQueriesDependencies> & { readonly channels: Map<ChannelId, CachedChannel>; readonly recent: RecentChanges };

export const createViewQueries = (dependencies: ViewQueriesDependencies): ViewQueries => ({
  tally: emptyTally(),
  ...dependencies,
  channels: new Map(),
  recent: createRecentChanges(dependencies.monotonicMs),
});

/** The rows of a person's channels; the first `HEADS_MAX` of them. */
export async function inboxOf({ views }: ViewQueries, person: PersonId): Promise<readonly Pick<InboxRow, 'channel' | 'announcement'>[]> {
  const found = await views.find('inbox', { where: { person, member: true }, order: { _id: 1 }, limit: HEADS_MAX });
  return found;
}

export async function channelsOf(queries: ViewQueries, person: PersonId): Promise<readonly ChannelId[]> {
  return (await inboxOf(queries, person)).map(({ channel }) => channel);
}

/** The heads as far as the views have come; a channel without messages has none. */
export async function headsOf({ views }: ViewQueries, channels: readonly ChannelId[]): Promise<ReadonlyMap<ChannelId, number>> {
  const found = await readInChunks(channels, (chunk) => views.getMany('channel-heads', chunk));
  return new Map(found.flatMap((head) => (head === undefined ? [] : [[head.channel, head.headSeq]])));
}

/** From a short cache; of an announcement channel, whose document names only those who write, from the person's row. */
export async function isMemberOf(queries: ViewQueries, person: PersonId, channel: ChannelId): Promise<boolean> {
  const cached = await cachedChannel(queries, channel);
  if (cached.kind !== 'announcement') return presentMembers(queries, channel, cached).includes(person);
  return (await queries.views.get('inbox', inboxId(person, channel)))?.member === true && !hasDeparted(queries.recent, channel, person);
}

/**
 * The people who are told that a member types or reads: the members without those across a block; in a message request, and in an
 * announcement channel, only the person, at other devices. From the same cache.
 */
export async function signalRecipientsOf(queries: ViewQueries, person: PersonId, channel: ChannelId): Promise<readonly PersonId[]> {
  const cached = await cachedChannel(queries, channel);
  if (!cached.isAccepted || cached.kind === 'announcement') return [person];
  let looking = cached.blocked.get(person);
  if (looking === undefined) cached.blocked.set(person, (looking = blockedAmong(queries.views, person, cached.members)));
  const blocked = await looking;
  return presentMembers(queries, channel, cached).filter((member) => !blocked.has(member) && !isBlockRecent(queries.recent, person, member));
}

/** The people who are told how far a member has read: of those who are told of signals, nobody who is told of no reading. */
export async function readRecipientsOf(queries: ViewQueries, person: PersonId, channel: ChannelId): Promise<readonly PersonId[]> {
  const recipients = await signalRecipientsOf(queries, person, channel);
  const privacyOf = await privacyInChannel(queries, channel);
  return recipients.filter((one) => one === person || tellReading(privacyOf(person), privacyOf(one)));
}

/** Who may be told of receipts in a channel: nobody in a message request, nor in an announcement channel. From the same cache. */
export async function receiptsToldIn(
  queries: ViewQueries,
  channel: ChannelId,
): Promise<{ readonly kind: 'direct' | 'group'; readonly members: readonly PersonId[] } | undefined> {
  const cached = await cachedChannel(queries, channel);
  if (!cached.isAccepted || cached.kind === undefined || cached.kind === 'announcement') return undefined;
  return { kind: cached.kind, members: presentMembers(queries, channel, cached) };
}

/** Those of these receipts of direct channels that the other person is told of: none over a block, and none of who is invisible. Two reads, however many. */
export async function toldDirectly<Receipt extends { readonly person: PersonId; readonly peer: PersonId }>(
  queries: ViewQueries,
  receipts: readonly Receipt[],
): Promise<readonly Receipt[]> {
  if (receipts.length === 0) return [];
  const { views, recent } = queries;
  const [chosen, blocks] = await Promise.all([
    loadPrivacy(
      queries,
      receipts.map(({ person }) => person),
    ),
    readInChunks(
      receipts.flatMap(({ person: from, peer: to }) => [relationshipId({ from, kind: 'block', to }), relationshipId({ from: to, kind: 'block', to: from })]),
      (chunk) => views.getMany('relationships', chunk),
    ),
  ]);
  return receipts.filter(({ person, peer }, i) => {
    const isBlocked = blocks[2 * i] !== undefined || blocks[2 * i + 1] !== undefined || isBlockRecent(recent, person, peer);
    return !isBlocked && (recentPrivacyOf(recent, person) ?? chosen.get(person))?.invisible !== true;
  });
}

/** The other members whose receipts the person is told of: those without a block between the two, and who aren't invisible. */
export async function membersTellingDelivery(queries: ViewQueries, person: PersonId, channel: ChannelId): Promise<readonly PersonId[]> {
  const members = await signalRecipientsOf(queries, person, channel); // a block is between two, whoever is asked
  const privacyOf = await privacyInChannel(queries, channel);
  return members.filter((member) => member !== person && !privacyOf(member).invisible);
}

async function privacyInChannel(queries: ViewQueries, channel: ChannelId): Promise<(person: PersonId) => Privacy> {
  const cached = await cachedChannel(queries, channel);
  const chosen = await (cached.privacy ??= loadPrivacy(queries, cached.members));
  return (person) => recentPrivacyOf(queries.recent, person) ?? chosen.get(person) ?? DEFAULT_PRIVACY;
}

/** Of those who have chosen something, as the views have it. */
export async function loadPrivacy({ views }: Pick<ViewQueries, 'views'>, people: readonly PersonId[]): Promise<ReadonlyMap<PersonId, Privacy>> {
  const found = await readInChunks(people, (chunk) => views.getMany('privacy', chunk));
  return new Map(found.flatMap((privacy) => (privacy === undefined ? [] : [[privacy.person, privacy] as const])));
}

export async function membersOfAll(queries: ViewQueries, channels: readonly ChannelId[]): Promise<ReadonlyMap<ChannelId, readonly PersonId[]>> {
  const found = await readInChunks(channels, (chunk) => queries.views.getMany('channels', chunk));
  return new Map(channels.map((channel, i) => [channel, presentMembers(queries, channel, cacheChannel(queries, channel, found[i]))]));
}

export const forgetMembers = ({ channels }: ViewQueries, channel: ChannelId): void => void channels.delete(channel);

const presentMembers = ({ recent }: ViewQueries, channel: ChannelId, { members }: CachedChannel): readonly PersonId[] =>
  recent.departures.size === 0 ? members : members.filter((member) => !hasDeparted(recent, channel, member));

async function cachedChannel(queries: ViewQueries, channel: ChannelId): Promise<CachedChannel> {
  const known = queries.channels.get(channel);
  const cached = counted(queries.tally, known !== undefined && known.validUntilMs > queries.monotonicMs() ? known : undefined);
  return cached ?? cacheChannel(queries, channel, await queries.views.get('channels', channel));
}

function cacheChannel({ channels, monotonicMs, tally }: ViewQueries, id: ChannelId, channel: ChannelDocument | undefined): CachedChannel {
  const cached: CachedChannel = {
    kind: channel?.kind,
    members: channel === undefined ? [] : channelRecipients(channel),
    isAccepted: channel?.request === null,
    blocked: new Map(),
    privacy: undefined,
    validUntilMs: monotonicMs() + MEMBERS_CACHED_MS,
  };
  channels.delete(id);
  channels.set(id, cached);
  if (channels.size > MEMBERS_CACHED_MAX) dropOldest(channels, tally);
  return cached;
}

async function readInChunks<Id, Found>(ids: readonly Id[], read: (chunk: readonly Id[]) => Promise<readonly Found[]>): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (let at = 0; at < ids.length; at += DOCUMENTS_READ_AT_ONCE_MAX) found.push(...(await read(ids.slice(at, at + DOCUMENTS_READ_AT_ONCE_MAX))));
  return found;
}
