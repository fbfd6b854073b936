/** What the index keeps of a message, by its events in any order and however often: the newest text counts, and what is gone stays gone. */
import { messageTerms } from '../../../domain/chat/search/words.ts';
import type { MessagesEvent } from '../../../domain/chat/events.ts';
import { isErased, type Recorded } from '../../../domain/shared/event.ts';
import type { ChannelId } from '../../../domain/shared/ids.ts';
import { blockOf, postingId, secondsOf } from '../../../projections/read-models/chat/postings.ts';
import type { SearchedMessageDocument } from '../../../projections/read-models/chat/search.ts';
import { joinKeys, splitKeys, type TermKeys } from '../../../projections/read-models/chat/term-keys.ts';

type Posted = Extract<MessagesEvent, { type: 'chat.message-posted.v1' }>;
type Edited = Extract<MessagesEvent, { type: 'chat.message-edited.v1' }>;
type WordsChanged = Posted | Edited | Extract<MessagesEvent, { type: 'chat.message-withdrawn.v1' }>;

export const isOfWords = (event: { readonly type: string }): event is Recorded<WordsChanged> =>
  event.type === 'chat.message-posted.v1' || event.type === 'chat.message-edited.v1' || event.type === 'chat.message-withdrawn.v1';

export const messageOf = (event: Recorded<WordsChanged>): number => (event.type === 'chat.message-posted.v1' ? event.revision : event.data.message);

const NOTHING = { terms: '', media: false, cut: false, expiresAt: null } as const;
export const gone = (message: SearchedMessageDocument): SearchedMessageDocument => ({ ...message, ...NOTHING, gone: true });

export function withEvent(before: SearchedMessageDocument | undefined, event: Recorded<WordsChanged>, keys: TermKeys): SearchedMessageDocument {
  const { channel } = event.data;
  const sender = event.type === 'chat.message-withdrawn.v1' ? event.data.by : event.data.sender;
  const message = before ?? { channel, seq: messageOf(event), sender, at: null, textSeq: -1, ...NOTHING, gone: false };
  if (message.gone) return message;
  if (event.type === 'chat.message-withdrawn.v1' || isErased(event.data.text)) return gone(message);
  const current = event.revision > message.textSeq ? { ...message, ...textIn(event, keys) } : message;
  if (event.type === 'chat.message-edited.v1') return current;
  const { media } = event.data;
  return { ...current, at: secondsOf(event.data.at), media: media !== undefined && !isErased(media) && media.length > 0 };
}

function textIn({ revision, data }: Recorded<Posted | Edited>, keys: TermKeys): Pick<SearchedMessageDocument, 'textSeq' | 'terms' | 'cut' | 'expiresAt'> {
  const { terms, cut } = isErased(data.text) ? { terms: [], cut: false } : messageTerms(data.text);
  return { textSeq: revision, terms: joinKeys(terms.map((term) => keys.of(data.channel, term))), cut, expiresAt: data.expiresAt ?? null };
}

/** The ids of the postings that the message is to be in. */
export function postingsOf(message: SearchedMessageDocument | undefined, keys: TermKeys): readonly string[] {
  if (message === undefined || message.gone || message.at === null) return [];
  const { channel, seq, sender, media } = message;
  const all = [...splitKeys(message.terms), keys.ofSender(channel, sender), ...(media ? [keys.ofMedia(channel)] : [])];
  return all.map((key) => postingId(channel as ChannelId, key, blockOf(seq)));
}

/**
 * What is written before the postings, where those are several commits: it names every posting that the message may be in by then, and
 * is written again, as `after`, behind them.
 */
export function claimOf(before: SearchedMessageDocument | undefined, after: SearchedMessageDocument): SearchedMessageDocument {
  if (before === undefined) return { ...after, textSeq: -1 };
  const terms = joinKeys([...new Set([...splitKeys(before.terms), ...splitKeys(after.terms)])]);
  return { ...before, at: before.at ?? after.at, terms, media: before.media || after.media, cut: before.cut || after.cut };
}
