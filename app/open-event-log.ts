/** Opens the event log: the embedded event store, or the EventStoreDB clusters whose connection strings are configured. */
import { openEventStore } from '../event-store/open.ts';
import type { EventStore } from '../event-store/store.ts';
import { startEmbeddedLog } from '../ports/event-log/embedded.ts';
import { startEventStoreLog } from '../ports/event-log/eventstore.ts';
import type { EventLog } from '../ports/event-log/port.ts';
import { evenSlotTable } from '../ports/event-log/slots.ts';
import { partitionedLog } from '../ports/event-log/partitioned.ts';
import { EVENT_WORDS } from '../ports/event-log/words.ts';
import type { Vault } from '../ports/vault/port.ts';
import type { Config } from './config/config.ts';
import { CannotStart, DATA_FOLDER_HELP, openOrCannotStart } from './cannot-start.ts';

/** `eventStore` is undefined where the log is kept by EventStoreDB. */
export type OpenedEventLog = { readonly log: EventLog; readonly eventStore: EventStore | undefined };

type Dependencies = { readonly vault: Vault; readonly onReconnect: (error: unknown) => void };
type RemoteLogConfig = Pick<Config, 'eventStoreUrls' | 'eventStoreDeadlines'>;
type EventLogConfig = RemoteLogConfig & Pick<Config, 'eventStore'> & { readonly folder: string };

export async function openEventLog(dependencies: Dependencies, { folder, eventStore: { idempotency }, ...remote }: EventLogConfig): Promise<OpenedEventLog> {
  if (remote.eventStoreUrls.length > 0) return { eventStore: undefined, log: await openRemoteLog(dependencies, remote) };
  const eventStore = await openOrCannotStart('The event store', DATA_FOLDER_HELP, openEventStore(folder, { idempotency, words: EVENT_WORDS }));
  return { eventStore, log: startEmbeddedLog(eventStore) };
}

/** One log a connection string. It is not known yet whether anybody answers there. */
export async function openRemoteLog({ vault, onReconnect }: Dependencies, config: RemoteLogConfig): Promise<EventLog> {
  const { eventStoreUrls: urls, eventStoreDeadlines: deadlines } = config;
  const logs = urls.map((connectionString, log) => {
    try {
      return startEventStoreLog({ connectionString, log, name: log === 0 ? 'main' : `log-${log}`, isOneOfSeveral: urls.length > 1, deadlines, onReconnect });
    } catch (error) {
      throw new CannotStart(`The log of the connection string ${log + 1} can’t be opened. See TIDINGS_EVENTSTORE_URLS.`, { cause: error });
    }
  });
  const [only] = logs;
  if (logs.length === 1 && only !== undefined) return only;
  // The table is made once: slots are moved to clusters that are added later, never dealt anew.
  return partitionedLog(logs, await vault.putIfAbsent('slot-table', 'slots', evenSlotTable(logs.length)));
}
