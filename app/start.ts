/** Puts the parts together. What runs where is decided here and nowhere else. */
import { randomUUID } from 'node:crypto';
import { appendOperationsWith } from '../commands/append-operations.ts';
import { createCommands, type Commands } from '../commands/commands.ts';
import { contextWith, type ContextFor } from '../commands/handling/command-context.ts';
import { createHandling, type CommandHandling } from '../commands/handling/handle.ts';
import { instant, type Instant } from '../domain/shared/instant.ts';
import { createAppSignatures } from '../edge/auth/app-signature.ts';
import { createAuthentication } from '../edge/auth/callers.ts';
import { createPasswords } from '../edge/auth/passwords.ts';
import type { HttpServerConfig } from '../edge/http/server.ts';
import { openTokens } from '../edge/auth/tokens.ts';
import { startGateway, type Gateway } from '../gateway/gateway.ts';
import { createCodec, type Codec } from '../ports/event-log/codec.ts';
import { openKeyring } from '../ports/event-log/keyring.ts';
import type { Decode } from '../projections/dependencies.ts';
import { projectors } from '../projections/read-models/projectors.ts';
import { startViewReader, type ViewReader } from '../projections/query/active-views.ts';
import { startProjections, type Projections } from '../projections/rollout/start-projections.ts';
import { startReadApi } from '../read-api/read-api.ts';
import { startWorkers } from '../workers/start.ts';
import { startWriteApi } from '../write-api/write-api.ts';
import { startAdapters, type Adapters } from './adapters.ts';
import { openOrCannotStart } from './cannot-start.ts';
import type { Config, Role, schema } from './config.ts';
import { projectionLines } from './control/projection-operations.ts';
import { createControlOperations } from './control/operations.ts';
import { startControlServer } from './control/server.ts';
import { startEventStoreListener } from './event-store-role.ts';
import { ensureAdminToken, openDataFolder, installationSecret } from './data-folder.ts';
import type { Logger } from './logger.ts';
import { startOperationsListener } from './operations-listener.ts';
import { withCommandTelemetry, type CommandEvent } from './telemetry/command-telemetry.ts';
import { startTelemetry, type Telemetry } from './telemetry/telemetry.ts';

export type Tidings = AsyncDisposable & {
  /** What was really bound, by role. */
  readonly urls: Readonly<Urls>;
  readonly adminToken: string;
  readonly adapters: Adapters;
  readonly projections: Projections;
};

export type Core = Adapters &
  CommandHandling & { readonly codec: Codec; readonly commands: Commands; readonly contextFor: ContextFor; readonly clock: () => Instant };

