/** What was acknowledged to the clients of a load: all that whoever checks knows, and nothing of how it was asked for. */

export type PostKept = { readonly id: string; readonly author: string; readonly replyTo: string | null; text: string; isDeleted: boolean };
export type SaidKept =
  | { readonly kind: 'send'; readonly sender: string; readonly clientId: string; readonly text: string }
  | { readonly kind: 'edit'; readonly message: number; readonly text: string }
  | { readonly kind: 'withdraw'; readonly message: number }
  | { readonly kind: 'react'; readonly message: number; readonly person: string; readonly emoji: string };
export type NotificationKept = {
  readonly id: string;
  readonly recipients: readonly string[];
  readonly category: string;
  readonly channels: readonly ('push' | 'email')[];
  isCancelled: boolean;
};

export type Acknowledged = {
  readonly posts: Map<string, PostKept>;
  /** `<post>/<person>` */
  readonly likes: Set<string>;
  /** By channel and seq. */
  readonly said: Map<string, Map<number, SaidKept>>;
  /** `<person>/<channel>` */
  readonly readUpTo: Map<string, number>;
  readonly notifications: Map<string, NotificationKept>;
  /** What two acknowledgements can't both have said. */
  readonly contradictions: string[];
  count: number;
};

export const nothingYet = (): Acknowledged => ({
  posts: new Map(),
  likes: new Set(),
  said: new Map(),
  readUpTo: new Map(),
  notifications: new Map(),
  contradictions: [],
  count: 0,
});

export function keepPost(acknowledged: Acknowledged, post: PostKept): void {
  acknowledged.count++;
  if (acknowledged.posts.has(post.id)) acknowledged.contradictions.push(`two posts were given the id ${post.id}`);
  acknowledged.posts.set(post.id, post);
}

export function keepSaid(acknowledged: Acknowledged, { channel, seq }: { readonly channel: string; readonly seq: number }, said: SaidKept): void {
  acknowledged.count++;
  const inChannel = acknowledged.said.get(channel) ?? new Map<number, SaidKept>();
  acknowledged.said.set(channel, inChannel);
  if (inChannel.has(seq)) acknowledged.contradictions.push(`two things were said as ${channel} ${seq}`);
  inChannel.set(seq, said);
}

export function keepRead(
  acknowledged: Acknowledged,
  { person, channel, seq }: { readonly person: string; readonly channel: string; readonly seq: number },
): void {
  acknowledged.count++;
  const key = `${person}/${channel}`;
  acknowledged.readUpTo.set(key, Math.max(seq, acknowledged.readUpTo.get(key) ?? -1));
}

export function keepNotification(acknowledged: Acknowledged, notification: NotificationKept): void {
  acknowledged.count++;
  if (acknowledged.notifications.has(notification.id)) acknowledged.contradictions.push(`two notifications were given the id ${notification.id}`);
  acknowledged.notifications.set(notification.id, notification);
}
