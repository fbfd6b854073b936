/** From a connection's opening to its end: deadlines, pings, whether its session still stands; one wheel for all. */
import type { DeviceId } from '../../domain/shared/ids.ts';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import type { Tokens } from '../../edge/auth/tokens.ts';
import type { CatchUp } from '../channels/catch-up.ts';
import type { Conversation } from './inbound-frames.ts';
import type { Devices } from './check-devices.ts';
import type { ServerFrame } from '../protocol/frames.ts';
import { checkHeads } from '../channels/check-heads.ts';
import type { ConnectionRegistry } from './connection-registry.ts';
import type { LocalPresence } from '../presence/presence.ts';
import type { ReadReceipts } from '../receipts/read-receipts.ts';
import type { ViewQueries } from '../channels/view-queries.ts';
import type { Connection, Who } from '../connection/connection.ts';
import type { PresenceSubscriptions } from '../presence/presence-subscriptions.ts';
import { createTimingWheel } from '../connection/timing-wheel.ts';

/** How long a connection may take to say who it is. */
const HELLO_WITHIN_MS = 10 * SECOND_MS;
/** Nothing heard from one ping to the next: the connection is dead. */
export const PING_MS = 25 * SECOND_MS;
const WHEEL_SLOTS = 32;
const CLOSED_NORMALLY = 1000;

export type KeepaliveDependencies = {
  readonly tokens: Pick<Tokens, 'isActive' | 'forget'>;
  readonly conversation: Pick<Conversation, 'apply'>;
  readonly devices: Pick<Devices, 'due'>;
  readonly people: Pick<ConnectionRegistry, 'remove' | 'connectionsOf'>;
  readonly presence: Pick<LocalPresence, 'left'>;
  readonly watching: Pick<PresenceSubscriptions, 'forget'>;
  readonly readMarks: Pick<ReadReceipts, 'leave'>;
  readonly reads: ViewQueries;
  readonly catchUp: CatchUp;
  readonly answer: (connection: Connection, frame: ServerFrame) => void;
  readonly nowMs: () => number;
  readonly failed: (error: unknown) => void;
  readonly random?: () => number;
};

export type Keepalive = {
  readonly opened: (connection: Connection) => void;
  /** Pings begin somewhere within their interval, so that those who came together are not pinged together. */
  readonly welcomed: (connection: Connection) => void;
  readonly gone: (connection: Connection, closeCode: number) => void;
  /** The session, logged in by a token, was ended. */
  readonly revoke: (ended: string, of: Iterable<Connection>) => void;
  /** The person has removed the device. */
  readonly remove: (device: DeviceId, of: Iterable<Connection>) => void;
  /** Deadlines and pings; whom it pings is looked at with the next looks. */
  readonly tick: () => void;
  readonly checkHeads: () => Promise<void>;
  readonly checkSessions: () => Promise<void>;
};

export function createKeepalive(dependencies: KeepaliveDependencies): Keepalive {
  const { tokens, conversation, devices, people, presence, watching, readMarks, reads, catchUp, answer, nowMs, failed, random = Math.random } = dependencies;
  const due = { heads: new Set<Connection>(), standing: new Set<Connection>() };

  const wheel = createTimingWheel<Connection>(WHEEL_SLOTS, (connection) => {
    if (connection.phase === 'closing') return undefined;
    const ends = connection.phase === 'awaiting-hello' || !connection.isAlive ? 'timed-out' : hasExpired(connection) ? 'expired' : undefined;
    if (ends !== undefined) {
      conversation.apply(connection, ends);
      return undefined;
    }
    connection.isAlive = false;
    connection.socket.ping();
    devices.due([connection]);
    due.heads.add(connection);
    due.standing.add(connection);
    return PING_MS / SECOND_MS;
  });

  const hasExpired = ({ who }: Connection) => who !== undefined && who.expiresAtMs <= nowMs();

  /** The same device, on another connection that stays: of another login, or of the same one just before it is cut. */
  const isThereBeside = (connection: Connection, { person, device }: Who) =>
    [...people.connectionsOf(person)].some((other) => other !== connection && other.phase !== 'closing' && other.who?.device === device);

  const logOut = (connection: Connection) => {
    const { who } = connection;
    conversation.apply(connection, 'revoked');
    if (who !== undefined && !isThereBeside(connection, who)) presence.left(who.person, who.device);
  };

  const lookWhetherItStands = async (connection: Connection) => {
    if (connection.who !== undefined && !(await tokens.isActive(connection.who.session))) logOut(connection);
  };

  return {
    opened: (connection) => wheel.add(connection, HELLO_WITHIN_MS / SECOND_MS),
    welcomed: (connection) => wheel.add(connection, 1 + random() * (PING_MS / SECOND_MS)),
    gone: (connection, closeCode) => {
      connection.phase = 'closing';
      connection.queue = undefined;
      wheel.remove(connection);
      due.heads.delete(connection);
      due.standing.delete(connection);
      watching.forget(connection);
      const { who } = connection;
      if (who === undefined) return;
      people.remove(connection);
      const others = [...people.connectionsOf(who.person)];
      if (others.length === 0) readMarks.leave(who.person);
      if (closeCode === CLOSED_NORMALLY && others.every((other) => other.who?.device !== who.device)) presence.left(who.person, who.device);
    },
    revoke: (ended, of) => {
      tokens.forget(ended);
      for (const connection of of) if (connection.who?.session === ended) logOut(connection);
    },
    remove: (device, of) => {
      for (const connection of of) if (connection.who?.device === device) logOut(connection);
    },
    tick: wheel.tick,
    checkHeads: () => checkHeads({ reads, catchUp, answer }, takeAll(due.heads)),
    checkSessions: async () => void (await Promise.all(takeAll(due.standing).map((connection) => lookWhetherItStands(connection).catch(failed)))),
  };
}

function takeAll(connections: Set<Connection>): readonly Connection[] {
  const all = [...connections];
  connections.clear();
  return all;
}
