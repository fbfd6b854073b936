/**
 * What a query reads: collections by their logical names, each answered from the version of its projection that is active, and a
 * wait for one's own write. A map lookup is all it adds to a read.
 */
import type { Document, Query, Schema, Views } from '../../ports/views/port.ts';
import type { Decode, ReadableLog } from '../dependencies.ts';
import { physicalName, type Build } from '../progress/names.ts';
import type { AnyProjector } from '../projection.ts';
import type { TidingsDocuments } from '../read-models/projectors.ts';
import { positionsAnywhere, waitUntilReached, whenPassed, type Reached } from './reached.ts';
import { startVersions, type Versions } from '../progress/versions.ts';

/** `position` is where in the log the document changed last: it sorts within a log, and a collection with an index on it can be followed. */
export type Found<Doc> = Doc & { readonly _id: string; readonly position?: string };

export type ActiveViews<Documents extends Readonly<Record<string, Document>> = TidingsDocuments> = {
  get<Name extends keyof Documents & string>(collection: Name, id: string): Promise<Documents[Name] | undefined>;
  /** In the order asked for; `undefined` where there is none. */
  getMany<Name extends keyof Documents & string>(collection: Name, ids: readonly string[]): Promise<readonly (Documents[Name] | undefined)[]>;
  find<Name extends keyof Documents & string>(collection: Name, query: Query): Promise<readonly Found<Documents[Name]>[]>;
  /** The text in one indexed field of each document that `find` would answer. */
  pluck<Name extends keyof Documents & string, Field extends keyof Found<Documents[Name]> & string>(
    collection: Name,
    field: Field,
    query: Query,
  ): Promise<readonly (Found<Documents[Name]>[Field] & string)[]>;
  count<Name extends keyof Documents & string>(collection: Name, where?: Query['where']): Promise<number>;
};

type Dependencies = { readonly views: Pick<Views, 'get' | 'getMany' | 'find' | 'pluck' | 'count'>; readonly versions: Pick<Versions, 'physicalOf'> };

export function activeViews<Documents extends Readonly<Record<string, Document>> = TidingsDocuments>({
  views,
  versions,
}: Dependencies): ActiveViews<Documents> {
  return {
    get: (collection, id) => views.get(versions.physicalOf(collection), id),
    getMany: (collection, ids) => views.getMany(versions.physicalOf(collection), ids),
    find: (collection, query) => views.find(versions.physicalOf(collection), query),
    pluck: async <Name extends keyof Documents & string, Field extends keyof Found<Documents[Name]> & string>(collection: Name, field: Field, query: Query) =>
      (await views.pluck(versions.physicalOf(collection), field, query)) as readonly (Found<Documents[Name]>[Field] & string)[],
    count: (collection, where) => views.count(versions.physicalOf(collection), where),
  };
}

/** For a process that reads views and runs no projections. */
export type ReadViews = AsyncDisposable & { readonly views: ActiveViews; readonly reached: Reached };

export async function startReadViews(
  { log, views, decode }: { readonly log: ReadableLog; readonly views: Views; readonly decode: Decode },
  config: { readonly projectors: readonly AnyProjector[] },
): Promise<ReadViews> {
  const versions = await startVersions({ log, decode }, config.projectors);
  await views.prepare(schemaOf(config.projectors, (projection) => versions.active(projection))); // so that a query before the first runner finds nothing instead of failing
  return {
    views: activeViews({ views, versions }),
    reached: waitUntilReached(whenPassed({ versions, positions: positionsAnywhere(views) })),
    [Symbol.asyncDispose]: () => versions[Symbol.asyncDispose](),
  };
}

function schemaOf(projectors: readonly AnyProjector[], buildOf: (projection: string) => Build): Schema {
  return Object.fromEntries(
    projectors.flatMap(({ name, indexes }) => Object.entries(indexes).map(([collection, its]) => [physicalName(collection, buildOf(name)), { indexes: its }])),
  );
}
