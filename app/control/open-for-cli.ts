/**
 * Opens the data folder for the command line while no process has it open. It listens on the control socket only and runs no
 * worker, so that nothing is delivered; projectors start when an operation needs them.
 */
import { instant, type Instant } from '../../domain/shared/instant.ts';
import type { EventLog, Position } from '../../ports/event-log/port.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import { isBuiltMark } from '../../projections/progress/built.ts';
import { positionOf } from '../../projections/progress/checkpoint.ts';
import { deadLettersSchema, loadDeadLetters } from '../../projections/engine/dead-letters.ts';
import type { Decode } from '../../projections/dependencies.ts';
import { lagOf } from '../../projections/rollout/lag.ts';
import { buildOfRunner, checkpointName, runnerOfCheckpoint, sameBuild, type BuildId } from '../../projections/progress/names.ts';
import { projectors } from '../../projections/read-models/projectors.ts';
import { startProjections, type Projections } from '../../projections/rollout/start-projections.ts';
import { followActiveVersions } from '../../projections/progress/active-versions.ts';
import { startViewReader } from '../../projections/view-access/view-reader.ts';
import { appendOperationsWith } from '../../commands/append-operations.ts';
import { startAdapters, type AdaptersConfig } from '../adapters.ts';
import type { Config } from '../config/config.ts';
import { openDataFolder } from '../data-folder.ts';
import { createCore } from '../core.ts';
import { adoptVault } from '../start-checks/vault-identity.ts';
import { createControlOperations } from './operations.ts';
import type { ProjectionLine } from './protocol.ts';
import { startControlServer } from './server.ts';

const now = (): Instant => instant(Date.now());

/** Throws `FolderInUse`. */
export async function openForCli(
  config: Pick<Config, 'dataFolder'> & AdaptersConfig,
  { failureReporter }: { readonly failureReporter: (component: string) => (error: unknown) => void },
): Promise<AsyncDisposable> {
  await using starting = new AsyncDisposableStack();
  const dataFolder = starting.use(openDataFolder(config.dataFolder));
  const adapters = starting.use(await startAdapters({ dataFolder, clock: now, failureReporter }, config));
  const core = await createCore(adapters, now);
  await adoptVault(core);
  const decode: Decode = (stored) => core.codec.decodeAll(stored);
  const appendOperations = appendOperationsWith(core, now);
  const shared = { ...core, decode, appendOperations };
  const read = starting.use(await startViewReader(shared, { projectors }));
  const whenNeeded = starting.use(new AsyncDisposableStack());
  let started: Promise<Projections> | undefined;
  const projections = () => (started ??= startProjections(shared, { projections: projectors }).then((running) => whenNeeded.use(running)));
  const operations = createControlOperations({
    core,
    activeViews: read.views,
    appendOperations,
    listProjections: () => statusFromCheckpoints(shared),
    projections,
  });
  starting.use(await startControlServer(operations, { folder: config.dataFolder }));
  const opened = starting.move();
  return { [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}

/** The status of projections that don't run, from their checkpoints. */
async function statusFromCheckpoints(dependencies: {
  readonly log: EventLog;
  readonly views: ViewStore;
  readonly decode: Decode;
}): Promise<readonly ProjectionLine[]> {
  const { log, views } = dependencies;
  await using versions = await followActiveVersions(dependencies, projectors);
  await views.prepare(deadLettersSchema);
  const lines: ProjectionLine[] = [];
  for (const [checkpoint, stored] of await views.checkpoints()) {
    if (isBuiltMark(checkpoint)) continue;
    const runner = runnerOfCheckpoint(checkpoint);
    const projector = projectorOf(runner);
    const deadLetters = (await loadDeadLetters(views, checkpoint)).size;
    const position = positionOf(stored);
    const name = log.logs.find((_, index) => checkpoint === checkpointName(runner, { log: index, shard: 0 })) ?? '';
    lines.push({
      ...(projector ?? { name: runner, kind: 'reaction', version: null, build: 0 }),
      log: name,
      active: projector === undefined || sameBuild(projector, versions.active(projector.name)),
      state: 'stopped',
      position: position ?? null,
      ...lagFromCheckpoint(position, await log.head(name)),
      deadLetters,
      error: null,
    });
  }
  return lines.toSorted((one, other) => (one.kind === other.kind ? 0 : one.kind === 'projector' ? -1 : 1));
}

function projectorOf(runner: string): ({ readonly name: string; readonly kind: 'projector' } & BuildId) | undefined {
  for (const { name, kind } of projectors) {
    const build = buildOfRunner(name, runner);
    if (build !== undefined) return { name, kind, ...build };
  }
  return undefined;
}

/** A checkpoint doesn't tell when the next event was appended. */
function lagFromCheckpoint(position: Position | undefined, head: Position | undefined): Pick<ProjectionLine, 'lagEvents' | 'lagSeconds'> {
  const { lagEvents } = lagOf({ position, oldestAt: undefined, newestAt: undefined, runningForMs: 0 }, head, now());
  return { lagEvents, lagSeconds: lagEvents === 0 ? 0 : null };
}
