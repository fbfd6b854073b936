/**
 * Blue/green rollout of one projector: a new version, or a rebuild, is built beside the active build and takes its place when it has
 * caught up. Every process that has the projector builds, as far as it gets the leases; one switches (`switch-builds.ts`). A rebuild is
 * asked for by an event, so it goes on whatever becomes of the process that asked.
 */
import type { OperationsEvent } from '../../domain/shared/operations.ts';
import { versionsStream } from '../../domain/shared/streams.ts';
import type { Runner } from '../engine/runner.ts';
import { pause, retryDelayMs, retryUntilDone } from '../progress/back-off.ts';
import { runnerName, runnerOfCheckpoint, sameBuild, type BuildId, type Division } from '../progress/names.ts';
import { createBackgroundTasks } from './background-tasks.ts';
import { createMutex } from './mutex.ts';
import { nextBuild, recordActive, switchBuilds, type RolloutConfig, type SwitchDependencies } from './switch-builds.ts';

const LOOK_EVERY_MS = 20;

/** `interrupted`: this process stops; the rebuild goes on where another runs the projector, or when one starts. */
export type RebuildOutcome = 'activated' | 'cancelled' | 'interrupted';

export type ProjectorRollout = AsyncDisposable & {
  runners(): readonly Runner[];
  /** `cancelled`: nothing has changed, and nothing is left of the attempt. Throws while another build of the projector runs. */
  rebuild(options?: { readonly signal?: AbortSignal }): Promise<RebuildOutcome>;
};

/** Takes over the running builds: disposing of the rollout stops them. */
export async function startProjectorRollout(dependencies: SwitchDependencies, config: RolloutConfig & Division): Promise<ProjectorRollout> {
  const { versions, running, report, leases } = dependencies;
  const { projector } = running;
  const stop = new AbortController();
  const mutex = createMutex();
  const reportFailure = (error: unknown, failures: number) => report({ type: 'retrying', runner: projector, failures, error });
  const background = createBackgroundTasks(stop.signal, reportFailure);

  const reconcile = async () => {
    const wanted = [versions.active(projector), nextBuild(dependencies)].filter(
      (build): build is BuildId => build !== undefined && running.hasVersion(build.version),
    );
    await running.stopAllExcept(wanted);
    for (const build of wanted) running.start(build);
  };

  if (versions.recorded(projector) === undefined) await recordActive(dependencies, versions.active(projector));
  await mutex(reconcile);
  const listening = versions.onChange((projection) => {
    if (projection === projector) background.start(() => mutex(reconcile));
  });
  background.start(async () => {
    using offer = leases.offer(`rollout:${projector}`);
    for (let failures = 0; ;) {
      const lease = await offer.acquire(stop.signal);
      if (lease === undefined) return;
      try {
        await switchBuilds({ dependencies, config }, AbortSignal.any([stop.signal, lease.revoked]));
        failures = 0;
      } catch (error) {
        if (!stop.signal.aborted) reportFailure(error, (failures += 1));
        await pause(retryDelayMs(Math.max(1, failures)), stop.signal);
      } finally {
        lease.release();
      }
    }
  });

  let isRebuilding = false;
  const append = (event: OperationsEvent) => dependencies.appendOperations(versionsStream(projector), event);
  const dataOf = (build: BuildId) => ({ projection: projector, ...build, at: dependencies.clock() });
  const isActive = (build: BuildId) => sameBuild(build, versions.active(projector));
  const isLeft = async (build: BuildId) => {
    const runner = runnerName({ name: projector, kind: 'projector' }, build);
    return [...(await dependencies.views.checkpoints()).keys()].some((checkpoint) => runnerOfCheckpoint(checkpoint) === runner);
  };

  const rebuild = async (signal: AbortSignal): Promise<RebuildOutcome> => {
    const wanted = versions.nextBuild(projector, versions.active(projector).version);
    await append({ type: 'operations.rebuild-requested.v1', data: dataOf(wanted) });
    const isKnown = () => versions.nextBuild(projector, wanted.version).build > wanted.build;
    const isOver = () => isActive(wanted) || (isKnown() && !sameBuild(wanted, versions.requested(projector)));
    let isCancelled = false;
    while (!stop.signal.aborted && !isOver()) {
      if (signal.aborted && !isCancelled) {
        await retryUntilDone(stop.signal, () => append({ type: 'operations.rebuild-cancelled.v1', data: dataOf(wanted) }), reportFailure);
        isCancelled = true;
      }
      await pause(LOOK_EVERY_MS, AbortSignal.any([stop.signal, ...(isCancelled ? [] : [signal])]));
    }
    if (isActive(wanted)) return 'activated';
    if (stop.signal.aborted) return 'interrupted';
    if (!isCancelled) throw new Error(`The rebuild of ${projector} was given up, for another build took its place.`);
    while (!stop.signal.aborted && (await isLeft(wanted))) await pause(LOOK_EVERY_MS, stop.signal);
    return 'cancelled';
  };

  return {
    runners: () => running.runners(),

    rebuild: async ({ signal = NEVER } = {}) => {
      if (isRebuilding || nextBuild(dependencies) !== undefined) throw new Error(`${projector} is being built already.`);
      isRebuilding = true;
      try {
        return await rebuild(signal);
      } finally {
        isRebuilding = false;
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

const NEVER = new AbortController().signal;
