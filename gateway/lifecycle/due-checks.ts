/** Connections that were pinged and are to be checked next. Apart from each other, for one check reads the log, one the views, one the vault. */
import type { Connection } from '../connection/connection.ts';

export type DueChecks = { readonly devices: Set<Connection>; readonly heads: Set<Connection>; readonly sessions: Set<Connection> };

export const createDueChecks = (): DueChecks => ({ devices: new Set(), heads: new Set(), sessions: new Set() });

export function scheduleChecks({ devices, heads, sessions }: DueChecks, connection: Connection): void {
  devices.add(connection);
  heads.add(connection);
  sessions.add(connection);
}

export function cancelChecks({ devices, heads, sessions }: DueChecks, connection: Connection): void {
  devices.delete(connection);
  heads.delete(connection);
  sessions.delete(connection);
}

/** They are due again after their next ping, also where their check fails. */
export function takeDue(connections: Set<Connection>): readonly Connection[] {
  const due = [...connections];
  connections.clear();
  return due;
}
