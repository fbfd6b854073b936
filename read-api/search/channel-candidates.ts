/**
 * The messages of one channel that a search has to look at, newest first, loaded as they are needed: what is indexed by its postings, what
 * isn't (yet) by the messages themselves. Channels load together, so that a page asks the views as seldom as it can.
 */
import type { ChannelId } from '../../domain/shared/ids.ts';
import { BLOCK_MESSAGES, blockId, blockOf, entriesIn, hasEntry, postingId, secondsOf, type PostingEntry } from '../../projections/read-models/chat/postings.ts';
import { messageId, type MessageDocument } from '../../projections/read-models/chat/messages.ts';
import type { SearchedChannelDocument } from '../../projections/read-models/chat/search.ts';
import type { TidingsDocuments } from '../../projections/read-models/projectors.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { QUERY_LIST_MAX } from '../../ports/views/port.ts';
import type { MessageSearch } from './message-search.ts';

/** `message`: where it was read already. `at`: seconds since 1970. */
export type Candidate = { readonly channel: ChannelId; readonly seq: number; readonly at: number; readonly message?: MessageDocument };

export type ChannelCandidates = {
  readonly channel: ChannelId;
  readonly keys: readonly string[];
  readonly indexed: { readonly from: number; readonly to: number } | undefined;
  /** Nothing below is for the reader, not even that there is something. */
  readonly floor: number;
  /** Loaded, and not looked at yet. */
  readonly loaded: LoadedCandidates;
  /** What is below is not loaded yet. */
  next: number;
  /** About the time of the newest of it, where messages stand in the order of their times. */
  newestLeft: number;
  readonly isInOrder: boolean;
  blocksAtOnce: number;
  /** `not-indexed`: there is more, which this page doesn't get to. */
  status: 'open' | 'ended' | 'not-indexed';
};

/** Of one page. */
export type SearchBudget = { messagesScanned: number; postingsRead: number };

/** Processes have clocks of their own. */
const CLOCKS_DIFFER_MAX_SECONDS = 60;
const BLOCKS_AT_ONCE_FIRST = 2;
const BLOCKS_AT_ONCE_MAX = 64;
/** In memory together, of some 5 KB each at the most. */
export const POSTINGS_AT_ONCE_MAX = 4_000;
const SCANNED_AT_ONCE = 100;
const SCANNED_BYTES_MAX = 1_024 * 1_024;

type Views = Pick<TidingsViews, 'getMany' | 'findPage'>;
type Found = {
  readonly channel: ChannelId;
  readonly index: SearchedChannelDocument | undefined;
  readonly keys: readonly string[];
  /** From this `seq` on, and below that one. */
  readonly floor: number;
  readonly below: number;
  readonly newestAt: string;
  readonly isInOrder: boolean;
};

export const channelCandidates = ({ channel, index, keys, floor, below, newestAt, isInOrder }: Found): ChannelCandidates => ({
  channel,
  keys,
  indexed: index === undefined || index.from === null || index.to === null ? undefined : { from: index.from, to: index.to },
  floor,
  loaded: loadedCandidates(),
  next: below,
  newestLeft: secondsOf(newestAt),
  isInOrder,
  blocksAtOnce: BLOCKS_AT_ONCE_FIRST,
  status: below > floor ? 'open' : 'ended',
});

/** Loads more of each of them. */
export async function loadMore(views: Views, search: MessageSearch, all: readonly ChannelCandidates[], budget: SearchBudget): Promise<void> {
  const scanned = all.filter((one) => !isIndexed(one));
  const each = Math.max(1, Math.min(SCANNED_AT_ONCE, Math.floor(budget.messagesScanned / scanned.length))); // so that each channel gets some
  const scans = scanned.map((one) => {
    const limit = Math.min(each, budget.messagesScanned);
    budget.messagesScanned -= limit;
    if (limit === 0) one.status = 'not-indexed';
    return limit === 0 ? undefined : scan(views, one, limit);
  });
  await Promise.all([
    ...scans,
    loadPostings(
      views,
      search,
      all.filter((one) => !scanned.includes(one)),
      budget,
    ),
  ]);
  const oldest = search.sentFrom === undefined ? 0 : secondsOf(search.sentFrom) - CLOCKS_DIFFER_MAX_SECONDS;
  for (const one of all) if (one.status === 'open' && (one.next <= one.floor || (one.isInOrder && one.newestLeft < oldest))) one.status = 'ended';
}

const isIndexed = ({ indexed, next }: ChannelCandidates): boolean => indexed !== undefined && next - 1 <= indexed.to && next - 1 >= indexed.from;

/** What has come since the index, or what it has yet to come to. */
async function scan(views: Views, one: ChannelCandidates, limit: number): Promise<void> {
  const { channel, indexed, floor, next } = one;
  const until = Math.max(indexed !== undefined && next - 1 > indexed.to ? indexed.to : -1, floor - 1);
  const range = { field: '_id', after: until < 0 ? `${channel}:` : messageId(channel, until), before: messageId(channel, next) };
  const { documents, more } = await views.findPage('messages', { range, order: { _id: -1 }, limit, bytesMax: SCANNED_BYTES_MAX });
  one.loaded.add(documents.map((message) => ({ channel, seq: message.seq, at: secondsOf(message.at), message })));
  const last = documents.at(-1);
  one.next = more && last !== undefined ? last.seq : until + 1;
  if (last !== undefined) one.newestLeft = secondsOf(last.at);
}

