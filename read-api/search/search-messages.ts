/**
 * A page of a search over channels, newest first. Each candidate is read and asked again whether it matches; channels are merged by the
 * times of their messages, and the cursor names a place in each, so that nothing is left out or shown twice whatever clocks say.
 */
import type { ChannelId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { messageAsOf, messageId, type MessageDocument } from '../../projections/read-models/chat/messages.ts';
import type { TermKeys } from '../../projections/read-models/chat/term-keys.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { jsonBytesOf } from '../pages.ts';
import { channelCandidates, getAll, loadMore, type Candidate, type ChannelCandidates, type SearchBudget } from './channel-candidates.ts';
import { parseSearchCursor, searchCursorOf } from './cursor.ts';
import { keysOf, matchesSearch, type MessageSearch } from './message-search.ts';

/** Of one page. One that they end has a cursor, and may have no hit. */
const MESSAGES_SCANNED_MAX = 1_000;
const POSTINGS_READ_MAX = 20_000;
const CANDIDATES_READ_MAX = 1_000;
const CANDIDATES_AT_ONCE_MAX = 50;
const CANDIDATES_AT_ONCE_BYTES_MAX = 1_024 * 1_024;
/** Cutting a text into words takes some 100 ms for so many. */
const CHARACTERS_READ_MAX = 1_000_000;

export type SearchDependencies = {
  readonly views: Pick<TidingsViews, 'getMany' | 'getFirst' | 'findPage'>;
  readonly keys: TermKeys;
  readonly clock: () => Instant;
};

export type SearchPage = {
  readonly hits: readonly MessageDocument[];
  /** Channels whose older messages the page did not get to, for they are not indexed: `from` is the oldest `seq` that it got to. */
  readonly partly: readonly { readonly channel: ChannelId; readonly from: number }[];
  readonly next: string | undefined;
  /** Channels that nobody has searched before. */
  readonly notBegun: readonly ChannelId[];
};

/** `channels`: from which `seq` on each is searched. */
type Wanted = { readonly channels: ReadonlyMap<ChannelId, number>; readonly cursor: string | undefined; readonly limit: number; readonly bytesMax: number };

export async function searchMessages(dependencies: SearchDependencies, search: MessageSearch, wanted: Wanted): Promise<SearchPage> {
  const { all, notBegun } = await openChannels(dependencies, search, wanted);
  const budget: SearchBudget = { messagesScanned: MESSAGES_SCANNED_MAX, postingsRead: POSTINGS_READ_MAX };
  const { views, clock } = dependencies;
  const now = clock();
  const hits: MessageDocument[] = [];
  let [bytes, read, characters] = [0, 0, 0];
  let isFull = false;
  while (!isFull && budget.postingsRead > 0 && read < CANDIDATES_READ_MAX && characters < CHARACTERS_READ_MAX) {
    const newest = newestLoaded(all);
    const wantMore = all.filter((one) => needsMore(one, newest));
    if (wantMore.length > 0) {
      await loadMore(views, search, wantMore, budget);
      continue;
    }
    const batch = newestTogether(all, Math.min(CANDIDATES_AT_ONCE_MAX, wanted.limit - hits.length + 1));
    if (batch.length === 0) break;
    const messages = await readCandidates(views, batch);
    read += messages.length;
    for (const [i, found] of messages.entries()) {
      const channel = batch[i]?.channel;
      const message = found && messageAsOf(found, now);
      characters += message?.text?.length ?? 0;
      if (message !== undefined && matchesSearch(search, message)) {
        bytes += jsonBytesOf(message);
        isFull = hits.length === wanted.limit || (hits.length > 0 && bytes > wanted.bytesMax);
        if (isFull) break;
        hits.push(message);
      }
      all.find((one) => one.channel === channel)?.loaded.shift();
    }
  }
  const left = all.filter(({ loaded, status }) => loaded.at(0) !== undefined || status !== 'ended');
  const partly = all.filter(({ status }) => status === 'not-indexed').map(({ channel, next }) => ({ channel, from: next }));
  return { hits, partly, next: left.length === 0 ? undefined : searchCursorOf(all.map((one) => [one.channel, boundOf(one)])), notBegun };
}

async function openChannels({ views, keys }: SearchDependencies, search: MessageSearch, { channels: floors, cursor }: Wanted) {
  const channels = [...floors.keys()];
  const bounds = parseSearchCursor(cursor);
  const [indexes, heads] = await Promise.all([getAll(views, 'searched-channels', channels), getAll(views, 'channel-heads', channels)]);
  const all = channels.flatMap((channel, i): readonly ChannelCandidates[] => {
    const head = heads[i];
    if (head === undefined || head.lastAt === null) return [];
    const below = Math.min(head.headSeq + 1, bounds.boundOf(channel) ?? Infinity);
    const found = {
      channel,
      index: indexes[i],
      keys: keysOf(search, channel, keys),
      floor: floors.get(channel) ?? 0,
      below,
      newestAt: head.lastAt,
      isInOrder: head.imported !== true,
    };
    return [channelCandidates(found)];
  });
  return { all, notBegun: all.map(({ channel }) => channel).filter((channel) => indexes[channels.indexOf(channel)] === undefined) };
}

const newestLoaded = (all: readonly ChannelCandidates[]): number =>
  all.reduce((newest, { loaded }) => Math.max(newest, loaded.at(0)?.at ?? -Infinity), -Infinity);

/** A channel waits while what it has not loaded is older than what others have. */
const needsMore = ({ status, loaded, newestLeft }: ChannelCandidates, newest: number): boolean =>
  status === 'open' && loaded.at(0) === undefined && newestLeft >= newest;

/** The next ones in order, as far as no channel has to load before. */
function newestTogether(all: readonly ChannelCandidates[], max: number): readonly Candidate[] {
  const places = new Map<ChannelCandidates, number>();
  const batch: Candidate[] = [];
  while (batch.length < max) {
    let first: ChannelCandidates | undefined;
    let newest: Candidate | undefined;
    for (const one of all) {
      const candidate = one.loaded.at(places.get(one) ?? 0);
      if (candidate !== undefined && candidate.at > (newest?.at ?? -Infinity)) [first, newest] = [one, candidate];
    }
    if (first === undefined || newest === undefined) return batch;
    const { at } = newest;
    const isBehindUnloaded = all.some((one) => one.status === 'open' && one.newestLeft >= at && one.loaded.at(places.get(one) ?? 0) === undefined);
    if (isBehindUnloaded) return batch;
    batch.push(newest);
    places.set(first, (places.get(first) ?? 0) + 1);
  }
  return batch;
}

/** Those of the first ones, as many as may be in memory at once. */
async function readCandidates(views: SearchDependencies['views'], batch: readonly Candidate[]): Promise<readonly (MessageDocument | undefined)[]> {
  const missing = batch.filter(({ message }) => message === undefined).map(({ channel, seq }) => messageId(channel, seq));
  const read = missing.length === 0 ? [] : await views.getFirst('messages', missing, CANDIDATES_AT_ONCE_BYTES_MAX);
  const found = new Map(read.map((message, i) => [missing[i], message]));
  const isRead = ({ channel, seq, message }: Candidate) => message !== undefined || found.has(messageId(channel, seq));
  const firstLeft = batch.findIndex((one) => !isRead(one));
  const all = firstLeft < 0 ? batch : batch.slice(0, firstLeft);
  return all.map(({ channel, seq, message }) => message ?? found.get(messageId(channel, seq)));
}

/** Everything at and above is done with. */
const boundOf = ({ loaded, next, status }: ChannelCandidates): number => {
  const first = loaded.at(0);
  return first === undefined ? (status === 'ended' ? 0 : next) : first.seq + 1;
};
