import type { AppId } from '../../../domain/shared/ids.ts';
import { msBetween, type Instant } from '../../../domain/shared/instant.ts';
import { addJobs, type AddJobsDependencies } from '../../jobs/add-jobs.ts';

export const WEBHOOK_QUEUE = 'webhooks';
export const WEBHOOK_CONCURRENCY = 64;

export type DueMessage = { readonly message: string; readonly app: AppId; readonly dueAt: Instant };

/**
 * A job is named by its message and the moment that it is due, so that nobody doubles it; one that is due already has a name of its own, for
 * under the other name a job may still wait, by a clock that has been set since. Those that are due later than `delayMaxMs` are left to the sweep.
 */
export type WebhookJobs = { add(due: readonly DueMessage[], now: Instant): Promise<'added' | 'full'> };

export const webhookJobs = (dependencies: AddJobsDependencies, { delayMaxMs }: { readonly delayMaxMs: number }): WebhookJobs => ({
  add: (due, now) => {
    const jobs = due.map((one) => jobOf(one, now)).filter(({ delayMs }) => delayMs <= delayMaxMs);
    return jobs.length === 0 ? Promise.resolve('added') : addJobs(dependencies, WEBHOOK_QUEUE, jobs);
  },
});

function jobOf({ message, app, dueAt }: DueMessage, now: Instant) {
  const delayMs = Math.max(0, msBetween(now, dueAt));
  return { id: `${message}:${delayMs === 0 ? 'due' : dueAt}`, data: { message, app }, delayMs };
}
