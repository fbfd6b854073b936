/** Records what the write API could not when a link of an email was followed, or its picture loaded, because the log was away. */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import { TRACKED_QUEUE, type RecordTracked } from '../../commands/notifications/tracked-links.ts';
import type { DeliveryId } from '../../domain/shared/ids.ts';
import { MINUTE_MS, type Instant } from '../../domain/shared/instant.ts';
import type { Job, JobQueue } from '../../ports/job-queue/port.ts';
import { Outage } from '../../ports/outage.ts';
import { freshContext } from '../jobs/command-contexts.ts';

export const TRACKED_CONCURRENCY = 8;
/** A job is dropped after a few attempts, and an outage may last longer: it is put at the end of the queue again instead. */
const AGAIN_AFTER_MS = MINUTE_MS;

type Dependencies = { readonly commands: Pick<Commands, 'recordTracked'>; readonly contextFor: ContextFor; readonly jobs: Pick<JobQueue, 'add'> };

export const recordTrackedLater =
  ({ commands, contextFor, jobs }: Dependencies) =>
  async ({ id, data }: Job): Promise<void> => {
    const { delivery, link, isMachine, at } = data;
    const command: RecordTracked = {
      delivery: delivery as DeliveryId,
      ...(typeof link === 'number' && { link }),
      isMachine: isMachine === true,
    };
    try {
      await commands.recordTracked(command, freshContext({ contextFor, worker: 'record-tracked', type: 'record-tracked', body: command, at: at as Instant }));
    } catch (error) {
      if (!(error instanceof Outage)) throw error;
      // Under another name, for this one's is taken while it runs.
      await jobs.add(TRACKED_QUEUE, [{ id: id.endsWith('+') ? id.slice(0, -1) : `${id}+`, data, delayMs: AGAIN_AFTER_MS }]);
    }
  };
