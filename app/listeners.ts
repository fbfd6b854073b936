/** The listeners of this process: the APIs, the gateway, the operations listener and the event store's, as far as its roles name them. */
import { recordActionsWith } from '../commands/operators/audit.ts';
import { logFacts } from '../commands/chat/log-facts.ts';
import { messageAt } from '../commands/chat/message-references.ts';
import { openArchive } from '../commands/exports/open-archive.ts';
import { randomUUID } from 'node:crypto';
import { createAppSignatures } from '../edge/auth/app-signature.ts';
import { createAuthentication } from '../edge/auth/callers.ts';
import { openTokens } from '../edge/auth/tokens.ts';
import type { ChannelId } from '../domain/shared/ids.ts';
import type { HttpServerConfig } from '../edge/http/server.ts';
import type { CertificateSource } from '../edge/network/certificate.ts';
import { createOwnConnections } from '../edge/network/own-connections.ts';
import type { SecurityEvent } from '../edge/security-events.ts';
import { startUnsentBytes } from '../edge/overload/unsent-bytes.ts';
import { startFront } from '../front/front.ts';
import { startGateway } from '../gateway/gateway.ts';
import type { LogEpoch } from '../ports/event-log/port.ts';
import { projectionChanges } from '../projections/changes/projection-changes.ts';
import { openFeedLag } from '../projections/view-access/feed-lag.ts';
import type { Projections } from '../projections/rollout/start-projections.ts';
import type { TidingsViewReader } from '../projections/view-access/tidings-views.ts';
import { createExportUrls } from '../read-api/media/export-urls.ts';
import { createMediaUrls } from '../read-api/media/media-urls.ts';
import { installationSecret } from './data-folder.ts';
import { startReadApi } from '../read-api/read-api.ts';
import { startWriteApi } from '../write-api/write-api.ts';
import { vendorCallbacksOf } from './adapters/callback-verifiers.ts';
import { listenOrCannotStart } from './cannot-start.ts';
import type { Config } from './config/config.ts';
import { webPushKeyOf } from './config/senders/vendors.ts';
import type { Role, settingsSchema } from './config/settings.ts';
import { answerWith } from './control/answering.ts';
import type { ControlOperations } from './control/protocol.ts';
import type { Core } from './core.ts';
import { startEventStoreListener } from './event-store-role.ts';
import type { HealthChecks } from './health/checks.ts';
import { NEEDS } from './health/needs.ts';
import type { Logger } from './logger.ts';
import { inReplay } from './replay/reading-as.ts';
import { startOperationsListener } from './operations-listener.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

export type Urls = Readonly<Partial<Record<Role | 'operations' | 'front', string>>>;

type ListeningRole = 'gateway' | 'read-api' | 'write-api';
const PORT_SETTINGS = {
  front: 'TIDINGS_FRONT_PORT',
  operations: 'TIDINGS_OPS_PORT',
  gateway: 'TIDINGS_GATEWAY_PORT',
  'read-api': 'TIDINGS_READ_PORT',
  'write-api': 'TIDINGS_WRITE_PORT',
} as const satisfies Record<ListeningRole | 'operations' | 'front', keyof typeof settingsSchema.shape>;

export type ListenersDependencies = {
  readonly core: Core;
  readonly epoch: LogEpoch;
  readonly read: TidingsViewReader;
  readonly projections: Projections;
  readonly health: HealthChecks;
  readonly telemetry: Telemetry;
  readonly logger: Logger;
  readonly adminToken: string;
  /** What operators may ask for. */
  readonly control: ControlOperations;
  /** Whether the command line has a socket in the data folder, and needs no HTTP. */
  readonly isControlledByFolder: boolean;
  /** For TLS, where it is configured. */
  readonly certificates: CertificateSource | undefined;
};

