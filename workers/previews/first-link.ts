/** The link of which a preview is shown: the first in the text of a post or a message. */
import { parseText } from '../../commands/feed/parse-text.ts';
import type { ChatEvent } from '../../domain/chat/events.ts';
import type { PostEvent } from '../../domain/feed/events.ts';
import { isErased, orErased } from '../../domain/shared/event.ts';

export type Written =
  | Extract<PostEvent, { type: 'feed.post-published.v1' | 'feed.post-edited.v1' }>
  | Extract<ChatEvent, { type: 'chat.message-posted.v1' | 'chat.message-edited.v1' }>;

/** Only what is written as an address is one: most messages are seen to have none by this alone. */
const HAS_ADDRESS = /https?:\/\/|www\./i;

/** Undefined where there is none, where it was erased, and for what was written elsewhere long ago. */
export function firstLinkOf(written: Written): string | undefined {
  switch (written.type) {
    case 'feed.post-published.v1':
    case 'feed.post-edited.v1': {
      const { entities } = written.data;
      if (entities === undefined || isErased(entities) || ('imported' in written.data && written.data.imported === true)) return undefined;
      return entities.links?.[0]?.url;
    }
    case 'chat.message-posted.v1':
    case 'chat.message-edited.v1':
      return 'imported' in written.data && written.data.imported !== undefined ? undefined : firstOfMessage(written.data);
  }
}

/** Links that the sender has named come with their places; those in the text are looked for as in a post. */
function firstOfMessage({ text: said, entities }: Extract<Written, { type: 'chat.message-posted.v1' | 'chat.message-edited.v1' }>['data']): string | undefined {
  const text = orErased(said, '');
  const named = orErased(entities ?? [], []).flatMap((entity) => (entity.kind === 'link' ? [entity] : []));
  const found = HAS_ADDRESS.test(text) ? parseText(text).links : [];
  return [...named, ...found].toSorted((a, b) => a.from - b.from)[0]?.url;
}