/** Starts the roles that the configuration names. Throws `FolderInUse`, `CannotStart`. */
export async function startTidings(
  config: Config,
  { logger, clock = () => instant(Date.now()) }: { readonly logger: Logger; readonly clock?: () => Instant },
): Promise<Tidings> {
  await using starting = new AsyncDisposableStack();
  const telemetry = startTelemetry(logger);
  const installation = starting.use(openDataFolder(config.dataFolder));
  const adapters = starting.use(
    await startAdapters(
      installation,
      { clock, failed: telemetry.failureReporter },
      { urls: config.eventStoreUrls, idempotency: config.eventStore.idempotency },
    ),
  );
  const parts = await createCore(adapters, clock, telemetry.reportCommand);
  const adminToken = config.adminToken ?? (await ensureAdminToken(adapters.vault, installation));

  const decode: Decode = (stored) => parts.codec.decodeAll(stored);
  const read = starting.use(await startViewReader({ ...adapters, decode }, { projectors }));
  const runs = (role: Role) => config.roles.includes(role);
  const workers = runs('workers')
    ? starting.use(
        await startWorkers(
          { ...parts, activeViews: read.views, senders: adapters.outbox.senders, report: telemetry.reportWorkers },
          { chatPushAfterMs: config.chatPushAfterMs },
        ),
      )
    : undefined;
  const appendOperations = appendOperationsWith(parts, clock);
  const projections = starting.use(
    await startProjections(
      { ...adapters, decode, appendOperations, clock, report: telemetry.reportProjections },
      runs('projections')
        ? { projections: [...projectors, ...(workers?.projections ?? [])] }
        : { projections: workers?.projections ?? [], elsewhere: projectors },
    ),
  );
  telemetry.observe({ projections, jobs: adapters.jobs });
  const control = { ...parts, appendOperations, projections: async () => projections, status: () => projectionLines(projections) };
  starting.use(await startControlServer(createControlOperations(control), { folder: config.dataFolder }));

  const urls = await startListeners({ config, adapters, parts, read, projections, telemetry, logger, adminToken, clock, starting });
  const started = starting.move();
  return { urls, adminToken, adapters, projections, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
}

type Urls = Partial<Record<Role | 'operations', string>>;

type ListeningRole = 'operations' | 'gateway' | 'read-api' | 'write-api';
const PORT_SETTINGS = {
  operations: 'TIDINGS_OPS_PORT',
  gateway: 'TIDINGS_GATEWAY_PORT',
  'read-api': 'TIDINGS_READ_PORT',
  'write-api': 'TIDINGS_WRITE_PORT',
} as const satisfies Record<ListeningRole, keyof typeof schema.shape>;

type ListenerDependencies = {
  readonly config: Config;
  readonly adapters: Adapters;
  readonly parts: Core;
  readonly read: ViewReader;
  readonly projections: Projections;
  readonly telemetry: Telemetry;
  readonly logger: Logger;
  readonly adminToken: string;
  readonly clock: () => Instant;
  readonly starting: AsyncDisposableStack;
};

/** What is listened on comes last, and stops first: nobody is let in before the rest is there. */
async function startListeners({
  config,
  adapters,
  parts,
  read,
  projections,
  telemetry,
  logger,
  adminToken,
  clock,
  starting,
}: ListenerDependencies): Promise<Urls> {
  const urls: Urls = {};
  const listen = async <Listener extends AsyncDisposable & { readonly url: string }>(role: ListeningRole, opening: Promise<Listener>): Promise<Listener> => {
    const listener = starting.use(await openOrCannotStart(`The listener of ${role}`, `${PORT_SETTINGS[role]} and TIDINGS_HOST`, opening));
    urls[role] = listener.url;
    logger.info('listening', { role, url: listener.url });
    return listener;
  };
  const tokens = await openTokens({ ...adapters, clock });
  const edge = {
    clock,
    rateLimit: adapters.rateLimit,
    metrics: telemetry.registry,
    authenticate: createAuthentication({ tokens, appSignatures: createAppSignatures({ ...adapters, clock }), adminToken }),
  };
  const listenOn = (port: number): HttpServerConfig => ({ host: config.host, port });

  await listen('operations', startOperationsListener({ ...adapters, ...edge, report: telemetry.edgeReporter('operations') }, listenOn(config.ports.ops)));
  if (config.roles.includes('event-store') && adapters.eventStore !== undefined) {
    const front = starting.use(await startEventStoreListener(adapters.eventStore, config, { logger }));
    urls['event-store'] = front.connectionString;
  }
  if (config.roles.includes('gateway')) {
    const reports = { failed: telemetry.failureReporter('gateway'), refused: telemetry.refusalReporter('gateway') };
    const dependencies = { ...parts, ...reports, tokens, views: read.views, metrics: telemetry.registry };
    telemetry.observe({ gateway: await listen('gateway', startGatewayOf(config, dependencies)) });
  }
  if (config.roles.includes('read-api')) {
    const dependencies = {
      ...adapters,
      ...edge,
      tokens,
      views: read.views,
      waitForViews: projections.waitForViews,
      report: telemetry.edgeReporter('read-api'),
    };
    await listen('read-api', startReadApi(dependencies, listenOn(config.ports.read)));
  }
  if (config.roles.includes('write-api')) {
    const dependencies = { ...parts, ...edge, tokens, gateways: adapters.registry, report: telemetry.edgeReporter('write-api') };
    await listen('write-api', startWriteApi(dependencies, { ...listenOn(config.ports.write), region: config.region }));
  }

  return urls;
}

/** What decides and appends, on these adapters. `report` is told of every command. */
export async function createCore(adapters: Adapters, clock: () => Instant, report: (event: CommandEvent) => void = () => undefined): Promise<Core> {
  const keyring = openKeyring(adapters.vault);
  const codec = createCodec(keyring);
  const handling = withCommandTelemetry(createHandling({ log: adapters.log, codec }), report);
  const commands = createCommands({
    ...adapters,
    ...handling,
    codec,
    keyring,
    passwords: createPasswords(),
    loginSecret: await installationSecret(adapters.vault, 'login-names'),
  });
  return { ...adapters, ...handling, codec, commands, contextFor: contextWith(await installationSecret(adapters.vault, 'request-hashes')), clock };
}

const startGatewayOf = (config: Config, dependencies: Parameters<typeof startGateway>[0]): Promise<Gateway> =>
  startGateway(dependencies, { id: randomUUID(), host: config.host, port: config.ports.gateway, publicUrl: config.gatewayUrl, region: config.region });
