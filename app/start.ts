/** Puts a process together: which roles run, on which adapters. This is the only place where that is decided. */
import { recordActionsWith } from '../commands/operators/audit.ts';
import { appendOperationsWith } from '../commands/append-operations.ts';
import { instant, type Instant } from '../domain/shared/instant.ts';
import type { Decode } from '../projections/dependencies.ts';
import { WrittenDocuments } from '../projections/folding/written-documents.ts';
import { startViewReader } from '../projections/view-access/view-reader.ts';
import { projectors } from '../projections/read-models/projectors.ts';
import { startDroppingOtherEpochs } from '../projections/rollout/drop-other-epochs.ts';
import { viewsOfEpoch } from '../projections/progress/views-of-epoch.ts';
import { createToldMessages, shareToldMessages } from '../ports/broadcast/told-messages.ts';
import { FIRST_EPOCH } from '../ports/event-log/port.ts';
import { startProjections, type Projections, type ProjectionsGiven } from '../projections/rollout/start-projections.ts';
import type { Adapters } from './adapters/adapters.ts';
import { backedUp, followErasedOf } from './backup/backed-up.ts';
import { openContentChecks } from './adapters/open-content-checks.ts';
import { openOutbound } from './adapters/open-outbound.ts';
import { presenceOfEpoch } from './adapters/presence-of-epoch.ts';
import { startAdapters } from './adapters/start-adapters.ts';
import type { Config } from './config/config.ts';
import type { Role } from './config/settings.ts';
import { createCore, webAuthnSiteOf, type CoreConfig, type CoreReports } from './core.ts';
import { ensureAdminToken, openDataFolder, type DataFolder } from './data-folder.ts';
import { checkClock } from './start-checks/check-clock.ts';
import { createHealthChecks, projectionsCheck } from './health/checks.ts';
import { neededBy } from './health/needs.ts';
import { startListeners, type Urls } from './listeners.ts';
import type { Logger } from './logger.ts';
import { lookingOnly } from './replay/looking-only.ts';
import { startTelemetry } from './telemetry/telemetry.ts';
import { traceBatches } from './telemetry/tracing/trace-batches.ts';
import { traceLog } from './telemetry/tracing/trace-log.ts';
import { traceWork } from './telemetry/tracing/trace-work.ts';
import type { Tracing } from './telemetry/tracing/tracing.ts';
import { openTlsFiles } from './tls-files.ts';
import { epochOf, recordRestore, restoredAtOf } from './start-checks/log-epoch.ts';
import { adoptVault } from './start-checks/vault-identity.ts';
import { adoptViews } from './start-checks/views-identity.ts';
import { startSharing } from './start-sharing.ts';
import { startProcesses } from './control/processes/processes.ts';
import type { ReadFiles } from './control/reading/messages.ts';
import { createReadingThreads } from './control/reading/threads.ts';
import { startControlServer } from './control/server.ts';
import { ownControl, sharedControl } from './control/start-control.ts';
import { VERSION } from './version.ts';
import { startOwnWorkers, type EveryWire } from './start-workers.ts';

/** So that the first queries of a small installation are not refused because its views are still being built. */
const CATCH_UP_BEFORE_LISTENING_MAX_MS = 2_000;

export type Tidings = AsyncDisposable & {
  /** The addresses that are bound, by role. */
  readonly urls: Urls;
  readonly adminToken: string;
  readonly adapters: Adapters;
  readonly projections: Projections;
};

export type StartOptions = {
  readonly logger: Logger;
  readonly clock?: () => Instant;
  /** `replacing`: the vault of the data folder takes the place of the one that the log knows. */
  readonly vaultAdoption?: 'first' | 'replacing';
  /** When the log was restored from a backup, or replaced: the operator says so. */
  readonly restoredAt?: Instant | undefined;
};

