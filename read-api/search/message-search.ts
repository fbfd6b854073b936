/** What a message has to be to be found. It is asked of the message itself, as it may be read now: the index only says which to look at. */
import { matchesWords, searchedWords, soughtTerms, type SearchedWords } from '../../domain/chat/search/words.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { MessageDocument } from '../../projections/read-models/chat/messages.ts';
import type { TermKeys } from '../../projections/read-models/chat/term-keys.ts';

export type MessageSearch = {
  readonly words: SearchedWords;
  readonly sender?: PersonId | undefined;
  readonly withMedia?: boolean | undefined;
  readonly sentFrom?: Instant | undefined;
  readonly sentBefore?: Instant | undefined;
};

/** `typed`: words, and phrases within quotation marks. */
export const messageSearch = ({ typed = '', ...filters }: Omit<MessageSearch, 'words'> & { readonly typed?: string | undefined }): MessageSearch => ({
  ...filters,
  words: searchedWords(typed),
});

/** A search for nothing in particular is the history. */
export const isForNothing = ({ words, sender, withMedia }: MessageSearch): boolean => words.phrases.length === 0 && sender === undefined && withMedia !== true;

/** The postings that every match is in, but for a message that has more terms than are kept. */
export const keysOf = ({ words, sender, withMedia }: MessageSearch, channel: ChannelId, keys: TermKeys): readonly string[] => [
  ...soughtTerms(words).map((term) => keys.of(channel, term)),
  ...(sender === undefined ? [] : [keys.ofSender(channel, sender)]),
  ...(withMedia === true ? [keys.ofMedia(channel)] : []),
];

export function matchesSearch({ words, sender, withMedia, sentFrom, sentBefore }: MessageSearch, message: MessageDocument): boolean {
  const { text, at, notice } = message;
  if (text === null || notice !== undefined) return false;
  if (sender !== undefined && message.sender !== sender) return false;
  if (withMedia === true && !hasMedia(message)) return false;
  if ((sentFrom !== undefined && at < sentFrom) || (sentBefore !== undefined && at >= sentBefore)) return false;
  return matchesWords(words, text);
}

const hasMedia = ({ media }: MessageDocument): boolean => (media?.length ?? 0) > 0;
