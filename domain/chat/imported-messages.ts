/**
 * Messages that were said elsewhere. Each is one event with all that became of it there: its last text, the reactions to it, the message
 * it replies to. Several are appended together, so that a channel with a long history is imported in few appends.
 */
import { accept, refuse, type Decision } from '../shared/decider.ts';
import type { ChannelId, PersonId } from '../shared/ids.ts';
import { plus, SECOND_MS, type Instant } from '../shared/instant.ts';
import { refusalOfText } from '../shared/text/text.ts';
import { isMember, type ChannelState } from './channel-state.ts';
import { keptEntities, refusalOfEntities, type MessageEntity } from './content/message-entities.ts';
import { messageMedia, refusalOfMessageMedia, type MessageAttachmentTarget } from './content/message-media.ts';
import { emojiOf } from './emoji.ts';
import type { MessagesEvent } from './events.ts';
import { REACTION_KINDS_MAX } from './message-marks.ts';

/** Of each kind, as many as the views keep. */
const REACTING_MAX = 100;

/** `clientId` names the message where it comes from, and is the same whoever imports it. `replyTo` is a seq here. */
export type ImportedMessage = {
  readonly sender: PersonId;
  readonly clientId: string;
  readonly at: Instant;
  readonly text: string;
  readonly entities?: readonly MessageEntity[];
  readonly attachments?: readonly MessageAttachmentTarget[];
  readonly mentions?: readonly PersonId[];
  readonly replyTo?: number;
  readonly editedAt?: Instant;
  readonly reactions?: readonly { readonly emoji: string; readonly people: readonly PersonId[] }[];
};

export type ImportMessages = {
  readonly type: 'add-imported';
  readonly channel: ChannelId;
  readonly membership: ChannelState;
  readonly messages: readonly ImportedMessage[];
  readonly keptSeconds?: number | undefined;
  /** How many messages the channel had, and how many of them were imported, when it was looked up which of these are there. */
  readonly known: { readonly messageCount: number; readonly imported: number };
};

/**
 * Who sent a message need not be a member any more. Refused as `write-contention` where somebody has posted since it was looked up which
 * of these messages are there: one of them may be among what was posted.
 */
export function importMessages({ messageCount }: { readonly messageCount: number }, command: ImportMessages): Decision<MessagesEvent> {
  const { channel, membership, messages, known, keptSeconds } = command;
  if (membership.status !== 'open') return refuse('channel-unknown');
  if (messageCount !== known.messageCount) return refuse('write-contention');
  return accept(
    ...messages.map((message, index): MessagesEvent => ({
      type: 'chat.message-posted.v1',
      data: {
        channel,
        ...factsOf(membership, message),
        ...keptUntil(message, keptSeconds),
        imported: known.imported + index + 1,
        messageCount: messageCount + index + 1,
      },
    })),
  );
}

/** Of one message by itself: the others are imported without it. */
export function refusalOfImported(
  { sender, text, entities = [], attachments = [] }: ImportedMessage,
  { maxCharacters }: { readonly maxCharacters: number },
): Decision<never> | undefined {
  const rule = { maxCharacters, tooLong: 'message-too-long', lines: 'many' } as const;
  return (
    refusalOfText(text, attachments.length > 0 ? rule : { ...rule, blank: 'message-empty' }) ??
    refusalOfEntities(entities, text) ??
    refusalOfMessageMedia(attachments, sender)
  );
}

/** What was said elsewhere is kept as long as what is said here; its channel's own time to live is for what is said from then on. */
const keptUntil = ({ at }: ImportedMessage, seconds: number | undefined) => (seconds === undefined ? {} : { expiresAt: plus(at, seconds * SECOND_MS) });

function factsOf(membership: ChannelState, message: ImportedMessage) {
  const { sender, clientId, at, text, entities = [], attachments = [], mentions = [], replyTo, editedAt, reactions = [] } = message;
  const mentioned = [...new Set(mentions)].filter((person) => mayBeMentioned(membership, person));
  const kept = keptEntities(entities, mentioned);
  const media = messageMedia(attachments);
  const reacted = reactionsOf(reactions);
  return {
    sender,
    text,
    clientId,
    at,
    ...(replyTo !== undefined && { replyTo }),
    ...(mentioned.length > 0 && { mentions: mentioned }),
    ...(kept.length > 0 && { entities: kept }),
    ...(media.length > 0 && { media, mediaCount: media.length }),
    ...(editedAt !== undefined && { editedAt }),
    ...(Object.keys(reacted).length > 0 && { reactions: reacted }),
  };
}

/** The members of an announcement channel come when its messages are there. */
const mayBeMentioned = (membership: ChannelState, person: PersonId): boolean =>
  isMember(membership, person) || (membership.status === 'open' && membership.kind === 'announcement');

/** Two spellings of one picture are one reaction. */
function reactionsOf(reactions: NonNullable<ImportedMessage['reactions']>): Readonly<Record<string, readonly PersonId[]>> {
  const byEmoji = new Map<string, readonly PersonId[]>();
  for (const { emoji, people } of reactions) {
    const key = emojiOf(emoji);
    if (key === undefined || people.length === 0) continue;
    if (!byEmoji.has(key) && byEmoji.size === REACTION_KINDS_MAX) continue;
    byEmoji.set(key, [...new Set([...(byEmoji.get(key) ?? []), ...people])].slice(0, REACTING_MAX));
  }
  return Object.fromEntries(byEmoji);
}
