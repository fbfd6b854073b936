/** The log: the embedded event store, or one EventStoreDB cluster or more where their addresses are configured. */
import { openEventStore } from '../event-store/open.ts';
import type { EventStore } from '../event-store/store.ts';
import { startEmbeddedLog } from '../ports/event-log/embedded.ts';
import { startEventStoreLog } from '../ports/event-log/eventstore.ts';
import type { EventLog } from '../ports/event-log/port.ts';
import { evenSlotTable } from '../ports/event-log/slots.ts';
import { partitionedLog } from '../ports/event-log/spread.ts';
import type { Vault } from '../ports/vault/port.ts';
import { CannotStart, DATA_FOLDER_HELP, openOrCannotStart } from './cannot-start.ts';

export type OpenedEventLog = { readonly log: EventLog; /** Where it is in this process. */ readonly eventStore: EventStore | undefined };

/** `urls` of EventStoreDB clusters; the embedded store where there are none. */
export type EventLogConfig = { readonly urls: readonly string[]; readonly forgetful: boolean };
export const EMBEDDED_EVENT_LOG: EventLogConfig = { urls: [], forgetful: false };

export async function openEventLog(
  vault: Vault,
  { folder, urls, forgetful }: EventLogConfig & { readonly folder: string },
  reconnecting: (error: unknown) => void,
): Promise<OpenedEventLog> {
  if (urls.length === 0) {
    const eventStore = await openOrCannotStart('The event store', DATA_FOLDER_HELP, openEventStore(folder, { forgetful }));
    return { eventStore, log: startEmbeddedLog(eventStore) };
  }
  const logs = urls.map((connectionString, log) => {
    try {
      return startEventStoreLog({ connectionString, log, name: log === 0 ? 'main' : `log-${log}`, isOneOfSeveral: urls.length > 1, onReconnect: reconnecting });
    } catch (error) {
      throw new CannotStart(`The log of the connection string ${log + 1} can’t be opened. See TIDINGS_EVENTSTORE_URLS.`, { cause: error });
    }
  });
  const [only] = logs;
  if (logs.length === 1 && only !== undefined) return { eventStore: undefined, log: only };
  // The table is made once: with more clusters later, slots are moved to them and not dealt anew.
  return { eventStore: undefined, log: partitionedLog(logs, await vault.putIfAbsent('slot-table', 'slots', evenSlotTable(logs.length))) };
}
