/**
 * The kinds of reaction that a message has had, each an emoji in its one form. The messages of a channel are decided on their last
 * event alone, which can't tell how many kinds one of them has; so a kind takes its place in a small stream of the message's own
 * before the first reaction of that kind is appended. A place is kept when the last such reaction is taken back.
 */
import { accept, refuse, type Decider } from '../shared/decider.ts';
import type { ChannelId } from '../shared/ids.ts';
import type { ReactionKindEvent } from './events.ts';

export const REACTION_KINDS_MAX = 50;

export type ReactionKindsState = { readonly kinds: readonly string[] };

export type ReactionKindsCommand = { readonly type: 'use'; readonly channel: ChannelId; readonly message: number; readonly emoji: string };

export const reactionKinds: Decider<ReactionKindsState, ReactionKindsCommand, ReactionKindEvent> = {
  initialState: { kinds: [] },

  evolve: ({ kinds }, { data: { emoji } }) => ({ kinds: [...kinds, emoji] }),

  decide: ({ kinds }, { channel, message, emoji }) => {
    if (kinds.includes(emoji)) return accept();
    if (kinds.length >= REACTION_KINDS_MAX) return refuse('too-many-reactions', { max: REACTION_KINDS_MAX });
    return accept({ type: 'chat.reaction-kind-used.v1', data: { channel, message, emoji } });
  },
};
