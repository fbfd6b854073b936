/**
 * Whether a connection's device is still the person's, as the log has it. Asked at hello, and again about as often as a connection is
 * pinged, so that a removed device is found as well where the hint that says so at once was lost.
 */
import type { ContactsEvent } from '../../domain/people/events.ts';
import { fateOf } from '../../domain/people/contacts.ts';
import { contactsStream } from '../../domain/shared/streams.ts';
import { Undecodable } from '../../ports/event-log/codec.ts';
import type { ReadOptions } from '../../ports/event-log/port.ts';
import type { HistoryDependencies } from '../channels/history.ts';
import type { Connection, Who } from '../connection/connection.ts';

/** Of what happened to a person's addresses and devices: so much is looked through for what became of one device. */
const LOOKED_THROUGH_EVENTS_MAX = 1_000;
const LOOKS_AT_ONCE_MAX = 32;

export type DevicesDependencies = HistoryDependencies & { readonly removed: (connection: Connection, who: Who) => void };

export type Devices = {
  /** At hello: whether the person has removed the device, and not registered it again. A device that never was registered is none that was removed. */
  readonly isRemoved: (connection: Connection, who: Who) => Promise<boolean>;
  /** They are looked at again with the next `look`. */
  readonly due: (connections: Iterable<Connection>) => void;
  /** Whom a failure leaves out comes due again with the next ping. */
  readonly look: () => Promise<void>;
};

export function createDevices({ log, codec, removed }: DevicesDependencies): Devices {
  const waiting = new Set<Connection>();

  async function* contactsOf({ person }: Who, options: ReadOptions): AsyncIterable<{ readonly revision: number; readonly event: ContactsEvent | undefined }> {
    for await (const stored of log.readStream(contactsStream(person), { ...options, limit: LOOKED_THROUGH_EVENTS_MAX })) {
      const [event] = await codec.decodeAll([stored]);
      yield { revision: stored.revision, event: event instanceof Undecodable ? undefined : (event as ContactsEvent | undefined) };
    }
  }

  const isRemoved: Devices['isRemoved'] = async (connection, who) => {
    for await (const { revision, event } of contactsOf(who, { from: 'end', direction: 'backwards' })) {
      connection.contactsRevision = Math.max(connection.contactsRevision, revision);
      const fate = event === undefined ? undefined : fateOf(who.device, event);
      if (fate !== undefined) return fate === 'removed';
    }
    return false;
  };

  const wasRemovedMeanwhile = async (connection: Connection, who: Who): Promise<boolean> => {
    let last: ReturnType<typeof fateOf>;
    let seen = connection.contactsRevision;
    for await (const { revision, event } of contactsOf(who, { from: seen + 1 })) {
      seen = revision;
      if (event !== undefined) last = fateOf(who.device, event) ?? last;
    }
    connection.contactsRevision = seen; // only now: what a read that broke off has found is looked for again
    return last === 'removed';
  };

  return {
    isRemoved,
    due: (connections) => {
      for (const connection of connections) waiting.add(connection);
    },
    look: async () => {
      const connections = [...waiting].values();
      waiting.clear();
      const lookInTurn = async () => {
        for (const connection of connections) {
          const { who, phase } = connection;
          if (who !== undefined && phase !== 'closing' && (await wasRemovedMeanwhile(connection, who))) removed(connection, who);
        }
      };
      await Promise.all(Array.from({ length: LOOKS_AT_ONCE_MAX }, lookInTurn));
    },
  };
}
