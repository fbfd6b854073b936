/**
 * Switching a projector to another build: a new version, or a rebuild that was asked for. One process at a time does this, the holder
 * of the projector's rollout lease, and another goes on where that one stopped. When the new build has caught up, the leases of the
 * active one are withdrawn everywhere, the new one passes the position at which that stopped, and an event makes it the active one: so
 * no reader that waited for a position finds less than was promised. What is left of other builds is dropped.
 */
import { versionsStream } from '../../domain/shared/streams.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import type { ProjectionsDependencies } from '../dependencies.ts';
import type { Leases } from '../leases/leases.ts';
import type { ActiveVersions } from '../progress/active-versions.ts';
import { pause, retryUntilDone } from '../progress/back-off.ts';
import { isBuilt } from '../progress/built.ts';
import { buildOfRunner, runnerName, runnerOfCheckpoint, sameBuild, type BuildId, type Division } from '../progress/names.ts';
import type { Positions } from '../progress/positions.ts';
import type { RunningBuilds } from './running-builds.ts';

/** How often it is looked whether a build has caught up; changes of what is to be built are noticed at once. */
const LOOK_EVERY_MS = 50;

export type SwitchDependencies = Pick<ProjectionsDependencies, 'views' | 'appendOperations' | 'clock' | 'report'> & {
  readonly versions: ActiveVersions;
  readonly running: RunningBuilds;
  readonly leases: Leases;
  readonly positions: Pick<Positions, 'of' | 'wait'>;
};

export type RolloutConfig = {
  /** How long readers of other processes have to learn of a switch before the build they read is dropped. */
  readonly dropAfterMs: number;
};

type SwitchContext = { readonly dependencies: SwitchDependencies; readonly config: RolloutConfig & Division };

/**
 * The build that is to replace the active one: the first of the newest version, or one that was asked for. A process that doesn't know
 * the active version yet is an old one of a rolling upgrade: it leaves the projector alone, unless it is the only process there is.
 */
export function nextBuild({ versions, running, leases }: Pick<SwitchDependencies, 'versions' | 'running' | 'leases'>): BuildId | undefined {
  const { projector, newestVersion } = running;
  const active = versions.active(projector);
  if (active.version > newestVersion && !leases.isSole) return undefined;
  if (active.version !== newestVersion) return { version: newestVersion, build: 0 };
  const requested = versions.requested(projector);
  return requested?.version === newestVersion ? requested : undefined;
}

/** Until the signal aborts: switches whenever there is something to switch to, and drops what is left. */
export async function switchBuilds(context: SwitchContext, signal: AbortSignal): Promise<void> {
  const { versions, running } = context.dependencies;
  while (!signal.aborted) {
    using changed = watchChanges(versions, running.projector);
    const either = AbortSignal.any([signal, changed.signal]);
    // Another process may have withdrawn the active build, and ended before it could switch or give up.
    await context.dependencies.leases.reinstate(runnerOf(context.dependencies, versions.active(running.projector)));
    const next = nextBuild(context.dependencies);
    if (next !== undefined && (await untilBuilt(context, next, either))) await activate(context, next, signal, changed.signal);
    if (!either.aborted) await dropLeftovers(context, either);
    if (!either.aborted) await untilAborted(either);
  }
}

async function untilBuilt({ dependencies, config }: SwitchContext, build: BuildId, signal: AbortSignal): Promise<boolean> {
  const runner = runnerOf(dependencies, build);
  while (!signal.aborted) {
    if (await isBuilt(dependencies.views, runner, config)) return true;
    await pause(LOOK_EVERY_MS, signal);
  }
  return false;
}

/** Until the event is appended the build can be given up: then the active one goes on. */
async function activate({ dependencies }: SwitchContext, build: BuildId, signal: AbortSignal, changed: AbortSignal): Promise<void> {
  const { versions, running, leases, positions, report } = dependencies;
  const before = versions.active(running.projector);
  const either = AbortSignal.any([signal, changed]);
  try {
    await leases.withdraw(runnerOf(dependencies, before), either);
    const passed = await positions.of(runnerOf(dependencies, before));
    if (passed !== undefined) await positions.wait(runnerOf(dependencies, build), passed, either);
  } catch (error) {
    await retryUntilDone(AbortSignal.timeout(REINSTATE_WITHIN_MS), () => leases.reinstate(runnerOf(dependencies, before))); // it goes on answering queries
    if (either.aborted) return;
    throw error;
  }
  await retryUntilDone(signal, () => recordActive(dependencies, build));
  const isActive = () => sameBuild(build, versions.active(running.projector));
  // Where it was given up just before, the log has both, and the build doesn't become active.
  const isGivenUp = () => versions.givenUp(running.projector).some((one) => sameBuild(one, build));
  while (!signal.aborted && !isActive() && !isGivenUp()) await pause(LOOK_EVERY_MS, signal);
  if (isActive()) report({ type: 'build-activated', runner: runnerOf(dependencies, build) });
}

/** A process that stops gives an outage so long to end; whoever goes on with the switch withdraws the leases again, or finds nothing to do. */
const REINSTATE_WITHIN_MS = 1_000;

export async function recordActive({ appendOperations, clock, running }: Pick<SwitchDependencies, 'appendOperations' | 'clock' | 'running'>, build: BuildId) {
  const { projector } = running;
  const data = { projection: projector, ...build, at: clock() };
  await appendOperations(versionsStream(projector), { type: 'operations.version-activated.v1', data });
}

/** Builds that are neither active nor to become it, and not of a version that is newer than what this process knows. */
async function dropLeftovers({ dependencies, config }: SwitchContext, signal: AbortSignal): Promise<void> {
  const { versions, running, leases, views, report } = dependencies;
  const active = versions.active(running.projector);
  const next = nextBuild(dependencies);
  // Whoever still works on a build that was given up may store something of it after anybody has looked.
  for (const build of versions.givenUp(running.projector)) await leases.withdraw(runnerOf(dependencies, build), signal);
  const leftovers = (await storedBuilds(views, running.projector)).filter(
    (build) => build.version <= running.newestVersion && !sameBuild(build, active) && !sameBuild(build, next),
  );
  if (leftovers.length === 0) return;
  const wasGivenUp = (build: BuildId) => build.version === active.version && build.build > active.build;
  // Readers of other processes get some time to learn of a switch before the build they read is dropped.
  if (!leftovers.every(wasGivenUp)) await pause(config.dropAfterMs, signal);
  for (const build of leftovers) {
    if (signal.aborted) return;
    const runner = runnerOf(dependencies, build);
    await leases.withdraw(runner, signal);
    await running.drop(build);
    report({ type: 'build-dropped', runner });
  }
}

async function storedBuilds(views: Pick<ViewStore, 'checkpoints'>, projector: string): Promise<readonly BuildId[]> {
  const runners = new Set(Array.from((await views.checkpoints()).keys(), runnerOfCheckpoint));
  return Array.from(runners, (runner) => buildOfRunner(projector, runner)).filter((build) => build !== undefined);
}

const runnerOf = ({ running }: Pick<SwitchDependencies, 'running'>, build: BuildId): string =>
  runnerName({ name: running.projector, kind: 'projector' }, build);

function watchChanges(versions: Pick<ActiveVersions, 'onChange'>, projector: string): Disposable & { readonly signal: AbortSignal } {
  const changed = new AbortController();
  const listening = versions.onChange((projection) => {
    if (projection === projector) changed.abort();
  });
  return { signal: changed.signal, [Symbol.dispose]: () => listening[Symbol.dispose]() };
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
