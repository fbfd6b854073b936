/** What a message has beside its text, as its event keeps it, or why it can't have it. */
import { refuse, type Decision } from '../../shared/decider.ts';
import type { PersonId } from '../../shared/ids.ts';
import { cutQuote, type CutQuote, type QuoteTarget } from './cut-quote.ts';
import { keptEntities, refusalOfEntities, type MessageEntity } from './message-entities.ts';
import { messageMedia, refusalOfMessageMedia, type MessageAttachmentTarget, type MessageMedia } from './message-media.ts';

export type AskedContent = {
  readonly actor: PersonId;
  readonly text: string;
  readonly entities?: readonly MessageEntity[];
  readonly media?: readonly MessageAttachmentTarget[];
  readonly quote?: QuoteTarget;
  readonly replyTo?: { readonly message: number; readonly isClosed?: boolean; readonly hasDisappeared?: boolean };
};

type ContentFields = {
  readonly entities?: readonly MessageEntity[];
  readonly media?: readonly MessageMedia[];
  readonly mediaCount?: number;
} & Partial<CutQuote>;

/** `mentioned`: the people whom the message mentions; an entity that mentions somebody else is left out. */
export function contentOf(
  { actor, text, entities = [], media = [], quote, replyTo }: AskedContent,
  mentioned: readonly PersonId[],
): ContentFields | Decision<never> {
  const refusal = refusalOfEntities(entities, text) ?? refusalOfMessageMedia(media, actor);
  if (refusal !== undefined) return refusal;
  const cut = cutFrom(quote, replyTo);
  if (cut !== undefined && 'outcome' in cut) return cut;
  const kept = keptEntities(entities, mentioned);
  return { ...(kept.length > 0 && { entities: kept }), ...(media.length > 0 && { media: messageMedia(media), mediaCount: media.length }), ...cut };
}

function cutFrom(quote: AskedContent['quote'], replyTo: AskedContent['replyTo']): CutQuote | Decision<never> | undefined {
  if (quote === undefined) return undefined;
  if (replyTo === undefined) return refuse('quote-invalid');
  if (replyTo.isClosed === true) return refuse('message-withdrawn');
  return replyTo.hasDisappeared === true ? refuse('message-disappeared') : cutQuote(quote, replyTo.message);
}
