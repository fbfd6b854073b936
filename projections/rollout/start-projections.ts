/**
 * Runs projections: each in each shard of each log from its own checkpoint, apart from all others. Projectors fold into views, reactors
 * and processes cause effects; `engine/runner.ts` is what they have in common, `projector-rollout.ts` decides which builds of a projector run.
 */
import { SECOND_MS } from '../../domain/shared/instant.ts';
import { writtenAs } from '../../domain/upcast.ts';
import type { CacheTally } from '../../ports/cache-tallies.ts';
import type { EventLog, Position } from '../../ports/event-log/port.ts';
import type { ProjectionsDependencies } from '../dependencies.ts';
import { createCheckpointInLog } from '../engine/checkpoint-in-log.ts';
import { deadLettersSchema } from '../engine/dead-letters.ts';
import type { ProjectionInstance } from '../engine/processor.ts';
import { reactorProcessor, type ReactorConfig, type ReactorInstance } from '../engine/reactor-processor.ts';
import { startRunner, type RunnerConfig, type RunnerState, type RunnerStatus } from '../engine/runner.ts';
import { shareDecoding } from '../engine/share-decoding.ts';
import { WRITTEN_DOCUMENTS_BYTES_MAX, WrittenDocuments } from '../folding/written-documents.ts';
import type { Leases } from '../leases/leases.ts';
import { soleHolder } from '../leases/sole-holder.ts';
import { followActiveVersions, newestVersions, type ActiveVersions } from '../progress/active-versions.ts';
import { pause } from '../progress/back-off.ts';
import { runnerName, sameBuild, type Division } from '../progress/names.ts';
import { noHints, type PositionHints } from '../progress/position-hints.ts';
import { tellNobody, type PassedOverReporter } from '../progress/passed-over.ts';
import { positionsAnywhere } from '../progress/positions.ts';
import { trackProgress, type RunnerProgress } from '../progress/progress.ts';
import { recordShards } from '../progress/shards.ts';
import { createWaitForProjector } from '../progress/wait-for-projector.ts';
import type { AnyProjection, AnyProjector, AnyReactorOrProcess } from '../projection.ts';
import { createWaitForViews, type WaitForViews } from '../view-access/wait-for-views.ts';
import { lagOf, type ProjectionLag } from './lag.ts';
import { startProjectorRollout, type ProjectorRollout, type RebuildOutcome } from './projector-rollout.ts';
import { createRunningBuilds, unitsOf, type ProjectorVersions } from './running-builds.ts';
import type { RolloutConfig } from './switch-builds.ts';

type EngineConfig = RunnerConfig & RolloutConfig & ReactorConfig & Pick<Division, 'shards'>;

export type ProjectionsConfig = {
  readonly projections: readonly AnyProjection[];
  /** Projectors that run in other processes, which reactors here may wait for. */
  readonly elsewhere?: readonly AnyProjector[];
} & Partial<EngineConfig>;

const DEFAULTS: EngineConfig = {
  batchEventsMax: 1_000,
  batchIntervalMs: 25,
  idleCheckpointMs: 30_000,
  effectsStoredWithinMs: 1_000,
  deadLetterStreamsMax: 10_000,
  dropAfterMs: 30_000,
  effectsMax: 64,
  logCheckpointMs: 5_000,
  shards: 1,
};

/** What is known without a look at the log. */
export type ProjectionState = {
  readonly name: string;
  readonly version: number;
  /** Which rebuild of the version; 0 is the first build. */
  readonly build: number;
  readonly kind: AnyProjection['kind'];
  readonly log: string;
  readonly shard: number;
  /** Whether queries read it; always true for a reactor or process. */
  readonly active: boolean;
  readonly state: RunnerState;
  readonly position: Position | undefined;
  /** How many streams wait behind an event that can't be processed. */
  readonly deadLetters: number;
  readonly error: string | undefined;
  /** For how long it has been failing and trying again; 0 where it isn't. */
  readonly failingSeconds: number;
  /** Whether the views have caught up once; always true for a reactor or process that has begun. */
  readonly isBuilt: boolean;
};

export type ProjectionStatus = ProjectionState & ProjectionLag;

export type Projections = AsyncDisposable & {
  readonly versions: ActiveVersions;
  readonly waitForViews: WaitForViews;
  /** Rejects where the log can't say how far it is. */
  status(): Promise<readonly ProjectionStatus[]>;
  states(): readonly ProjectionState[];
  /** Resolves when every projector here has caught up once, or when the time is over. */
  untilCaughtUp(options: { readonly ms: number }): Promise<void>;
  /** Builds a projector again beside the active build, and switches when it has caught up. Cancelled: nothing changes. When this stops before, the rebuild goes on elsewhere, or at the next start. */
  rebuild(projector: string, options?: { readonly signal?: AbortSignal }): Promise<RebuildOutcome>;
};

export type ProjectionsGiven = Omit<ProjectionsDependencies, 'decodeShared' | 'report' | 'written'> &
  Partial<Pick<ProjectionsDependencies, 'report' | 'written'>> & {
    /** Who works on what, where several processes share the views; this process is the only one where it is absent. */
    readonly leases?: Leases;
    /** Tells other processes what is passed over here. */
    readonly passedOver?: PassedOverReporter;
    /** How far the units have come that run here, for those who wait for them in this process. */
    readonly progress?: RunnerProgress;
    /** Counts what the cache of decoded events had. */
    readonly decodedEvents?: CacheTally;
    /** Tells those who wait in other processes, and those here of theirs. */
    readonly hints?: PositionHints;
  };

