/** The operations about what is sent, each in a line. */
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/command-context.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { JobQueue } from '../../../ports/job-queue/port.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import { measureQueues } from '../../queues/queue-rates.ts';
import type { ControlOperations } from '../protocol.ts';
import { listDeliveries } from './deliveries.ts';
import { showFunnel } from './funnel.ts';
import { listWebhookMessages, replayWebhookMessages } from './webhook-messages.ts';

type Dependencies = {
  readonly views: TidingsViews;
  readonly jobs: Pick<JobQueue, 'queues' | 'depth'>;
  readonly commands: Pick<Commands, 'replayWebhookMessage'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
};

export const createNotificationOperations = (dependencies: Dependencies) =>
  ({
    'list-deliveries': (request, signal) => listDeliveries(dependencies, request, signal),
    'show-funnel': (request) => showFunnel(dependencies, request),
    'list-queues': async function* ({ overMs }, signal) {
      yield* await measureQueues(dependencies.jobs, { overMs, signal });
    },
    'list-webhook-messages': (request) => listWebhookMessages(dependencies, request),
    'replay-webhook-messages': (request, signal, by) => replayWebhookMessages(dependencies, request, { signal, by }),
  }) satisfies ControlOperations;
