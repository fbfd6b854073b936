/**
 * The folder opened for the command line alone, while no process has it: no listener but the control socket, and no worker, so
 * that nothing is delivered. Projectors begin to work only when something asked needs them.
 */
import { instant, type Instant } from '../../domain/shared/instant.ts';
import type { EventLog, Position } from '../../ports/event-log/port.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import { positionOf } from '../../projections/progress/checkpoint.ts';
import { deadLettersSchema, loadDeadLetters } from '../../projections/engine/dead-letters.ts';
import type { Decode } from '../../projections/dependencies.ts';
import { lagOf } from '../../projections/rollout/lag.ts';
import { buildOfRunner, checkpointName, runnerOfCheckpoint, sameBuild, type Build } from '../../projections/progress/names.ts';
import { projectors } from '../../projections/read-models/projectors.ts';
import { startProjections, type Projections } from '../../projections/rollout/run.ts';
import { startVersions } from '../../projections/progress/versions.ts';
import { appendOperationsWith } from '../../commands/append-operations.ts';
import { startAdapters } from '../adapters.ts';
import type { Config } from '../config.ts';
import { openDataFolder } from '../data-folder.ts';
import { createCore } from '../start.ts';
import { createControlOperations } from './operations.ts';
import type { ProjectionLine } from './protocol.ts';
import { startControlServer } from './server.ts';

const now = (): Instant => instant(Date.now());

/** Throws `FolderInUse`. */
export async function openForCli(
  config: Pick<Config, 'dataFolder' | 'eventStoreUrls' | 'eventStore'>,
  { failed }: { readonly failed: (part: string) => (error: unknown) => void },
): Promise<AsyncDisposable> {
  await using starting = new AsyncDisposableStack();
  const installation = starting.use(openDataFolder(config.dataFolder));
  const adapters = starting.use(
    await startAdapters(installation, { clock: now, failed }, { urls: config.eventStoreUrls, forgetful: config.eventStore.forgetful }),
  );
  const parts = await createCore(adapters, now);
  const decode: Decode = (stored) => parts.codec.decodeAll(stored);
  const shared = { ...adapters, decode, appendOperations: appendOperationsWith(parts, now), clock: now };
  const lazily = new AsyncDisposableStack();
  starting.use(lazily);
  let started: Promise<Projections> | undefined;
  const projections = () => (started ??= startProjections(shared, { projections: projectors }).then((running) => lazily.use(running)));
  starting.use(
    await startControlServer(createControlOperations({ ...shared, codec: parts.codec, projections, status: () => statusFromCheckpoints(shared) }), {
      folder: config.dataFolder,
    }),
  );
  const opened = starting.move();
  return { [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}

/** How the projections are while none is at work: what their checkpoints say. */
async function statusFromCheckpoints(dependencies: {
  readonly log: EventLog;
  readonly views: ViewStore;
  readonly decode: Decode;
}): Promise<readonly ProjectionLine[]> {
  const { log, views } = dependencies;
  await using versions = await startVersions(dependencies, projectors);
  await views.prepare(deadLettersSchema);
  const lines: ProjectionLine[] = [];
  for (const [checkpoint, stored] of await views.checkpoints()) {
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

function projectorOf(runner: string): ({ readonly name: string; readonly kind: 'projector' } & Build) | undefined {
  for (const { name, kind } of projectors) {
    const build = buildOfRunner(name, runner);
    if (build !== undefined) return { name, kind, ...build };
  }
  return undefined;
}

/** When the next event to be projected was appended is not known from a checkpoint. */
function lagFromCheckpoint(position: Position | undefined, head: Position | undefined): Pick<ProjectionLine, 'lagEvents' | 'lagSeconds'> {
  const { lagEvents } = lagOf({ position, oldestAt: undefined, newestAt: undefined }, head, now());
  return { lagEvents, lagSeconds: lagEvents === 0 ? 0 : null };
}
