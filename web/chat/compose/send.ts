/** What was written becomes a message. */
import { attachAny, readyMedia } from '../../media/attachments.ts';
import { t } from '../../text/text.ts';
import { failureText } from '../../app/session.ts';
import { act, inChannel } from '../acting.ts';
import type { Opened } from '../open-channel.ts';
import { say } from '../said.ts';
import { attachmentsOf, type Draft } from './drafts.ts';
import { wordsOf } from './markup.ts';

export function attachAll({ id }: Opened, files: readonly File[]): void {
  const left = attachAny(attachmentsOf(id), files);
  if (left > 0) say(t('chat.tooManyFiles', { count: left }));
}

type Media = NonNullable<ReturnType<typeof readyMedia>>;

export function messageOf({ typed, mentioned, reply }: Draft, media: Media) {
  const { text, entities } = wordsOf(typed, mentioned);
  return {
    text,
    ...(entities.length === 0 ? {} : { entities }),
    ...(media.length === 0 ? {} : { media: [...media] }),
    ...(reply === undefined ? {} : { replyTo: reply.seq }),
    ...(reply?.quote === undefined ? {} : { quote: { from: reply.quote.from, to: reply.quote.to } }),
  };
}

export async function sendDraft(opened: Opened, draft: Draft, files: Parameters<typeof readyMedia>[0]): Promise<void> {
  const channel = opened.channel();
  if (draft.edit !== undefined) {
    const { text, entities } = wordsOf(draft.typed, draft.mentioned);
    await channel?.edit(draft.edit.seq, { text, entities });
    return;
  }
  // Who answers a request accepts it.
  if (opened.facts.peek()?.request === 'received') {
    await act((write) => write.POST('/v1/me/message-requests/{channel}/accept', inChannel(opened.id)));
    await opened.readFacts().catch(failureText);
  }
  // Who writes looks at the end.
  channel?.toNewest();
  await channel?.send(messageOf(draft, readyMedia(files) ?? []));
}
