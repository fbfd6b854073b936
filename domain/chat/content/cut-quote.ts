/**
 * The part of a message that a reply to it speaks about, as it stood there then. It is the other's words, and kept under the other's key:
 * who is erased is erased from what others quoted as well.
 */
import { refuse, type Decision } from '../../shared/decider.ts';
import { isErased } from '../../shared/event.ts';
import type { PersonId } from '../../shared/ids.ts';
import { charactersIn } from '../../shared/text/text.ts';
import type { TextRange } from '../../shared/text/text-range.ts';
import type { MessagesEvent } from '../events.ts';
import type { MessageQuote } from './message-quote.ts';

export const QUOTE_LENGTH_MAX_CHARACTERS = 1_000;

/** `edit`: the seq of the edit whose text is meant; absent: the message's first text. */
export type AskedQuote = TextRange & { readonly edit?: number };

/** `version`: the event that has the text, if there is one at the place that was named; `isEdit`: an edit was. */
export type QuoteTarget = TextRange & { readonly version: MessagesEvent | undefined; readonly isEdit: boolean };

export type CutQuote = { readonly quote: MessageQuote; readonly quotedSender: PersonId };

/** Cuts it out of the version, which must be of the message that is replied to. */
export function cutQuote({ from, to, ...version }: QuoteTarget, message: number): CutQuote | Decision<never> {
  const source = sourceOf(version, message);
  if (source === undefined || !Number.isInteger(from) || !Number.isInteger(to) || from < 0 || from >= to) return refuse('quote-invalid');
  if (to - from > QUOTE_LENGTH_MAX_CHARACTERS) return refuse('quote-too-long', { max: QUOTE_LENGTH_MAX_CHARACTERS });
  if (to > charactersIn(source.text)) return refuse('quote-invalid');
  const text = Array.from(source.text).slice(from, to).join('');
  return { quote: { text, from }, quotedSender: source.sender };
}

type Source = { readonly sender: PersonId; readonly text: string };

function sourceOf({ version, isEdit }: Omit<QuoteTarget, keyof TextRange>, message: number): Source | undefined {
  if (version?.type !== 'chat.message-posted.v1' && version?.type !== 'chat.message-edited.v1') return undefined;
  const isMeant = version.type === 'chat.message-edited.v1' ? isEdit && version.data.message === message : !isEdit;
  const { sender, text } = version.data;
  return isMeant && !isErased(text) ? { sender, text } : undefined;
}
