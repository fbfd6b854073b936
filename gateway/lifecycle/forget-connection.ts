/** Removes a connection that is gone from everything that knows it. */
import { unfollowAllAnnouncements, type Announcements } from '../channels/announcements.ts';
import type { Connection } from '../connection/connection.ts';
import { leavePresence, type LocalPresence } from '../presence/presence.ts';
import { unwatchAll, type PresenceSubscriptions } from '../presence/presence-subscriptions.ts';
import { writeReadReceiptsOf, type ReadReceipts } from '../receipts/read-receipts.ts';
import { connectionsOf, removeConnection, type ConnectionRegistry } from './connection-registry.ts';
import { stopKeepalive, type Keepalive } from './keepalive.ts';

/** RFC 6455, 7.4.1: the client closed on purpose. */
const CLOSED_NORMALLY = 1000;

export type ForgetDependencies = {
  readonly keepalive: Keepalive;
  readonly registry: ConnectionRegistry;
  readonly subscriptions: PresenceSubscriptions;
  readonly announcements: Announcements;
  readonly readReceipts: ReadReceipts;
  readonly presence: LocalPresence;
};

export function forgetConnection(
  { keepalive, registry, subscriptions, announcements, readReceipts, presence }: ForgetDependencies,
  connection: Connection,
  closeCode: number,
): void {
  connection.phase = 'closing';
  connection.sendQueue = undefined;
  stopKeepalive(keepalive, connection);
  unwatchAll(subscriptions, connection);
  unfollowAllAnnouncements(announcements, connection);
  if (connection.identity === undefined) return;
  const { person, device } = connection.identity;
  removeConnection(registry, connection);
  const others = [...connectionsOf(registry, person)];
  if (others.length === 0) writeReadReceiptsOf(readReceipts, person);
  if (closeCode === CLOSED_NORMALLY && others.every(({ identity }) => identity?.device !== device)) leavePresence(presence, person, device);
}