/** Two projections of one name must be versions of one projector; the newest is built beside the active one until it has caught up. */
export async function startProjections(given: ProjectionsGiven, config: ProjectionsConfig): Promise<Projections> {
  const dependencies = {
    report: () => undefined,
    written: new WrittenDocuments({ bytesMax: WRITTEN_DOCUMENTS_BYTES_MAX }),
    decodeShared: shareDecoding(given.decode, given.decodedEvents),
    leases: soleHolder(),
    passedOver: tellNobody,
    progress: trackProgress(),
    hints: noHints,
    ...given,
  };
  const { progress, log, views } = dependencies;
  const settings = { ...DEFAULTS, ...config };
  const division: Division = { logs: log.logs.length, shards: settings.shards };
  // The log knows an event by the version in which it was written.
  const projections = config.projections.map((projection) => ({ ...projection, handles: writtenAs(projection.handles) }));
  const projectors = projections.filter(isProjector);
  const names = [...newestVersions(projectors).keys()];
  const { elsewhere = [] } = config;
  checkNames(projections, [...names, ...elsewhere.map(({ name }) => name)]);
  await recordShards(views, division);
  await views.prepare(deadLettersSchema); // so that a query before the first dead letter finds nothing instead of failing

  await using starting = new AsyncDisposableStack();
  const versions = starting.use(await followActiveVersions(dependencies, [...projectors, ...elsewhere]));

  const positions = positionsAnywhere({ views, local: progress, hints: dependencies.hints }, division);
  const waitForProjector = createWaitForProjector({ versions, positions });

  const rollouts = new Map<string, ProjectorRollout>();
  for (const name of names) {
    const versionsOfOne = projectors.filter((projector) => projector.name === name) as unknown as ProjectorVersions;
    const running = createRunningBuilds(dependencies, versionsOfOne, settings);
    const ofProjector = { ...dependencies, versions, running, positions };
    rollouts.set(name, starting.use(await startProjectorRollout(ofProjector, { ...settings, ...division })));
  }
  const projectorRunners = () => [...rollouts.values()].flatMap((rollout) => rollout.runners());
  const runners = () => [...projectorRunners(), ...reactorRunners];

  const reactorRunners = projections.filter(isReactorOrProcess).flatMap((projection) =>
    reactorInstances(projection, log, settings).map((instance) => {
      const partition = { log: instance.logNumber, shard: instance.shard };
      const ofReactor = { ...dependencies, waitForProjector, checkpointInLog: createCheckpointInLog(dependencies, projection.name, partition) };
      return starting.use(startRunner(dependencies, instance, (signal) => reactorProcessor(ofReactor, instance, settings, signal), settings));
    }),
  );
  const running = starting.move();

  return {
    versions,
    waitForViews: createWaitForViews(waitForProjector),
    status: async () => {
      const heads = new Map(await Promise.all(dependencies.log.logs.map(async (log) => [log, await dependencies.log.head(log)] as const)));
      const now = dependencies.clock();
      return runners().map((one) => {
        const status = one.status();
        return { ...stateOf(one.instance, status, versions), ...(status.state === 'standby' ? NO_LAG : lagOf(status, heads.get(one.instance.log), now)) };
      });
    },
    states: () => runners().map((one) => stateOf(one.instance, one.status(), versions)),
    untilCaughtUp: async ({ ms }) => {
      const deadline = new AbortController();
      const behind = projectorRunners().filter((runner) => runner.status().state !== 'live');
      await Promise.race([Promise.all(behind.map((runner) => runner.caughtUp())), pause(ms, deadline.signal)]);
      deadline.abort();
    },
    rebuild: async (projector, options) => {
      const rollout = rollouts.get(projector);
      if (rollout === undefined) throw new Error(`There is no projector ${projector}.`);
      return await rollout.rebuild(options);
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

/** One for each shard of each log. */
function reactorInstances(projection: AnyReactorOrProcess, log: Pick<EventLog, 'logs'>, division: Pick<Division, 'shards'>): readonly ReactorInstance[] {
  const build = { version: projection.version, build: 0 };
  const runner = runnerName(projection, build);
  return unitsOf(log, runner, division).map((unit) => ({ projection, build, runner, ...unit }));
}

/** The unit's holder tells how far it is behind, and what waits: who held it before only knows what was so then. */
const NO_LAG: ProjectionLag = { lagEvents: 0, lagSeconds: 0 };

function stateOf({ projection, build, log, shard }: ProjectionInstance, status: RunnerStatus, versions: ActiveVersions): ProjectionState {
  const { state, position, deadLetters, error, failingForMs, isBuilt } = status;
  const active = projection.kind !== 'projector' || sameBuild(build, versions.active(projection.name));
  return {
    name: projection.name,
    ...build,
    kind: projection.kind,
    log,
    shard,
    active,
    state,
    position,
    deadLetters: state === 'standby' ? 0 : deadLetters,
    error,
    failingSeconds: failingForMs / SECOND_MS,
    isBuilt,
  };
}

const isProjector = (projection: AnyProjection): projection is AnyProjector => projection.kind === 'projector';
const isReactorOrProcess = (projection: AnyProjection): projection is AnyReactorOrProcess => projection.kind !== 'projector';

function checkNames(projections: readonly AnyProjection[], projectors: readonly string[]): void {
  const taken = new Set<string>();
  for (const projection of projections) {
    const name = isProjector(projection) ? `${projection.name}@${projection.version}` : projection.name;
    if (taken.has(name) || (isReactorOrProcess(projection) && projectors.includes(name))) throw new Error(`There are two projections ${name}.`);
    taken.add(name);
    const unknown = isReactorOrProcess(projection) ? projection.after.find((projector) => !projectors.includes(projector)) : undefined;
    if (unknown !== undefined) throw new Error(`${name} waits for the projector ${unknown}, which is not here.`);
  }
}
