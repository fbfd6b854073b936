/**
 * Blue/green rollout of one projector: a new version, or a rebuild, is built beside the active build and takes its place when it has
 * caught up (`activate-build.ts`). The build that was active before is dropped a little later.
 */
import type { ViewStore } from '../../ports/views/port.ts';
import type { Runner } from '../engine/runner.ts';
import { retryUntilDone } from '../progress/back-off.ts';
import { buildOfRunner, isOlder, runnerOfCheckpoint, sameBuild, type BuildId } from '../progress/names.ts';
import { dropLater, recordActive, untilActive, type ActivationContext, type ActivationDependencies } from './activate-build.ts';
import { createBackgroundTasks } from './background-tasks.ts';
import { createMutex } from './mutex.ts';

export type RolloutConfig = {
  /** How long readers of other processes have to learn of a switch before the build they read is dropped. */
  readonly dropAfterMs: number;
};

export type RebuildOutcome = 'activated' | 'cancelled';

export type ProjectorRollout = AsyncDisposable & {
  runners(): readonly Runner[];
  /** `cancelled`: nothing has changed, and nothing is left of the attempt. Throws while another build of the projector runs. */
  rebuild(options?: { readonly signal?: AbortSignal }): Promise<RebuildOutcome>;
};

/** Takes over the running builds: disposing of the rollout stops them. */
export async function startProjectorRollout(dependencies: ActivationDependencies, { dropAfterMs }: RolloutConfig): Promise<ProjectorRollout> {
  const { versions, running, report, views } = dependencies;
  const { projector, newestVersion } = running;
  const stop = new AbortController();
  const mutex = createMutex();
  const reportFailure = (error: unknown, failures: number) => report({ type: 'retrying', runner: projector, failures, error });
  const background = createBackgroundTasks(stop.signal, reportFailure);
  const context: ActivationContext = { dependencies, mutex, background, dropAfterMs, signal: stop.signal };
  let rebuilding: BuildId | undefined;

  const reconcile = async () => {
    const active = versions.active(projector);
    const next = active.version === newestVersion ? rebuilding : { version: newestVersion, build: 0 };
    const wanted = [active, next].filter((build): build is BuildId => build !== undefined && running.hasVersion(build.version));
    await running.stopAllExcept(wanted);
    for (const build of wanted) running.start(build);
  };

  if (versions.recorded(projector) === undefined) await recordActive(dependencies, versions.active(projector));
  await mutex(reconcile);
  const listening = versions.onChange((projection) => {
    if (projection === projector) background.start(() => mutex(reconcile));
  });
  if (versions.active(projector).version !== newestVersion) {
    background.start(() => untilActive(context, { version: newestVersion, build: 0 }, stop.signal));
  }
  for (const build of await olderBuilds(views, projector, versions.active(projector))) dropLater(context, build);

  const build = async (wanted: BuildId, signal: AbortSignal): Promise<RebuildOutcome> => {
    await mutex(async () => {
      await running.drop(wanted); // left by an interrupted attempt
      running.start(wanted);
    });
    await retryUntilDone(signal, () => untilActive(context, wanted, signal), reportFailure);
    return await mutex(async () => {
      if (sameBuild(wanted, versions.active(projector))) return 'activated';
      await running.stop(wanted);
      if (!stop.signal.aborted) await running.drop(wanted);
      return 'cancelled';
    });
  };

  return {
    runners: () => running.runners(),

    rebuild: async ({ signal } = {}) => {
      const active = versions.active(projector);
      if (rebuilding !== undefined || active.version !== newestVersion) throw new Error(`${projector} is being built already.`);
      rebuilding = { version: active.version, build: active.build + 1 };
      try {
        return await build(rebuilding, signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]));
      } finally {
        rebuilding = undefined;
      }
    },

    [Symbol.asyncDispose]: async () => {
      listening[Symbol.dispose]();
      stop.abort();
      await background.ended();
      await mutex(async () => await running[Symbol.asyncDispose]());
    },
  };
}

/** Builds that an earlier activation left because the process stopped before it could drop them. */
async function olderBuilds(views: Pick<ViewStore, 'checkpoints'>, projector: string, active: BuildId): Promise<readonly BuildId[]> {
  const runners = new Set(Array.from((await views.checkpoints()).keys(), runnerOfCheckpoint));
  const builds = Array.from(runners, (runner) => buildOfRunner(projector, runner));
  return builds.filter((build): build is BuildId => build !== undefined && isOlder(build, active));
}
