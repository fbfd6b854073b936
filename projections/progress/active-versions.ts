/** Which build of each projector is active, that is: answers queries. Activating is an event, so every process that reads follows the log. */
import { versionsStream } from '../../domain/shared/streams.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { covers } from '../../ports/event-log/position.ts';
import type { Decode, ReadableLog } from '../dependencies.ts';
import type { AnyProjector } from '../projection.ts';
import { retryUntilDone } from './back-off.ts';
import { physicalCollection, runnerName, sameBuild, type BuildId } from './names.ts';

const ACTIVATED = 'operations.version-activated.v1';

export type ActiveVersions = {
  /** The build that is active; before the log names one, the newest version known here. */
  active(projection: string): BuildId;
  /** The build that the log names; undefined where it names none. */
  recorded(projection: string): BuildId | undefined;
  /** The name under which the active build keeps a collection. Throws for a collection that no projector has. */
  physicalCollectionOf(collection: string): string;
  /** The runner of the build that a collection is read from. Throws for a collection that no projector has. */
  runnerOf(collection: string): string;
  onChange(listener: (projection: string) => void): Disposable;
};

type Activation = { readonly build: BuildId; readonly position: Position };

/** Resolves once it knows the log's activations so far. */
export async function followActiveVersions(
  { log, decode }: { readonly log: ReadableLog; readonly decode: Decode },
  projectors: readonly AnyProjector[],
): Promise<AsyncDisposable & ActiveVersions> {
  const newest = newestVersions(projectors);
  const projectorOf = new Map(projectors.flatMap(({ name, indexes }) => Object.keys(indexes).map((collection) => [collection, name] as const)));
  const activations = new Map<string, Activation>();
  const physical = new Map<string, string>();
  const listeners = new Set<(projection: string) => void>();

  const apply = (projection: string, activation: Activation) => {
    const before = activations.get(projection);
    if (before !== undefined && covers(before.position, activation.position)) return; // seen before
    activations.set(projection, activation);
    physical.clear();
    if (!sameBuild(activation.build, before?.build)) for (const listener of listeners) listener(projection);
  };
  const applyAll = async (stored: Parameters<Decode>[0]) => {
    for (const event of await decode(stored)) {
      if (event instanceof Error || event.type !== ACTIVATED) continue;
      const { projection, version, build = 0 } = event.data;
      apply(projection, { build: { version, build }, position: event.position as Position });
    }
  };

  const stop = new AbortController();
  const heads = await Promise.all(log.logs.map((name) => log.head(name))); // before reading, so that no event falls in between
  for (const name of newest.keys()) {
    for await (const last of log.readStream(versionsStream(name), { from: 'end', direction: 'backwards', limit: 1 })) await applyAll([last]);
  }
  const following = log.logs.map((name, index) =>
    retryUntilDone(stop.signal, async () => {
      const after = heads[index];
      for await (const { events } of log.subscribe(name, { ...(after === undefined ? {} : { after }), types: [ACTIVATED], signal: stop.signal })) {
        await applyAll(events);
      }
    }),
  );

  const projectionOf = (collection: string): string => {
    const projection = projectorOf.get(collection);
    if (projection === undefined) throw new Error(`No projector has a collection ${collection}.`);
    return projection;
  };
  const active = (projection: string): BuildId => activations.get(projection)?.build ?? { version: newest.get(projection) ?? 1, build: 0 };
  return {
    active,
    recorded: (projection) => activations.get(projection)?.build,
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
