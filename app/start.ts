/** Puts a process together: which roles run, on which adapters. This is the only place where that is decided. */
import { appendOperationsWith } from '../commands/append-operations.ts';
import { instant, type Instant } from '../domain/shared/instant.ts';
import type { Decode } from '../projections/dependencies.ts';
import { startViewReader } from '../projections/view-access/view-reader.ts';
import { projectors } from '../projections/read-models/projectors.ts';
import { startDroppingOtherEpochs } from '../projections/rollout/drop-other-epochs.ts';
import { viewsOfEpoch } from '../projections/progress/views-of-epoch.ts';
import { FIRST_EPOCH } from '../ports/event-log/port.ts';
import { startProjections, type Projections } from '../projections/rollout/start-projections.ts';
import type { Adapters } from './adapters/adapters.ts';
import { openContentChecks } from './adapters/open-content-checks.ts';
import { openOutbound } from './adapters/open-outbound.ts';
import { presenceOfEpoch } from './adapters/presence-of-epoch.ts';
import { startAdapters } from './adapters/start-adapters.ts';
import type { Config } from './config/config.ts';
import type { Role } from './config/settings.ts';
import { createCore, webAuthnSiteOf } from './core.ts';
import { ensureAdminToken, openDataFolder } from './data-folder.ts';
import { checkClock } from './start-checks/check-clock.ts';
import { createHealthChecks, projectionsCheck } from './health/checks.ts';
import { neededBy } from './health/needs.ts';
import { startListeners, type Urls } from './listeners.ts';
import type { Logger } from './logger.ts';
import { startTelemetry } from './telemetry/telemetry.ts';
import { openTlsFiles } from './tls-files.ts';
import { epochOf, recordRestore, restoredAtOf } from './start-checks/log-epoch.ts';
import { adoptVault } from './start-checks/vault-identity.ts';
import { adoptViews } from './start-checks/views-identity.ts';
import { startSharing } from './start-sharing.ts';
import { sharedControl, startOwnControl } from './control/start-control.ts';
import { startOwnWorkers } from './start-workers.ts';

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
  const telemetry = startTelemetry(logger, config.securityLog);
  const { servers } = config;
  const dataFolder = servers === undefined ? starting.use(openDataFolder(config.dataFolder)) : undefined;
  const name = `tidings:${config.roles.join(',')}`;
  const opened = starting.use(await startAdapters({ dataFolder, clock, failureReporter: telemetry.failureReporter }, { ...config, name }));
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
    { reportCommand: telemetry.reportCommand, reportSnapshotFailure: telemetry.failureReporter('snapshots'), counted: telemetry.portMetrics.ofCodec },
    { webAuthn: webAuthnSiteOf(config), admission, isServing: true },
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
  const workers = await startOwnWorkers({ core, read, clock, report: telemetry.reportWorkers, leases: sharing.leases, outbound }, config);
  if (workers !== undefined) starting.use(workers);
  const appendOperations = appendOperationsWith(core, clock);
  const projections = starting.use(
    await startProjections(
      { ...adapters, ...sharing, decode, appendOperations, clock, report: telemetry.reportProjections },
      runs('projections')
        ? { projections: [...projectors, ...(workers?.projections ?? [])], shards }
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
  const control = { core, openBreakers: telemetry.openBreakers, activeViews: read.views, decode, appendOperations, projections };
  if (dataFolder !== undefined) starting.use(await startOwnControl({ ...control, securityLog: telemetry.securityLog }, { folder: config.dataFolder }));
  const certificates = config.tls === undefined ? undefined : starting.use(openTlsFiles(config.tls, { logger }));
  const listening = { core, epoch, read, projections, health, telemetry, logger, adminToken, certificates };
  const { urls } = starting.use(await startListeners({ ...listening, control: dataFolder === undefined ? sharedControl(control) : undefined }, config));
  const started = starting.move();
  return { urls, adminToken, adapters, projections, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
}
