/**
 * Which build of each projector is active, that is: answers queries, and which is to be built. Activating, asking for a rebuild and
 * giving it up are events, so every process follows the log.
 */
import { versionsStream } from '../../domain/shared/streams.ts';
import type { Decode, ReadableLog } from '../dependencies.ts';
import type { AnyProjector } from '../projection.ts';
import { retryUntilDone } from './back-off.ts';
import { isOlder, physicalCollection, runnerName, type BuildId } from './names.ts';
import { BUILD_EVENTS, changeBuilds, isOfBuilds, NO_BUILDS, type ProjectorBuilds } from './projector-builds.ts';

export type ActiveVersions = {
  /** The build that is active; before the log names one, the newest version known here. */
  active(projection: string): BuildId;
  /** The build that the log names; undefined where it names none. */
  recorded(projection: string): BuildId | undefined;
  /** The rebuild that was asked for, and is neither active nor given up. */
  requested(projection: string): BuildId | undefined;
  /** Rebuilds that were given up, and are newer than the active build. */
  givenUp(projection: string): readonly BuildId[];
  /** A build of this version that nobody has asked for before. */
  nextBuild(projection: string, version: number): BuildId;
  /** The name under which the active build keeps a collection. Throws for a collection that no projector has. */
  physicalCollectionOf(collection: string): string;
  /** The runner of the build that a collection is read from. Throws for a collection that no projector has. */
  runnerOf(collection: string): string;
  /** Another build is active, or asked for, or not any more. */
  onChange(listener: (projection: string) => void): Disposable;
};

/** Resolves once it knows the log's activations so far. */
export async function followActiveVersions(
  { log, decode }: { readonly log: ReadableLog; readonly decode: Decode },
  projectors: readonly AnyProjector[],
): Promise<AsyncDisposable & ActiveVersions> {
  const newest = newestVersions(projectors);
  const projectorOf = new Map(projectors.flatMap(({ name, indexes }) => Object.keys(indexes).map((collection) => [collection, name] as const)));
  const builds = new Map<string, ProjectorBuilds>();
  const physical = new Map<string, string>();
  const listeners = new Set<(projection: string) => void>();

  const applyAll = async (stored: Parameters<Decode>[0]) => {
    for (const event of await decode(stored)) {
      if (event instanceof Error || !isOfBuilds(event)) continue;
      const { projection } = event.data;
      const before = builds.get(projection) ?? NO_BUILDS;
      const after = changeBuilds(before, event);
      if (after === before) continue;
      builds.set(projection, after);
      physical.clear();
      for (const listener of listeners) listener(projection);
    }
  };

  const stop = new AbortController();
  const heads = await Promise.all(log.logs.map((name) => log.head(name))); // before reading, so that no event falls in between
  for (const name of newest.keys()) for await (const stored of log.readStream(versionsStream(name))) await applyAll([stored]);
  const following = log.logs.map((name, index) =>
    retryUntilDone(stop.signal, async () => {
      const after = heads[index];
      const options = {
        types: BUILD_EVENTS,
        isSparse: true,
        onQuiet: () => undefined,
        signal: stop.signal,
        ...(after === undefined ? {} : { after }),
      } as const;
      for await (const { events } of log.subscribe(name, options)) {
        await applyAll(events);
      }
    }),
  );

  const projectionOf = (collection: string): string => {
    const projection = projectorOf.get(collection);
    if (projection === undefined) throw new Error(`No projector has a collection ${collection}.`);
    return projection;
  };
  const active = (projection: string): BuildId => builds.get(projection)?.active ?? { version: newest.get(projection) ?? 1, build: 0 };
  return {
    active,
    recorded: (projection) => builds.get(projection)?.active,
    requested: (projection) => builds.get(projection)?.requested,
    givenUp: (projection) => (builds.get(projection)?.givenUp ?? []).filter((build) => isOlder(active(projection), build)),
    nextBuild: (projection, version) => ({ version, build: (builds.get(projection)?.newestBuilds.get(version) ?? 0) + 1 }),
    physicalCollectionOf: (collection) => {
      const cached = physical.get(collection);
      if (cached !== undefined) return cached;
      const name = physicalCollection(collection, active(projectionOf(collection)));
      physical.set(collection, name);
      return name;
    },
    runnerOf: (collection) => {
      const name = projectionOf(collection);
      return runnerName({ name, kind: 'projector' }, active(name));
    },
    onChange: (listener) => {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await Promise.all(following);
    },
  };
}

export function newestVersions(projections: readonly { readonly name: string; readonly version: number }[]): ReadonlyMap<string, number> {
  const newest = new Map<string, number>();
  for (const { name, version } of projections) newest.set(name, Math.max(version, newest.get(name) ?? 0));
  return newest;
}
