/** The connections of each person at this gateway, and one subscription of the broadcast for each person, however many connections there are. */
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Broadcast, Listening } from '../../ports/broadcast/port.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import { applyInput } from '../connection/apply-input.ts';
import type { Connection } from '../connection/connection.ts';
import { handleHint, type HintDependencies } from './handle-hint.ts';

export type ConnectionRegistryDependencies = {
  readonly broadcast: Pick<Broadcast, 'listen'>;
  readonly personConnectionsMax: number;
  readonly hints: HintDependencies;
};

type ConnectedPerson = { readonly connections: Set<Connection>; readonly subscription: Listening };

export type ConnectionRegistry = ConnectionRegistryDependencies & { readonly people: Map<PersonId, ConnectedPerson> };

export const createConnectionRegistry = (dependencies: ConnectionRegistryDependencies): ConnectionRegistry => ({ ...dependencies, people: new Map() });

/**
 * Where the person has too many connections, the oldest is closed: it may well be dead without knowing. `known` resolves when every
 * later hint comes here, whoever publishes it.
 */
export function addConnection(registry: ConnectionRegistry, connection: Connection, person: PersonId): { readonly known: Promise<void> } {
  const { connections, subscription } = registry.people.get(person) ?? subscribe(registry, person);
  const oldest = connections.size >= registry.personConnectionsMax ? oldestOf(connections) : undefined;
  connections.add(connection);
  if (oldest !== undefined) applyInput(oldest, 'too-many-connections');
  return subscription;
}

export function removeConnection({ people }: ConnectionRegistry, connection: Connection): void {
  if (connection.identity === undefined) return;
  const { person } = connection.identity;
  const connected = people.get(person);
  if (connected?.connections.delete(connection) !== true || connected.connections.size > 0) return;
  connected.subscription[Symbol.dispose]();
  people.delete(person);
}

export const connectionsOf = ({ people }: ConnectionRegistry, person: PersonId): Iterable<Connection> => people.get(person)?.connections ?? [];

function subscribe({ people, broadcast, hints }: ConnectionRegistry, person: PersonId): ConnectedPerson {
  const connections = new Set<Connection>();
  const connected = { connections, subscription: broadcast.listen(person, (hint) => handleHint(hints, connections, hint as LiveHint)) };
  people.set(person, connected);
  return connected;
}

/** Sets keep the order in which connections were added. */
const oldestOf = (connections: ReadonlySet<Connection>): Connection | undefined => connections.values().find(({ phase }) => phase !== 'closing');