/** Starts the roles that the configuration names. Throws `FolderInUse`, `CannotStart`. */
export async function startTidings(
  config: Config,
  { logger, clock = () => instant(Date.now()), vaultAdoption = 'first', restoredAt }: StartOptions,
): Promise<Tidings> {
  await using starting = new AsyncDisposableStack();
  const tracing = await startTracingWhereAsked(config, clock);
  if (tracing !== undefined) starting.use(tracing);
  const telemetry = startTelemetry(logger, config.securityLog, tracing);
  const { servers } = config;
  const dataFolder = servers === undefined ? starting.use(openDataFolder(config.dataFolder, config.readOnly ? 'replay' : 'installation')) : undefined;
  const name = `tidings:${config.roles.join(',')}`;
  const opened = starting.use(
    await startAdapters({ dataFolder, clock, failureReporter: telemetry.failureReporter, caches: telemetry.caches }, { ...config, name }),
  );
  const ofAllEpochs = telemetry.portMetrics.ofPorts(opened);
  const outbound = starting.use(openOutbound(config));
  const admission = {
    ...config.moderation,
    limits: config.rateLimits,
    contentChecks: openContentChecks(outbound, config.moderation),
    onUnavailable: (what: string, error: unknown) => telemetry.failureReporter(what === 'content-check' ? what : 'rate-limit')(error),
  };
  const opening = await createCore(
    ofAllEpochs,
    clock,
    {
      reportCommand: telemetry.reportCommand,
      reportSnapshotFailure: telemetry.failureReporter('snapshots'),
      counted: telemetry.portMetrics.ofCodec,
      caches: telemetry.caches,
    } satisfies EveryWire<CoreReports>,
    {
      webAuthn: webAuthnSiteOf(config),
      groups: config.groups,
      messagesKeptSeconds: config.retention.messagesSeconds,
      admission,
      isServing: true,
      told: servers === undefined ? createToldMessages() : starting.use(shareToldMessages(opened.broadcast)),
    } satisfies EveryWire<CoreConfig>,
  );
  await checkClock({ log: opened.log, clock, logger });
  await adoptVault(opening, { adoption: vaultAdoption });
  await adoptViews(opening, { adoption: vaultAdoption });
  if (restoredAt !== undefined) await recordRestore(opening, restoredAt);
  const epoch = await epochOf(opening);
  if (epoch !== FIRST_EPOCH) logger.info('the log was restored', { restoredAt: restoredAtOf(epoch), epoch });
  const ofEpoch = { views: viewsOfEpoch(ofAllEpochs.views, epoch), presence: presenceOfEpoch(ofAllEpochs.presence, epoch) };
  const adapters = { ...ofAllEpochs, ...ofEpoch };
  const core = { ...opening, ...ofEpoch };
  const adminToken = config.adminToken ?? (await ensureAdminToken(adapters.vault, dataFolder));

  const decode: Decode = (stored) => core.codec.decodeAll(stored);
  const { projectionShards: shards } = config;
  const sharing = starting.use(await startSharing({ ...adapters, onFailure: telemetry.failureReporter('leases') }, config));
  const read = starting.use(await startViewReader({ ...adapters, ...sharing, decode }, { projectors, shards }));
  const runs = (role: Role) => config.roles.includes(role);
  // Before the workers, so that it ends after them.
  const workTracing = tracing && starting.use(traceWork(tracing, core));
  const workers = await startOwnWorkers(
    {
      core,
      read,
      clock,
      report: telemetry.reportWorkers,
      leases: sharing.leases,
      outbound,
      tracing: workTracing,
      caches: telemetry.caches,
    },
    config,
  );
  if (workers !== undefined) starting.use(workers);
  const appendOperations = appendOperationsWith(core, clock);
  const projections = starting.use(
    await startProjections(
      {
        ...adapters,
        ...sharing,
        decode,
        appendOperations,
        clock,
        report: telemetry.reportProjections,
        onBatch: tracing && traceBatches(tracing),
        decodedEvents: telemetry.caches['decoded-events'],
        written: new WrittenDocuments({ bytesMax: config.capacity.writtenDocumentsBytesMax, tally: telemetry.caches['written-documents'] }),
      } satisfies EveryWire<ProjectionsGiven>,
      runs('projections')
        ? { projections: [...projectors, ...(workers?.projections ?? []), ...(tracing === undefined ? [] : [traceLog(tracing)])], shards }
        : { projections: workers?.projections ?? [], elsewhere: projectors, shards },
    ),
  );
  if (epoch !== FIRST_EPOCH) {
    const known = [...projectors, ...(workers?.projections ?? [])];
    starting.use(startDroppingOtherEpochs({ views: ofAllEpochs.views, report: telemetry.reportProjections }, { epoch, projections: known }));
  }
  await projections.untilCaughtUp({ ms: CATCH_UP_BEFORE_LISTENING_MAX_MS });
  const health = createHealthChecks(
    { ...adapters.checks, projections: projectionsCheck(projections, 'projectors'), workers: projectionsCheck(projections, 'workers') },
    { needed: neededBy(config.roles) },
  );
  telemetry.observe({ projections, jobs: adapters.jobs, health });
  const processes = starting.use(
    startProcesses({ ...core, health, onFailure: telemetry.failureReporter('processes') }, { roles: config.roles, isAlone: dataFolder !== undefined }),
  );
  const backup = dataFolder === undefined ? undefined : await backedUp({ ...core, epoch }, dataFolder, config);
  if (backup !== undefined) starting.use(followErasedOf({ ...core, failureReporter: telemetry.failureReporter }, backup));
  const threads = dataFolder && starting.use(createReadingThreads({ ...filesIn(dataFolder), epoch }));
  const controlled = {
    core,
    backedUp: backup,
    threads,
    processes,
    openBreakers: telemetry.openBreakers,
    activeViews: read.views,
    collectionOf: read.collectionOf,
    waitForViews: read.waitForViews,
    keptFor: config.retention.notifications,
    decode,
    appendOperations,
    projections,
  };
  const all = dataFolder === undefined ? sharedControl(controlled) : ownControl(controlled);
  const control = config.readOnly ? lookingOnly(all) : all;
  if (dataFolder !== undefined) {
    const recording = { recordAction: recordActionsWith(core, clock), report: telemetry.securityLog.reportControl };
    starting.use(await startControlServer(control, { folder: config.dataFolder, ...recording }));
  }
  const certificates = config.tls === undefined ? undefined : starting.use(openTlsFiles(config.tls, { logger }));
  const listening = { core, epoch, read, projections, health, telemetry, logger, adminToken, certificates };
  const { urls } = starting.use(await startListeners({ ...listening, control, isControlledByFolder: dataFolder !== undefined }, config));
  const started = starting.move();
  return { urls, adminToken, adapters, projections, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
}

const filesIn = ({ events, vault, views }: DataFolder): ReadFiles => ({ events, vault, views });

/** OpenTelemetry's modules are loaded where they are used, and nowhere else. */
async function startTracingWhereAsked({ tracing, roles }: Config, clock: () => Instant): Promise<Tracing | undefined> {
  if (tracing === undefined) return undefined;
  const { startTracing } = await import('./telemetry/tracing/tracing.ts');
  return startTracing({ ...tracing, attributes: { 'service.version': VERSION, 'tidings.roles': roles.join(',') } }, clock);
}
