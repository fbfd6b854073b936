/** The operations for analysts, each in a line. */
import type { Codec } from '../../../ports/event-log/codec.ts';
import type { EventLog } from '../../../ports/event-log/port.ts';
import type { ViewStore } from '../../../ports/views/port.ts';
import type { TidingsDocuments } from '../../../projections/read-models/projectors.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import { epochOf } from '../../start-checks/log-epoch.ts';
import type { ControlOperations, EncodedLines, OperationRequest } from '../protocol.ts';
import type { ReadingThreads } from '../reading/threads.ts';
import type { ExportedDocument } from './protocol.ts';
import { exportLog } from './export-log.ts';
import { exportView, knownView } from './export-view.ts';
import { diffBuilds } from './diff-builds.ts';
import { showView } from './show-view.ts';
import { showState } from './show-state.ts';

type Dependencies = {
  readonly log: EventLog;
  readonly codec: Codec;
  readonly views: TidingsViews;
  readonly stored: ViewStore;
  /** Under which name the active build keeps a collection. */
  readonly collectionOf: (collection: keyof TidingsDocuments) => string;
  readonly threads: ReadingThreads | undefined;
};

export const createAnalyticsOperations = (
  dependencies: Dependencies,
): Pick<ControlOperations, 'list-logs' | 'export-log' | 'export-view' | 'show-state' | 'show-view' | 'diff-builds'> => ({
  'list-logs': async function* () {
    const epoch = await epochOf(dependencies);
    for (const log of dependencies.log.logs) yield { log, head: (await dependencies.log.head(log)) ?? null, epoch };
  },
  'export-log': (request, signal) => dependencies.threads?.run({ operation: 'export-log', request }, signal) ?? exportLog(dependencies, request, signal),
  'export-view': (request, signal) => exportActiveView(dependencies, request, signal),
  'show-state': async function* (request, signal) {
    yield await showState(dependencies, request, signal);
  },
  'show-view': (request, signal) => showView(dependencies, request, signal),
  'diff-builds': (request, signal) => dependencies.threads?.run({ operation: 'diff-builds', request }, signal) ?? diffBuilds(dependencies, request, signal),
});

async function* exportActiveView(
  { views, stored, collectionOf, threads }: Dependencies,
  request: OperationRequest<'export-view'>,
  signal: AbortSignal,
): AsyncIterable<ExportedDocument | EncodedLines> {
  const collection = knownView(request.collection).collection as keyof TidingsDocuments;
  await views.find(collection, { limit: 1 }); // throws where the view is not built
  const name = collectionOf(collection);
  yield* threads?.run({ operation: 'export-view', request, stored: name }, signal) ?? exportView({ views: stored, stored: name }, request, signal);
}
