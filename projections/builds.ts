/**
 * Which builds of one projector are at work here. A new version, or a rebuild, is built beside the active one; when it has caught
 * up, the active one is stopped, the new one passes the place where that stopped, and an event makes it the active one: so no
 * reader who waited for a position finds less than was promised. What was active before is dropped a little later.
 */
import type { Position } from '../ports/event-log/port.ts';
import { merge } from '../ports/event-log/position.ts';
import { positionOf } from './checkpoint.ts';
import type { Dependencies } from './dependencies.ts';
import { buildOfRunner, checkpointName, isOlder, runnerName, runnerOfCheckpoint, sameBuild, versionsStream, type Build } from './names.ts';
import type { Progress } from './progress.ts';
import type { AnyProjector } from './projection.ts';
import { pause, retrying } from './retrying.ts';
import { dropBuild, projectorWork, type ProjectorUnit } from './run-projector.ts';
import { startRunner, type Runner, type RunnerConfig } from './runner.ts';
import type { Versions } from './versions.ts';

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

type Context = { readonly dependencies: Dependencies; readonly progress: Progress; readonly versions: Versions };

/** `known`: the versions of one projector, of which there is at least one. */
export async function startBuilds(context: Context, known: readonly [AnyProjector, ...AnyProjector[]], config: BuildsConfig): Promise<Builds> {
  const { dependencies, progress, versions } = context;
  const { views, report } = dependencies;
  const newest = known.reduce((one, other) => (other.version > one.version ? other : one));
  const { name } = newest;
  const stop = new AbortController();
  const { signal } = stop;
  const atWork = new Map<string, readonly Runner[]>();
  let rebuilding: Build | undefined;
  let isWatched = false;

  const projectorOf = ({ version }: Build) => known.find((projector) => projector.version === version);
  const runnerOf = (build: Build) => runnerName(newest, build);
  const unitsOf = (build: Build): readonly ProjectorUnit[] =>
    dependencies.log.logs.map((log, index) => {
      const runner = runnerOf(build);
      return { projection: projectorOf(build) ?? newest, build, runner, checkpoint: checkpointName(runner, { log: index, shard: 0 }), log, logNumber: index };
    });

  // One change after the other, whoever asks for it.
  let changes: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(change: () => Promise<Result>): Promise<Result> => {
    const result = changes.then(change);
    changes = result.catch(() => undefined);
    return result;
  };

  const start = (build: Build) => {
    if (atWork.has(runnerOf(build))) return;
    atWork.set(
      runnerOf(build),
      unitsOf(build).map((unit) => startRunner(dependencies, progress, unit, () => projectorWork(dependencies, progress, unit), config)),
    );
  };
  const end = async (runner: string) => {
    const runners = atWork.get(runner) ?? [];
    await Promise.all(runners.map((one) => one[Symbol.asyncDispose]()));
    atWork.delete(runner);
  };

  const drop = async (build: Build) => {
    for (const unit of unitsOf(build)) await dropBuild(views, unit);
    progress.reset(runnerOf(build));
  };
  const dropLater = (build: Build) =>
    retrying(signal, async () => {
      await pause(config.dropAfterMs, signal);
      await inTurn(async () => {
        if (signal.aborted || atWork.has(runnerOf(build)) || sameBuild(build, versions.active(name))) return;
        await drop(build);
        report({ what: 'dropped', runner: runnerOf(build) });
      });
    });

  const activate = async (build: Build) => {
    const before = versions.active(name);
    await end(runnerOf(before));
    const passed = merge(progress.of(runnerOf(before)), await storedPosition(dependencies, unitsOf(before)));
    while (passed !== undefined && !signal.aborted) {
      if (await progress.waitFor(runnerOf(build), passed, { ms: LOOK_AGAIN_MS, signal })) break;
    }
    await retrying(signal, async () => await recordActive(dependencies, name, build));
    while (!signal.aborted && !sameBuild(build, versions.active(name))) await changeOf(versions, signal);
    if (signal.aborted) return;
    report({ what: 'activated', runner: runnerOf(build) });
    background.push(dropLater(before));
  };

  /** Resolves when the build is active, or was given up. */
  const seeThrough = async (build: Build) => {
    const isActive = () => sameBuild(build, versions.active(name));
    while (!signal.aborted && !isActive()) {
      const runners = atWork.get(runnerOf(build));
      if (runners === undefined) return;
      await Promise.race([Promise.all(runners.map((runner) => runner.caughtUp())), changeOf(versions, signal)]);
      await inTurn(async () => {
        const isReady = atWork.get(runnerOf(build))?.every((runner) => runner.status().state === 'live') === true;
        if (isReady && !isActive()) await activate(build);
      });
    }
  };

  const reconcile = async () => {
    const active = versions.active(name);
    const coming = active.version === newest.version ? rebuilding : { version: newest.version, build: 0 };
    const wanted = [active, coming].filter((build): build is Build => build !== undefined && projectorOf(build) !== undefined);
    for (const runner of atWork.keys()) if (!wanted.some((build) => runnerOf(build) === runner)) await end(runner);
    for (const build of wanted) start(build);
    if (coming === undefined || coming === rebuilding || isWatched) return;
    isWatched = true;
    background.push(seeThrough(coming));
  };

  const background: Promise<void>[] = [];
  if (versions.recorded(name) === undefined) await recordActive(dependencies, name, versions.active(name));
  await inTurn(reconcile);
  const listening = versions.onChange((projection) => {
    if (projection === name) void inTurn(reconcile);
  });
  for (const build of await olderBuilds(dependencies, name, versions.active(name))) background.push(dropLater(build));

  return {
    runners: () => [...atWork.values()].flat(),

    rebuild: async ({ signal: cancel = new AbortController().signal } = {}) => {
      const active = versions.active(name);
      if (rebuilding !== undefined || active.version !== newest.version) throw new Error(`${name} is being built already.`);
      const build = { version: active.version, build: active.build + 1 };
      rebuilding = build;
      try {
        await inTurn(async () => {
          await drop(build); // what an interrupted attempt left
          start(build);
        });
        const cancelled = new Promise<void>((resolve) => cancel.addEventListener('abort', () => resolve(), { once: true }));
        if (!cancel.aborted) await Promise.race([seeThrough(build), cancelled]);
        return await inTurn(async () => {
          if (sameBuild(build, versions.active(name))) return 'activated';
          await end(runnerOf(build));
          if (!signal.aborted) await drop(build);
          return 'cancelled';
        });
      } finally {
        rebuilding = undefined;
      }
    },

    [Symbol.asyncDispose]: async () => {
      listening[Symbol.dispose]();
      stop.abort();
      await changes;
      await Promise.all([...atWork.keys()].map(end));
      await Promise.all(background);
    },
  };
}

async function recordActive({ appendOperations, clock }: Dependencies, projection: string, { version, build }: Build): Promise<void> {
  await appendOperations(versionsStream(projection), { type: 'operations.version-activated.v1', data: { projection, version, build, at: clock() } });
}

async function storedPosition({ views }: Dependencies, units: readonly ProjectorUnit[]): Promise<Position | undefined> {
  const stored = await Promise.all(units.map(({ checkpoint }) => views.checkpoint(checkpoint)));
  return stored.map(positionOf).reduce(merge, undefined);
}

/** What an activation before left when it was stopped before it could drop it. */
async function olderBuilds({ views }: Dependencies, name: string, active: Build): Promise<readonly Build[]> {
  const builds = [...(await views.checkpoints()).keys()].map((checkpoint) => buildOfRunner(name, runnerOfCheckpoint(checkpoint)));
  return builds.filter((build): build is Build => build !== undefined && isOlder(build, active));
}

/** Resolves at the next change of any projector's version, and when the signal aborts. */
async function changeOf(versions: Versions, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  using _listening = versions.onChange(() => resolve());
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
}
