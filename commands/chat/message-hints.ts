/** Publishes what was said in a channel to the people who hear of each message; `workers/chat/publish-chat.ts` does so again from the log. */
import type { ChannelKind } from '../../domain/chat/events.ts';
import type { MessageEntry } from '../../domain/chat/message-entry.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { announcementsTopicOf, type LiveHint } from '../../ports/broadcast/hints.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';

type Said = { readonly channel: ChannelId; readonly kind: ChannelKind; readonly members: readonly PersonId[]; readonly entry: MessageEntry };

/** The thousands who read an announcement channel get no copy each: one hint tells their gateways that there is something to fetch. */
export function publishMessage(broadcast: Pick<Broadcast, 'publish'>, { channel, kind, members, entry }: Said): void {
  broadcast.publish(members, { kind: 'message', channel, entry } satisfies LiveHint);
  if (kind !== 'announcement' || entry.event === 'reacted') return;
  broadcast.publish([announcementsTopicOf(channel)], { kind: 'announced', channel, seq: entry.seq } satisfies LiveHint);
}
