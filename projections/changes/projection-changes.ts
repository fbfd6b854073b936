/** The changes of Tidings' projections: `createProjectionChanges` over the projectors in `read-models/projectors.ts`. */
import type { CacheTally } from '../../ports/cache-tallies.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import type { Decode } from '../dependencies.ts';
import { projectors } from '../read-models/projectors.ts';
import type { TidingsViewReader } from '../view-access/tidings-views.ts';
import { createProjectionChanges, type ChangesDependencies, type ProjectionChanges } from './follow-changes.ts';

type Core = { readonly log: EventLog; readonly views: ViewStore; readonly codec: { readonly decodeAll: Decode } };

/** `decodedEvents`: counts what another subscriber of this process has asked about already. */
export function projectionChanges({ log, views: stored, codec }: Core, reader: TidingsViewReader, decodedEvents?: CacheTally): ProjectionChanges {
  const { views, collectionOf, buildOf, positionOf, waitForViews } = reader;
  // The names that it is asked with are those of the projectors, which the types of `reader` know one by one.
  const byName = { views, collectionOf, buildOf, positionOf, waitForViews } as unknown as Pick<
    ChangesDependencies,
    'views' | 'collectionOf' | 'buildOf' | 'positionOf' | 'waitForViews'
  >;
  return createProjectionChanges({ log, decode: (events) => codec.decodeAll(events), stored, decodedEvents, ...byName }, projectors);
}
