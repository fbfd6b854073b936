/** Disconnects the connections whose session has ended, also where the hint of its end was lost. */
import type { Tokens } from '../../edge/auth/tokens.ts';
import type { Connection } from '../connection/connection.ts';
import type { LocalPresence } from '../presence/presence.ts';
import { connectionsOf, type ConnectionRegistry } from './connection-registry.ts';
import { revokeConnection } from './revoke-connection.ts';

export type CheckSessionsDependencies = {
  readonly tokens: Pick<Tokens, 'isActive'>;
  readonly registry: ConnectionRegistry;
  readonly presence: LocalPresence;
  readonly reportError: (error: unknown) => void;
};

export async function checkSessions(dependencies: CheckSessionsDependencies, connections: readonly Connection[]): Promise<void> {
  await Promise.all(connections.map((connection) => checkSession(dependencies, connection).catch(dependencies.reportError)));
}

async function checkSession({ tokens, registry, presence }: CheckSessionsDependencies, connection: Connection): Promise<void> {
  const { identity } = connection;
  if (identity === undefined || (await tokens.isActive(identity.session))) return;
  revokeConnection(presence, connection, connectionsOf(registry, identity.person));
}
