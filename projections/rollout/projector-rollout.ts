/**
 * Which builds of one projector are at work here. A new version, or a rebuild, is built beside the active one; when it has caught
 * up, the active one is stopped, the new one passes the place where that stopped, and an event makes it the active one: so no
 * reader who waited for a position finds less than was promised. What was active before is dropped a little later.
 */
import type { Position } from '../../ports/event-log/port.ts';
import { merge } from '../../ports/event-log/position.ts';
import { newestOf, createRunningBuilds, type RunningBuilds, type ProjectorVersions } from './running-builds.ts';
import { positionOf } from '../progress/checkpoint.ts';
import type { ProjectionsDependencies } from '../dependencies.ts';
import { buildOfRunner, isOlder, runnerName, runnerOfCheckpoint, sameBuild, type BuildId } from '../progress/names.ts';
import type { RunnerProgress } from '../progress/progress.ts';
import { pause, retrying } from '../progress/back-off.ts';
import type { Runner, RunnerConfig } from '../engine/runner.ts';
import type { ActiveVersions } from '../progress/active-versions.ts';
import { versionsStream } from '../../domain/shared/streams.ts';

const LOOK_AGAIN_MS = 1_000;

export type BuildsConfig = RunnerConfig & {
  /** How long readers of other processes have to learn of a switch before what they read is dropped. */
  readonly dropAfterMs: number;
};

export type Builds = AsyncDisposable & {
  runners(): readonly Runner[];
  /** `cancelled`: nothing has changed, and nothing is left of the attempt. Throws while another build of it is at work. */
  rebuild(options?: { readonly signal?: AbortSignal }): Promise<'activated' | 'cancelled'>;
};

export type BuildsDependencies = { readonly dependencies: ProjectionsDependencies; readonly progress: RunnerProgress; readonly versions: ActiveVersions };

export async function startBuilds({ dependencies, progress, versions }: BuildsDependencies, known: ProjectorVersions, config: BuildsConfig): Promise<Builds> {
  const newest = newestOf(known);
  const { name } = newest;
  const stop = new AbortController();
  const atWork = createRunningBuilds(dependencies, progress, known, config);
  const inTurn = createMutex();
  const parts: Parts = { dependencies, progress, versions, atWork, inTurn, name, config, background: new Set(), signal: stop.signal };
  let rebuilding: BuildId | undefined;

  const reconcile = async () => {
    const active = versions.active(name);
    const next = active.version === newest.version ? rebuilding : { version: newest.version, build: 0 };
    const wanted = [active, next].filter((build): build is BuildId => build !== undefined && known.some(({ version }) => version === build.version));
    await atWork.stopAllExcept(wanted);
    for (const build of wanted) atWork.start(build);
  };

  if (versions.recorded(name) === undefined) await recordActive(dependencies, name, versions.active(name));
  await inTurn(reconcile);
  const listening = versions.onChange((projection) => {
    if (projection === name) inBackground(parts, () => inTurn(reconcile));
  });
  if (versions.active(name).version !== newest.version) inBackground(parts, () => untilActive(parts, { version: newest.version, build: 0 }, stop.signal));
  for (const build of await olderBuilds(dependencies, name, versions.active(name))) dropLater(parts, build);

  return {
    runners: () => atWork.runners(),

    rebuild: async ({ signal } = {}) => {
      const active = versions.active(name);
      if (rebuilding !== undefined || active.version !== newest.version) throw new Error(`${name} is being built already.`);
      const build = { version: active.version, build: active.build + 1 };
      rebuilding = build;
      try {
        return await rebuildAs(parts, build, signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]));
      } finally {
        rebuilding = undefined;
      }
    },

    [Symbol.asyncDispose]: async () => {
      listening[Symbol.dispose]();
      stop.abort();
      await Promise.all(parts.background);
      await inTurn(async () => await atWork[Symbol.asyncDispose]());
    },
  };
}

type Parts = BuildsDependencies & {
  readonly atWork: RunningBuilds;
  readonly inTurn: Mutex;
  readonly name: string;
  readonly config: BuildsConfig;
  /** What goes on by itself, and is waited for when all is stopped. */
  readonly background: Set<Promise<void>>;
  readonly signal: AbortSignal;
};

async function rebuildAs(parts: Parts, build: BuildId, signal: AbortSignal): Promise<'activated' | 'cancelled'> {
  const { dependencies, atWork, inTurn, versions, name } = parts;
  await inTurn(async () => {
    await atWork.drop(build); // what an interrupted attempt left
    atWork.start(build);
  });
  const report = (error: unknown, failures: number) => dependencies.report({ type: 'retrying', runner: name, failures, error });
  await retrying(signal, () => untilActive(parts, build, signal), report);
  return await inTurn(async () => {
    if (sameBuild(build, versions.active(name))) return 'activated';
    await atWork.stop(build);
    if (!parts.signal.aborted) await atWork.drop(build);
    return 'cancelled';
  });
}