/** Started last and stopped first: clients are let in only while everything else is there. */
export async function startListeners(dependencies: ListenersDependencies, config: Config): Promise<AsyncDisposable & { readonly urls: Urls }> {
  const { core, epoch, read, projections, health, telemetry, logger, adminToken, control, isControlledByFolder, certificates } = dependencies;
  const { clock, rateLimit, vault, eventStore } = core;
  await using starting = new AsyncDisposableStack();
  const urls: { -readonly [Role in keyof Urls]: Urls[Role] } = {};
  const listen = async <Listener extends AsyncDisposable & { readonly url: string }>(
    role: keyof typeof PORT_SETTINGS,
    opening: Promise<Listener>,
  ): Promise<Listener> => {
    const listener = starting.use(await listenOrCannotStart(role, `${PORT_SETTINGS[role]} and TIDINGS_HOST`, opening));
    urls[role] = listener.url;
    logger.info('listening', { role, url: listener.url });
    return listener;
  };
  const { host, allowedOrigins: origins, trustedProxies } = config;
  const limits = config.rateLimits;
  /** Of the front, which asks the other listeners for people. */
  const ownConnections = createOwnConnections();
  const listenOn = (port: number) => ({ ...config.http, host, port, origins, certificates, trustedProxies, ownConnections, limits }) satisfies HttpServerConfig;
  const unsentBytes = starting.use(startUnsentBytes(config.unsentBytes));
  const tokens = await openTokens({ vault, clock, caches: telemetry.caches });
  const appSignatures = createAppSignatures({ vault, clock, tally: telemetry.caches['app-secrets'] });
  const { findOperator } = core.commands;
  const recordAction = recordActionsWith(core, clock);
  const authenticate = createAuthentication({ tokens, appSignatures, adminToken, findOperator });
  const edge = { clock, rateLimit, unsentBytes, recordAction, authenticate };

  const checksOf = (role: ListeningRole) => ({ checks: () => health.run(NEEDS[role]) });

  const operations = {
    ...edge,
    metrics: telemetry.registry,
    checks: () => health.run(),
    checksTell: 'reasons' as const,
    outbox: core.outbox,
    control: answerWith({ operations: control, recordAction }),
    isCommandLineServed: !isControlledByFolder,
    sessionKey: await installationSecret(vault, 'operator-sessions'),
    report: telemetry.edgeReporter('operations'),
  };
  await listen('operations', startOperationsListener(operations, { ...listenOn(config.ports.ops), publicUrl: config.opsPublicUrl }));
  starting.use(operations.control);
  if (config.roles.includes('event-store') && eventStore !== undefined) {
    const listener = starting.use(await startEventStoreListener(eventStore, config, { logger, certificates, securityLog: telemetry.securityLog }));
    urls['event-store'] = listener.connectionString;
  }
  if (config.roles.includes('gateway')) {
    const reports = {
      reportError: telemetry.failureReporter('gateway'),
      reportRefusal: telemetry.refusalReporter('gateway'),
      reportSecurity: (event: SecurityEvent) => telemetry.securityLog.report({ ...event, api: 'gateway' }),
      reportCut: telemetry.cutReporter('gateway'),
      ...checksOf('gateway'),
    };
    const gateway = startGateway(
      {
        ports: { ...core, views: read.views },
        writing: core,
        tokens,
        epoch,
        clock: core.clock,
        reports,
        unsentBytes,
        channelMembers: telemetry.caches['channel-members'],
      },
      { ...listenOn(config.ports.gateway), ...config.gateway, id: randomUUID(), region: config.region },
    );
    telemetry.observe({ gateway: await listen('gateway', gateway) });
  }
  if (config.roles.includes('read-api')) {
    const { feedCache, presence, broadcast } = core;
    const report = telemetry.edgeReporter('read-api');
    const api = {
      ...edge,
      ...checksOf('read-api'),
      epoch,
      logFacts: logFacts(core.loadState, core.commands.loginOf),
      messageAt: (channel: ChannelId, seq: number) => messageAt(core, channel, seq),
      feedCache,
      caches: telemetry.caches,
      media: core.media,
      mediaUrls: createMediaUrls(await installationSecret(vault, 'media-urls'), clock),
      exportUrls: createExportUrls(await installationSecret(vault, 'media-urls'), clock),
      webPushKey: webPushKeyOf(config.senders),
      openArchive: openArchive(core),
      changes: projectionChanges(core, read, telemetry.caches['decoded-events']),
      reportChangesLag: telemetry.changesLag,
      feedLag: await openFeedLag({ stored: core.views, views: read.views, positions: read.positions }),
      presence,
      broadcast,
      jobs: core.jobs,
      searchSecret: core.searchSecret,
      tokens,
      views: read.views,
      waitForViews: projections.waitForViews,
      positionOf: read.positionOf,
      report,
      ...(config.readOnly && inReplay({ ...core, authenticate, recordAction })),
    };
    await listen('read-api', startReadApi(api, { ...listenOn(config.ports.read), minPositionTimeoutMs: config.minPositionTimeoutMs }));
  }
  if (config.roles.includes('write-api')) {
    const api = {
      ...core,
      ...edge,
      ...checksOf('write-api'),
      epoch,
      tokens,
      appSignatures,
      gateways: core.registry,
      report: telemetry.edgeReporter('write-api'),
    };
    const vendorCallbacks = vendorCallbacksOf(config, { clock: core.clock });
    await listen(
      'write-api',
      startWriteApi({ ...api, vendorCallbacks }, { ...listenOn(config.ports.write), region: config.region, uploadBytesMax: config.media.uploadBytesMax }),
    );
  }
  // Where the process has all that the pages need.
  const { 'write-api': write, 'read-api': readApi, gateway } = urls;
  if (config.ports.front !== undefined && write !== undefined && readApi !== undefined && gateway !== undefined) {
    const reports = { reportCut: telemetry.cutReporter('front'), reportError: telemetry.failureReporter('front') };
    const upstreams = { 'write-api': write, 'read-api': readApi, gateway };
    await listen('front', startFront({ unsentBytes, ownConnections, ...reports }, { ...listenOn(config.ports.front), upstreams, publicUrl: config.publicUrl }));
  }
  const started = starting.move();
  return { urls, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
}
