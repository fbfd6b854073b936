/** The workers of exports. They need the store of media: without one nothing is made. */
import type { CommandGiver, DomainReader, WorkerSet, WorkerViews, WorkTracking } from '../dependencies.ts';
import type { MediaPorts } from '../media/workers.ts';
import { endExportsOfErased } from './end-exports-of-erased.ts';
import { MAKE_EXPORT_CONCURRENCY, MAKE_EXPORT_QUEUE, makeExportPart, makeExports } from './make-exports.ts';
import { sweepExports } from './sweep-exports.ts';
import { tellOfExports } from './tell-of-exports.ts';

export type ExportWorkersDependencies = {
  readonly reader: DomainReader;
  readonly commandGiver: CommandGiver;
  readonly views: Pick<WorkerViews, 'active' | 'waitForViews'>;
  readonly work: WorkTracking;
  readonly media: Pick<MediaPorts, 'store' | 'secret'>;
};

export function exportWorkers({ reader, commandGiver, views, work, media }: ExportWorkersDependencies): WorkerSet {
  const { clock } = work;
  const given = { ...commandGiver, ...media, views: views.active, clock };
  return {
    planning: {
      projections: [makeExports(work), endExportsOfErased(given), tellOfExports(given)],
      consumers: [
        {
          queue: MAKE_EXPORT_QUEUE,
          concurrency: MAKE_EXPORT_CONCURRENCY,
          handler: makeExportPart({ ...given, reader, waitForViews: views.waitForViews }),
        },
      ],
    },
    schedules: { sweeps: [sweepExports({ ...work, ...given })] },
  };
}
