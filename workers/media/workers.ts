/** The workers of media: what is made of uploads, and the removal of what nothing shows. */
import type { LoadState } from '../../commands/handling/handle.ts';
import type { Uploads } from '../../commands/media/uploads.ts';
import type { MediaStore } from '../../ports/media/port.ts';
import type { Pictures } from '../../ports/pictures/port.ts';
import type { CommandGiver, DomainReader, WorkerSet, WorkerViews, WorkTracking } from '../dependencies.ts';
import { sweepAbandonedUploads } from './abandoned-uploads.ts';
import { PREPARE_MEDIA_QUEUE, prepareMedia, prepareUpload, sweepPreparations } from './prepare.ts';
import { lookForUnusedMedia, sweepUnusedMedia } from './unused.ts';

/** Where media is kept, and what names it there. */
export type MediaPorts = { readonly store: MediaStore; readonly secret: Uint8Array; readonly uploads: Uploads; readonly pictures: Pictures };

export type MediaWorkersDependencies = {
  readonly reader: DomainReader;
  readonly commandGiver: CommandGiver;
  readonly views: Pick<WorkerViews, 'active' | 'waitForViews'>;
  readonly work: WorkTracking;
  readonly media: MediaPorts;
};

/** Decoding is done in processes of their own, of which there are fewer still: a job also reads and stores. */
const PREPARE_CONCURRENCY = 4;

export function mediaWorkers({ reader, commandGiver, views, work, media }: MediaWorkersDependencies): WorkerSet {
  const all = { ...work, ...commandGiver, ...media, loadState: reader.loadState as LoadState };
  return {
    planning: {
      projections: [prepareMedia(work), lookForUnusedMedia({ ...reader, views: views.active, progress: work.progress })],
      consumers: [{ queue: PREPARE_MEDIA_QUEUE, concurrency: PREPARE_CONCURRENCY, handler: prepareUpload(all) }],
    },
    schedules: {
      sweeps: [
        sweepPreparations(work),
        sweepUnusedMedia({ ...all, log: reader.log, views: views.active, waitForViews: views.waitForViews }),
        sweepAbandonedUploads(all),
      ],
    },
  };
}
