/** The workers of the search over messages. */
import { SECOND_MS } from '../../../domain/shared/instant.ts';
import { INDEXING_QUEUE } from '../../../projections/read-models/chat/indexing-jobs.ts';
import type { CommandGiver, DomainReader, WorkerSet, WorkerViews, WorkTracking } from '../../dependencies.ts';
import { beginIndexing } from './begin-indexing.ts';
import type { IndexViews } from './change-index.ts';
import { indexMessagesWith } from './index-messages.ts';

const SWEEP_EVERY_MS = 10 * SECOND_MS;
const BEGINNING_CONCURRENCY = 4;

/** `secret`: keys the names of terms. */
export type SearchParts = Pick<IndexViews, 'collectionOf'> & { readonly secret: Uint8Array };

/** Messages that wait for their turn are no finding. */
const nothingWasLost = () => 0;

type Dependencies = SearchParts & {
  readonly reader: DomainReader;
  readonly commandGiver: CommandGiver;
  readonly views: WorkerViews;
  readonly work: Pick<WorkTracking, 'clock'>;
};

export function searchWorkers({ reader, commandGiver, views, work: { clock }, ...parts }: Dependencies): WorkerSet {
  const indexMessages = indexMessagesWith({ ...reader, ...parts, stored: views.stored, clock });
  const beginning = { ...commandGiver, waitForViews: views.waitForViews, clock, indexMessages };
  return {
    planning: { consumers: [{ queue: INDEXING_QUEUE, concurrency: BEGINNING_CONCURRENCY, handler: beginIndexing(beginning) }] },
    schedules: { sweeps: [{ name: 'index-messages', everyMs: SWEEP_EVERY_MS, sweep: () => indexMessages().then(nothingWasLost) }] },
  };
}
