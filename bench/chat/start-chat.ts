/** Starts the gateway on the embedded profile in this process: durable log, chat's views and their projections, commands. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appendOperationsWith } from '../../commands/append-operations.ts';
import { createCommands } from '../../commands/commands.ts';
import { contextWith } from '../../commands/handling/command-context.ts';
import { createHandling } from '../../commands/handling/handle.ts';
import { instant } from '../../domain/shared/instant.ts';
import { openTokens } from '../../edge/auth/tokens.ts';
import { openEventStore } from '../../event-store/open.ts';
import { CONNECTIONS_MAX } from '../../gateway/config.ts';
import { startGateway } from '../../gateway/gateway.ts';
import { startMemoryBroadcast } from '../../ports/broadcast/memory.ts';
import { createCodec } from '../../ports/event-log/codec.ts';
import { startEmbeddedLog } from '../../ports/event-log/embedded.ts';
import { openKeyring } from '../../ports/event-log/keyring.ts';
import { startMemoryFeedCache } from '../../ports/feed-cache/memory.ts';
import { startMemoryPresence } from '../../ports/presence/memory.ts';
import { startMemoryGatewayRegistry } from '../../ports/presence/memory-registry.ts';
import { startMemoryRateLimit } from '../../ports/rate-limit/memory.ts';
import { startSqliteVault } from '../../ports/vault/sqlite.ts';
import { startSqliteViews } from '../../ports/views/sqlite.ts';
import { projectors } from '../../projections/read-models/projectors.ts';
import { activeViews } from '../../projections/view-access/active-views.ts';
import { startProjections } from '../../projections/rollout/start-projections.ts';

const CHAT_PROJECTORS = ['inbox', 'channels', 'messages', 'friends', 'relationships'];

export async function startChat() {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-bench-chat-'));
  await using starting = new AsyncDisposableStack();
  starting.defer(() => rm(folder, { recursive: true, force: true }));
  const reportError = (error: unknown) => console.error(error);
  const log = starting.use(startEmbeddedLog(await openEventStore(join(folder, 'events'))));
  const vault = starting.use(await startSqliteVault(join(folder, 'vault.sqlite')));
  const views = starting.use(await startSqliteViews(join(folder, 'views.sqlite')));
  const broadcast = starting.use(await startMemoryBroadcast({ onListenerError: reportError }));
  const feedCache = starting.use(await startMemoryFeedCache({ feedsMax: 10 }));
  const keyring = openKeyring(vault);
  const clock = () => instant(Date.now());
  const codec = createCodec(keyring, clock);
  const secret = Buffer.from('a benchmark');
  const contextFor = contextWith(secret);
  const passwords = { hash: (password: string) => Promise.resolve(password), verify: () => Promise.resolve(true) };
  const handling = createHandling({ log, codec });
  const commands = createCommands({ handling, log, codec, vault, keyring, broadcast, feedCache, logins: { passwords, secret: secret } });
  const tokens = await openTokens({ vault, clock });
  const projections = starting.use(
    await startProjections(
      {
        log,
        views,
        decode: (stored) => codec.decodeAll(stored),
        clock,
        appendOperations: appendOperationsWith(handling, clock),
      },
      { projections: projectors.filter(({ name }) => CHAT_PROJECTORS.includes(name)) },
    ),
  );
  const gateway = starting.use(
    await startGateway(
      {
        ports: {
          log,
          views: activeViews({ views, versions: projections.versions }),
          broadcast,
          presence: starting.use(await startMemoryPresence()),
          registry: starting.use(await startMemoryGatewayRegistry()),
          rateLimit: starting.use(await startMemoryRateLimit()),
        },
        writing: { commands, contextFor, loadState: handling.loadState, codec },
        tokens,
        clock,
        reports: { reportError },
      },
      { id: randomUUID(), host: '127.0.0.1', port: 0, region: 'bench', addressConnectionsMax: CONNECTIONS_MAX }, // all clients are on this machine
    ),
  );
  const running = starting.move();
  return { gateway, projections, commands, contextFor, tokens, vault, clock, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}
