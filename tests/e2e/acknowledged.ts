/** Records what was acknowledged to the clients of a load. The model's expectations are derived from this record alone. */

export type RecordedPost = { readonly id: string; readonly author: string; readonly replyTo: string | null; text: string; isDeleted: boolean };
export type RecordedChannelEvent =
  /** `files`: how many it has; absent: none. */
  | { readonly kind: 'send'; readonly sender: string; readonly clientId: string; readonly text: string; readonly files?: number }
  | { readonly kind: 'edit'; readonly message: number; readonly text: string }
  | { readonly kind: 'withdraw'; readonly message: number }
  | { readonly kind: 'react'; readonly message: number; readonly person: string; readonly emoji: string; readonly change: 'added' | 'removed' };
export type RecordedNotification = {
  readonly id: string;
  readonly recipients: readonly string[];
  readonly category: string;
  readonly channels: readonly ('push' | 'email' | 'in-app')[];
  isCancelled: boolean;
};

export type Acknowledged = {
  readonly posts: Map<string, RecordedPost>;
  /** `<post>/<person>` */
  readonly likes: Set<string>;
  /** By channel and seq. */
  readonly channelEvents: Map<string, Map<number, RecordedChannelEvent>>;
  /** `<person>/<channel>` */
  readonly readUpTo: Map<string, number>;
  /** `<person>/<channel>`: how often they have left it, and come back; who has left once more is away. */
  readonly comingAndGoing: Map<string, { left: number; cameBack: number }>;
  readonly notifications: Map<string, RecordedNotification>;
  /** Acknowledgements that contradict each other, as sentences. */
  readonly contradictions: string[];
  count: number;
};

export const createAcknowledged = (): Acknowledged => ({
  posts: new Map(),
  likes: new Set(),
  channelEvents: new Map(),
  readUpTo: new Map(),
  comingAndGoing: new Map(),
  notifications: new Map(),
  contradictions: [],
  count: 0,
});

export function recordPost(acknowledged: Acknowledged, post: RecordedPost): void {
  acknowledged.count++;
  if (acknowledged.posts.has(post.id)) acknowledged.contradictions.push(`two posts were given the id ${post.id}`);
  acknowledged.posts.set(post.id, post);
}

export function recordChannelEvent(
  acknowledged: Acknowledged,
  { channel, seq }: { readonly channel: string; readonly seq: number },
  event: RecordedChannelEvent,
): void {
  acknowledged.count++;
  const inChannel = acknowledged.channelEvents.get(channel) ?? new Map<number, RecordedChannelEvent>();
  acknowledged.channelEvents.set(channel, inChannel);
  if (inChannel.has(seq)) acknowledged.contradictions.push(`two events were given the seq ${seq} in ${channel}`);
  inChannel.set(seq, event);
}

export function recordRead(
  acknowledged: Acknowledged,
  { person, channel, seq }: { readonly person: string; readonly channel: string; readonly seq: number },
): void {
  acknowledged.count++;
  const key = `${person}/${channel}`;
  acknowledged.readUpTo.set(key, Math.max(seq, acknowledged.readUpTo.get(key) ?? -1));
}

export function recordMembership(
  acknowledged: Acknowledged,
  { person, channel }: { readonly person: string; readonly channel: string },
  change: 'left' | 'cameBack',
): void {
  acknowledged.count++;
  const key = `${person}/${channel}`;
  const changes = acknowledged.comingAndGoing.get(key) ?? { left: 0, cameBack: 0 };
  acknowledged.comingAndGoing.set(key, changes);
  changes[change]++;
}

export function isAway({ comingAndGoing }: Acknowledged, person: string, channel: string): boolean {
  const { left, cameBack } = comingAndGoing.get(`${person}/${channel}`) ?? { left: 0, cameBack: 0 };
  return left > cameBack;
}

export function recordNotification(acknowledged: Acknowledged, notification: RecordedNotification): void {
  acknowledged.count++;
  if (acknowledged.notifications.has(notification.id)) acknowledged.contradictions.push(`two notifications were given the id ${notification.id}`);
  acknowledged.notifications.set(notification.id, notification);
}
