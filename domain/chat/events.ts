/** The events of chat: of a channel and its members, of its messages, of a person's inbox (read pointers, mutes). What of them is personal: `sealing.ts`. */
import type { LinkPreview } from '../media/link-preview.ts';
import type { PostMedia } from '../media/media-facts.ts';
import type { Personal } from '../shared/event.ts';
import type { ChannelId, InvitationLinkId, PersonId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import type { MessageEntity } from './content/message-entities.ts';
import type { MessageMedia } from './content/message-media.ts';
import type { MessageQuote } from './content/message-quote.ts';
import type { MessageMarkEvent } from './message-marks.ts';
import type { PresenceEvent } from './presence-events.ts';

/** In an announcement channel only the owner and admins write, and there may be many more than a group's members. */
export type ChannelKind = 'direct' | 'group' | 'announcement';
/** Whether a new member of a group may read what was said before. */
export type HistoryAccess = 'all' | 'since-joining';
/** Of a member other than the owner. */
export type MemberRole = 'admin' | 'member';

/** `channelStream` */
export type ChannelEvent =
  | {
      readonly type: 'chat.channel-opened.v1';
      readonly data: {
        readonly channel: ChannelId;
        readonly kind: ChannelKind;
        readonly owner: PersonId;
        readonly members: readonly PersonId[]; // the owner among them
        /** People who are asked first. */
        readonly invited?: readonly PersonId[];
        readonly title?: Personal<string>;
        /** A direct channel between strangers, which the other person has yet to accept. Absent in events from before there were requests. */
        readonly request?: true;
        /** Absent: new members may read everything. */
        readonly history?: 'since-joining';
        readonly at: Instant;
      };
    }
  | { readonly type: 'chat.channel-renamed.v1'; readonly data: { readonly channel: ChannelId; readonly by: PersonId; readonly title: Personal<string> } }
  /** What is said from now on disappears so long after it was said. Null: it stays. */
  | {
      readonly type: 'chat.disappearing-set.v1';
      readonly data: { readonly channel: ChannelId; readonly by: PersonId; readonly afterSeconds: number | null; readonly at: Instant };
    }
  | {
      readonly type: 'chat.member-invited.v1';
      readonly data: { readonly channel: ChannelId; readonly member: PersonId; readonly by: PersonId; readonly at: Instant };
    }
  | { readonly type: 'chat.invitation-refused.v1'; readonly data: { readonly channel: ChannelId; readonly member: PersonId } }
  | { readonly type: 'chat.invitation-withdrawn.v1'; readonly data: { readonly channel: ChannelId; readonly member: PersonId; readonly by: PersonId } }
  | {
      readonly type: 'chat.member-joined.v1';
      readonly data: {
        readonly channel: ChannelId;
        readonly member: PersonId;
        readonly by: PersonId;
        /** How many messages there were by then: earlier ones are not unread. */
        readonly messageCount?: number;
        /** The first `seq` that the member may read. Absent: all of them. */
        readonly readsFrom?: number;
        /** The link by which the person came. */
        readonly link?: InvitationLinkId;
        /** Of an announcement channel. */
        readonly announcement?: true;
        readonly at: Instant;
      };
    }
  | { readonly type: 'chat.member-left.v1'; readonly data: { readonly channel: ChannelId; readonly member: PersonId } }
  | { readonly type: 'chat.member-removed.v1'; readonly data: { readonly channel: ChannelId; readonly member: PersonId; readonly by: PersonId } }
  | {
      readonly type: 'chat.role-changed.v1';
      readonly data: { readonly channel: ChannelId; readonly member: PersonId; readonly role: MemberRole; readonly by: PersonId };
    }
  /** The owner handed the group over, and is an admin from then on. */
  | { readonly type: 'chat.owner-changed.v1'; readonly data: { readonly channel: ChannelId; readonly owner: PersonId; readonly by: PersonId } }
  /** Empty: the group has no description any more. */
  | {
      readonly type: 'chat.channel-described.v1';
      readonly data: { readonly channel: ChannelId; readonly by: PersonId; readonly description: Personal<string> };
    }
  /** Null: the group has no picture any more. The picture is media of the member who chose it. */
  | {
      readonly type: 'chat.channel-pictured.v1';
      readonly data: { readonly channel: ChannelId; readonly by: PersonId; readonly picture: Personal<PostMedia> | null };
    }
  /** For members who join from then on. */
  | { readonly type: 'chat.history-set.v1'; readonly data: { readonly channel: ChannelId; readonly by: PersonId; readonly history: HistoryAccess } }
  /** The link's token is not in the log: it follows from the link's id and a secret. */
  | {
      readonly type: 'chat.invitation-link-created.v1';
      readonly data: {
        readonly channel: ChannelId;
        readonly link: InvitationLinkId;
        readonly by: PersonId;
        readonly usesMax?: number;
        readonly expiresAt?: Instant;
        /** Whoever follows the link asks to join, and is let in or not. */
        readonly approval?: true;
        readonly at: Instant;
      };
    }
  | {
      readonly type: 'chat.invitation-link-revoked.v1';
      readonly data: { readonly channel: ChannelId; readonly link: InvitationLinkId; readonly by: PersonId };
    }
  | {
      readonly type: 'chat.join-requested.v1';
      readonly data: { readonly channel: ChannelId; readonly person: PersonId; readonly link: InvitationLinkId; readonly at: Instant };
    }
  | { readonly type: 'chat.join-request-refused.v1'; readonly data: { readonly channel: ChannelId; readonly person: PersonId; readonly by: PersonId } }
  | { readonly type: 'chat.join-request-withdrawn.v1'; readonly data: { readonly channel: ChannelId; readonly person: PersonId } }
  | {
      readonly type: 'chat.message-pinned.v1';
      readonly data: { readonly channel: ChannelId; readonly message: number; readonly by: PersonId; readonly at: Instant };
    }
  | { readonly type: 'chat.message-unpinned.v1'; readonly data: { readonly channel: ChannelId; readonly message: number; readonly by: PersonId } }
  /** Of a message request; `by` is its recipient, `from` the person who opened the channel. */
  | { readonly type: 'chat.request-accepted.v1'; readonly data: { readonly channel: ChannelId; readonly from: PersonId; readonly by: PersonId } }
  | { readonly type: 'chat.request-refused.v1'; readonly data: { readonly channel: ChannelId; readonly from: PersonId; readonly by: PersonId } };

/** What a notice in the history tells of: `noticeOf` (`notices.ts`) says which of the channel's events it is. */
export type NoticeKind =
  | 'renamed'
  | 'described'
  | 'pictured'
  | 'joined'
  | 'left'
  | 'removed'
  | 'promoted'
  | 'demoted'
  | 'handed-over'
  | 'history-set'
  | 'disappearing-set'
  | 'pinned'
  | 'unpinned';

/**
 * `messagesStream`. An event's revision is its `seq`; a message's id is the seq at which it was posted. Each event says how many
 * messages there are so far, itself included, so that the last event is enough to decide, and unread is a difference. `noted` is in
 * every event behind the first notice: the revision in the channel's stream up to which its changes have a notice here.
 */
export type MessagesEvent = Noting<UnnotedMessagesEvent>;

type Noting<Event extends { readonly type: string; readonly data: object }> = Event extends unknown
  ? { readonly type: Event['type']; readonly data: Event['data'] & { readonly noted?: number } }
  : never;

type UnnotedMessagesEvent =
  | {
      readonly type: 'chat.message-posted.v1';
      readonly data: {
        readonly channel: ChannelId;
        readonly sender: PersonId;
        readonly text: Personal<string>;
        /** The id that the client gave it, by which the sender's device recognises its own message. */
        readonly clientId: string;
        /** Only in old events: nobody is told a sender's device, so none is written any more. */
        readonly device?: string;
        readonly replyTo?: number;
        readonly mentions?: readonly PersonId[];
        /** What parts of the text are. */
        readonly entities?: Personal<readonly MessageEntity[]>;
        /** Then the text may be empty. */
        readonly media?: Personal<readonly MessageMedia[]>;
        /** How many `media` are: known also when they are erased. */
        readonly mediaCount?: number;
        /** Of the message that it replies to; `quotedSender` said it. */
        readonly quote?: Personal<MessageQuote>;
        readonly quotedSender?: PersonId;
        readonly at: Instant;
        /** From then on nobody reads its personal fields. Absent: it doesn't disappear. */
        readonly expiresAt?: Instant;
        /** Of the quote: when it or the message that it quotes disappears, whichever is first. */
        readonly quoteExpiresAt?: Instant;
        /** It was said elsewhere, at this `at`: how many of the channel's messages were, this one included. Nobody is told of it. */
        readonly imported?: number;
        /** When its sender edited it last, where it comes from. */
        readonly editedAt?: Instant;
        /** The people who reacted to it where it comes from, by emoji in its one form. */
        readonly reactions?: Readonly<Record<string, readonly PersonId[]>>;
        readonly messageCount: number;
      };
    }
  | {
      readonly type: 'chat.message-edited.v1';
      readonly data: {
        readonly channel: ChannelId;
        readonly message: number;
        readonly sender: PersonId;
        readonly text: Personal<string>;
        readonly entities?: Personal<readonly MessageEntity[]>;
        /** As the message's. */
        readonly expiresAt?: Instant;
        readonly messageCount: number;
      };
    }
  | {
      readonly type: 'chat.message-withdrawn.v1';
      readonly data: {
        readonly channel: ChannelId;
        readonly message: number;
        readonly by: PersonId;
        /** The people whom the message mentioned: they find it no more. */
        readonly mentions?: readonly PersonId[];
        /** How many pictures and files it showed. */
        readonly mediaCount?: number;
        readonly messageCount: number;
      };
    }
  | {
      readonly type: 'chat.message-reacted.v1';
      readonly data: {
        readonly channel: ChannelId;
        readonly message: number;
        readonly person: PersonId;
        readonly emoji: string;
        readonly change: 'added' | 'removed';
        readonly messageCount: number;
      };
    }
  /** What the first link of its text leads to. `of` is the seq of the event with that text: an edit since makes it worthless. */
  | {
      readonly type: 'chat.message-previewed.v1';
      readonly data: {
        readonly channel: ChannelId;
        readonly message: number;
        readonly sender: PersonId;
        readonly of: number;
        readonly preview: Personal<LinkPreview>;
        /** As the message's. */
        readonly expiresAt?: Instant;
        readonly messageCount: number;
      };
    }
  /** A change of the channel or its members, in the order of these changes. */
  | {
      readonly type: 'chat.notice-added.v1';
      readonly data: {
        readonly channel: ChannelId;
        readonly notice: NoticeKind;
        readonly by: PersonId;
        /** The person whom it is about, if that isn't everybody. */
        readonly member?: PersonId;
        /** The new title. */
        readonly title?: Personal<string>;
        readonly history?: HistoryAccess;
        /** As the change says: after how many seconds messages disappear. */
        readonly afterSeconds?: number | null;
        /** The message that was pinned or unpinned. */
        readonly message?: number;
        /** The revision of the change in the channel's stream. */
        readonly noted: number;
        readonly messageCount: number;
      };
    };

/** Messages that were said, and end, within the same few seconds: `ends` is when the last of them has, and each stays so many `seconds`. */
export type EndingWindow = { readonly ends: Instant; readonly seconds: number };

/**
 * `disappearancesStream`: the time of these messages has come. Nobody read their words any more by then; whoever keeps some of them beside
 * the log gives them up by this event.
 */
export type DisappearanceEvent = {
  readonly type: 'chat.messages-disappeared.v1';
  readonly data: {
    readonly channel: ChannelId;
    readonly messages: readonly number[];
    /** Messages whose quote is gone: of `messages`, and of such as stay for now and quote one that has disappeared. */
    readonly quotes?: readonly number[];
    /** Which of `messages` showed pictures and files, and how many. */
    readonly media?: readonly { readonly message: number; readonly count: number }[];
    /** Everything that ends in this window was told of, up to this message. */
    readonly window?: EndingWindow & { readonly upTo: number };
  };
};

/** Of which messages of a channel a person is told: of all, of those that mention the person, or of none. */
export type ChannelLevel = 'all' | 'mentions' | 'none';

/** `inboxStream` */
export type InboxEvent =
  | {
      readonly type: 'chat.read-up-to.v1';
      readonly data: { readonly person: PersonId; readonly channel: ChannelId; readonly seq: number; readonly messageCount: number; readonly at: Instant };
    }
  /** Absent `until`: until it is unmuted. */
  | { readonly type: 'chat.channel-muted.v1'; readonly data: { readonly person: PersonId; readonly channel: ChannelId; readonly until?: Instant } }
  | { readonly type: 'chat.channel-unmuted.v1'; readonly data: { readonly person: PersonId; readonly channel: ChannelId } }
  | {
      readonly type: 'chat.level-chosen.v1';
      readonly data: { readonly person: PersonId; readonly channel: ChannelId; readonly level: ChannelLevel };
    };

export type ChatEvent = ChannelEvent | MessagesEvent | DisappearanceEvent | MessageMarkEvent | InboxEvent | PresenceEvent;
