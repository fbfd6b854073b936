/** Reading views in a process that runs no projections. */
import type { ViewSchema, ViewStore } from '../../ports/views/port.ts';
import type { Decode, ReadableLog } from '../dependencies.ts';
import { followActiveVersions } from '../progress/active-versions.ts';
import { builtBuildsIn } from '../progress/built.ts';
import { physicalCollection, type BuildId } from '../progress/names.ts';
import { createWaitForProjector, positionsAnywhere } from '../progress/wait-for-projector.ts';
import type { AnyProjector, DocumentsOf } from '../projection.ts';
import { activeViews, type ActiveViews } from './active-views.ts';
import { createWaitForViews, type WaitForViews } from './wait-for-views.ts';

/** `views` has the collections of these projectors, and throws `ViewsNotReady` where the active build has never caught up; `waitForViews` takes their names. */
export type ViewReader<Projectors extends AnyProjector> = AsyncDisposable & {
  readonly views: ActiveViews<DocumentsOf<Projectors>>;
  readonly waitForViews: WaitForViews<Projectors['name']>;
};

export async function startViewReader<Projectors extends AnyProjector>(
  { log, views, decode }: { readonly log: ReadableLog; readonly views: ViewStore; readonly decode: Decode },
  { projectors }: { readonly projectors: readonly Projectors[] },
): Promise<ViewReader<Projectors>> {
  const versions = await followActiveVersions({ log, decode }, projectors);
  await views.prepare(schemaOf(projectors, (projection) => versions.active(projection))); // so that a query before the first runner is told that the views are not built
  return {
    views: activeViews<DocumentsOf<Projectors>>({ views, versions, built: builtBuildsIn(views, { logs: log.logs.length }) }),
    waitForViews: createWaitForViews(createWaitForProjector({ versions, positions: positionsAnywhere(views) })),
    [Symbol.asyncDispose]: () => versions[Symbol.asyncDispose](),
  };
}

function schemaOf(projectors: readonly AnyProjector[], buildOf: (projection: string) => BuildId): ViewSchema {
  return Object.fromEntries(
    projectors.flatMap(({ name, indexes }) =>
      Object.entries(indexes).map(([collection, ofCollection]) => [physicalCollection(collection, buildOf(name)), { indexes: ofCollection }]),
    ),
  );
}
