/** All hints to people. Each tells a receiver enough to drop what it has, or to know what to fetch. */
import type { MessageEntry } from '../../domain/chat/message-entry.ts';
import type { Privacy } from '../../domain/people/preferences/privacy.ts';
import type { ChannelId, DeviceId, NotificationId, PersonId, PostId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { Position } from '../event-log/port.ts';

export type LiveHint =
  /** Receivers find gaps by `entry.seq`. */
  | { readonly kind: 'message'; readonly channel: ChannelId; readonly entry: MessageEntry }
  | { readonly kind: 'read'; readonly channel: ChannelId; readonly person: PersonId; readonly seq: number }
  /**
   * To people whose messages others' devices have received. `seq`: up to which the other person of a direct channel has them; absent in
   * a group, where the receiver counts.
   */
  | { readonly kind: 'delivered'; readonly channel: ChannelId; readonly seq?: number }
  | { readonly kind: 'typing'; readonly channel: ChannelId; readonly person: PersonId; readonly device: DeviceId }
  | { readonly kind: 'presence'; readonly person: PersonId; readonly status: 'online' | 'offline'; readonly lastActiveAt: Instant | null }
  /** For the person's own devices, and for those who watch the person. */
  | { readonly kind: 'privacy'; readonly person: PersonId; readonly privacy: Privacy }
  /** The channel's members or its title changed. `joined` has become a member, `departed` has left or was removed. `announcement`: it is such a channel. */
  | { readonly kind: 'channel'; readonly channel: ChannelId; readonly joined?: PersonId; readonly departed?: PersonId; readonly announcement?: true }
  /** Something was said in an announcement channel; to its topic, for all who follow it. */
  | { readonly kind: 'announced'; readonly channel: ChannelId; readonly seq: number }
  /** The person was invited to a group, or an invitation of theirs was answered or withdrawn. */
  | { readonly kind: 'invitations' }
  /** A block between two people began or ended; for both of them. */
  | { readonly kind: 'block'; readonly people: readonly [PersonId, PersonId]; readonly change: 'begins' | 'ends' }
  | { readonly kind: 'post'; readonly post: PostId; readonly author: PersonId }
  /** The person's feed has a new author, whose earlier posts come into it as well. */
  | { readonly kind: 'feed-dropped' }
  /** The person's feed pulls the author's posts from now on: hints of them go to the author alone. */
  | { readonly kind: 'feed-pulls'; readonly author: PersonId }
  /** It stands in the person's notification centre. */
  | { readonly kind: 'notification'; readonly notification: NotificationId }
  /** The person has seen, read or archived something there, on whichever device. */
  | { readonly kind: 'centre' }
  /** A session was logged out: gateways close its connections. */
  | { readonly kind: 'session-ended'; readonly session: string }
  /** The person has removed a device: gateways close its connections, of whichever session. */
  | { readonly kind: 'device-removed'; readonly device: DeviceId };

/** To processes, of any of the units that others wait for. */
export type ProgressHint = { readonly kind: 'projections-advanced' };

/** To processes that would tell of these messages again. */
export type ToldHint = { readonly kind: 'messages-told'; readonly positions: readonly Position[] };

/** Hints of a person's presence go to the person's watchers, and so to a topic beside the person's own: watchers are not sent the person's messages. */
export const watchersTopicOf = (person: PersonId): PersonId => `watchers-of:${person}` as PersonId;

/** Of an announcement channel a hint goes to one topic, however many people follow it. */
export const announcementsTopicOf = (channel: ChannelId): PersonId => `announcements-of:${channel}` as PersonId;

/**
 * What was appended, and people were told of by the process that did. `workers/chat/publish-chat.ts` tells again what may have been told
 * to nobody, because that process died; of what is remembered here that can't be so.
 */
export type ToldMessages = { remember(message: ToldMessage): void; has(message: ToldMessage): boolean };
export type ToldMessage = { readonly stream: string; readonly position: Position };
