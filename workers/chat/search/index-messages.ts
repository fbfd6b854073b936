/**
 * Keeps the messages of searched channels in the index: what is said from now on, and what was said before, newest first, range by range.
 * A range is recorded in the commit that brings its words. Both are read from the log, so no view has to have come as far.
 */
import type { ChannelId } from '../../../domain/shared/ids.ts';
import { MINUTE_MS, SECOND_MS, plus, type Instant } from '../../../domain/shared/instant.ts';
import { messagesStream } from '../../../domain/shared/streams.ts';
import type { StoredEvent } from '../../../ports/event-log/port.ts';
import type { DocumentQuery, DocumentWrite, ViewStore } from '../../../ports/views/port.ts';
import { Fenced } from '../../../projections/progress/checkpoint.ts';
import { messageId } from '../../../projections/read-models/chat/messages.ts';
import type { SearchedChannelDocument, SearchedMessageDocument, SearchErasureDocument } from '../../../projections/read-models/chat/search.ts';
import { splitKeys, termKeys } from '../../../projections/read-models/chat/term-keys.ts';
import type { DomainReader } from '../../dependencies.ts';
import { withEach } from '../../jobs/sweeper.ts';
import { changeIndex, loadAll, type ChangedMessage, type Index, type IndexViews } from './change-index.ts';
import { openIndexWriter } from './index-writer.ts';
import { gone, isOfWords, messageOf, withEvent } from './searched-message.ts';

/** Of one range: nothing else of the process goes on while its texts are cut into words. */
const RANGE_EVENTS_MAX = 100;
const RANGE_BYTES_MAX = 512 * 1_024;
/** Channels that take turns. */
const CHANNELS_MAX = 100;
/** Messages that leave at once, and their terms: each is a posting to be read and written, and somebody may have said nothing twice. */
const LEAVING_MAX = 200;
const LEAVING_TERMS_MAX = 50_000;
/** One run ends after so long, though there may be more: what comes first in it comes first again. */
const RUN_MAX_MS = 5 * SECOND_MS;
/** Another process may open what an erased person wrote for a minute more, and bring it here. */
const ERASURE_OPEN_MS = 3 * MINUTE_MS;

export type IndexMessagesDependencies = Pick<DomainReader, 'log' | 'codec'> &
  Omit<IndexViews, 'stored'> & {
    readonly stored: ViewStore;
    readonly secret: Uint8Array;
    readonly clock: () => Instant;
  };

/** Works until there is nothing to do, or for a while; answers how many ranges it brought. Runs of one process follow each other. */
export type IndexMessages = () => Promise<number>;

export function indexMessagesWith(
  { secret, ...dependencies }: IndexMessagesDependencies,
  { rangeEventsMax = RANGE_EVENTS_MAX, leavingTermsMax = LEAVING_TERMS_MAX, commitDocumentsMax }: IndexingLimits = {},
): IndexMessages {
  const keys = termKeys(secret);
  let running: Promise<unknown> = Promise.resolve();
  const run = async () => {
    const until = performance.now() + RUN_MAX_MS;
    try {
      const index: Index = { ...dependencies, keys, commitDocumentsMax, writer: await openIndexWriter(dependencies.stored) };
      const leaving = { index, now: dependencies.clock(), termsMax: leavingTermsMax };
      await removeErased(leaving);
      await removeExpired(leaving);
      return await indexChannels({ ...dependencies, rangeEventsMax }, index, until);
    } catch (error) {
      if (error instanceof Fenced) return 0; // another process is at it
      throw error;
    }
  };
  return () => {
    const next = running.then(run, run);
    running = next.catch(() => undefined);
    return next;
  };
}

type IndexingLimits = { readonly rangeEventsMax?: number; readonly leavingTermsMax?: number; readonly commitDocumentsMax?: number };
type Leaving = { readonly index: Index; readonly now: Instant; readonly termsMax: number };

async function removeErased(leaving: Leaving): Promise<void> {
  const { index, now } = leaving;
  const { stored, collectionOf } = index;
  const collection = collectionOf('search-erasures');
  const erasures = await stored.find<SearchErasureDocument>(collection, { where: { open: true }, order: { _id: 1 }, limit: CHANNELS_MAX });
  await withEach(erasures, async ({ person, at }) => {
    await removeAll(leaving, { where: { sender: person, gone: false }, order: { _id: 1 }, limit: LEAVING_MAX });
    if (plus(at, ERASURE_OPEN_MS) > now) return;
    const [open] = await stored.load(collection, [person]);
    if (open?.document !== undefined) await index.writer.commit([{ kind: 'remove', collection, id: person, seen: open.seen, expectedVersion: open.version }]);
  });
}

const removeExpired = (leaving: Leaving): Promise<void> =>
  removeAll(leaving, { range: { field: 'expiresAt', until: leaving.now }, order: { expiresAt: 1 }, limit: LEAVING_MAX });

