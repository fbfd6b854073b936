/**
 * A page of a channel's history: from its newest message backwards, or on from a message in either direction, or around a message or a
 * moment. It is bounded in messages and in bytes; wherever it ends, it says from where each direction goes on.
 */
import type { ChannelId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import { messageId, type MessageDocument } from '../../../projections/read-models/chat/messages.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';

/** One of them, or none for the newest messages; `before` and `after` may come together. `at`: a moment. */
export type WantedPage = {
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly around?: number | undefined;
  readonly at?: Instant | undefined;
};

/**
 * Oldest first. `older` and `newer`: what `before` and `after` go on from; null where there is nothing more in that direction. `more`:
 * in the direction that was asked for.
 */
export type HistoryPage = {
  readonly documents: readonly MessageDocument[];
  readonly more: boolean;
  readonly older: number | null;
  readonly newer: number | null;
};

type Views = Pick<TidingsViews, 'findPage' | 'find' | 'pluck' | 'get'>;
/** `from`: the first seq that the reader may see. */
type Reading = { readonly channel: ChannelId; readonly from: number; readonly limit: number; readonly bytesMax: number };

export async function readHistory(views: Views, reading: Reading, { before, after, around, at }: WantedPage): Promise<HistoryPage> {
  if (around !== undefined) return readAround(views, reading, around);
  if (at !== undefined) return readAround(views, reading, await seqAt(views, reading, at));
  return after === undefined ? readBackwards(views, reading, before) : readForwards(views, reading, { after, before });
}

async function readBackwards(views: Views, reading: Reading, before: number | undefined): Promise<HistoryPage> {
  const { documents, more } = await pageOf(views, reading, { before, order: -1 });
  const shown = documents.toReversed();
  const isNewest = before === undefined || !(await hasAny(views, reading, { from: before }));
  return { documents: shown, more, older: more ? (shown[0]?.seq ?? null) : null, newer: isNewest ? null : (shown.at(-1)?.seq ?? before - 1) };
}

async function readForwards(
  views: Views,
  reading: Reading,
  { after, before }: { readonly after: number; readonly before: number | undefined },
): Promise<HistoryPage> {
  const { documents, more } = await pageOf(views, reading, { from: after + 1, before, order: 1 });
  const isOldest = !(await hasAny(views, reading, { before: after + 1 }));
  const goesOn = more || (before !== undefined && (await hasAny(views, reading, { from: before })));
  return { documents, more, older: isOldest ? null : (documents[0]?.seq ?? after + 1), newer: goesOn ? (documents.at(-1)?.seq ?? after) : null };
}

/** The message itself, or the next one where there is none, comes first of the newer half: it is shown whatever else has no room. */
async function readAround(views: Views, reading: Reading, seq: number): Promise<HistoryPage> {
  const { limit, bytesMax } = reading;
  const half = Math.ceil(limit / 2);
  const later = await pageOf(views, { ...reading, limit: half, bytesMax: Math.floor(bytesMax / 2) }, { from: seq, order: 1 });
  const room = limit - later.documents.length;
  const earlier =
    room === 0
      ? { documents: [], more: await hasAny(views, reading, { before: seq }) }
      : await pageOf(views, { ...reading, limit: room, bytesMax: Math.floor(bytesMax / 2) }, { before: seq, order: -1 });
  const documents = [...earlier.documents.toReversed(), ...later.documents];
  return {
    documents,
    more: earlier.more || later.more,
    older: earlier.more ? (documents[0]?.seq ?? null) : null,
    newer: later.more ? (documents.at(-1)?.seq ?? null) : null,
  };
}

type Stretch = { readonly from?: number | undefined; readonly before?: number | undefined };

const pageOf = (views: Views, { channel, from, limit, bytesMax }: Reading, { order, ...stretch }: Stretch & { readonly order: 1 | -1 }) =>
  views.findPage('messages', { range: rangeOf(channel, from, stretch), order: { _id: order }, limit, bytesMax });

const hasAny = async (views: Views, { channel, from }: Pick<Reading, 'channel' | 'from'>, stretch: Stretch): Promise<boolean> =>
  (await views.pluck('messages', '_id', { range: rangeOf(channel, from, stretch), order: { _id: 1 }, limit: 1 })).length > 0;

/** Ids sort by channel and seq; `;` comes right after the `:` that joins the two. */
const rangeOf = (channel: ChannelId, first: number, { from = first, before }: Stretch) => ({
  field: '_id',
  from: messageId(channel, Math.max(first, from)),
  before: before === undefined ? `${channel};` : messageId(channel, before),
});

/**
 * The seq at which the moment lies. Seqs go by the log, and times by the clocks of the machines that took the messages: the moment is
 * found by halving, as exactly as those clocks agree, so that no message costs an index of times.
 */
async function seqAt(views: Views, { channel, from }: Reading, at: Instant): Promise<number> {
  const head = await views.get('channel-heads', channel);
  let [low, high] = [from, (head?.headSeq ?? -1) + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [message] = await views.find('messages', { range: rangeOf(channel, from, { from: middle, before: high }), order: { _id: 1 }, limit: 1 });
    if (message !== undefined && message.at < at) low = message.seq + 1;
    else high = middle;
  }
  return low;
}
