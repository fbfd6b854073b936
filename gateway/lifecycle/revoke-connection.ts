/** Ends a connection whose session was logged out, or whose device the person has removed. */
import { applyInput } from '../connection/apply-input.ts';
import type { Connection } from '../connection/connection.ts';
import { leavePresence, type LocalPresence } from '../presence/presence.ts';

/** The device is offline at once, unless another of the person's connections speaks for it and stays. */
export function revokeConnection(presence: LocalPresence, connection: Connection, connectionsOfPerson: Iterable<Connection>): void {
  const { identity } = connection;
  applyInput(connection, 'revoked');
  if (identity === undefined) return;
  const { person, device } = identity;
  const staysConnected = [...connectionsOfPerson].some((other) => other !== connection && other.phase !== 'closing' && other.identity?.device === device);
  if (!staysConnected) leavePresence(presence, person, device);
}