/** What has left is found no more by the query. */
async function removeAll({ index, termsMax }: Leaving, query: DocumentQuery): Promise<void> {
  for (;;) {
    const found = await index.stored.find<SearchedMessageDocument>(index.collectionOf('searched-messages'), query);
    if (found.length === 0) return;
    await changeIndex(index, withRoom(found, termsMax).map(withoutWords), nothingMore);
  }
}

type FoundMessage = SearchedMessageDocument & { readonly _id: string };

/** At least one. */
function withRoom(found: readonly FoundMessage[], termsMax: number): readonly FoundMessage[] {
  let terms = 0;
  const end = found.findIndex((one, i) => (terms += splitKeys(one.terms).length) > termsMax && i > 0);
  return end < 0 ? found : found.slice(0, end);
}

function withoutWords({ _id, ...before }: FoundMessage): ChangedMessage {
  return { before, after: gone(before) };
}

const nothingMore = (): Promise<readonly DocumentWrite[]> => Promise.resolve([]);

type Reading = Pick<DomainReader, 'log' | 'codec'> & { readonly rangeEventsMax: number };

/** In turns, so that a long channel keeps no other waiting. */
async function indexChannels(reading: Reading, index: Index, until: number): Promise<number> {
  const collection = index.collectionOf('searched-channels');
  let ranges = 0;
  let isMoreLeft = false;
  for (let after = ''; performance.now() < until;) {
    const query = { where: { pending: true }, range: { field: '_id', after }, order: { _id: 1 }, limit: CHANNELS_MAX } as const;
    const pending = await index.stored.find<SearchedChannelDocument>(collection, query);
    await withEach(pending, async (channel) => {
      if (performance.now() >= until) return;
      isMoreLeft = (await indexRange(reading, index, channel)) === 'more-left' || isMoreLeft;
      ranges += 1;
    });
    after = pending.length < CHANNELS_MAX ? '' : (pending.at(-1)?._id ?? '');
    if (after === '' && !isMoreLeft) return ranges;
    if (after === '') isMoreLeft = false;
  }
  return ranges;
}

/** One range: of what has come since, or, where nothing has, of what was there before. */
async function indexRange(
  reading: Reading,
  index: Index,
  { channel, from: indexedFrom, to: indexedTo }: SearchedChannelDocument,
): Promise<'more-left' | 'done'> {
  const stream = messagesStream(channel);
  let [from, to] = [indexedFrom, indexedTo];
  if (from === null || to === null) {
    const [last] = await readRange(reading, stream, { from: 'end', direction: 'backwards', limit: 1 });
    to = last?.revision ?? -1;
    from = to + 1;
  }
  let range = await readRange(reading, stream, { from: to + 1, limit: reading.rangeEventsMax });
  if (range.length > 0) to = range.at(-1)?.revision ?? to;
  else if (from > 0) {
    range = await readRange(reading, stream, { from: from - 1, direction: 'backwards', limit: reading.rangeEventsMax });
    from = range.at(-1)?.revision ?? 0;
  }
  await changeIndex(index, await changesIn(reading, index, range), () => channelPut(reading, index, channel, { from, to }));
  return from > 0 || range.length === reading.rangeEventsMax ? 'more-left' : 'done';
}

async function readRange({ log }: Reading, stream: string, options: Parameters<Reading['log']['readStream']>[1]): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  let bytes = 0;
  for await (const event of log.readStream(stream, options)) {
    events.push(event);
    bytes += event.data.byteLength;
    if (bytes >= RANGE_BYTES_MAX) break;
  }
  return events;
}

async function changesIn({ codec }: Reading, index: Index, range: readonly StoredEvent[]): Promise<readonly ChangedMessage[]> {
  const events = (await codec.decodeAll(range)).flatMap((event) => {
    if (event instanceof Error) throw event;
    return isOfWords(event) ? [event] : [];
  });
  const ids = new Set(events.map((event) => messageId(event.data.channel, messageOf(event))));
  const before = await loadAll<SearchedMessageDocument>(index, 'searched-messages', [...ids]);
  const after = new Map(before);
  for (const event of events) {
    const id = messageId(event.data.channel, messageOf(event));
    after.set(id, withEvent(after.get(id), event, index.keys));
  }
  return [...after].flatMap(([id, message]) => (message === before.get(id) ? [] : [{ before: before.get(id), after: message }]));
}

/** What is said after this look makes the projector write the document, and so the commit fail that doesn't know of it. Undefined where the channel's index is gone. */
async function channelPut(
  reading: Reading,
  { stored, collectionOf }: Index,
  channel: ChannelId,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly DocumentWrite[] | undefined> {
  const collection = collectionOf('searched-channels');
  const [loaded] = await stored.load(collection, [channel]);
  if (loaded?.document === undefined) return undefined;
  const pending = from > 0 || (await readRange(reading, messagesStream(channel), { from: to + 1, limit: 1 })).length > 0;
  const document = { ...loaded.document, from, to, pending };
  return [{ kind: 'put', collection, id: channel, document, seen: loaded.seen, expectedVersion: loaded.version }];
}
