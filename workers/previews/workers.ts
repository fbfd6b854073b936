/** The workers of previews: what the links lead to that people write. */
import type { Outbound } from '../../ports/outbound/port.ts';
import type { CommandGiver, DomainReader, EphemeralPorts, Runtime, WorkerSet, WorkTracking } from '../dependencies.ts';
import type { MediaPorts } from '../media/workers.ts';
import { createPages } from './pages.ts';
import { PREVIEW_CONCURRENCY, PREVIEW_QUEUE, previewLink, previewLinks, sweepPreviews } from './preview-links.ts';

export type PreviewWorkersDependencies = {
  readonly reader: DomainReader;
  readonly commandGiver: CommandGiver;
  readonly ephemeral: Pick<EphemeralPorts, 'rateLimit'>;
  readonly work: WorkTracking;
  readonly media: MediaPorts | undefined;
  readonly outbound: Partial<Pick<Outbound, 'get'>> | undefined;
  readonly runtime: Pick<Runtime, 'monotonicMs' | 'caches'>;
};

/** `off` where it is absent: then nothing that people write makes us ask anybody's server. */
export type PreviewWorkersConfig = { readonly linkPreviews?: 'on' | 'off' };

export function previewWorkers(
  { reader, commandGiver, ephemeral, work, media, outbound, runtime }: PreviewWorkersDependencies,
  { linkPreviews = 'off' }: PreviewWorkersConfig,
): WorkerSet {
  const get = outbound?.get;
  if (linkPreviews === 'off' || media === undefined || get === undefined) return {};
  const pageOf = createPages({ outbound: { get }, rateLimit: ephemeral.rateLimit, monotonicMs: runtime.monotonicMs, tally: runtime.caches?.['linked-pages'] });
  return {
    planning: {
      projections: [previewLinks(work)],
      consumers: [{ queue: PREVIEW_QUEUE, concurrency: PREVIEW_CONCURRENCY, handler: previewLink({ ...work, ...commandGiver, ...media, reader, pageOf }) }],
    },
    schedules: { sweeps: [sweepPreviews(work)] },
  };
}
