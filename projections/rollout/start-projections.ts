/**
 * Runs projections: each of them in each log from its checkpoint, apart from all others. Projectors fold into views, reactors and
 * processes cause effects; what they have in common is in `runner.ts`, which builds of a projector are at work in `builds.ts`.
 */
import { writtenAs } from '../../domain/upcast.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { startBuilds, type Builds, type BuildsConfig } from './projector-rollout.ts';
import type { ProjectionsDependencies } from '../dependencies.ts';
import { lagOf, type ProjectionLag } from './lag.ts';
import { checkpointName, runnerName, sameBuild } from '../progress/names.ts';
import { isKnownOutage } from '../progress/outages.ts';
import { trackProgress } from '../progress/progress.ts';
import type { AnyProjection, AnyProjector, AnyReactorOrProcess } from '../projection.ts';
import { createWaitForProjector, positionsAnywhere } from '../progress/wait-for-projector.ts';
import { createWaitForViews, type WaitForViews } from '../query/wait-for-views.ts';
import { reactorProcessor, type ReactorConfig } from '../engine/reactor-processor.ts';
import { shareDecoding } from '../engine/share-decoding.ts';
import { startRunner, type Runner, type RunnerState } from '../engine/runner.ts';
import { newestVersions, followActiveVersions, type ActiveVersions } from '../progress/active-versions.ts';

export type ProjectionsConfig = {
  readonly projections: readonly AnyProjection[];
  /** Projectors at work in other processes, which reactors here may wait for. */
  readonly elsewhere?: readonly AnyProjector[];
} & Partial<BuildsConfig & ReactorConfig>;

const DEFAULTS: BuildsConfig & ReactorConfig = {
  batchEventsMax: 1_000,
  batchIntervalMs: 25,
  idleCheckpointMs: 500,
  standbyPollMs: 500,
  takeOverAfterMs: 5_000,
  deadLetterStreamsMax: 10_000,
  dropAfterMs: 30_000,
  effectsMax: 64,
  logCheckpointMs: 5_000,
};

export type ProjectionStatus = ProjectionLag & {
  readonly name: string;
  readonly version: number;
  /** Which rebuild of the version; 0 is the first. */
  readonly build: number;
  readonly kind: AnyProjection['kind'];
  readonly log: string;
  /** Whether queries read it; a reactor or process always is. */
  readonly active: boolean;
  readonly state: RunnerState;
  readonly position: Position | undefined;
  /** How many streams wait behind an event that can't be digested. */
  readonly deadLetters: number;
  readonly error: string | undefined;
};

export type Projections = AsyncDisposable & {
  readonly versions: ActiveVersions;
  readonly waitForViews: WaitForViews;
  status(): Promise<readonly ProjectionStatus[]>;
  /** Builds a projector again beside the active build, and switches when it has caught up. Cancelled, or when this stops before: nothing changes. */
  rebuild(projector: string, options?: { readonly signal?: AbortSignal }): Promise<'activated' | 'cancelled'>;
};

type ProjectionsGiven = Omit<ProjectionsDependencies, 'decodeShared' | 'isOutage' | 'report'> & Partial<Pick<ProjectionsDependencies, 'isOutage' | 'report'>>;

/** Two projections of one name must be versions of one projector; the newest is built beside the active one until it has caught up. */
export async function startProjections(given: ProjectionsGiven, config: ProjectionsConfig): Promise<Projections> {
  const dependencies: ProjectionsDependencies = { isOutage: isKnownOutage, report: () => undefined, decodeShared: shareDecoding(given.decode), ...given };
  const settings = { ...DEFAULTS, ...config };
  // The log knows an event by the version in which it was written.
  const projections = config.projections.map((projection) => ({ ...projection, handles: writtenAs(projection.handles) }));
  const projectors = projections.filter(isProjector);
  const names = [...newestVersions(projectors).keys()];
  const { elsewhere = [] } = config;
  checkNames(projections, [...names, ...elsewhere.map(({ name }) => name)]);

  await using starting = new AsyncDisposableStack();
  const versions = starting.use(await followActiveVersions(dependencies, [...projectors, ...elsewhere]));
  const progress = trackProgress();

  const builds = new Map<string, Builds>();
  for (const name of names) {
    const known = projectors.filter((projector) => projector.name === name) as [AnyProjector, ...AnyProjector[]];
    builds.set(name, starting.use(await startBuilds({ dependencies, progress, versions }, known, settings)));
  }
  const projectorRunners = () => [...builds.values()].flatMap((one) => one.runners());
  const runsHere = (runner: string) => {
    const here = projectorRunners().filter(({ instance }) => instance.runner === runner);
    return here.length > 0 && here.every((one) => one.status().state !== 'standby');
  };
  const passed = createWaitForProjector({ versions, positions: positionsAnywhere(dependencies.views, { progress, runsHere }) });

  const reactions = projections.filter(isReaction).flatMap((projection) =>
    dependencies.log.logs.map((log, index) => {
      const build = { version: projection.version, build: 0 };
      const runner = runnerName(projection, build);
      const unit = { projection, build, runner, checkpoint: checkpointName(runner, { log: index, shard: 0 }), log, logNumber: index };
      return starting.use(
        startRunner(dependencies, progress, unit, (signal) => reactorProcessor({ ...dependencies, passed, progress }, unit, settings, signal), settings),
      );
    }),
  );
  const running = starting.move();

  return {
    versions,
    waitForViews: createWaitForViews(passed),
    status: async () => {
      const heads = new Map(await Promise.all(dependencies.log.logs.map(async (log) => [log, await dependencies.log.head(log)] as const)));
      const now = dependencies.clock();
      return [...projectorRunners(), ...reactions].map((one) => statusOf(one, versions, lagOf(one.status(), heads.get(one.instance.log), now)));
    },
    rebuild: async (projector, options) => {
      const its = builds.get(projector);
      if (its === undefined) throw new Error(`There is no projector ${projector}.`);
      return await its.rebuild(options);
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

function statusOf(runner: Runner, versions: ActiveVersions, lag: ProjectionLag): ProjectionStatus {
  const { projection, build, log } = runner.instance;
  const { state, position, deadLetters, error } = runner.status();
  const active = projection.kind !== 'projector' || sameBuild(build, versions.active(projection.name));
  return { name: projection.name, ...build, kind: projection.kind, log, active, state, position, deadLetters, error, ...lag };
}

const isProjector = (projection: AnyProjection): projection is AnyProjector => projection.kind === 'projector';
const isReaction = (projection: AnyProjection): projection is AnyReactorOrProcess => projection.kind !== 'projector';

function checkNames(projections: readonly AnyProjection[], projectors: readonly string[]): void {
  const seen = new Set<string>();
  for (const projection of projections) {
    const key = isProjector(projection) ? `${projection.name}@${projection.version}` : projection.name;
    if (seen.has(key) || (isReaction(projection) && projectors.includes(key))) throw new Error(`There are two projections ${key}.`);
    seen.add(key);
    const unknown = isReaction(projection) ? projection.after.find((name) => !projectors.includes(name)) : undefined;
    if (unknown !== undefined) throw new Error(`${key} waits for the projector ${unknown}, which is not here.`);
  }
}
