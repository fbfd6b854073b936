/**
 * A person's channels: one row a person and channel, written on joining, reading, muting and being mentioned. Three streams
 * write to a row and may come in any order, so it is never removed: `member` says whether it counts. Unread messages are counted
 * when the inbox is read, behind `readMessages` (`query/unread-messages.ts`). The rows of a channel are its read receipts.
 */
import type { ChannelId, PersonId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import { advanceReadPointer, type ReadPointer } from '../../../domain/chat/inbox.ts';
import type { ChannelEvent, ChannelLevel, InboxEvent, MessagesEvent } from '../../../domain/chat/events.ts';
import type { Recorded } from '../../../domain/shared/event.ts';
import type { Collections, Projector } from '../../projection.ts';
import { recordMentions, type MessageMentionDocument } from './message-mentions.ts';

const MENTIONS_KEPT_MAX = 100;

/** Id: `inboxId`. `readMessages`: the `messageCount` of the last message read, or of the last one before the person joined. */
export type InboxRow = {
  readonly person: PersonId;
  readonly channel: ChannelId;
  /** The other person of a direct channel. */
  readonly peer: PersonId | null;
  readonly member: boolean;
  readonly since: Instant | null;
  readonly readUpTo: number | null;
  readonly readMessages: number;
  readonly readAt: Instant | null;
  readonly muted: boolean;
  /** Null: where it is muted, until it is unmuted. */
  readonly mutedUntil: Instant | null;
  readonly level: ChannelLevel;
  /** Whether the channel is a message request that waits to be accepted: one that the person sent, or received. */
  readonly request: 'sent' | 'received' | null;
  /** Whether it is an announcement channel: gateways follow it in another way. */
  readonly announcement: boolean;
  /** The newest messages after those read that mention the person, oldest first. */
  readonly mentions: readonly Mention[];
};

/** `messageCount`: of the message, as `readMessages` counts. */
export type Mention = { readonly seq: number; readonly messageCount: number };

export const inboxId = (person: PersonId, channel: ChannelId): string => `${person}:${channel}`;

type HandledEvent =
  | Extract<
      ChannelEvent,
      {
        type:
          | 'chat.channel-opened.v1'
          | 'chat.member-joined.v1'
          | 'chat.member-left.v1'
          | 'chat.member-removed.v1'
          | 'chat.request-accepted.v1'
          | 'chat.request-refused.v1';
      }
    >
  | InboxEvent
  | Extract<MessagesEvent, { type: 'chat.message-posted.v1' | 'chat.message-withdrawn.v1' }>;
type InboxDocuments = { inbox: InboxRow; 'message-mentions': MessageMentionDocument };

export const inbox = {
  kind: 'projector',
  name: 'inbox',
  version: 3,
  handles: [
    'chat.channel-opened.v1',
    'chat.member-joined.v1',
    'chat.member-left.v1',
    'chat.member-removed.v1',
    'chat.request-accepted.v1',
    'chat.request-refused.v1',
    'chat.message-posted.v1',
    'chat.message-withdrawn.v1',
    'chat.read-up-to.v1',
    'chat.channel-muted.v1',
    'chat.channel-unmuted.v1',
    'chat.level-chosen.v1',
  ],
  indexes: {
    // The last two are for clients that ask what is new.
    inbox: [
      { fields: ['person', 'member', '_id'] },
      { fields: ['channel', 'member', '_id'] },
      { fields: ['person', 'position'] },
      { fields: ['person', 'member', 'peer'] },
    ],
    'message-mentions': [{ fields: ['person', 'order'] }],
  },

  project: (event, views) => {
    switch (event.type) {
      case 'chat.channel-opened.v1':
        for (const member of event.data.members) {
          recordJoin(event, views, {
            member,
            at: event.data.at,
            ...(event.data.kind === 'announcement' && { announcement: true }),
            ...peerOf(event.data, member),
            ...requestOf(event.data, member),
          });
        }
        return;
      case 'chat.member-joined.v1':
        recordJoin(event, views, event.data);
        return;
      case 'chat.member-left.v1':
      case 'chat.member-removed.v1':
        changeRow(event, views, event.data.member, (row) => ({ ...row, member: false, since: null }));
        return;
      case 'chat.request-accepted.v1': {
        const { from, by } = event.data;
        changeRow(event, views, from, (row) => ({ ...row, request: null }));
        changeRow(event, views, by, (row) => ({ ...row, request: null, member: true, since: row.since ?? event.metadata.at }));
        return;
      }
      case 'chat.request-refused.v1':
        changeRow(event, views, event.data.by, (row) => ({ ...row, member: false, since: null }));
        return;
      case 'chat.message-posted.v1': {
        recordMentions(event, views['message-mentions']);
        const mention = { seq: event.revision, messageCount: event.data.messageCount };
        for (const person of event.data.mentions ?? [])
          changeRow(event, views, person, (row) => unreadMentions({ ...row, mentions: [...row.mentions, mention] }));
        return;
      }
      case 'chat.message-withdrawn.v1': {
        recordMentions(event, views['message-mentions']);
        const { message, mentions = [] } = event.data;
        for (const person of mentions) changeRow(event, views, person, (row) => ({ ...row, mentions: row.mentions.filter(({ seq }) => seq !== message) }));
        return;
      }
      case 'chat.read-up-to.v1': {
        const { person, seq, messageCount, at } = event.data;
        changeRow(event, views, person, (row) => markRead(row, { seq, messageCount, at }));
        return;
      }
      case 'chat.channel-muted.v1':
        changeRow(event, views, event.data.person, (row) => ({ ...row, muted: true, mutedUntil: event.data.until ?? null }));
        return;
      case 'chat.channel-unmuted.v1':
        changeRow(event, views, event.data.person, (row) => ({ ...row, muted: false, mutedUntil: null }));
        return;
      case 'chat.level-chosen.v1':
        changeRow(event, views, event.data.person, (row) => ({ ...row, level: event.data.level }));
        return;
    }
  },
} as const satisfies Projector<HandledEvent, InboxDocuments>;

/** Whether nothing of the channel is pushed to the person now. */
export const isMuted = ({ muted, mutedUntil }: Pick<InboxRow, 'muted' | 'mutedUntil'>, now: Instant): boolean =>
  muted && (mutedUntil === null || now < mutedUntil);

/** Messages from before the person joined are not unread. */
type Join = {
  readonly member: PersonId;
  readonly messageCount?: number;
  readonly peer?: PersonId;
  readonly announcement?: true;
  readonly request?: 'sent' | 'received';
  readonly at: Instant;
};

function recordJoin(
  event: Recorded<HandledEvent>,
  views: Collections<InboxDocuments>,
  { member, messageCount = 0, peer, announcement, request, at }: Join,
): void {
  changeRow(event, views, member, (row) =>
    unreadMentions({
      ...row,
      member: true,
      since: row.since ?? at,
      readMessages: Math.max(row.readMessages, messageCount),
      ...(peer === undefined ? {} : { peer }),
      ...(announcement === true && { announcement }),
      ...(request === undefined ? {} : { request }),
    }),
  );
}

const peerOf = ({ kind, members }: Extract<ChannelEvent, { type: 'chat.channel-opened.v1' }>['data'], member: PersonId): Pick<Join, 'peer'> => {
  const peer = kind === 'direct' ? members.find((other) => other !== member) : undefined;
  return peer === undefined ? {} : { peer };
};

const requestOf = ({ request, owner }: Extract<ChannelEvent, { type: 'chat.channel-opened.v1' }>['data'], member: PersonId): Pick<Join, 'request'> =>
  request === true ? { request: member === owner ? 'sent' : 'received' } : {};

function changeRow(event: Recorded<HandledEvent>, { inbox }: Collections<InboxDocuments>, person: PersonId, fold: (row: InboxRow) => InboxRow): void {
  const { channel } = event.data;
  inbox.update(inboxId(person, channel), event, (before) => fold(before ?? { ...NEW_ROW, person, channel, peer: null }));
}

/** A device that lags behind also reports how far it has read: that never moves the pointer back. */
function markRead(row: InboxRow, { at, ...reported }: ReadPointer & { readonly at: Instant }): InboxRow {
  const { readUpTo, readMessages } = row;
  const { seq, messageCount } = advanceReadPointer(readUpTo === null ? undefined : { seq: readUpTo, messageCount: readMessages }, reported);
  return seq === readUpTo ? row : unreadMentions({ ...row, readUpTo: seq, readMessages: Math.max(readMessages, messageCount), readAt: at });
}

const NEW_ROW = {
  member: false,
  since: null,
  readUpTo: null,
  readMessages: 0,
  readAt: null,
  muted: false,
  mutedUntil: null,
  announcement: false,
  level: 'all',
  request: null,
  mentions: [],
} as const;

/** By the count of messages, which says of a member who came again as well what they have read. */
const unreadMentions = (row: InboxRow): InboxRow => ({
  ...row,
  mentions: row.mentions.filter(({ messageCount }) => messageCount > row.readMessages).slice(-MENTIONS_KEPT_MAX),
});
