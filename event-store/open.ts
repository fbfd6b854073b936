import type { EventStore, EventStoreOptions } from './store.ts';

/**
 * Opens the log in a folder of its own, making it when it isn't there.
 * Throws `store-locked` while another process or another store has it, `store-corrupted` when the file is cut or torn.
 */
export async function openEventStore(_folder: string, _options: EventStoreOptions = {}): Promise<EventStore> {
  throw new Error('The event store is being built.');
}
