/** The workers of webhooks. */
import type { Outbound } from '../../../ports/outbound/port.ts';
import type { CommandGiver, DomainReader, RoleWorkers, Runtime, WorkerViews, WorkTracking } from '../../dependencies.ts';
import { createEndpointGates } from './endpoint-gates.ts';
import { rememberEndpoints } from './known-endpoints.ts';
import { queueWebhooks } from './queue-webhooks.ts';
import { sendWebhook } from './send-webhook.ts';
import { sweepWebhooks } from './sweep-webhooks.ts';
import { webhookJobs, WEBHOOK_CONCURRENCY, WEBHOOK_QUEUE } from './webhook-jobs.ts';

type Dependencies = {
  readonly reader: DomainReader;
  readonly commandGiver: CommandGiver;
  readonly views: WorkerViews;
  readonly work: Pick<WorkTracking, 'jobs' | 'report'>;
  /** Absent: messages are queued, and no process of this kind sends them. */
  readonly outbound: Pick<Outbound, 'post'> | undefined;
  readonly runtime: Runtime;
};

export function webhookWorkers(
  { reader, commandGiver, views, work, outbound, runtime }: Dependencies,
  config: { readonly delayMaxMs: number },
): Required<RoleWorkers> {
  const { clock, monotonicMs } = runtime;
  const endpoints = rememberEndpoints(views.active, monotonicMs);
  const jobs = webhookJobs(work, config);
  const gates = createEndpointGates({ monotonicMs, report: work.report });
  return {
    projections: [queueWebhooks({ endpoints, reader, ...commandGiver, jobs, clock })],
    consumers:
      outbound === undefined
        ? []
        : [{ queue: WEBHOOK_QUEUE, concurrency: WEBHOOK_CONCURRENCY, handler: sendWebhook({ outbound, reader, ...commandGiver, jobs, gates, runtime }) }],
    sweeps: [sweepWebhooks({ endpoints, views: views.active, gates, jobs, clock })],
  };
}
