/** The builds of one projector that run here. */
import type { ProjectionsDependencies } from '../dependencies.ts';
import { checkpointName, runnerName, type BuildId } from '../progress/names.ts';
import type { RunnerProgress } from '../progress/progress.ts';
import type { AnyProjector } from '../projection.ts';
import { dropBuild, projectorProcessor, type ProjectorInstance } from '../engine/projector-processor.ts';
import { startRunner, type Runner, type RunnerConfig } from '../engine/runner.ts';

/** The versions of one projector that there is code for. */
export type ProjectorVersions = readonly [AnyProjector, ...AnyProjector[]];

export type RunningBuilds = AsyncDisposable & {
  runners(): readonly Runner[];
  of(build: BuildId): readonly Runner[] | undefined;
  /** Nothing where it runs already. */
  start(build: BuildId): void;
  stop(build: BuildId): Promise<void>;
  stopAllExcept(builds: readonly BuildId[]): Promise<void>;
  /** Leaves nothing of it in the views. */
  drop(build: BuildId): Promise<void>;
  instances(build: BuildId): readonly ProjectorInstance[];
};

export function createRunningBuilds(
  dependencies: ProjectionsDependencies,
  progress: RunnerProgress,
  known: ProjectorVersions,
  config: RunnerConfig,
): RunningBuilds {
  const newest = newestOf(known);
  const atWork = new Map<string, readonly Runner[]>();
  const named = (build: BuildId) => runnerName(newest, build);

  const instances = (build: BuildId): readonly ProjectorInstance[] => {
    const projection = known.find(({ version }) => version === build.version) ?? newest; // an old one's collections are dropped by the names of today
    const runner = named(build);
    return dependencies.log.logs.map((log, logNumber) => {
      const checkpoint = checkpointName(runner, { log: logNumber, shard: 0 });
      return { projection, build, runner, checkpoint, log, logNumber };
    });
  };
  const end = async (runner: string) => {
    await Promise.all((atWork.get(runner) ?? []).map((one) => one[Symbol.asyncDispose]()));
    atWork.delete(runner);
  };
  const startUnit = (unit: ProjectorInstance) => startRunner(dependencies, progress, unit, () => projectorProcessor(dependencies, progress, unit), config);

  return {
    runners: () => [...atWork.values()].flat(),
    of: (build) => atWork.get(named(build)),
    start: (build) => {
      if (!atWork.has(named(build))) atWork.set(named(build), instances(build).map(startUnit));
    },
    stop: (build) => end(named(build)),
    stopAllExcept: async (builds) => {
      const kept = builds.map(named);
      await Promise.all([...atWork.keys()].filter((runner) => !kept.includes(runner)).map(end));
    },
    drop: async (build) => {
      for (const unit of instances(build)) await dropBuild(dependencies.views, unit);
      progress.reset(named(build));
    },
    instances,
    [Symbol.asyncDispose]: async () => void (await Promise.all([...atWork.keys()].map(end))),
  };
}

export const newestOf = (known: ProjectorVersions): AnyProjector => known.reduce((one, other) => (other.version > one.version ? other : one));
