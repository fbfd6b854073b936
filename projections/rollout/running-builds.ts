/** The builds of one projector that run here. */
import type { Dependencies } from '../dependencies.ts';
import { checkpointName, runnerName, type Build } from '../progress/names.ts';
import type { Progress } from '../progress/progress.ts';
import type { AnyProjector } from '../projection.ts';
import { dropBuild, projectorProcessor, type ProjectorInstance } from '../engine/run-projector.ts';
import { startRunner, type Runner, type RunnerConfig } from '../engine/runner.ts';

/** The versions of one projector that there is code for. */
export type Known = readonly [AnyProjector, ...AnyProjector[]];

export type RunningBuilds = AsyncDisposable & {
  runners(): readonly Runner[];
  of(build: Build): readonly Runner[] | undefined;
  /** Nothing where it runs already. */
  start(build: Build): void;
  end(build: Build): Promise<void>;
  endAllBut(builds: readonly Build[]): Promise<void>;
  /** Leaves nothing of it in the views. */
  drop(build: Build): Promise<void>;
  units(build: Build): readonly ProjectorInstance[];
};

export function createRunningBuilds(dependencies: Dependencies, progress: Progress, known: Known, config: RunnerConfig): RunningBuilds {
  const newest = newestOf(known);
  const atWork = new Map<string, readonly Runner[]>();
  const named = (build: Build) => runnerName(newest, build);

  const units = (build: Build): readonly ProjectorInstance[] => {
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
      if (!atWork.has(named(build))) atWork.set(named(build), units(build).map(startUnit));
    },
    end: (build) => end(named(build)),
    endAllBut: async (builds) => {
      const kept = builds.map(named);
      await Promise.all([...atWork.keys()].filter((runner) => !kept.includes(runner)).map(end));
    },
    drop: async (build) => {
      for (const unit of units(build)) await dropBuild(dependencies.views, unit);
      progress.reset(named(build));
    },
    units,
    [Symbol.asyncDispose]: async () => void (await Promise.all([...atWork.keys()].map(end))),
  };
}

export const newestOf = (known: Known): AnyProjector => known.reduce((one, other) => (other.version > one.version ? other : one));
