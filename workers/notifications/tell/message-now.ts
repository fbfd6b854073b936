/**
 * What is unread in a channel now: the newest message of somebody else that the person may still be told. One push stands for all that
 * is unread, so it tells the newest message and not the one that it was requested for; an edited message is told with its new words.
 * All of it is asked of the log, for a view may be late: a message that was withdrawn must not be pushed.
 */
import { channel as channelDecider } from '../../../domain/chat/channel.ts';
import { isAccepted, isMember, readsFrom, type ChannelState } from '../../../domain/chat/channel-state.ts';
import type { MessageMedia } from '../../../domain/chat/content/message-media.ts';
import type { SuppressionReason } from '../../../domain/notifications/events.ts';
import type { Content, Source } from '../../../domain/notifications/request-fields.ts';
import { messageContent } from '../../../domain/notifications/source-content.ts';
import { orErased } from '../../../domain/shared/event.ts';
import type { ChannelId, PersonId } from '../../../domain/shared/ids.ts';
import { HOUR_MS, plus, type Instant } from '../../../domain/shared/instant.ts';
import { channelStream, messagesStream } from '../../../domain/shared/streams.ts';
import { blocksOf } from './blocked-senders.ts';
import { inboxNow, type InboxNow } from './inbox-now.ts';
import { readNewest } from './read-newest.ts';
import { receivedUpTo } from './received-up-to.ts';
import type { ToldDependencies } from './dependencies.ts';

/** Behind so many events that tell this person nothing, no message is looked for. */
const MESSAGE_EVENTS_READ_MAX = 2_000;
/** A message that is older than the one a push was requested for is told in its place where it is not older than this before the request. */
const OLDER_MESSAGE_MAX_MS = HOUR_MS;

type About = {
  readonly person: PersonId;
  readonly source: Extract<Source, { kind: 'chat' }>;
  readonly requestedAt: Instant;
  readonly language?: string | undefined;
};
type FoundMessage = {
  readonly seq: number;
  readonly author: PersonId;
  readonly text: string;
  readonly media: readonly MessageMedia[];
  readonly expiresAt: Instant | undefined;
};

/** `expiresAt`: when the message disappears. */
export type MessageNow =
  | { readonly seq: number; readonly author: PersonId; readonly content: Content; readonly expiresAt: Instant | undefined }
  | { readonly suppress: SuppressionReason };

export async function messageNow(dependencies: ToldDependencies, about: About): Promise<MessageNow> {
  const { reader, views, presence } = dependencies;
  const { person, source, language } = about;
  const [{ state }, inbox, received] = await Promise.all([
    reader.loadState(channelDecider, channelStream(source.channel)),
    inboxNow(dependencies, person, source.channel),
    receivedUpTo(presence, [person], source.channel),
  ]);
  if (!isMember(state, person)) return { suppress: 'not-a-member' };
  if (inbox.muted || inbox.level === 'none' || !isAccepted(state)) return { suppress: 'muted' };
  const readUpTo = Math.max(inbox.read.seq, received.get(person) ?? -1, (readsFrom(state, person) ?? 0) - 1);
  const found = await newestToTell(dependencies, about, inbox, readUpTo);
  if ('suppress' in found) return found;
  const { seq, author, text, media, expiresAt } = found;
  const sender = (await views.get('profiles', author))?.name ?? '';
  const group = await groupOf(dependencies, state, source.channel);
  return { seq, author, expiresAt, content: messageContent({ sender, ...(group !== undefined && { group }), text, media, language }) };
}

/** `readUpTo`: what the person has read or received, or may not read. Edits and withdrawals come after their message, so going backwards they are known when it is reached. */
async function newestToTell(
  dependencies: ToldDependencies,
  { person, source, requestedAt }: About,
  { read, level, isKnown }: InboxNow,
  readUpTo: number,
): Promise<FoundMessage | { readonly suppress: SuppressionReason }> {
  const { reader, clock, chatPushAfterMs } = dependencies;
  const isBlocked = blocksOf(reader.loadState, person);
  const dueSince = plus(clock(), -chatPushAfterMs);
  const oldest = plus(requestedAt, -OLDER_MESSAGE_MAX_MS);
  const edits = new Map<number, string | null>();
  const withdrawn = new Set<number>();
  let reason: SuppressionReason | undefined;
  for await (const event of readNewest(reader, messagesStream(source.channel), MESSAGE_EVENTS_READ_MAX)) {
    if (event.type === 'chat.message-withdrawn.v1') withdrawn.add(event.data.message);
    if (event.type === 'chat.message-edited.v1' && !edits.has(event.data.message))
      edits.set(event.data.message, orErased<string | null>(event.data.text, null));
    if (event.type !== 'chat.message-posted.v1') continue;
    const { revision: seq, data } = event;
    if (seq <= readUpTo || data.messageCount <= read.messageCount) break;
    if (seq < source.seq && (!isKnown || data.at < oldest)) break;
    // A device that is connected may be about to acknowledge a newer message; its own job will look for that.
    const isTooYoung = seq > source.seq && data.at > dueSince;
    if (data.sender === person) break; // who has written something has read what came before it
    if (isTooYoung) continue;
    if (level === 'mentions' && data.mentions?.includes(person) !== true) continue;
    const text = edits.has(seq) ? (edits.get(seq) ?? null) : orErased<string | null>(data.text, null);
    if (withdrawn.has(seq) || text === null) reason ??= 'withdrawn';
    else if (await isBlocked(data.sender)) reason ??= 'blocked';
    else return { seq, author: data.sender, text, media: orErased(data.media ?? [], []), expiresAt: data.expiresAt };
  }
  return { suppress: reason ?? 'received-meanwhile' };
}

async function groupOf({ views }: ToldDependencies, state: ChannelState, channel: ChannelId): Promise<{ readonly title: string | null } | undefined> {
  if (state.status !== 'open' || state.kind === 'direct') return undefined;
  return { title: (await views.get('channels', channel))?.title ?? null };
}
