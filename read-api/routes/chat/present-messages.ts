/** Messages as a reader sees them now: nothing of what has disappeared, no quote of what was withdrawn, and addresses of the reader's own. */
import type { MessageQuote } from '../../../domain/chat/content/message-quote.ts';
import type { PersonId } from '../../../domain/shared/ids.ts';
import { messageAsOf, type MessageDocument } from '../../../projections/read-models/chat/messages.ts';
import { quotesOf } from '../../../projections/view-access/message-quotes.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { presentMessageMedia, presentMessagePreview, type MessageMediaView } from '../../media/message-media.ts';
import type { MessageView } from './message-view.ts';

type Presenting = Pick<ReadDependencies, 'mediaUrls' | 'clock'> & { readonly views: Pick<ReadDependencies['views'], 'getMany'> };

export async function presentMessages(
  { views, mediaUrls, clock }: Presenting,
  reader: PersonId,
  messages: readonly MessageDocument[],
): Promise<readonly MessageView[]> {
  const now = clock();
  const shown = messages.map((message) => messageAsOf(message, now));
  const quotes = await quotesOf(views, shown, now);
  return shown.map((message) => ({
    ...viewOf(message, { media: presentMessageMedia(mediaUrls, reader, message), quote: quotes.get(message) ?? null }),
    preview: presentMessagePreview(mediaUrls, reader, message),
  }));
}

function viewOf(
  message: MessageDocument,
  { media, quote }: { readonly media: readonly MessageMediaView[]; readonly quote: MessageQuote | null },
): Omit<MessageView, 'preview'> {
  const { seq, sender, text, at, clientId, replyTo, mentions, entities, expiresAt, editedAt, withdrawn, reactions, notice, noticeTitle } = message;
  return {
    seq,
    sender,
    text,
    at,
    clientId,
    replyTo: replyTo ?? null,
    mentions: [...(mentions ?? [])],
    entities: [...(entities ?? [])],
    media: [...media],
    quote,
    expiresAt: expiresAt ?? null,
    editedAt: editedAt ?? null,
    notice: notice === undefined ? null : noticeViewOf(notice, notice.notice === 'renamed' ? (noticeTitle ?? null) : undefined),
    withdrawn: withdrawn === true,
    reactions: Object.fromEntries(Object.entries(reactions ?? {}).map(([emoji, people]) => [emoji, [...people]])),
  };
}

const noticeViewOf = (
  { notice: kind, by: _sender, ...told }: NonNullable<MessageDocument['notice']>,
  title: string | null | undefined,
): MessageView['notice'] => ({
  kind,
  ...told,
  ...(title !== undefined && { title }),
});
