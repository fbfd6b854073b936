/** The events of chat: of a channel and its members, of its messages, of a person's inbox (read pointers, mutes), and of presence. */
import type { Personal, SealingOf } from '../shared/event.ts';
import type { ChannelId, PersonId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';

export type ChannelKind = 'direct' | 'group';

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
        readonly at: Instant;
      };
    }
  | { readonly type: 'chat.channel-renamed.v1'; readonly data: { readonly channel: ChannelId; readonly by: PersonId; readonly title: Personal<string> } }
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
        readonly at: Instant;
      };
    }
  | { readonly type: 'chat.member-left.v1'; readonly data: { readonly channel: ChannelId; readonly member: PersonId } }
  | { readonly type: 'chat.member-removed.v1'; readonly data: { readonly channel: ChannelId; readonly member: PersonId; readonly by: PersonId } }
  /** Of a message request; `by` is its recipient, `from` the person who opened the channel. */
  | { readonly type: 'chat.request-accepted.v1'; readonly data: { readonly channel: ChannelId; readonly from: PersonId; readonly by: PersonId } }
  | { readonly type: 'chat.request-refused.v1'; readonly data: { readonly channel: ChannelId; readonly from: PersonId; readonly by: PersonId } };

/**
 * `messagesStream`. An event's revision is its `seq`; a message's id is the seq at which it was posted. Each event says how many
 * messages there are so far, itself included, so that the last event is enough to decide, and unread is a difference.
 */
export type MessagesEvent =
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
        readonly at: Instant;
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
    };

/** `reactionKindsStream`: the first reaction of a kind to a message takes the kind's place. */
export type ReactionKindEvent = {
  readonly type: 'chat.reaction-kind-used.v1';
  readonly data: { readonly channel: ChannelId; readonly message: number; readonly emoji: string };
};

/** `inboxStream` */
export type InboxEvent =
  | {
      readonly type: 'chat.read-up-to.v1';
      readonly data: { readonly person: PersonId; readonly channel: ChannelId; readonly seq: number; readonly messageCount: number; readonly at: Instant };
    }
  | { readonly type: 'chat.channel-muted.v1'; readonly data: { readonly person: PersonId; readonly channel: ChannelId } }
  | { readonly type: 'chat.channel-unmuted.v1'; readonly data: { readonly person: PersonId; readonly channel: ChannelId } };

/** `presenceStream` of a person, and `gatewayPresenceStream`: states that lasted, never heartbeats. */
export type PresenceEvent =
  | {
      readonly type: 'chat.presence-changed.v1';
      /** `gateway`: where the person was connected last, so that the loss of a gateway ends the presence of everybody there. */
      readonly data: { readonly person: PersonId; readonly status: 'online' | 'offline'; readonly lastActiveAt: Instant; readonly gateway?: string };
    }
  | { readonly type: 'chat.gateway-lost.v1'; readonly data: { readonly gateway: string; readonly lastSeenAt: Instant } };

export type ChatEvent = ChannelEvent | MessagesEvent | ReactionKindEvent | InboxEvent | PresenceEvent;

export const chatSealing: SealingOf<ChatEvent> = {
  'chat.channel-opened.v1': { title: 'owner' },
  'chat.channel-renamed.v1': { title: 'by' },
  'chat.member-invited.v1': {},
  'chat.invitation-refused.v1': {},
  'chat.invitation-withdrawn.v1': {},
  'chat.member-joined.v1': {},
  'chat.member-left.v1': {},
  'chat.member-removed.v1': {},
  'chat.request-accepted.v1': {},
  'chat.request-refused.v1': {},
  'chat.message-posted.v1': { text: 'sender' },
  'chat.message-edited.v1': { text: 'sender' },
  'chat.message-withdrawn.v1': {},
  'chat.message-reacted.v1': {},
  'chat.reaction-kind-used.v1': {},
  'chat.read-up-to.v1': {},
  'chat.channel-muted.v1': {},
  'chat.channel-unmuted.v1': {},
  'chat.presence-changed.v1': {},
  'chat.gateway-lost.v1': {},
};
