/** What the gateway asks the views: where a person belongs, who else does, how far channels have come, whom a person may see. */
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Channel } from '../../projections/read-models/channels.ts';
import { isOneBlocked } from '../../projections/query/blocks.ts';
import { relationshipId } from '../../projections/read-models/relationships.ts';
import { friendId } from '../../projections/read-models/friends.ts';
import type { ActiveViews } from '../../projections/query/read-views.ts';
import { HEADS_MAX } from '../protocol/frames.ts';

const MEMBERS_CACHED_MAX = 50_000;
/** A change of membership is hinted at; this is how long it goes unseen where the hint is lost. */
const MEMBERS_CACHED_MS = 10_000;

type Cached = {
  readonly members: readonly PersonId[];
  readonly isDirect: boolean;
  /** Whether one of the two blocks the other; looked up once somebody types or reads. */
  blocked: Promise<boolean> | undefined;
  readonly untilMs: number;
};

export type ViewQueries = {
  /** The first `HEADS_MAX` of them. */
  readonly channelsOf: (person: PersonId) => Promise<readonly ChannelId[]>;
  /** As far as the views have come; a channel in which nothing was said has none. */
  readonly headsOf: (channels: readonly ChannelId[]) => Promise<ReadonlyMap<ChannelId, number>>;
  /** No one where there is no such channel. From a short cache. */
  readonly membersOf: (channel: ChannelId) => Promise<readonly PersonId[]>;
  /** Whom a member's typing and reading is told: all of them, but over a block only the person, at other devices. From the same cache. */
  readonly signalRecipientsOf: (person: PersonId, channel: ChannelId) => Promise<readonly PersonId[]>;
  readonly membersOfAll: (channels: readonly ChannelId[]) => Promise<ReadonlyMap<ChannelId, readonly PersonId[]>>;
  readonly forgetMembers: (channel: ChannelId) => void;
  /** Those of them whom the person may see: friends, and who shares a channel, unless one of the two blocks the other. */
  readonly visibleTo: (person: PersonId, people: readonly PersonId[]) => Promise<readonly PersonId[]>;
};

export function createViewQueries(views: Pick<ActiveViews, 'find' | 'get' | 'getMany'>, nowMs: () => number): ViewQueries {
  const cache = new Map<ChannelId, Cached>();

  const remember = (id: ChannelId, channel: Channel | undefined): Cached => {
    const known: Cached = { members: channel?.members ?? [], isDirect: channel?.kind === 'direct', blocked: undefined, untilMs: nowMs() + MEMBERS_CACHED_MS };
    cache.delete(id);
    cache.set(id, known);
    if (cache.size > MEMBERS_CACHED_MAX) for (const oldest of cache.keys()) if (cache.delete(oldest)) break;
    return known;
  };
  const look = async (channel: ChannelId): Promise<Cached> => {
    const cached = cache.get(channel);
    return cached !== undefined && cached.untilMs > nowMs() ? cached : remember(channel, await views.get('channels', channel));
  };

  const channelsOf = async (person: PersonId) =>
    (await views.find('inbox', { where: { person, member: true }, order: { _id: 1 }, limit: HEADS_MAX })).map(({ channel }) => channel);

  const membersOfAll = async (channels: readonly ChannelId[]) => {
    const found = await inChunks(channels, (chunk) => views.getMany('channels', chunk));
    return new Map(channels.map((channel, i) => [channel, remember(channel, found[i]).members]));
  };

  return {
    channelsOf,
    headsOf: async (channels) => {
      const found = await inChunks(channels, (chunk) => views.getMany('channel-heads', chunk));
      return new Map(found.flatMap((head) => (head === undefined ? [] : [[head.channel, head.headSeq]])));
    },
    membersOf: async (channel) => (await look(channel)).members,
    signalRecipientsOf: async (person, channel) => {
      const known = await look(channel);
      if (!known.isDirect) return known.members; // a group is its members' own affair
      known.blocked ??= isOneBlocked(views, known.members);
      return (await known.blocked) ? [person] : known.members;
    },
    membersOfAll,
    forgetMembers: (channel) => void cache.delete(channel),
    visibleTo: async (person, people) => {
      const friends = await views.getMany(
        'friends',
        people.map((other) => friendId(person, other)),
      );
      const strangers = people.some((other, i) => friends[i] === undefined && other !== person);
      const shared = strangers ? new Set([...(await membersOfAll(await channelsOf(person))).values()].flat()) : new Set<PersonId>();
      const blocks = await views.getMany(
        'relationships',
        people.flatMap((other) => [relationshipId({ from: person, kind: 'block', to: other }), relationshipId({ from: other, kind: 'block', to: person })]),
      );
      return people.filter((other, i) => {
        const blocked = blocks[2 * i] !== undefined || blocks[2 * i + 1] !== undefined;
        return !blocked && (other === person || friends[i] !== undefined || shared.has(other));
      });
    },
  };
}

const READ_AT_ONCE_MAX = 1_000;

async function inChunks<Id, Found>(ids: readonly Id[], read: (chunk: readonly Id[]) => Promise<readonly Found[]>): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (let at = 0; at < ids.length; at += READ_AT_ONCE_MAX) found.push(...(await read(ids.slice(at, at + READ_AT_ONCE_MAX))));
  return found;
}
