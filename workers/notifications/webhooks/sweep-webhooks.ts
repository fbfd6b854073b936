/** Finds messages whose job was lost, left out or let pass while their webhook was closed: of each app by itself, so that none stands in another's way. */
import { plus, SECOND_MS, type Instant } from '../../../domain/shared/instant.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import type { Sweep } from '../../jobs/sweeper.ts';
import type { EndpointGates } from './endpoint-gates.ts';
import type { KnownEndpoints } from './known-endpoints.ts';
import type { WebhookJobs } from './webhook-jobs.ts';

export const WEBHOOK_SWEEP_EVERY_MS = 10 * SECOND_MS;
const JOB_LOST_MS = 5 * SECOND_MS;
/** Of one app in one sweep. */
const FOUND_MAX = 1_000;

type Dependencies = {
  readonly endpoints: KnownEndpoints;
  readonly views: Pick<TidingsViews, 'find'>;
  readonly gates: Pick<EndpointGates, 'wouldAdmit'>;
  readonly jobs: WebhookJobs;
  readonly clock: () => Instant;
};

export const sweepWebhooks = ({ endpoints, views, gates, jobs, clock }: Dependencies): Sweep => ({
  name: 'webhooks',
  everyMs: WEBHOOK_SWEEP_EVERY_MS,
  sweep: async () => {
    let found = 0;
    for (const app of (await endpoints()).keys()) {
      if (!gates.wouldAdmit(app)) continue;
      const now = clock();
      const range = { field: 'dueAt', after: '', until: plus(now, -JOB_LOST_MS) } as const;
      const due = await views.find('webhook-messages', { where: { app, status: 'queued' }, range, order: { dueAt: 1 }, limit: FOUND_MAX });
      if (due.length === 0) continue;
      found += due.length;
      if ((await jobs.add(due, now)) === 'full') break;
    }
    return found;
  },
});
