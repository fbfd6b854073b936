/** The builds of one projector that run in this process. */
import type { EventLog } from '../../ports/event-log/port.ts';
import { dropBuild, projectorProcessor, type ProjectorInstance } from '../engine/projector-processor.ts';
import { startRunner, type Runner, type RunnerConfig, type RunnerDependencies } from '../engine/runner.ts';
import { checkpointName, partitionsOf, runnerName, type BuildId, type Division } from '../progress/names.ts';
import type { AnyProjector } from '../projection.ts';

/** The versions of one projector that there is code for. */
export type ProjectorVersions = readonly [AnyProjector, ...AnyProjector[]];

export type RunningBuilds = AsyncDisposable & {
  readonly projector: string;
  readonly newestVersion: number;
  hasVersion(version: number): boolean;
  runners(): readonly Runner[];
  of(build: BuildId): readonly Runner[] | undefined;
  /** Does nothing where the build runs already. */
  start(build: BuildId): void;
  stop(build: BuildId): Promise<void>;
  stopAllExcept(builds: readonly BuildId[]): Promise<void>;
  /** Leaves nothing of the build in the views. */
  drop(build: BuildId): Promise<void>;
  /** One for each shard of each log. */
  instances(build: BuildId): readonly ProjectorInstance[];
};

export function createRunningBuilds(
  dependencies: RunnerDependencies,
  versions: ProjectorVersions,
  config: RunnerConfig & Pick<Division, 'shards'>,
): RunningBuilds {
  const newest = versions.reduce((one, other) => (other.version > one.version ? other : one));
  const running = new Map<string, readonly Runner[]>();
  const runnerOf = (build: BuildId) => runnerName(newest, build);

  const instances = (build: BuildId): readonly ProjectorInstance[] => {
    const projection = versions.find(({ version }) => version === build.version) ?? newest; // collections of an unknown version are dropped by today's names
    const runner = runnerOf(build);
    return unitsOf(dependencies.log, runner, config).map((unit) => ({ projection, build, runner, ...unit }));
  };
  const stopRunners = async (runner: string) => {
    await Promise.all((running.get(runner) ?? []).map((one) => one[Symbol.asyncDispose]()));
    running.delete(runner);
  };
  const startInstance = (instance: ProjectorInstance) => startRunner(dependencies, instance, () => projectorProcessor(dependencies, instance), config);

  return {
    projector: newest.name,
    newestVersion: newest.version,
    hasVersion: (version) => versions.some((projector) => projector.version === version),
    runners: () => [...running.values()].flat(),
    of: (build) => running.get(runnerOf(build)),
    start: (build) => {
      if (!running.has(runnerOf(build))) running.set(runnerOf(build), instances(build).map(startInstance));
    },
    stop: (build) => stopRunners(runnerOf(build)),
    stopAllExcept: async (builds) => {
      const kept = builds.map(runnerOf);
      await Promise.all([...running.keys()].filter((runner) => !kept.includes(runner)).map(stopRunners));
    },
    drop: async (build) => {
      for (const instance of instances(build)) await dropBuild(dependencies.views, instance);
    },
    instances,
    [Symbol.asyncDispose]: async () => void (await Promise.all([...running.keys()].map(stopRunners))),
  };
}

/** What a runner works on, once for each shard of each log. */
export const unitsOf = ({ logs }: Pick<EventLog, 'logs'>, runner: string, { shards }: Pick<Division, 'shards'>): readonly Unit[] =>
  partitionsOf({ logs: logs.length, shards }).map((partition) => ({
    checkpoint: checkpointName(runner, partition),
    log: logs[partition.log] ?? '',
    logNumber: partition.log,
    shard: partition.shard,
    shards,
  }));

type Unit = Pick<ProjectorInstance, 'checkpoint' | 'log' | 'logNumber' | 'shard' | 'shards'>;
