/**
 * Switching a projector to another build. When the new build has caught up, the active one is stopped, the new one passes the position
 * at which that stopped, and an event makes it the active one: so no reader that waited for a position finds less than was promised.
 */
import { versionsStream } from '../../domain/shared/streams.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { merge } from '../../ports/event-log/position.ts';
import type { ProjectionsDependencies } from '../dependencies.ts';
import type { ActiveVersions } from '../progress/active-versions.ts';
import { pause, retryUntilDone } from '../progress/back-off.ts';
import { positionOf } from '../progress/checkpoint.ts';
import { runnerName, sameBuild, type BuildId } from '../progress/names.ts';
import type { RunnerProgress } from '../progress/progress.ts';
import type { BackgroundTasks } from './background-tasks.ts';
import type { Mutex } from './mutex.ts';
import type { RunningBuilds } from './running-builds.ts';

const PROGRESS_RECHECK_MS = 1_000;

export type ActivationDependencies = Pick<ProjectionsDependencies, 'views' | 'appendOperations' | 'clock' | 'report'> & {
  readonly progress: RunnerProgress;
  readonly versions: ActiveVersions;
  readonly running: RunningBuilds;
};

export type ActivationContext = {
  readonly dependencies: ActivationDependencies;
  readonly mutex: Mutex;
  readonly background: BackgroundTasks;
  readonly dropAfterMs: number;
  /** Aborts when the projections of this process stop. */
  readonly signal: AbortSignal;
};

/** Resolves when the build is active, or when it no longer runs or the signal aborts. */
export async function untilActive(context: ActivationContext, build: BuildId, signal: AbortSignal): Promise<void> {
  const { dependencies, mutex } = context;
  const { versions, running } = dependencies;
  const isActive = () => sameBuild(build, versions.active(running.projector));
  while (!signal.aborted && !isActive()) {
    const runners = running.of(build);
    if (runners === undefined) return;
    await Promise.race([Promise.all(runners.map((runner) => runner.caughtUp())), nextChange(versions, signal)]);
    await mutex(async () => {
      const isReady = running.of(build)?.every((runner) => runner.status().state === 'live') === true;
      if (isReady && !isActive() && !signal.aborted) await activate(context, build, signal);
    });
  }
}

/** Until the event is appended it can be cancelled; from then on it is completed, because the log may have the event whatever it answers. */
async function activate(context: ActivationContext, build: BuildId, signal: AbortSignal): Promise<void> {
  const { progress, versions, running, report } = context.dependencies;
  const before = versions.active(running.projector);
  try {
    await running.stop(before);
    const passed = merge(progress.of(runnerOf(context, before)), await storedPosition(context, before));
    while (passed !== undefined && !(await progress.waitFor(runnerOf(context, build), passed, { ms: PROGRESS_RECHECK_MS, signal }))) signal.throwIfAborted();
  } catch (error) {
    running.start(before); // it goes on answering queries
    throw error;
  }
  await retryUntilDone(context.signal, () => recordActive(context.dependencies, build));
  while (!context.signal.aborted && !sameBuild(build, versions.active(running.projector))) await nextChange(versions, context.signal);
  if (context.signal.aborted) return;
  report({ type: 'build-activated', runner: runnerOf(context, build) });
  dropLater(context, before);
}

export async function recordActive({ appendOperations, clock, running }: ActivationDependencies, { version, build }: BuildId): Promise<void> {
  const { projector } = running;
  await appendOperations(versionsStream(projector), { type: 'operations.version-activated.v1', data: { projection: projector, version, build, at: clock() } });
}

/** Readers of other processes get some time to learn of the switch before the build they read is dropped. */
export function dropLater({ dependencies, background, mutex, dropAfterMs, signal }: ActivationContext, build: BuildId): void {
  const { versions, running, report } = dependencies;
  background.start(async () => {
    await pause(dropAfterMs, signal);
    await mutex(async () => {
      if (signal.aborted || running.of(build) !== undefined || sameBuild(build, versions.active(running.projector))) return;
      await running.drop(build);
      report({ type: 'build-dropped', runner: runnerOf({ dependencies }, build) });
    });
  });
}

const runnerOf = ({ dependencies }: Pick<ActivationContext, 'dependencies'>, build: BuildId): string =>
  runnerName({ name: dependencies.running.projector, kind: 'projector' }, build);

async function storedPosition({ dependencies }: ActivationContext, build: BuildId): Promise<Position | undefined> {
  const { views, running } = dependencies;
  const stored = await Promise.all(running.instances(build).map(({ checkpoint }) => views.checkpoint(checkpoint)));
  return stored.map(positionOf).reduce(merge, undefined);
}

/** Resolves at the next change of any projector's active build, and when the signal aborts. */
async function nextChange(versions: ActiveVersions, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  using _listening = versions.onChange(() => resolve());
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
}
