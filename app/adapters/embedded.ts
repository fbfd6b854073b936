/** The adapters of the embedded profile: everything in this process, and all that must last in one folder. */
import { dirname } from 'node:path';
import { startMemoryAdvisoryLocks } from '../../ports/advisory-locks/memory.ts';
import { startMemoryBroadcast } from '../../ports/broadcast/memory.ts';
import { emptyTallies } from '../../ports/cache-tallies.ts';
import { startMemoryFeedCache } from '../../ports/feed-cache/memory.ts';
import { startMemoryJobQueue } from '../../ports/job-queue/memory.ts';
import { startMemoryPresence } from '../../ports/presence/memory.ts';
import { startMemoryGatewayRegistry } from '../../ports/presence/memory-registry.ts';
import { startMemoryRateLimit } from '../../ports/rate-limit/memory.ts';
import { startOutbox } from '../../ports/sender/outbox/outbox.ts';
import { startSqliteVault } from '../../ports/vault/sqlite.ts';
import { startSqliteViews } from '../../ports/views/sqlite.ts';
import { RecentDocuments } from '../../ports/views/sqlite/recent-documents.ts';
import { DATA_FOLDER_HELP, openOrCannotStart } from '../cannot-start.ts';
import { diskCheck, queuesCheck } from '../health/checks.ts';
import { watchStores } from '../health/watched-ports.ts';
import type { DataFolder } from '../data-folder.ts';
import { openEventLog } from '../open-event-log.ts';
import type { Adapters, AdaptersConfig, AdaptersDependencies } from './adapters.ts';
import { startMedia } from './start-media.ts';
import { startSenders } from './start-senders.ts';

const JOB_RETRIES = { attemptsMax: 5, retryFirstMs: 200, retryMaxMs: 30_000 };

export async function startEmbeddedAdapters(
  { dataFolder, clock, failureReporter, caches = emptyTallies() }: AdaptersDependencies & { readonly dataFolder: DataFolder },
  { capacity, media: mediaConfig, readOnly, ...config }: AdaptersConfig,
): Promise<Adapters> {
  await using starting = new AsyncDisposableStack();
  const vault = starting.use(await openOrCannotStart('The vault', DATA_FOLDER_HELP, startSqliteVault(dataFolder.vault)));
  const { log: opened, eventStore } = await openEventLog({ vault, onReconnect: failureReporter('event-log') }, { ...config, folder: dataFolder.events });
  const log = starting.use(opened);
  // The folder is this process's alone, so that nobody else writes the file.
  const recent = new RecentDocuments({ bytesMax: capacity.recentDocumentsBytesMax, tally: caches.documents });
  const views = starting.use(await openOrCannotStart('The views', DATA_FOLDER_HELP, startSqliteViews(dataFolder.views, { recent })));
  const feedCache = starting.use(await startMemoryFeedCache({ feedsMax: capacity.warmFeedsMax, tally: caches.feed }));
  const presence = starting.use(await startMemoryPresence());
  const registry = starting.use(await startMemoryGatewayRegistry());
  const broadcast = starting.use(await startMemoryBroadcast({ onListenerError: failureReporter('broadcast') }));
  const rateLimit = starting.use(await startMemoryRateLimit());
  const locks = starting.use(await startMemoryAdvisoryLocks());
  const outbox = starting.use(await startOutbox({ folder: dataFolder.outbox, clock, keptMax: capacity.outboxMessagesMax, resolvesAttempts: true }));
  const media = starting.use(await startMedia(mediaConfig, { readOnly }));
  const { senders } = starting.use(await startSenders({ outbox, clock }, config));
  const jobs = starting.use(
    await startMemoryJobQueue({
      ...JOB_RETRIES,
      waitingMax: capacity.queuedJobsMax,
      onDropped: (queue, _, error) => failureReporter(`queue ${queue}`)(error), // a sweep adds the job again
    }),
  );
  const { stores, checks } = watchStores({ log, vault, views });
  const started = starting.move();
  return {
    eventStore,
    ...stores,
    feedCache,
    presence,
    registry,
    broadcast,
    rateLimit,
    locks,
    jobs,
    outbox,
    media,
    senders,
    checks: {
      ...checks,
      queues: queuesCheck(jobs, { waitingMax: capacity.queuedJobsMax }),
      disk: diskCheck(dirname(dataFolder.vault)),
    },
    [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
  };
}
