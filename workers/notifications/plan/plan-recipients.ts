/** Plans the deliveries of a notification's recipients, each on the recipient's own state. */
import type { Commands } from '../../../commands/commands.ts';
import { deliveryIdOf } from '../../../commands/handling/deterministic-ids.ts';
import type { ContextFor } from '../../../commands/handling/command-context.ts';
import type { LoadState } from '../../../commands/handling/handle.ts';
import { notification as notificationDecider } from '../../../domain/notifications/notification.ts';
import { planDeliveries, type Routes } from '../../../domain/notifications/planning/plan.ts';
import type { DeliveryId, PersonId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import { notificationStream } from '../../../domain/shared/streams.ts';
import type { Sender } from '../../../ports/sender/port.ts';
import { Outage } from '../../../ports/outage.ts';
import { contextForEvent } from '../../jobs/command-contexts.ts';
import type { WorkersReporter } from '../../telemetry-events.ts';
import { vendorsFor } from '../vendors/vendors-for.ts';
import { loadRecipient } from './recipient.ts';
import type { NotificationRequest } from './load-notification.ts';
import { reportSuppressed } from './report-suppressed.ts';

/** Where no vendor serves a channel. `advance-delivery.ts` lets such a delivery fail. */
const NO_VENDOR = 'none';

export type PlanRecipientsDependencies = {
  readonly loadState: LoadState;
  readonly commands: Pick<Commands, 'commandDelivery'>;
  readonly contextFor: ContextFor;
  readonly senders: readonly Pick<Sender, 'vendor' | 'channel'>[];
  readonly report: WorkersReporter;
  readonly clock: () => Instant;
};

export type PlanRequest = Omit<NotificationRequest, 'cancelled'>;

/** A recipient without deliveries because of a fault in that person's own data, such as an event that can't be decoded. */
export type RecipientFault = { readonly recipient: PersonId; readonly error: unknown };

/** `besides`: of a recipient who has this delivery, the others are planned. */
export type PlanOptions = { readonly besides?: DeliveryId };

/** Throws where something is down, after all recipients have had their turn: then all of them are to be planned again. */
export async function planRecipients(
  dependencies: PlanRecipientsDependencies,
  request: PlanRequest,
  recipients: readonly PersonId[],
  options: PlanOptions = {},
): Promise<readonly RecipientFault[]> {
  const planned: DeliveryId[] = [];
  const faults: RecipientFault[] = [];
  await Promise.all(
    recipients.map((recipient) =>
      planRecipient(dependencies, request, { person: recipient, ...options }, (delivery) => void planned.push(delivery)).catch(
        (error: unknown) => void faults.push({ recipient, error }),
      ),
    ),
  );
  // `cancel-deliveries.ts` cancels what was planned before the cancellation; what is planned after it is cancelled here.
  const { state } = await dependencies.loadState(notificationDecider, notificationStream(request.requested.notification));
  if (state.status === 'cancelled') await cancelEach(dependencies, request, planned);
  const outage = faults.find(({ error }) => error instanceof Outage);
  if (outage !== undefined) throw outage.error;
  return faults;
}

async function planRecipient(
  { loadState, commands, contextFor, senders, report, clock }: PlanRecipientsDependencies,
  { event, requested }: PlanRequest,
  { person, besides }: PlanOptions & { readonly person: PersonId },
  onPlanned: (delivery: DeliveryId) => void,
): Promise<void> {
  const routes: Routes = {
    deliveryOf: deliveryIdOf,
    vendorOf: (channel, platform) => vendorsFor(senders, { channel, platform, without: [] })[0] ?? NO_VENDOR,
  };
  const recipient = await loadRecipient(loadState, person, requested.source);
  const at = clock();
  await Promise.all(
    planDeliveries(requested, recipient, { routes, at }).map(async (command) => {
      const { delivery, endpoint } = command;
      if (besides !== undefined && (delivery === besides || endpoint === null)) return;
      const context = contextForEvent(event, { contextFor, worker: 'plan-notifications', type: 'plan-delivery', of: delivery, body: delivery, at });
      reportSuppressed(report, command, await commands.commandDelivery({ delivery, command }, context));
      onPlanned(delivery);
    }),
  );
}

async function cancelEach(
  { commands, contextFor, clock }: PlanRecipientsDependencies,
  { event }: PlanRequest,
  deliveries: readonly DeliveryId[],
): Promise<void> {
  const at = clock();
  await Promise.all(
    deliveries.map((delivery) =>
      commands.commandDelivery(
        { delivery, command: { type: 'cancel', at } },
        contextForEvent(event, { contextFor, worker: 'plan-notifications', type: 'cancel-delivery', of: delivery, body: delivery, at }),
      ),
    ),
  );
}
