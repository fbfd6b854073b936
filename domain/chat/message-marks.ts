/**
 * What is known of one message beside its place in the channel, in a small stream of its own that a plain message never has. The messages
 * of a channel are decided on their last event alone, which can tell neither how many kinds of reaction one of them has nor that one was
 * withdrawn a while ago. So a kind takes its place here before the first reaction of that kind is appended, and keeps it when the last such
 * reaction is taken back; and a message is closed here before it is withdrawn, and nothing is said of it any more.
 */
import { accept, refuse, type Decider } from '../shared/decider.ts';
import type { ChannelId, PersonId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';

/** `messageMarksStream` */
export type MessageMarkEvent =
  /** The first reaction of a kind to a message takes the kind's place. */
  | {
      readonly type: 'chat.reaction-kind-used.v1';
      readonly data: { readonly channel: ChannelId; readonly message: number; readonly emoji: string };
    }
  /** Its sender withdraws it: nothing is said of it any more. The withdrawal itself follows in the history. */
  | {
      readonly type: 'chat.message-closed.v1';
      readonly data: { readonly channel: ChannelId; readonly message: number; readonly by: PersonId; readonly at: Instant };
    };

export const REACTION_KINDS_MAX = 50;

export type MessageMarksState = { readonly kinds: readonly string[]; readonly closedAt?: Instant };

type OfMessage = { readonly channel: ChannelId; readonly message: number };
export type MessageMarksCommand =
  (OfMessage & { readonly type: 'use-kind'; readonly emoji: string }) | (OfMessage & { readonly type: 'close'; readonly by: PersonId; readonly at: Instant });

export const messageMarks: Decider<MessageMarksState, MessageMarksCommand, MessageMarkEvent> = {
  initialState: { kinds: [] },

  evolve: (state, event) => {
    switch (event.type) {
      case 'chat.reaction-kind-used.v1':
        return { ...state, kinds: [...state.kinds, event.data.emoji] };
      case 'chat.message-closed.v1':
        return { ...state, closedAt: event.data.at };
    }
  },

  decide: ({ kinds, closedAt }, command) => {
    const { channel, message } = command;
    switch (command.type) {
      case 'use-kind': {
        const { emoji } = command;
        if (closedAt !== undefined) return refuse('message-withdrawn');
        if (kinds.includes(emoji)) return accept();
        if (kinds.length >= REACTION_KINDS_MAX) return refuse('too-many-reactions', { max: REACTION_KINDS_MAX });
        return accept({ type: 'chat.reaction-kind-used.v1', data: { channel, message, emoji } });
      }
      case 'close':
        return closedAt !== undefined ? accept() : accept({ type: 'chat.message-closed.v1', data: { channel, message, by: command.by, at: command.at } });
    }
  },
};
