/** Reading views, whether or not this process runs the projections that keep them. */
import type { Position } from '../../ports/event-log/port.ts';
import type { ViewSchema, ViewStore } from '../../ports/views/port.ts';
import type { Decode, ReadableLog } from '../dependencies.ts';
import { followActiveVersions } from '../progress/active-versions.ts';
import { builtBuildsIn } from '../progress/built.ts';
import { physicalCollection, runnerName, type BuildId } from '../progress/names.ts';
import { positionsAnywhere, type Positions } from '../progress/positions.ts';
import { noHints, type PositionHints } from '../progress/position-hints.ts';
import type { RunnerProgress } from '../progress/progress.ts';
import { createWaitForProjector } from '../progress/wait-for-projector.ts';
import type { AnyProjector, DocumentsOf } from '../projection.ts';
import { activeViews, type ActiveViews } from './active-views.ts';
import { createWaitForViews, type WaitForViews } from './wait-for-views.ts';

/** `views` has the collections of these projectors, and throws `ViewsNotReady` where the active build has never caught up; `waitForViews` takes their names. */
export type ViewReader<Projectors extends AnyProjector> = AsyncDisposable & {
  readonly views: ActiveViews<DocumentsOf<Projectors>>;
  readonly waitForViews: WaitForViews<Projectors['name']>;
  /** How far the active build of a projector has come: everything up to there is in what `views` answers. */
  readonly positionOf: (projector: Projectors['name']) => Promise<Position | undefined>;
  /** The name under which the active build of a projector keeps a collection, for the one worker that writes beside it. */
  readonly collectionOf: (collection: keyof DocumentsOf<Projectors> & string) => string;
  /** The active build of a projector. */
  readonly buildOf: (projector: Projectors['name']) => BuildId;
  /** How far each projection has come. */
  readonly positions: Pick<Positions, 'of'>;
};

/** `progress`: how far the projections have come that run in this process. */
type ViewReaderDependencies = {
  readonly log: ReadableLog;
  readonly views: ViewStore;
  readonly decode: Decode;
  readonly progress?: RunnerProgress;
  readonly hints?: PositionHints;
};

export async function startViewReader<Projectors extends AnyProjector>(
  { log, views, decode, progress, hints = noHints }: ViewReaderDependencies,
  { projectors, shards = 1 }: { readonly projectors: readonly Projectors[]; readonly shards?: number },
): Promise<ViewReader<Projectors>> {
  const versions = await followActiveVersions({ log, decode }, projectors);
  await views.prepare(schemaOf(projectors, (projection) => versions.active(projection))); // so that a query before the first runner is told that the views are not built
  const division = { logs: log.logs.length, shards };
  const positions = positionsAnywhere({ views, hints, ...(progress === undefined ? {} : { local: progress }) }, division);
  return {
    views: activeViews<DocumentsOf<Projectors>>({ views, versions, built: builtBuildsIn(views, division) }),
    waitForViews: createWaitForViews(createWaitForProjector({ versions, positions })),
    positionOf: (name) => positions.of(runnerName({ name, kind: 'projector' }, versions.active(name))),
    buildOf: (projector) => versions.active(projector),
    collectionOf: (collection) => versions.physicalCollectionOf(collection),
    positions,
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
