/** Puts a process together: which roles run, on which adapters. This is the only place where that is decided. */
import { appendOperationsWith } from '../commands/append-operations.ts';
import { instant, type Instant } from '../domain/shared/instant.ts';
import type { Decode } from '../projections/dependencies.ts';
import { startViewReader } from '../projections/view-access/view-reader.ts';
import { projectors } from '../projections/read-models/projectors.ts';
import { startProjections, type Projections } from '../projections/rollout/start-projections.ts';
import type { Adapters } from './adapters/adapters.ts';
import { startEmbeddedAdapters } from './adapters/embedded.ts';
import type { Config } from './config/config.ts';
import type { Role } from './config/settings.ts';
import { createControlOperations } from './control/operations.ts';
import { projectionLines } from './control/projection-operations.ts';
import { startControlServer } from './control/server.ts';
import { createCore, webAuthnSiteOf } from './core.ts';
import { ensureAdminToken, openDataFolder } from './data-folder.ts';
import { checkClock } from './start-checks/check-clock.ts';
import { createHealthChecks, projectionsCheck } from './health/checks.ts';
import { neededBy } from './health/needs.ts';
import { startListeners, type Urls } from './listeners.ts';
import type { Logger } from './logger.ts';
import { startTelemetry } from './telemetry/telemetry.ts';
import { openTlsFiles } from './tls-files.ts';
import { adoptVault } from './start-checks/vault-identity.ts';
import { adoptViews } from './start-checks/views-identity.ts';
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
};

/** Starts the roles that the configuration names. Throws `FolderInUse`, `CannotStart`. */
export async function startTidings(config: Config, { logger, clock = () => instant(Date.now()), vaultAdoption = 'first' }: StartOptions): Promise<Tidings> {
  await using starting = new AsyncDisposableStack();
  const telemetry = startTelemetry(logger, config.securityLog);
  const dataFolder = starting.use(openDataFolder(config.dataFolder));
  const adapters = starting.use(await startEmbeddedAdapters({ dataFolder, clock, failureReporter: telemetry.failureReporter }, config));
  const core = await createCore(
    adapters,
    clock,
    { reportCommand: telemetry.reportCommand, reportSnapshotFailure: telemetry.failureReporter('snapshots') },
    { webAuthn: webAuthnSiteOf(config) },
  );
  await checkClock({ log: adapters.log, clock, logger });
  await adoptVault(core, { adoption: vaultAdoption });
  await adoptViews(core, { adoption: vaultAdoption });
  const adminToken = config.adminToken ?? (await ensureAdminToken(adapters.vault, dataFolder));

  const decode: Decode = (stored) => core.codec.decodeAll(stored);
  const read = starting.use(await startViewReader({ ...adapters, decode }, { projectors }));
  const runs = (role: Role) => config.roles.includes(role);
  const workers = await startOwnWorkers({ core, activeViews: read.views, clock, report: telemetry.reportWorkers }, config);
  if (workers !== undefined) starting.use(workers);
  const appendOperations = appendOperationsWith(core, clock);
  const projections = starting.use(
    await startProjections(
      { ...adapters, decode, appendOperations, clock, report: telemetry.reportProjections },
      runs('projections')
        ? { projections: [...projectors, ...(workers?.projections ?? [])] }
        : { projections: workers?.projections ?? [], elsewhere: projectors },
    ),
  );
  await projections.untilCaughtUp({ ms: CATCH_UP_BEFORE_LISTENING_MAX_MS });
  const health = createHealthChecks(
    { ...adapters.checks, projections: projectionsCheck(projections, 'projectors'), workers: projectionsCheck(projections, 'workers') },
    { needed: neededBy(config.roles) },
  );
  telemetry.observe({ projections, jobs: adapters.jobs, health });
  const operations = createControlOperations({
    core,
    activeViews: read.views,
    appendOperations,
    listProjections: () => projectionLines(projections),
    projections: async () => projections,
    runsSomewhere: async (projection) => (await projections.status()).some((one) => one.name === projection),
  });
  starting.use(await startControlServer(operations, { folder: config.dataFolder, onOperation: telemetry.securityLog.reportControl }));
  const certificates = config.tls === undefined ? undefined : starting.use(openTlsFiles(config.tls, { logger }));
  const { urls } = starting.use(await startListeners({ core, read, projections, health, telemetry, logger, adminToken, certificates, control: undefined }, config));
  const started = starting.move();
  return { urls, adminToken, adapters, projections, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
}
