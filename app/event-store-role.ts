/** The role event-store: serves the embedded event store over gRPC to EventStoreDB's own clients. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificates } from '../event-store/grpc/certificates.ts';
import { startEventStoreServer, type EventStoreServer } from '../event-store/grpc/server.ts';
import { readerWithPassword, usersWithPassword } from '../event-store/grpc/access/authentication.ts';
import { openEventStore } from '../event-store/open.ts';
import { SYSTEM_PROJECTIONS } from '../event-store/system/link-rules.ts';
import type { EventStore } from '../event-store/store.ts';
import type { CertificateSource } from '../edge/network/certificate.ts';
import { EVENT_WORDS } from '../ports/event-log/words.ts';
import { startMemoryRateLimit } from '../ports/rate-limit/memory.ts';
import { DATA_FOLDER_HELP, listenOrCannotStart, openOrCannotStart } from './cannot-start.ts';
import type { Config } from './config/config.ts';
import { createStoreOperations } from './control/operations.ts';
import { startControlServer } from './control/server.ts';
import { openDataFolder } from './data-folder.ts';
import { NOTHING_TO_CALL } from './standalone/nothing-to-call.ts';
import { createHealthChecks, diskCheck } from './health/checks.ts';
import { watchEventStore } from './health/watched-ports.ts';
import type { Logger } from './logger.ts';
import { startHealthListener } from './operations-listener.ts';
import type { SecurityLog } from './telemetry/security-log.ts';
import { startTelemetry } from './telemetry/telemetry.ts';
import { openTlsFiles } from './tls-files.ts';

/** The certificate that clients trust: `tlsCAFile` in their connection string. */
const AUTHORITY_FILE = 'event-store-ca.pem';
const CERTIFICATE_FILE = 'event-store.pem';
const KEY_FILE = 'event-store.key';

/** Starts a process that serves the event store and nothing else. Throws `FolderInUse`, `CannotStart`. */
export async function startStandaloneEventStore(config: Config, { logger }: { readonly logger: Logger }): Promise<AsyncDisposable> {
  await using starting = new AsyncDisposableStack();
  const dataFolder = starting.use(openDataFolder(config.dataFolder));
  const store = starting.use(
    await openOrCannotStart(
      'The event store',
      DATA_FOLDER_HELP,
      openEventStore(dataFolder.events, { idempotency: config.eventStore.idempotency, words: EVENT_WORDS }),
    ),
  );
  const telemetry = startTelemetry(logger, config.securityLog);
  const { securityLog } = telemetry;
  const watched = watchEventStore(store);
  const health = createHealthChecks({ log: watched.check, disk: diskCheck(config.dataFolder) });
  telemetry.observe({ health });
  const control = { folder: config.dataFolder, report: securityLog.reportControl };
  starting.use(await startControlServer(createStoreOperations({ eventStore: store }), control));
  const certificates = config.tls === undefined ? undefined : starting.use(openTlsFiles(config.tls, { logger }));
  const operations = { ...NOTHING_TO_CALL, rateLimit: starting.use(await startMemoryRateLimit()), report: telemetry.edgeReporter('operations') };
  const listener = startHealthListener(
    { ...operations, metrics: telemetry.registry, checks: () => health.run(), checksTell: 'reasons' },
    { host: config.host, port: config.ports.ops, certificates, trustedProxies: config.trustedProxies },
  );
  const { url } = starting.use(await listenOrCannotStart('operations', 'TIDINGS_OPS_PORT and TIDINGS_HOST', listener));
  logger.info('listening', { role: 'operations', url });
  starting.use(await startEventStoreListener(watched.port, config, { logger, certificates, securityLog }));
  const started = starting.move();
  return { [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
}

type EventStoreListenerDependencies = {
  readonly logger: Logger;
  readonly certificates: CertificateSource | undefined;
  readonly securityLog: Pick<SecurityLog, 'reportEventStore'>;
};

/** `certificates`: those of all listeners, where they are configured; without, the event store has an authority of its own. */
export async function startEventStoreListener(
  store: EventStore,
  config: Config,
  { logger, certificates, securityLog }: EventStoreListenerDependencies,
): Promise<EventStoreServer> {
  const starting = startEventStoreServer(
    { store },
    {
      host: config.host,
      port: config.ports.eventStore,
      tls:
        config.eventStore.tls === 'insecure'
          ? 'insecure'
          : certificates === undefined
            ? certificatesIn(config)
            : { ...certificates.current(), ...certificates },
      users: usersOf(config.eventStore),
      logger: { warn: (facts, message) => logger.warn(message, { ...facts }), error: (facts, message) => logger.error(message, { ...facts }) },
      securityEvent: securityLog.reportEventStore,
      systemProjections: config.eventStore.systemProjections === 'on' ? SYSTEM_PROJECTIONS : [],
      ...(config.eventStore.advertised !== undefined && { advertised: config.eventStore.advertised }),
    },
  );
  const server = await openOrCannotStart('The listener of event-store', 'TIDINGS_EVENT_STORE_PORT and TIDINGS_HOST', starting);
  const trust = config.eventStore.tls === 'on' && certificates === undefined ? { authority: join(config.dataFolder, AUTHORITY_FILE) } : {};
  logger.info('listening', { role: 'event-store', url: server.connectionString, ...trust });
  return server;
}

const usersOf = ({ password, readerPassword }: Config['eventStore']) => [
  ...usersWithPassword(password),
  ...(readerPassword === undefined ? [] : [readerWithPassword(readerPassword)]),
];

/** Made at the first start and kept, so that clients go on trusting the same authority. An operator may replace the files. */
function certificatesIn({ dataFolder, host, eventStore: { advertised } }: Config): { readonly certificate: string; readonly key: string } {
  const [authority, certificate, key] = [AUTHORITY_FILE, CERTIFICATE_FILE, KEY_FILE].map((file) => join(dataFolder, file)) as [string, string, string];
  if (!existsSync(key)) {
    const made = makeCertificates(
      [...new Set(['localhost', '127.0.0.1', ...(isWildcard(host) ? [] : [host]), ...(advertised === undefined ? [] : [advertised.host])])],
      Date.now(),
    );
    writeFileSync(authority, made.authority);
    writeFileSync(certificate, made.certificate);
    writeFileSync(key, made.key, { mode: 0o600 });
  }
  return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
}

const isWildcard = (host: string) => host === '0.0.0.0' || host === '::';
