/** Turns a broadcast hint for a person into frames on the person's connections. */
import type { MessageEntry } from '../../domain/chat/message-entry.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Tokens } from '../../edge/auth/tokens.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import { requestCatchUp, type CatchUp } from '../channels/catch-up.ts';
import { deliver, type MessageDelivery } from '../channels/deliver-to-connections.ts';
import { forgetBlock, forgetDeparture, rememberBlock, rememberDeparture } from '../channels/recent-changes.ts';
import { forgetMembers, type ViewQueries } from '../channels/view-queries.ts';
import type { Connection } from '../connection/connection.ts';
import { send } from '../connection/send-queue.ts';
import { recheckWatchersOf, type PresenceSubscriptions } from '../presence/presence-subscriptions.ts';
import type { LocalPresence } from '../presence/presence.ts';
import type { ServerFrame } from '../protocol/frames.ts';
import { encodeFrame } from '../protocol/ws-frame.ts';
import { revokeConnection } from './revoke-connection.ts';

export type HintDependencies = {
  readonly delivery: MessageDelivery;
  readonly catchUp: CatchUp;
  readonly queries: ViewQueries;
  readonly tokens: Pick<Tokens, 'forget'>;
  readonly presence: LocalPresence;
  readonly subscriptions: PresenceSubscriptions;
  readonly reportError: (error: unknown) => void;
};

export function handleHint(dependencies: HintDependencies, connections: ReadonlySet<Connection>, hint: LiveHint): void {
  const { queries, tokens, presence } = dependencies;
  switch (hint.kind) {
    case 'message':
      return deliverMessage(dependencies, connections, hint.channel, hint.entry);
    case 'read':
      return sendToLive(connections, { type: 'read', channel: hint.channel, person: hint.person, seq: hint.seq });
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
    case 'presence': // goes to the topic of the person's watchers: `presence/presence-subscriptions.ts`
    case 'post':
    case 'feed-dropped':
    case 'feed-pulls':
      return;
  }
}

function applyChannelChange(
  dependencies: HintDependencies,
  connections: Iterable<Connection>,
  { channel, joined, departed }: Extract<LiveHint, { kind: 'channel' }>,
): void {
  const { queries } = dependencies;
  forgetMembers(queries, channel);
  if (joined !== undefined) forgetDeparture(queries.recent, channel, joined);
  if (departed === undefined) return;
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
