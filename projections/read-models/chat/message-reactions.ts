/** Who reacted to a message with what, as its document keeps it. */

import { reactionKey } from '../../../domain/chat/emoji.ts';
import type { MessagesEvent } from '../../../domain/chat/events.ts';
import { CHANNEL_MEMBERS_MAX } from '../../../domain/chat/groups/limits.ts';
import { REACTION_KINDS_MAX } from '../../../domain/chat/message-marks.ts';
import type { PersonId } from '../../../domain/shared/ids.ts';

/** People who reacted and have left the channel count as well, and there is no end of them. */
export const REACTING_KEPT_MAX = CHANNEL_MEMBERS_MAX;

/** By emoji in its one form: at most `REACTION_KINDS_MAX` emoji, with the last `REACTING_KEPT_MAX` people each. */
export type Reactions = Readonly<Record<string, readonly PersonId[]>>;

type ReactedData = Extract<MessagesEvent, { type: 'chat.message-reacted.v1' }>['data'];

export function withReaction(before: Reactions, { emoji, person, change }: ReactedData): Reactions {
  const key = reactionKey(emoji);
  // Logs from before reactions were bounded have messages with more.
  if (change === 'added' && before[key] === undefined && Object.keys(before).length >= REACTION_KINDS_MAX) return before;
  const { [key]: people = [], ...rest } = before;
  const others = people.filter((other) => other !== person);
  const reacting = change === 'added' ? [...others, person].slice(-REACTING_KEPT_MAX) : others;
  return reacting.length === 0 ? rest : { ...rest, [key]: reacting };
}
