/** All hints to people. Each tells a receiver enough to drop what it has, or to know what to fetch. */
import type { MessageEntry } from '../../domain/chat/message-entry.ts';
import type { ChannelId, DeviceId, NotificationId, PersonId, PostId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';

export type LiveHint =
  /** Receivers find gaps by `entry.seq`. */
  | { readonly kind: 'message'; readonly channel: ChannelId; readonly entry: MessageEntry }
  | { readonly kind: 'read'; readonly channel: ChannelId; readonly person: PersonId; readonly seq: number }
  | { readonly kind: 'typing'; readonly channel: ChannelId; readonly person: PersonId; readonly device: DeviceId }
  | { readonly kind: 'presence'; readonly person: PersonId; readonly status: 'online' | 'offline'; readonly lastActiveAt: Instant | null }
  /** The channel's members or its title changed. `joined` has become a member, `departed` has left or was removed. */
  | { readonly kind: 'channel'; readonly channel: ChannelId; readonly joined?: PersonId; readonly departed?: PersonId }
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
