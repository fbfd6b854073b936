/**
 * The work of planning a campaign, kept open from when it is asked for until it is planned, paused or over, and its jobs. A job names no
 * range: what is planned next is what the log says then.
 */
import type { NotificationId } from '../../../domain/shared/ids.ts';
import { msBetween, plus, SECOND_MS, type Instant } from '../../../domain/shared/instant.ts';
import type { Job } from '../../../ports/job-queue/port.ts';
import { addJobs, type AddJobsDependencies } from '../../jobs/add-jobs.ts';
import type { Sweep } from '../../jobs/sweeper.ts';
import type { OpenWork } from '../../open-work/open-work.ts';

export const CAMPAIGNS_QUEUE = 'plan-campaigns';
/** Campaigns that are planned at once. One takes all the time it gets, so that a few leave room for other notifications. */
export const CAMPAIGNS_CONCURRENCY = 2;
/** A range that should have been planned so long ago has lost its job, or was due later than a job may be delayed. One that is being planned keeps the name of its job. */
const STALLED_MS = 2 * SECOND_MS;
const SWEEP_EVERY_MS = 10 * SECOND_MS;
const SWEPT_MAX = 1_000;

/** Id: the notification. `openedBy`: the event that asked for it, so that work which was opened anew isn't taken for done. `range`: the number of the next one. */
export type OpenCampaign = { readonly notification: NotificationId; readonly openedBy: string; readonly range: number; readonly dueAt: Instant };

export const campaignsSchema = { campaigns: [{ fields: ['dueAt'] }] } as const;

export type CampaignJobs = { addNext(open: OpenCampaign, now: Instant): Promise<void> };

/** What is due later than a job may be delayed is left to the sweep. */
export const campaignJobs = (dependencies: AddJobsDependencies, { delayMaxMs }: { readonly delayMaxMs: number }): CampaignJobs => ({
  addNext: async (open, now) => {
    const delayMs = Math.max(0, msBetween(now, open.dueAt));
    if (delayMs <= delayMaxMs) await addJobs(dependencies, CAMPAIGNS_QUEUE, [jobOf(open, delayMs)]);
  },
});

export const sweepCampaigns = (dependencies: AddJobsDependencies & { readonly openWork: OpenWork; readonly clock: () => Instant }): Sweep => ({
  name: 'campaigns',
  everyMs: SWEEP_EVERY_MS,
  sweep: async () => {
    const until = plus(dependencies.clock(), -STALLED_MS);
    const stalled = await dependencies.openWork.longestWaiting<OpenCampaign>('campaigns', { field: 'dueAt', until, limit: SWEPT_MAX });
    await addJobs(
      dependencies,
      CAMPAIGNS_QUEUE,
      stalled.map((open) => jobOf(open, 0)),
    );
    return stalled.length;
  },
});

/**
 * Whoever opened the work, there is one job for a range. One that is due already has a name of its own: under the other name a job may
 * still wait, by a clock that has been set since.
 */
const jobOf = ({ notification, openedBy, range }: OpenCampaign, delayMs: number): Job => ({
  id: `${notification}:${range}${delayMs === 0 ? ':due' : ''}`,
  data: { notification, openedBy },
  delayMs,
});
