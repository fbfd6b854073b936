/** Queues a message for each event that an app wants to be told of: named by the event, so that it is one however often this runs. */
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/command-context.ts';
import { delivery as deliveryDecider } from '../../../domain/notifications/delivery/delivery.ts';
import type { Plan } from '../../../domain/notifications/delivery-plan.ts';
import { TOLD_TYPES, toldOf, type ToldEvent } from '../../../domain/notifications/webhooks/webhook-event.ts';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import { deliveryStream } from '../../../domain/shared/streams.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { TidingsEventProcess } from '../../../projections/read-models/projectors.ts';
import type { DomainReader } from '../../dependencies.ts';
import { contextForEvent } from '../../jobs/command-contexts.ts';
import type { KnownEndpoints } from './known-endpoints.ts';
import type { WebhookJobs } from './webhook-jobs.ts';

type Dependencies = {
  readonly endpoints: KnownEndpoints;
  readonly reader: Pick<DomainReader, 'loadState' | 'recallState'>;
  readonly commands: Pick<Commands, 'commandWebhookMessage'>;
  readonly contextFor: ContextFor;
  readonly jobs: WebhookJobs;
  readonly clock: () => Instant;
};

export const queueWebhooks = ({ endpoints, reader, commands, contextFor, jobs, clock }: Dependencies): TidingsEventProcess<ToldEvent> => ({
  kind: 'process',
  name: 'queue-webhooks',
  version: 1,
  handles: TOLD_TYPES,
  startFrom: 'now',
  after: ['webhooks'],
  react: async (event) => {
    const known = await endpoints();
    if (known.size === 0) return;
    const plan = await planOf(reader, event.data.delivery);
    if (plan?.source.kind !== 'app') return;
    const { app } = plan.source;
    const { event: told, ...details } = toldOf(event);
    if (known.get(app)?.events.includes(told) !== true) return;
    const { delivery, notification, recipient, channel, category, sandbox } = plan;
    const payload = { delivery, notification, recipient, channel, category, ...details, ...(sandbox === true && { sandbox }) };
    const at = clock();
    const command = { type: 'queue', message: event.id, app, event: told, payload, occurredAt: event.data.at, at } as const;
    const context = contextForEvent(event, { contextFor, worker: 'queue-webhooks', type: 'queue-webhook', body: event.id, at });
    await commands.commandWebhookMessage(command, context);
    await jobs.add([{ message: event.id, app, dueAt: at }], at);
  },
});

/** It never changes, so what this process remembers will do. */
async function planOf({ loadState, recallState }: Dependencies['reader'], delivery: DeliveryId): Promise<Plan | undefined> {
  const stream = deliveryStream(delivery);
  const remembered = recallState(deliveryDecider, stream)?.state;
  const state = remembered === undefined || remembered.status === 'none' ? (await loadState(deliveryDecider, stream)).state : remembered;
  return state.status === 'none' ? undefined : state.plan;
}
