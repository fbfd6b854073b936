/**
 * A person's channels: one row a person and channel, written on joining, reading, muting and being mentioned. Three streams
 * write to a row and may come in any order, so it is never removed: `member` says whether it counts. The number of unread messages
 * is the difference to the channel's head (`messages.ts`). The rows of a channel are its read receipts.
 */
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { advanceReadPointer, type ReadPointer } from '../../domain/chat/inbox.ts';
import type { ChannelEvent, InboxEvent, MessagesEvent } from '../../domain/chat/events.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { Collections, Projector } from '../projection.ts';

const MENTIONS_KEPT_MAX = 100;

/** Id: `inboxId`. Unread messages: `messageCount` of the channel's head − `readMessages`. */
export type InboxRow = {
  readonly person: PersonId;
  readonly channel: ChannelId;
  readonly member: boolean;
  readonly since: Instant | null;
  readonly readUpTo: number | null;
  readonly readMessages: number;
  readonly readAt: Instant | null;
  readonly muted: boolean;
  /** The newest unread messages that mention the person, oldest first, by seq. */
  readonly mentions: readonly number[];
};

export const inboxId = (person: PersonId, channel: ChannelId): string => `${person}:${channel}`;

type HandledEvent = Exclude<ChannelEvent, { type: 'chat.channel-renamed.v1' }> | InboxEvent | Extract<MessagesEvent, { type: 'chat.message-posted.v1' }>;
type InboxDocuments = { inbox: InboxRow };

export const inbox = {
  kind: 'projector',
  name: 'inbox',
  version: 1,
  handles: [
    'chat.channel-opened.v1',
    'chat.member-joined.v1',
    'chat.member-left.v1',
    'chat.member-removed.v1',
    'chat.message-posted.v1',
    'chat.read-up-to.v1',
    'chat.channel-muted.v1',
    'chat.channel-unmuted.v1',
  ],
  indexes: { inbox: [{ fields: ['person', 'member', '_id'] }, { fields: ['channel', 'member', '_id'] }] },

  project: (event, views) => {
    switch (event.type) {
      case 'chat.channel-opened.v1':
        for (const member of event.data.members) recordJoin(event, views, { member, at: event.data.at });
        return;
      case 'chat.member-joined.v1':
        recordJoin(event, views, event.data);
        return;
      case 'chat.member-left.v1':
      case 'chat.member-removed.v1':
        changeRow(event, views, event.data.member, (row) => ({ ...row, member: false, since: null }));
        return;
      case 'chat.message-posted.v1':
        for (const person of event.data.mentions ?? []) {
          changeRow(event, views, person, (row) => ({ ...row, mentions: unreadOf([...row.mentions, event.revision], row.readUpTo) }));
        }
        return;
      case 'chat.read-up-to.v1': {
        const { person, seq, messageCount, at } = event.data;
        changeRow(event, views, person, (row) => markRead(row, { seq, messageCount, at }));
        return;
      }
      case 'chat.channel-muted.v1':
        changeRow(event, views, event.data.person, (row) => ({ ...row, muted: true }));
        return;
      case 'chat.channel-unmuted.v1':
        changeRow(event, views, event.data.person, (row) => ({ ...row, muted: false }));
        return;
    }
  },
} as const satisfies Projector<HandledEvent, InboxDocuments>;

/** Messages from before the person joined are not unread. */
type Join = { readonly member: PersonId; readonly messageCount?: number; readonly at: Instant };

function recordJoin(event: Recorded<HandledEvent>, views: Collections<InboxDocuments>, { member, messageCount = 0, at }: Join): void {
  changeRow(event, views, member, (row) => ({ ...row, member: true, since: row.since ?? at, readMessages: Math.max(row.readMessages, messageCount) }));
}

function changeRow(event: Recorded<HandledEvent>, { inbox }: Collections<InboxDocuments>, person: PersonId, fold: (row: InboxRow) => InboxRow): void {
  const { channel } = event.data;
  inbox.update(inboxId(person, channel), event, (before) => fold(before ?? { ...NEW_ROW, person, channel }));
}

/** A device that lags behind also reports how far it has read: that never moves the pointer back. */
function markRead(row: InboxRow, { at, ...reported }: ReadPointer & { readonly at: Instant }): InboxRow {
  const { readUpTo, readMessages, mentions } = row;
  const { seq, messageCount } = advanceReadPointer(readUpTo === null ? undefined : { seq: readUpTo, messageCount: readMessages }, reported);
  return seq === readUpTo ? row : { ...row, readUpTo: seq, readMessages: Math.max(readMessages, messageCount), readAt: at, mentions: unreadOf(mentions, seq) };
}

const NEW_ROW = { member: false, since: null, readUpTo: null, readMessages: 0, readAt: null, muted: false, mentions: [] } as const;

const unreadOf = (mentions: readonly number[], readUpTo: number | null): readonly number[] =>
  mentions.filter((seq) => readUpTo === null || seq > readUpTo).slice(-MENTIONS_KEPT_MAX);
