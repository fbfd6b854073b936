/** Turns a broadcast hint for a person into frames on the person's connections. */
import type { MessageEntry } from '../../domain/chat/message-entry.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Tokens } from '../../edge/auth/tokens.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import { followAnnouncements, unfollowAnnouncements, type Announcements } from '../channels/announcements.ts';
import { requestCatchUp, type CatchUp } from '../channels/catch-up.ts';
import { deliver, type MessageDelivery } from '../channels/deliver-to-connections.ts';
import { forgetBlock, forgetDeparture, recentPrivacyOf, rememberBlock, rememberDeparture, rememberPrivacy } from '../channels/recent-changes.ts';
import { forgetMembers, type ViewQueries } from '../channels/view-queries.ts';
import type { Connection } from '../connection/connection.ts';
import { send } from '../connection/send-queue.ts';
import { recheckWatchersOf, type PresenceSubscriptions } from '../presence/presence-subscriptions.ts';
import type { LocalPresence } from '../presence/presence.ts';
import type { ServerFrame } from '../protocol/frames.ts';
import { requestCount, type DeliveredCounts } from '../receipts/delivered-counts.ts';
import { encodeFrame } from '../protocol/ws-frame.ts';
import { revokeConnection } from './revoke-connection.ts';

export type HintDependencies = {
  readonly delivery: MessageDelivery;
  readonly catchUp: CatchUp;
  readonly queries: ViewQueries;
  readonly tokens: Pick<Tokens, 'forget'>;
  readonly presence: LocalPresence;
  readonly subscriptions: PresenceSubscriptions;
  readonly announcements: Announcements;
  readonly deliveredCounts: DeliveredCounts;
  readonly reportError: (error: unknown) => void;
};

export function handleHint(dependencies: HintDependencies, connections: ReadonlySet<Connection>, hint: LiveHint): void {
  const { queries, tokens, presence } = dependencies;
  switch (hint.kind) {
    case 'message':
      return deliverMessage(dependencies, connections, hint.channel, hint.entry);
    case 'read':
      return sendToLive(connections.values().filter(isToldOfReading(queries, hint.person)), {
        type: 'read',
        channel: hint.channel,
        person: hint.person,
        seq: hint.seq,
      });
    case 'delivered':
      return tellDelivered(dependencies, connections, hint);
    case 'privacy':
      return rememberPrivacy(queries.recent, hint.person, hint.privacy);
    case 'typing': {
      const isTyping = ({ identity }: Connection) => identity?.person === hint.person && identity.device === hint.device;
      const others = connections.values().filter((connection) => !isTyping(connection));
      return sendToLive(others, { type: 'typing', channel: hint.channel, person: hint.person });
    }
    case 'channel':
      applyChannelChange(dependencies, connections, hint);
      return sendToLive(connections, { type: 'channel', channel: hint.channel });
    case 'invitations':
      return sendToLive(connections, { type: 'invitations' });
    case 'notification':
      return sendToLive(connections, { type: 'notification', notification: hint.notification });
    case 'centre':
      return sendToLive(connections, { type: 'centre' });
    case 'block': {
      const [one, other] = hint.people;
      if (hint.change === 'ends') return forgetBlock(queries.recent, one, other);
      rememberBlock(queries.recent, one, other);
      return hideFromWatchers(dependencies, connections, hint.people);
    }
    case 'session-ended':
      tokens.forget(hint.session);
      for (const connection of connections) if (connection.identity?.session === hint.session) revokeConnection(presence, connection, connections);
      return;
    case 'device-removed':
      for (const connection of connections) if (connection.identity?.device === hint.device) revokeConnection(presence, connection, connections);
      return;
    case 'announced': // goes to the topic of the channel: `channels/announcements.ts`
    case 'presence': // goes to the topic of the person's watchers: `presence/presence-subscriptions.ts`
    case 'post':
    case 'feed-dropped':
    case 'feed-pulls':
      return;
  }
}

/** Who publishes a receipt goes by what it has cached and heard; where the reader, or a receiver, has just said to want none, that holds here at last. */
function isToldOfReading({ recent }: ViewQueries, reader: PersonId): (connection: Connection) => boolean {
  const wantsNone = (person: PersonId) => recentPrivacyOf(recent, person)?.readReceipts === false;
  const isHidden = wantsNone(reader);
  return ({ identity }) => identity === undefined || identity.person === reader || (!isHidden && !wantsNone(identity.person));
}

/** In a direct channel the hint tells all; in a group it is counted. */
function tellDelivered(
  { deliveredCounts }: HintDependencies,
  connections: ReadonlySet<Connection>,
  { channel, seq }: Extract<LiveHint, { kind: 'delivered' }>,
): void {
  if (seq !== undefined) return sendToLive(connections, { type: 'delivered', channel, seq, people: 1 });
  const [connection] = connections;
  if (connection?.identity !== undefined) requestCount(deliveredCounts, connection.identity.person, channel);
}

function applyChannelChange(
  dependencies: HintDependencies,
  connections: Iterable<Connection>,
  { channel, joined, departed, announcement }: Extract<LiveHint, { kind: 'channel' }>,
): void {
  const { queries, announcements } = dependencies;
  forgetMembers(queries, channel);
  if (joined !== undefined) forgetDeparture(queries.recent, channel, joined);
  // What was said before is fetched with the channel.
  if (announcement === true)
    for (const connection of connections) if (connection.identity?.person === joined) followAnnouncements(announcements, connection, channel, -1);
  if (departed === undefined) return;
  for (const connection of connections) if (connection.identity?.person === departed) unfollowAnnouncements(announcements, connection, channel);
  rememberDeparture(queries.recent, channel, departed);
  const leaving = [...connections].filter(({ identity }) => identity?.person === departed);
  // A person who has departed may have seen anybody they watch through this channel.
  hideFromWatchers(dependencies, connections, [departed, ...leaving.flatMap(({ watchedPeople }) => [...(watchedPeople ?? [])])]);
}

function hideFromWatchers({ subscriptions, reportError }: HintDependencies, connections: Iterable<Connection>, people: readonly PersonId[]): void {
  recheckWatchersOf(subscriptions, connections, people).catch(reportError);
}

/** A connection that is still resuming catches up once it is welcomed. */
function deliverMessage({ delivery, catchUp }: HintDependencies, connections: Iterable<Connection>, channel: ChannelId, entry: MessageEntry): void {
  for (const connection of connections) {
    const lagging = connection.phase === 'resuming' ? connection.buffered?.lagging : undefined;
    if (lagging !== undefined) lagging.set(channel, Math.max(entry.seq, lagging.get(channel) ?? 0));
    else if (connection.phase === 'live' && deliver(delivery, connection, channel, entry) === 'gap') requestCatchUp(catchUp, connection, channel);
  }
}

function sendToLive(connections: Iterable<Connection>, frame: ServerFrame): void {
  const framed = encodeFrame(frame);
  for (const connection of connections) if (connection.phase === 'live') send(connection, framed);
}
