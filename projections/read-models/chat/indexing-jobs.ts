/** How whoever searches a channel asks that it be indexed. */
import type { Job } from '../../../ports/job-queue/port.ts';
import type { ChannelId, PersonId } from '../../../domain/shared/ids.ts';

export const INDEXING_QUEUE = 'index-messages';

/** `person`: who searched it. */
type IndexingJob = { readonly channel: string; readonly person: string };

export const indexingJob = (channel: ChannelId, person: PersonId): Job => ({ id: `index:${channel}`, data: { channel, person } satisfies IndexingJob });
