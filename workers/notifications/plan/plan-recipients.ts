/** Plans what recipients of a notification get, each by what is known of them. */
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/context.ts';
import type { Current } from '../../../commands/handling/handle.ts';
import { deliveryIdOf } from '../../../commands/handling/identity.ts';
import { notificationStreamOf } from '../../../commands/notifications/notifications.ts';
import { notification as notificationDecider } from '../../../domain/notifications/notification.ts';
import { planDeliveries, type Routes } from '../../../domain/notifications/planning/plan.ts';
import type { DeliveryId, PersonId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { Codec } from '../../../ports/event-log/codec.ts';
import type { EventLog } from '../../../ports/event-log/port.ts';
import type { Sender } from '../../../ports/sender/port.ts';
import { isKnownOutage } from '../../../projections/progress/outages.ts';
import type { AddJobsDependencies } from '../../jobs/add-jobs.ts';
import { contextForEvent } from '../../jobs/command-contexts.ts';
import { loadRecipient } from './recipient.ts';
import type { NotificationRequest } from './load-notification.ts';
import { vendorsFor } from '../vendors/vendors.ts';

/** Where nobody delivers on a channel: whoever looks after such a delivery lets it fail. */
const NO_VENDOR = 'none';

export type PlanDependencies = AddJobsDependencies & {
  readonly log: Pick<EventLog, 'readStream'>;
  readonly codec: Pick<Codec, 'decode'>;
  readonly current: Current;
  readonly commands: Pick<Commands, 'commandDelivery'>;
  readonly contextFor: ContextFor;
  readonly senders: readonly Pick<Sender, 'vendor' | 'channel'>[];
  readonly clock: () => Instant;
};

export type PlanFor = Omit<NotificationRequest, 'cancelled'>;

/** Who was left out because of a fault that speaks of them alone, such as an event of theirs that can't be decoded. */
export type Fault = { readonly recipient: PersonId; readonly error: unknown };

/** Throws where something is down, when everybody has had their turn: then all of it is to be done again. */
export async function planFor(dependencies: PlanDependencies, asked: PlanFor, recipients: readonly PersonId[]): Promise<readonly Fault[]> {
  const planned: DeliveryId[] = [];
  const faults: Fault[] = [];
  await Promise.all(
    recipients.map((recipient) =>
      planOne(dependencies, asked, recipient, (delivery) => void planned.push(delivery)).catch((error: unknown) => void faults.push({ recipient, error })),
    ),
  );
  // Who cancels takes along what was planned before; what is planned after that is taken along here.
  const { state } = await dependencies.current(notificationDecider, notificationStreamOf(asked.requested.notification));
  if (state.status === 'cancelled') await cancelEach(dependencies, asked, planned);
  const outage = faults.find(({ error }) => isKnownOutage(error));
  if (outage !== undefined) throw outage.error;
  return faults;
}

async function planOne(
  { current, commands, contextFor, senders, clock }: PlanDependencies,
  { event, requested }: PlanFor,
  person: PersonId,
  planned: (delivery: DeliveryId) => void,
): Promise<void> {
  const routes: Routes = {
    deliveryOf: deliveryIdOf,
    vendorOf: (channel, platform) => vendorsFor(senders, { channel, platform, without: [] })[0] ?? NO_VENDOR,
  };
  const recipient = await loadRecipient(current, person, requested.source);
  const at = clock();
  await Promise.all(
    planDeliveries(requested, recipient, { routes, at }).map(async (command) => {
      const { delivery } = command;
      const context = contextForEvent(event, { contextFor, part: 'plan-notifications', type: 'plan-delivery', of: delivery, body: delivery, at });
      await commands.commandDelivery({ delivery, command }, context);
      planned(delivery);
    }),
  );
}

async function cancelEach({ commands, contextFor, clock }: PlanDependencies, { event }: PlanFor, deliveries: readonly DeliveryId[]): Promise<void> {
  const at = clock();
  await Promise.all(
    deliveries.map((delivery) =>
      commands.commandDelivery(
        { delivery, command: { type: 'cancel', at } },
        contextForEvent(event, { contextFor, part: 'plan-notifications', type: 'cancel-delivery', of: delivery, body: delivery, at }),
      ),
    ),
  );
}
