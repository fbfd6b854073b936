/**
 * Publishes live hints of chat again from the log: the process that appended an event publishes one too, but may have died before it
 * could. Receivers drop by `seq` what they have already.
 */
import type { ChannelEvent, InboxEvent, MessagesEvent } from '../../domain/chat/events.ts';
import { messageEntryOf } from '../../domain/chat/message-entry.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { msBetween, type Instant } from '../../domain/shared/instant.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { ChannelDocument } from '../../projections/read-models/channels.ts';
import { isOneBlocked } from '../../projections/query/blocks.ts';
import type { TidingsReactor } from '../../projections/read-models/projectors.ts';
import type { TidingsViews } from '../../projections/query/tidings-views.ts';

/** Older events are not published: clients have found them by the heads in a ping, or by connecting again. */
export const LIVE_AGE_MAX_MS = 60_000;

type Handled = MessagesEvent | ChannelEvent | Extract<InboxEvent, { type: 'chat.read-up-to.v1' }>;

type Dependencies = { readonly views: Pick<TidingsViews, 'get' | 'getMany'>; readonly broadcast: Pick<Broadcast, 'publish'>; readonly clock: () => Instant };

export const publishChat = ({ views, broadcast, clock }: Dependencies): TidingsReactor<Handled> => ({
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
  // A client that hears that a channel changed fetches it.
  after: ['channels', 'inbox', 'relationships'],
  react: async (event) => {
    if (msBetween(event.metadata.at, clock()) > LIVE_AGE_MAX_MS) return;
    const channel = await views.get('channels', event.data.channel);
    const recipients = channel === undefined ? [] : await recipientsOf(views, channel, event);
    broadcast.publish([...recipients, ...formerMembers(event)], hintOf(event));
  },
});

/** The members. A read receipt in a direct channel goes to the reader's own devices only while one of the two blocks the other. */
async function recipientsOf(views: Dependencies['views'], { kind, members }: ChannelDocument, event: Handled): Promise<readonly PersonId[]> {
  const isSentOverBlocks = event.type !== 'chat.read-up-to.v1' || kind !== 'direct';
  return isSentOverBlocks || !(await isOneBlocked(views, members)) ? members : [event.data.person];
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

/** A person who has just left or was removed is no member any more, and gets the hint too. */
const formerMembers = (event: Handled): readonly PersonId[] =>
  event.type === 'chat.member-left.v1' || event.type === 'chat.member-removed.v1' ? [event.data.member] : [];
