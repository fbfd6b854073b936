/** Opens a data folder that has an event store and nothing else, of the role `event-store`, for the command line while no process has it open. */
import { openEventStore } from '../../event-store/open.ts';
import { DATA_FOLDER_HELP, openOrCannotStart } from '../cannot-start.ts';
import type { Config } from '../config/config.ts';
import { openDataFolder } from '../data-folder.ts';
import { createStoreOperations } from './operations.ts';
import { startControlServer } from './server.ts';
import { EVENT_WORDS } from '../../ports/event-log/words.ts';

/** Throws `FolderInUse`. Answers the store's operations only. */
export async function openStoreForCli(config: Pick<Config, 'dataFolder' | 'eventStore'>): Promise<AsyncDisposable> {
  await using starting = new AsyncDisposableStack();
  const dataFolder = starting.use(openDataFolder(config.dataFolder));
  const { idempotency } = config.eventStore;
  const eventStore = starting.use(
    await openOrCannotStart('The event store', DATA_FOLDER_HELP, openEventStore(dataFolder.events, { idempotency, words: EVENT_WORDS })),
  );
  starting.use(await startControlServer(createStoreOperations({ eventStore }), { folder: config.dataFolder }));
  const opened = starting.move();
  return { [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}
