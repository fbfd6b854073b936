/**
 * What is live in chat is published by whoever appended it; from the log it is published again, for the process that appended may
 * have died before it could. Receivers know by `seq` what they have.
 */
import type { ChannelEvent, InboxEvent, MessagesEvent } from '../../domain/chat/events.ts';
import { messageEntryOf } from '../../domain/chat/message-entry.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { msBetween, type Instant } from '../../domain/shared/instant.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { Channel } from '../../projections/read-models/channels.ts';
import { isOneBlocked } from '../../projections/query/blocks.ts';
import type { Reactor } from '../../projections/projection.ts';
import type { ActiveViews } from '../../projections/query/read-views.ts';

/** What is older is no news: whoever missed it has found out from a ping's heads, or by connecting again. */
export const LIVE_AGE_MAX_MS = 60_000;

type Handled = MessagesEvent | ChannelEvent | Extract<InboxEvent, { type: 'chat.read-up-to.v1' }>;

type Dependencies = { readonly views: Pick<ActiveViews, 'get' | 'getMany'>; readonly broadcast: Pick<Broadcast, 'publish'>; readonly clock: () => Instant };

export const publishChat = ({ views, broadcast, clock }: Dependencies): Reactor<Handled> => ({
  kind: 'reactor',
  name: 'publish-chat',
  version: 1,
  handles: [
    'chat.message-posted.v1',
    'chat.message-edited.v1',
    'chat.message-withdrawn.v1',
    'chat.message-reacted.v1',
    'chat.channel-opened.v1',
    'chat.channel-renamed.v1',
    'chat.member-joined.v1',
    'chat.member-left.v1',
    'chat.member-removed.v1',
    'chat.read-up-to.v1',
  ],
  // Whoever hears that a channel changed fetches it.
  after: ['channels', 'inbox', 'relationships'],
  react: async (event) => {
    if (msBetween(event.metadata.at, clock()) > LIVE_AGE_MAX_MS) return;
    const channel = await views.get('channels', event.data.channel);
    const hearers = channel === undefined ? [] : await hearersOf(views, channel, event);
    broadcast.publish([...hearers, ...formerMembers(event)], hintOf(event));
  },
});

/** How far somebody has read is told over no block between the two of a direct channel; their own devices hear of it. */
async function hearersOf(views: Dependencies['views'], { kind, members }: Channel, event: Handled): Promise<readonly PersonId[]> {
  const isToldOverBlocks = event.type !== 'chat.read-up-to.v1' || kind !== 'direct';
  return isToldOverBlocks || !(await isOneBlocked(views, members)) ? members : [event.data.person];
}

function hintOf(event: Recorded<Handled>): LiveHint {
  const { channel } = event.data;
  switch (event.type) {
    case 'chat.message-posted.v1':
    case 'chat.message-edited.v1':
    case 'chat.message-withdrawn.v1':
    case 'chat.message-reacted.v1':
      return { kind: 'message', channel, entry: messageEntryOf(event) };
    case 'chat.read-up-to.v1':
      return { kind: 'read', channel, person: event.data.person, seq: event.data.seq };
    case 'chat.channel-opened.v1':
    case 'chat.channel-renamed.v1':
    case 'chat.member-joined.v1':
    case 'chat.member-left.v1':
    case 'chat.member-removed.v1':
      return { kind: 'channel', channel };
  }
}

/** Who has just left learns of it too, and is a member no more. */
const formerMembers = (event: Handled): readonly PersonId[] =>
  event.type === 'chat.member-left.v1' || event.type === 'chat.member-removed.v1' ? [event.data.member] : [];
