/**
 * The quotes of messages. A quote is of another's words: it is told no longer than these are, whoever reads it and wherever. Whoever takes
 * them back takes them from every quote as well.
 */
import type { MessageQuote } from '../../domain/chat/content/message-quote.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { messageAsOf, messageId, type MessageDocument } from '../read-models/chat/messages.ts';
import type { TidingsViews } from './tidings-views.ts';

/** By the message that quotes, those that may be told at that moment. */
export async function quotesOf(
  views: Pick<TidingsViews, 'getMany'>,
  messages: readonly MessageDocument[],
  at: Instant,
): Promise<ReadonlyMap<MessageDocument, MessageQuote>> {
  const quoting = messages.filter((message) => {
    const { text, quotes, replyTo } = messageAsOf(message, at);
    return text !== null && quotes === true && replyTo !== undefined;
  });
  if (quoting.length === 0) return new Map();
  const [quotes, quoted] = await Promise.all([
    views.getMany(
      'message-quotes',
      quoting.map(({ channel, seq }) => messageId(channel, seq)),
    ),
    views.getMany(
      'messages',
      quoting.map(({ channel, replyTo = 0 }) => messageId(channel, replyTo)),
    ),
  ]);
  return new Map(
    quoting.flatMap((message, i) => {
      const [quote, original] = [quotes[i]?.quote, quoted[i]];
      const isReadable = original !== undefined && messageAsOf(original, at).text !== null;
      return quote !== undefined && quote !== null && isReadable ? [[message, quote] as const] : [];
    }),
  );
}
