/** Publishes hints that a channel changed: to its members, and to a person who has left it. A refusal is told to the refuser's own devices only. */
import type { ChannelEvent } from '../../domain/chat/events.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';

/** `members`: as they are after the event. Former members are told, too. */
export function publishChannelHint(
  broadcast: Pick<Broadcast, 'publish'>,
  { event, channel, members }: { readonly event: ChannelEvent; readonly channel: ChannelId; readonly members: readonly PersonId[] },
): void {
  if (event.type === 'chat.request-refused.v1')
    return broadcast.publish([event.data.by], { kind: 'channel', channel, departed: event.data.by } satisfies LiveHint);
  const { joined, departed, announcement } = changeOf(event);
  const hint: LiveHint = {
    kind: 'channel',
    channel,
    ...(joined === undefined ? {} : { joined }),
    ...(departed === undefined ? {} : { departed }),
    ...(announcement && { announcement }),
  };
  // Of an announcement channel `members` are those who write there.
  const concerned = [departed, joined].filter((person) => person !== undefined && !members.includes(person)) as readonly PersonId[];
  broadcast.publish([...members, ...concerned], hint);
}

function changeOf(event: ChannelEvent): { readonly joined?: PersonId; readonly departed?: PersonId; readonly announcement?: true } {
  switch (event.type) {
    case 'chat.member-joined.v1':
      return { joined: event.data.member, ...(event.data.announcement && { announcement: true }) };
    case 'chat.request-accepted.v1':
      return { joined: event.data.by };
    case 'chat.member-left.v1':
    case 'chat.member-removed.v1':
      return { departed: event.data.member };
    case 'chat.channel-opened.v1':
    case 'chat.channel-renamed.v1':
    case 'chat.disappearing-set.v1':
    case 'chat.member-invited.v1':
    case 'chat.invitation-refused.v1':
    case 'chat.invitation-withdrawn.v1':
    case 'chat.request-refused.v1':
    case 'chat.message-pinned.v1':
    case 'chat.message-unpinned.v1':
    case 'chat.role-changed.v1':
    case 'chat.owner-changed.v1':
    case 'chat.channel-described.v1':
    case 'chat.channel-pictured.v1':
    case 'chat.history-set.v1':
    case 'chat.invitation-link-created.v1':
    case 'chat.invitation-link-revoked.v1':
    case 'chat.join-requested.v1':
    case 'chat.join-request-refused.v1':
    case 'chat.join-request-withdrawn.v1':
      return {};
  }
}
