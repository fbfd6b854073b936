/** The hints there are. Each is enough for a receiver to drop what it has, or to know what to fetch. */
import type { MessageEntry } from '../../domain/chat/message-entry.ts';
import type { ChannelId, DeviceId, NotificationId, PersonId, PostId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';

export type LiveHint =
  /** `entry.seq` is what receivers count by. */
  | { readonly kind: 'message'; readonly channel: ChannelId; readonly entry: MessageEntry }
  | { readonly kind: 'read'; readonly channel: ChannelId; readonly person: PersonId; readonly seq: number }
  | { readonly kind: 'typing'; readonly channel: ChannelId; readonly person: PersonId; readonly device: DeviceId }
  | { readonly kind: 'presence'; readonly person: PersonId; readonly status: 'online' | 'offline'; readonly lastActiveAt: Instant | null }
  /** The inbox changed: joined, left, removed, renamed. */
  | { readonly kind: 'channel'; readonly channel: ChannelId }
  | { readonly kind: 'post'; readonly post: PostId; readonly author: PersonId }
  /** The reader has somebody new to read: what they wrote before comes into the feed as well. */
  | { readonly kind: 'feed-dropped' }
  | { readonly kind: 'notification'; readonly notification: NotificationId }
  /** A session was logged out: its sockets are to be closed. */
  | { readonly kind: 'session-ended'; readonly session: string }
  /** The person has removed a device: what is connected as it is to be closed, whichever session it came in by. */
  | { readonly kind: 'device-removed'; readonly device: DeviceId };
