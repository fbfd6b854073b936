/**
 * Whether a connection's device is still the person's, by the log. Asked at hello, and again about as often as a connection is
 * pinged, so that a removed device is disconnected also where the hint of its removal was lost.
 */
import type { ContactsEvent } from '../../domain/people/events.ts';
import { deviceChangeIn } from '../../domain/people/contacts.ts';
import { contactsStream } from '../../domain/shared/streams.ts';
import { Undecodable } from '../../ports/event-log/codec.ts';
import type { ReadOptions } from '../../ports/event-log/port.ts';
import type { StreamReader } from '../channels/history.ts';
import type { Connection, Identity } from '../connection/connection.ts';
import type { LocalPresence } from '../presence/presence.ts';
import { connectionsOf, type ConnectionRegistry } from './connection-registry.ts';
import { revokeConnection } from './revoke-connection.ts';

/** So many events of a person's addresses and devices are searched for the device. */
const SEARCHED_EVENTS_MAX = 1_000;
const CHECKS_AT_ONCE_MAX = 32;

/** At hello: whether the person has removed the device, and not registered it again. A device that never was registered is not removed. */
export async function isDeviceRemoved(contacts: StreamReader, connection: Connection, identity: Identity): Promise<boolean> {
  for await (const { revision, event } of readContacts(contacts, identity, { from: 'end', direction: 'backwards' })) {
    connection.contactsRevision = Math.max(connection.contactsRevision, revision);
    const change = event === undefined ? undefined : deviceChangeIn(identity.device, event);
    if (change !== undefined) return change === 'removed';
  }
  return false;
}

export type CheckDevicesDependencies = { readonly contacts: StreamReader; readonly registry: ConnectionRegistry; readonly presence: LocalPresence };

/** Throws where the log can't be read. */
export async function checkDevices({ contacts, registry, presence }: CheckDevicesDependencies, connections: readonly Connection[]): Promise<void> {
  const unchecked = connections.values();
  const checkInTurn = async () => {
    for (const connection of unchecked) {
      const { identity, phase } = connection;
      if (identity === undefined || phase === 'closing' || !(await wasRemovedSince(contacts, connection, identity))) continue;
      revokeConnection(presence, connection, connectionsOf(registry, identity.person));
    }
  };
  await Promise.all(Array.from({ length: CHECKS_AT_ONCE_MAX }, checkInTurn));
}

async function wasRemovedSince(contacts: StreamReader, connection: Connection, identity: Identity): Promise<boolean> {
  let lastChange: ReturnType<typeof deviceChangeIn>;
  let lastRevision = connection.contactsRevision;
  for await (const { revision, event } of readContacts(contacts, identity, { from: lastRevision + 1 })) {
    lastRevision = revision;
    if (event !== undefined) lastChange = deviceChangeIn(identity.device, event) ?? lastChange;
  }
  connection.contactsRevision = lastRevision; // only now: events of a read that failed half-way are read again
  return lastChange === 'removed';
}

async function* readContacts(
  { log, codec }: StreamReader,
  { person }: Identity,
  options: ReadOptions,
): AsyncIterable<{ readonly revision: number; readonly event: ContactsEvent | undefined }> {
  for await (const stored of log.readStream(contactsStream(person), { ...options, limit: SEARCHED_EVENTS_MAX })) {
    const [event] = await codec.decodeAll([stored]);
    yield { revision: stored.revision, event: event instanceof Undecodable ? undefined : (event as ContactsEvent | undefined) };
  }
}
