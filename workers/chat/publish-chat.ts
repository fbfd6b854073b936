/**
 * Publishes live hints of chat again from the log: the process that appended an event publishes one too, but may have died before it
 * could. Receivers drop by `seq` what they have already.
 */
import { publishMessage } from '../../commands/chat/message-hints.ts';
import { publishChannelHint } from '../../commands/chat/channel-hints.ts';
import type { ChannelEvent, InboxEvent, MessagesEvent } from '../../domain/chat/events.ts';
import { messageEntryOf } from '../../domain/chat/message-entry.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { msBetween, type Instant } from '../../domain/shared/instant.ts';
import type { LiveHint, ToldMessages } from '../../ports/broadcast/hints.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { channelRecipients, type ChannelDocument } from '../../projections/read-models/chat/channels.ts';
import { blockedAmong } from '../../projections/view-access/blocks.ts';
import type { TidingsReactor } from '../../projections/read-models/projectors.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';

/** Older events are not published: clients have found them by the heads in a ping, or by connecting again. */
export const LIVE_AGE_MAX_MS = 60_000;

type Handled = MessagesEvent | ChannelEvent | Extract<InboxEvent, { type: 'chat.read-up-to.v1' }>;

type Dependencies = {
  readonly views: Pick<TidingsViews, 'get' | 'getMany'>;
  readonly broadcast: Pick<Broadcast, 'publish'>;
  readonly told: Pick<ToldMessages, 'has'>;
  readonly clock: () => Instant;
};

export const publishChat = ({ views, broadcast, told, clock }: Dependencies): TidingsReactor<Handled> => ({
  kind: 'reactor',
  name: 'publish-chat',
  version: 1,
  handles: [
    'chat.message-posted.v1',
    'chat.message-edited.v1',
    'chat.message-withdrawn.v1',
    'chat.message-reacted.v1',
    'chat.message-previewed.v1',
    'chat.notice-added.v1',
    'chat.channel-opened.v1',
    'chat.channel-renamed.v1',
    'chat.disappearing-set.v1',
    'chat.message-pinned.v1',
    'chat.message-unpinned.v1',
    'chat.member-invited.v1',
    'chat.invitation-refused.v1',
    'chat.invitation-withdrawn.v1',
    'chat.member-joined.v1',
    'chat.member-left.v1',
    'chat.member-removed.v1',
    'chat.role-changed.v1',
    'chat.owner-changed.v1',
    'chat.channel-described.v1',
    'chat.channel-pictured.v1',
    'chat.history-set.v1',
    'chat.invitation-link-created.v1',
    'chat.invitation-link-revoked.v1',
    'chat.join-requested.v1',
    'chat.join-request-refused.v1',
    'chat.join-request-withdrawn.v1',
    'chat.request-accepted.v1',
    'chat.request-refused.v1',
    'chat.read-up-to.v1',
  ],
  // Whoever appended has told of it already, unless its process died.
  paceMs: 100,
  // A client that hears that a channel changed fetches it.
  after: ['channels', 'inbox', 'invitations', 'relationships'],
  react: async (event) => {
    if (told.has({ stream: event.stream, position: event.position as Position })) return;
    if (msBetween(event.metadata.at, clock()) > LIVE_AGE_MAX_MS) return;
    if (event.type === 'chat.message-posted.v1' && event.data.imported !== undefined) return;
    const { channel } = event.data;
    const document = await views.get('channels', channel);
    switch (event.type) {
      case 'chat.message-posted.v1':
      case 'chat.message-edited.v1':
      case 'chat.message-withdrawn.v1':
      case 'chat.message-reacted.v1':
      case 'chat.message-previewed.v1':
      case 'chat.notice-added.v1':
        if (document !== undefined)
          publishMessage(broadcast, { channel, kind: document.kind, members: channelRecipients(document), entry: messageEntryOf(event) });
        return;
      case 'chat.read-up-to.v1': {
        const { person, seq } = event.data;
        if (document !== undefined)
          broadcast.publish(await receiptRecipients(views, document, person), { kind: 'read', channel, person, seq } satisfies LiveHint);
        return;
      }
      case 'chat.channel-opened.v1':
      case 'chat.channel-renamed.v1':
      case 'chat.disappearing-set.v1':
      case 'chat.message-pinned.v1':
      case 'chat.message-unpinned.v1':
      case 'chat.member-invited.v1':
      case 'chat.invitation-refused.v1':
      case 'chat.invitation-withdrawn.v1':
      case 'chat.member-joined.v1':
      case 'chat.member-left.v1':
      case 'chat.member-removed.v1':
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
      case 'chat.request-accepted.v1':
      case 'chat.request-refused.v1': {
        const members = document === undefined ? [] : channelRecipients(document);
        publishChannelHint(broadcast, { event, channel, members });
        const invited = await invitationRecipients(views, event, members);
        if (invited.length > 0) broadcast.publish(invited, { kind: 'invitations' } satisfies LiveHint);
      }
    }
  },
});

/** The members who may see how far the reader has read: nobody else while the channel is a message request, and nobody across a block. */
async function receiptRecipients(views: Dependencies['views'], channel: ChannelDocument, reader: PersonId): Promise<readonly PersonId[]> {
  if (channel.request !== null) return [reader];
  const blocked = await blockedAmong(views, reader, channel.members);
  return channel.members.filter((member) => !blocked.has(member));
}

/** People whose list of invitations has changed. An invitation isn't in the list while a block stands between the person and a member. */
async function invitationRecipients(views: Dependencies['views'], event: Recorded<ChannelEvent>, members: readonly PersonId[]): Promise<readonly PersonId[]> {
  const concerned = concernedByInvitation(event);
  const blocked = await Promise.all(concerned.map((person) => blockedAmong(views, person, members)));
  return concerned.filter((_, i) => blocked[i]?.size === 0);
}

function concernedByInvitation(event: Recorded<ChannelEvent>): readonly PersonId[] {
  switch (event.type) {
    case 'chat.channel-opened.v1':
      return event.data.invited ?? [];
    case 'chat.member-invited.v1':
    case 'chat.invitation-refused.v1':
    case 'chat.invitation-withdrawn.v1':
    case 'chat.member-joined.v1':
      return [event.data.member];
    case 'chat.channel-renamed.v1':
    case 'chat.disappearing-set.v1':
    case 'chat.message-pinned.v1':
    case 'chat.message-unpinned.v1':
    case 'chat.member-left.v1':
    case 'chat.member-removed.v1':
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
    case 'chat.request-accepted.v1':
    case 'chat.request-refused.v1':
      return [];
  }
}
