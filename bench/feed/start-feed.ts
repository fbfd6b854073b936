/** Starts everything a post passes through on its way into feeds, in this process: log, commands, projections, workers, feed cache. */
import { join } from 'node:path';
import { appendOperationsWith } from '../../commands/append-operations.ts';
import { createToldMessages } from '../../ports/broadcast/told-messages.ts';
import { createCommands } from '../../commands/commands.ts';
import { contextWith } from '../../commands/handling/command-context.ts';
import { createHandling } from '../../commands/handling/handle.ts';
import { instant } from '../../domain/shared/instant.ts';
import { openEventStore } from '../../event-store/open.ts';
import { startMemoryBroadcast } from '../../ports/broadcast/memory.ts';
import { createCodec } from '../../ports/event-log/codec.ts';
import { startEmbeddedLog } from '../../ports/event-log/embedded.ts';
import { openKeyring } from '../../ports/event-log/keyring.ts';
import { startMemoryFeedCache } from '../../ports/feed-cache/memory.ts';
import { startMemoryJobQueue } from '../../ports/job-queue/memory.ts';
import { startMemoryPresence } from '../../ports/presence/memory.ts';
import { startMemoryRateLimit } from '../../ports/rate-limit/memory.ts';
import { startSqliteVault } from '../../ports/vault/sqlite.ts';
import { startSqliteViews } from '../../ports/views/sqlite.ts';
import type { Decode } from '../../projections/dependencies.ts';
import { projectors } from '../../projections/read-models/projectors.ts';
import { startViewReader } from '../../projections/view-access/view-reader.ts';
import { startProjections } from '../../projections/rollout/start-projections.ts';
import { startWorkers } from '../../workers/start.ts';

const WARM_FEEDS_MAX = 100_000;
const WAITING_JOBS_MAX = 100_000;
const CHAT_PUSH_AFTER_MS = 10_000;
const SECRET = Buffer.from('the secret of a benchmark');
const clock = () => instant(Date.now());

export type FeedSystem = Awaited<ReturnType<typeof startFeed>>;

/** Returns what the benchmark uses, and stops it all when it is disposed of. */
export async function startFeed(folder: string) {
  await using starting = new AsyncDisposableStack();
  const log = starting.use(startEmbeddedLog(await openEventStore(join(folder, 'events'))));
  const vault = starting.use(await startSqliteVault(join(folder, 'vault.sqlite')));
  const views = starting.use(await startSqliteViews(join(folder, 'views.sqlite')));
  const feedCache = starting.use(await startMemoryFeedCache({ feedsMax: WARM_FEEDS_MAX }));
  const broadcast = starting.use(await startMemoryBroadcast());
  const presence = starting.use(await startMemoryPresence());
  const rateLimit = starting.use(await startMemoryRateLimit());
  const jobs = starting.use(
    await startMemoryJobQueue({
      waitingMax: WAITING_JOBS_MAX,
      attemptsMax: 5,
      retryFirstMs: 100,
      retryMaxMs: 1_000,
      onDropped: (...dropped) => console.error(dropped),
    }),
  );
  const keyring = openKeyring(vault);
  const codec = createCodec(keyring, clock);
  const handling = createHandling({ log, codec });
  const passwords = { hash: async () => '', verify: async () => false };
  const commands = createCommands({ handling, log, codec, vault, keyring, broadcast, feedCache, logins: { passwords, secret: SECRET } });
  const contextFor = contextWith(SECRET);
  const decode: Decode = (events) => codec.decodeAll(events);

  const viewReader = starting.use(await startViewReader({ log, views, decode }, { projectors }));
  const workers = starting.use(
    await startWorkers(
      {
        reader: { log, codec, ...handling },
        commandGiver: { commands, contextFor },
        views: { active: viewReader.views, waitForViews: viewReader.waitForViews, stored: views },
        jobs,
        ephemeral: { presence, broadcast, feedCache, rateLimit, told: createToldMessages() },
        senders: [],
        report: () => undefined,
        runtime: { clock },
      },
      { chatPushAfterMs: CHAT_PUSH_AFTER_MS },
    ),
  );
  const projections = starting.use(
    await startProjections(
      { log, views, decode, appendOperations: appendOperationsWith(handling, clock), clock },
      { projections: [...projectors, ...workers.projections] },
    ),
  );
  const running = starting.move();
  return { log, codec, commands, contextFor, feedCache, broadcast, projections, clock, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}
