/** The operations for analysts, each in a line. */
import type { Codec } from '../../../ports/event-log/codec.ts';
import type { EventLog } from '../../../ports/event-log/port.ts';
import type { ViewStore } from '../../../ports/views/port.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import { epochOf } from '../../start-checks/log-epoch.ts';
import type { ControlOperations } from '../protocol.ts';
import { exportLog } from './export-log.ts';
import { exportView } from './export-view.ts';
import { diffBuilds } from './diff-builds.ts';
import { showView } from './show-view.ts';
import { showState } from './show-state.ts';

type Dependencies = { readonly log: EventLog; readonly codec: Codec; readonly views: TidingsViews; readonly stored: ViewStore };

export const createAnalyticsOperations = (
  dependencies: Dependencies,
): Pick<ControlOperations, 'list-logs' | 'export-log' | 'export-view' | 'show-state' | 'show-view' | 'diff-builds'> => ({
  'list-logs': async function* () {
    const epoch = await epochOf(dependencies);
    for (const log of dependencies.log.logs) yield { log, head: (await dependencies.log.head(log)) ?? null, epoch };
  },
  'export-log': (request, signal) => exportLog(dependencies, request, signal),
  'export-view': (request, signal) => exportView(dependencies, request, signal),
  'show-state': async function* (request, signal) {
    yield await showState(dependencies, request, signal);
  },
  'show-view': (request, signal) => showView(dependencies, request, signal),
  'diff-builds': (request, signal) => diffBuilds(dependencies, request, signal),
});
