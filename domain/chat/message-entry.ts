/** An event of a channel's messages as readers see it: the same in a frame, in the history and in a hint. */
import { isErased } from '../shared/event.ts';
import type { PersonId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import { reactionKey } from './emoji.ts';
import type { MessagesEvent } from './events.ts';

/** `text` is null where the sender was erased. `messageCount` is the number of messages so far, this one included. */
export type MessageEntry = { readonly seq: number; readonly at: Instant; readonly messageCount: number } & (
  | {
      readonly event: 'posted';
      readonly sender: PersonId;
      readonly text: string | null;
      readonly clientId: string;
      readonly replyTo?: number;
      readonly mentions?: readonly PersonId[];
    }
  | { readonly event: 'edited'; readonly message: number; readonly sender: PersonId; readonly text: string | null }
  | { readonly event: 'withdrawn'; readonly message: number; readonly by: PersonId }
  | { readonly event: 'reacted'; readonly message: number; readonly person: PersonId; readonly emoji: string; readonly change: 'added' | 'removed' }
);

/** From an event that was read from the log, or was just appended. */
export function messageEntryOf(event: MessagesEvent & { readonly revision: number; readonly metadata: { readonly at: Instant } }): MessageEntry {
  const common = { seq: event.revision, at: event.metadata.at, messageCount: event.data.messageCount };
  switch (event.type) {
    case 'chat.message-posted.v1': {
      const { sender, text, clientId, replyTo, mentions } = event.data;
      return {
        ...common,
        event: 'posted',
        sender,
        text: isErased(text) ? null : text,
        clientId,
        ...(replyTo === undefined ? {} : { replyTo }),
        ...(mentions === undefined ? {} : { mentions }),
      };
    }
    case 'chat.message-edited.v1': {
      const { message, sender, text } = event.data;
      return { ...common, event: 'edited', message, sender, text: isErased(text) ? null : text };
    }
    case 'chat.message-withdrawn.v1':
      return { ...common, event: 'withdrawn', message: event.data.message, by: event.data.by };
    case 'chat.message-reacted.v1': {
      const { message, person, emoji, change } = event.data;
      return { ...common, event: 'reacted', message, person, emoji: reactionKey(emoji), change };
    }
  }
}