/** Resolves when the build is active, or when it is no longer built or the signal aborts. */
async function untilActive(parts: Parts, build: BuildId, signal: AbortSignal): Promise<void> {
  const { versions, atWork, inTurn, name } = parts;
  const isActive = () => sameBuild(build, versions.active(name));
  while (!signal.aborted && !isActive()) {
    const runners = atWork.of(build);
    if (runners === undefined) return;
    await Promise.race([Promise.all(runners.map((runner) => runner.caughtUp())), changeOf(versions, signal)]);
    await inTurn(async () => {
      const isReady = atWork.of(build)?.every((runner) => runner.status().state === 'live') === true;
      if (isReady && !isActive() && !signal.aborted) await activate(parts, build, signal);
    });
  }
}

/** Until the event is appended it can be given up; from then on it is seen through, for the log may have it whatever it answers. */
async function activate(parts: Parts, build: BuildId, signal: AbortSignal): Promise<void> {
  const { dependencies, progress, versions, atWork, name } = parts;
  const before = versions.active(name);
  try {
    await atWork.stop(before);
    const passed = merge(progress.of(runnerOf(parts, before)), await storedPosition(parts, before));
    while (passed !== undefined && !(await progress.waitFor(runnerOf(parts, build), passed, { ms: LOOK_AGAIN_MS, signal }))) signal.throwIfAborted();
  } catch (error) {
    atWork.start(before); // it goes on answering
    throw error;
  }
  await retrying(parts.signal, () => recordActive(dependencies, name, build));
  while (!parts.signal.aborted && !sameBuild(build, versions.active(name))) await changeOf(versions, parts.signal);
  if (parts.signal.aborted) return;
  dependencies.report({ type: 'build-activated', runner: runnerOf(parts, build) });
  dropLater(parts, before);
}

function dropLater(parts: Parts, build: BuildId): void {
  const { dependencies, versions, atWork, inTurn, name, config, signal } = parts;
  inBackground(parts, async () => {
    await pause(config.dropAfterMs, signal);
    await inTurn(async () => {
      if (signal.aborted || atWork.of(build) !== undefined || sameBuild(build, versions.active(name))) return;
      await atWork.drop(build);
      dependencies.report({ type: 'build-dropped', runner: runnerOf(parts, build) });
    });
  });
}

/** Goes on by itself, and again after an outage. */
function inBackground(parts: Parts, work: () => Promise<void>): void {
  const { dependencies, name, background, signal } = parts;
  const working = retrying(signal, work, (error, failures) => dependencies.report({ type: 'retrying', runner: name, failures, error })).finally(() =>
    background.delete(working),
  );
  background.add(working);
}

type Mutex = <Result>(change: () => Promise<Result>) => Promise<Result>;

/** One change after the other, whoever asks for it. */
function createMutex(): Mutex {
  let changes: Promise<unknown> = Promise.resolve();
  return (change) => {
    const result = changes.then(change);
    changes = result.catch(() => undefined);
    return result;
  };
}

async function recordActive({ appendOperations, clock }: ProjectionsDependencies, projection: string, { version, build }: BuildId): Promise<void> {
  await appendOperations(versionsStream(projection), { type: 'operations.version-activated.v1', data: { projection, version, build, at: clock() } });
}

const runnerOf = ({ name }: Parts, build: BuildId): string => runnerName({ name, kind: 'projector' }, build);

async function storedPosition({ dependencies, atWork }: Parts, build: BuildId): Promise<Position | undefined> {
  const stored = await Promise.all(atWork.instances(build).map(({ checkpoint }) => dependencies.views.checkpoint(checkpoint)));
  return stored.map(positionOf).reduce(merge, undefined);
}

/** What an activation before left when it was stopped before it could drop it. */
async function olderBuilds({ views }: ProjectionsDependencies, name: string, active: BuildId): Promise<readonly BuildId[]> {
  const builds = [...(await views.checkpoints()).keys()].map((checkpoint) => buildOfRunner(name, runnerOfCheckpoint(checkpoint)));
  return builds.filter((build): build is BuildId => build !== undefined && isOlder(build, active));
}

/** Resolves at the next change of any projector's version, and when the signal aborts. */
async function changeOf(versions: ActiveVersions, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  using _listening = versions.onChange(() => resolve());
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
}
