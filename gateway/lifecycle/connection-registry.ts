/**
 * Who is connected to this gateway, and what hints for them become: frames on their connections. One subscription a person, however
 * many connections the person has.
 */
import type { MessageEntry } from '../../domain/chat/message-entry.ts';
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import type { Broadcast, Hint } from '../../ports/broadcast/port.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { ConnectionDelivery } from '../channels/deliver-to-connections.ts';
import type { ServerFrame } from '../protocol/frames.ts';
import type { Connection } from '../connection/connection.ts';
import { encodeFrame } from '../protocol/ws-frame.ts';

/** Some devices, some tabs each. */
export const PERSON_CONNECTIONS_MAX = 20;

type Here = { readonly connections: Set<Connection>; readonly listening: Disposable };

export type ConnectionRegistry = {
  /** Where the person has as many connections as one may have, the oldest has to go: it may well be dead and not know it. */
  add(connection: Connection, person: PersonId): void;
  remove(connection: Connection): void;
  connectionsOf(person: PersonId): Iterable<Connection>;
  count(): number;
};

export type ConnectionRegistryDependencies = {
  readonly broadcast: Pick<Broadcast, 'listen'>;
  readonly send: (connection: Connection, framed: Buffer) => void;
  readonly deliver: ConnectionDelivery['deliver'];
  readonly behind: (connection: Connection, channel: ChannelId) => void;
  readonly sessionEnded: (session: string, of: Iterable<Connection>) => void;
  readonly deviceRemoved: (device: DeviceId, of: Iterable<Connection>) => void;
  readonly channelChanged: (channel: ChannelId) => void;
  readonly crowded: (oldest: Connection) => void;
};

export function createConnectionRegistry({
  broadcast,
  send,
  deliver,
  behind,
  sessionEnded,
  deviceRemoved,
  channelChanged,
  crowded,
}: ConnectionRegistryDependencies): ConnectionRegistry {
  const people = new Map<PersonId, Here>();
  const onMessage = (connections: ReadonlySet<Connection>, channel: ChannelId, entry: MessageEntry) => {
    for (const connection of connections) {
      if (connection.phase === 'resuming') connection.buffered?.lagging.set(channel, Math.max(entry.seq, connection.buffered.lagging.get(channel) ?? 0));
      else if (connection.phase === 'live' && deliver(connection, channel, entry) === 'gap') behind(connection, channel);
    }
  };

  const toAll = (connections: ReadonlySet<Connection>, frame: ServerFrame, except?: (connection: Connection) => boolean) => {
    const bytes = encodeFrame(frame);
    for (const connection of connections) if (connection.phase === 'live' && except?.(connection) !== true) send(connection, bytes);
  };

  const onHint = (connections: ReadonlySet<Connection>, hint: LiveHint) => {
    switch (hint.kind) {
      case 'message':
        return onMessage(connections, hint.channel, hint.entry);
      case 'read':
        return toAll(connections, { type: 'read', channel: hint.channel, person: hint.person, seq: hint.seq });
      case 'typing':
        return toAll(
          connections,
          { type: 'typing', channel: hint.channel, person: hint.person },
          ({ who }) => who?.person === hint.person && who.device === hint.device,
        );
      case 'channel':
        channelChanged(hint.channel);
        return toAll(connections, { type: 'channel', channel: hint.channel });
      case 'session-ended':
        return sessionEnded(hint.session, connections);
      case 'device-removed':
        return deviceRemoved(hint.device, connections);
      case 'presence': // comes to those who watch, through `watch.ts`
      case 'post':
      case 'feed-dropped':
      case 'notification': // for those who read over HTTP
        return;
    }
  };

  return {
    add: (connection, person) => {
      let here = people.get(person);
      if (here === undefined) {
        const connections = new Set<Connection>();
        here = { connections, listening: broadcast.listen(person, (hint: Hint) => onHint(connections, hint as LiveHint)) };
        people.set(person, here);
      }
      const oldest = here.connections.size >= PERSON_CONNECTIONS_MAX ? oldestOf(here.connections) : undefined;
      here.connections.add(connection);
      if (oldest !== undefined) crowded(oldest);
    },
    remove: (connection) => {
      if (connection.who === undefined) return;
      const here = people.get(connection.who.person);
      if (here?.connections.delete(connection) !== true || here.connections.size > 0) return;
      here.listening[Symbol.dispose]();
      people.delete(connection.who.person);
    },
    connectionsOf: (person) => people.get(person)?.connections ?? [],
    count: () => people.size,
  };
}

/** The one that came first; sets keep that order. */
const oldestOf = (connections: ReadonlySet<Connection>): Connection | undefined => connections.values().find(({ phase }) => phase !== 'closing');