type Block = { readonly one: ChannelCandidates; readonly block: number };

async function loadPostings(views: Views, search: MessageSearch, all: readonly ChannelCandidates[], budget: SearchBudget): Promise<void> {
  const ofBlockOfEach = all.reduce((sum, { keys }) => sum + keys.length + 1, 0);
  const blocksMax = Math.max(1, Math.floor(POSTINGS_AT_ONCE_MAX / ofBlockOfEach));
  const wanted = all.flatMap((one) => nextBlocks(one, blocksMax).map((block): Block => ({ one, block })));
  const blocks = await getAll(
    views,
    'searched-blocks',
    wanted.map(({ one, block }) => blockId(one.channel, block)),
  );
  const before = search.sentBefore === undefined ? Infinity : secondsOf(search.sentBefore);
  const used = wanted.flatMap(({ one, block }, i) => {
    const found = blocks[i];
    return found !== undefined && found.since - CLOCKS_DIFFER_MAX_SECONDS <= before ? [{ one, block, cut: found.cut }] : [];
  });
  const ids = used.flatMap(({ one, block }) => one.keys.map((key) => postingId(one.channel, key, block)));
  const postings = await getAll(views, 'postings', ids);
  budget.postingsRead -= wanted.length + ids.length;
  let at = 0;
  for (const { one, block, cut } of used) {
    const ofBlock = postings.slice(at, (at += one.keys.length)).map((posting) => posting?.entries ?? '');
    one.loaded.add(candidatesIn(one, block, { postings: ofBlock, cut }));
  }
  for (const [i, { one, block }] of wanted.entries()) {
    one.next = Math.max(block * BLOCK_MESSAGES, one.indexed?.from ?? 0, one.floor);
    one.newestLeft = blocks[i]?.since ?? one.newestLeft;
  }
  for (const one of all) one.blocksAtOnce = Math.min(one.blocksAtOnce * 2, BLOCKS_AT_ONCE_MAX);
}

function nextBlocks({ indexed, floor, next, blocksAtOnce }: ChannelCandidates, blocksMax: number): readonly number[] {
  const newest = blockOf(next - 1);
  const oldest = Math.max(blockOf(Math.max(indexed?.from ?? 0, floor)), newest - Math.min(blocksAtOnce, blocksMax) + 1);
  return Array.from({ length: newest - oldest + 1 }, (_, i) => newest - i);
}

/** Newest first: those in every posting, and those at which any search looks. Only the rarest posting is taken apart. */
function candidatesIn(
  { channel, next, floor, indexed }: ChannelCandidates,
  block: number,
  { postings, cut }: { readonly postings: readonly string[]; readonly cut: string },
): Iterable<Candidate> {
  const [rarest = '', ...others] = postings.toSorted((a, b) => a.length - b.length);
  const [from, to] = [Math.max(floor, indexed?.from ?? 0), Math.min(next - 1, indexed?.to ?? 0)];
  return newestFirst(entriesIn(block, rarest), entriesIn(block, cut))
    .filter(({ seq, isCut }) => seq >= from && seq <= to && (isCut || others.every((entries) => hasEntry(entries, seq))))
    .map(({ seq, at }) => ({ channel, seq, at }));
}

/** Both in one, each entry once. `isCut`: it has more terms than are kept. */
function* newestFirst(
  ofTerms: Iterator<PostingEntry, undefined>,
  ofCut: Iterator<PostingEntry, undefined>,
): Generator<PostingEntry & { readonly isCut: boolean }, undefined> {
  let one = ofTerms.next().value;
  let cut = ofCut.next().value;
  while (one !== undefined || cut !== undefined) {
    const isCut = cut !== undefined && cut.seq >= (one?.seq ?? -1);
    const entry = isCut ? cut : one;
    if (entry !== undefined) yield { ...entry, isCut };
    if (one !== undefined && entry?.seq === one.seq) one = ofTerms.next().value;
    if (isCut) cut = ofCut.next().value;
  }
}

/** Those of a channel in their order, made as they are asked for. */
export type LoadedCandidates = {
  /** After those that were added before. */
  add(candidates: Iterable<Candidate>): void;
  /** `place`: 0 for the newest that is left. Undefined: there are not so many. */
  at(place: number): Candidate | undefined;
  /** Drops the newest. */
  shift(): void;
};

function loadedCandidates(): LoadedCandidates {
  const made: Candidate[] = [];
  const sources: Iterator<Candidate>[] = [];
  return {
    add: (candidates) => void sources.push(candidates[Symbol.iterator]()),
    at: (place) => {
      for (let [source] = sources; made.length <= place && source !== undefined; [source] = sources) {
        const next = source.next();
        if (next.done === true) sources.shift();
        else made.push(next.value);
      }
      return made[place];
    },
    shift: () => void made.shift(),
  };
}

export async function getAll<Name extends keyof TidingsDocuments>(
  views: Pick<TidingsViews, 'getMany'>,
  collection: Name,
  ids: readonly string[],
): Promise<readonly (TidingsDocuments[Name] | undefined)[]> {
  if (ids.length <= QUERY_LIST_MAX) return ids.length === 0 ? [] : views.getMany(collection, ids);
  const parts = Array.from({ length: Math.ceil(ids.length / QUERY_LIST_MAX) }, (_, i) => ids.slice(i * QUERY_LIST_MAX, (i + 1) * QUERY_LIST_MAX));
  return (await Promise.all(parts.map((part) => views.getMany(collection, part)))).flat();
}
