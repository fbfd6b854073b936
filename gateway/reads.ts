/** What the gateway asks the views: where a person belongs, who else does, how far channels have come, whom a person may see. */
import type { ChannelId, PersonId } from '../domain/shared/ids.ts';
import { connectionId } from '../projections/connections.ts';
import { friendId } from '../projections/friends.ts';
import type { ActiveViews } from '../projections/read-views.ts';
import { HEADS_MAX } from './frames.ts';

const MEMBERS_CACHED_MAX = 50_000;
/** A change of membership is hinted at; this is how long it goes unseen where the hint is lost. */
const MEMBERS_CACHED_MS = 10_000;

export type Reads = {
  /** The first `HEADS_MAX` of them. */
  readonly channelsOf: (person: PersonId) => Promise<readonly ChannelId[]>;
  /** As far as the views have come; a channel in which nothing was said has none. */
  readonly headsOf: (channels: readonly ChannelId[]) => Promise<ReadonlyMap<ChannelId, number>>;
  /** No one where there is no such channel. From a short cache. */
  readonly membersOf: (channel: ChannelId) => Promise<readonly PersonId[]>;
  readonly membersOfAll: (channels: readonly ChannelId[]) => Promise<ReadonlyMap<ChannelId, readonly PersonId[]>>;
  readonly forgetMembers: (channel: ChannelId) => void;
  /** Those of them whom the person may see: friends, and who shares a channel, unless one of the two blocks the other. */
  readonly visibleTo: (person: PersonId, people: readonly PersonId[]) => Promise<readonly PersonId[]>;
};

export function createReads(views: Pick<ActiveViews, 'find' | 'get' | 'getMany'>, nowMs: () => number): Reads {
  const cache = new Map<ChannelId, { readonly members: readonly PersonId[]; readonly untilMs: number }>();

  const remember = (channel: ChannelId, members: readonly PersonId[]) => {
    cache.delete(channel);
    cache.set(channel, { members, untilMs: nowMs() + MEMBERS_CACHED_MS });
    if (cache.size > MEMBERS_CACHED_MAX) for (const oldest of cache.keys()) if (cache.delete(oldest)) break;
    return members;
  };

  const channelsOf = async (person: PersonId) =>
    (await views.find('inbox', { where: { person, member: true }, order: { _id: 1 }, limit: HEADS_MAX })).map(({ channel }) => channel);

  const membersOfAll = async (channels: readonly ChannelId[]) => {
    const found = await inChunks(channels, (chunk) => views.getMany('channels', chunk));
    return new Map(channels.map((channel, i) => [channel, remember(channel, found[i]?.members ?? [])]));
  };

  return {
    channelsOf,
    headsOf: async (channels) => {
      const found = await inChunks(channels, (chunk) => views.getMany('channel-heads', chunk));
      return new Map(found.flatMap((head) => (head === undefined ? [] : [[head.channel, head.headSeq]])));
    },
    membersOf: async (channel) => {
      const cached = cache.get(channel);
      return cached !== undefined && cached.untilMs > nowMs() ? cached.members : remember(channel, (await views.get('channels', channel))?.members ?? []);
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
        'connections',
        people.flatMap((other) => [connectionId({ from: person, kind: 'block', to: other }), connectionId({ from: other, kind: 'block', to: person })]),
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
