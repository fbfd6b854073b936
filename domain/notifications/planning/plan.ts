/** The deliveries that one recipient of a notification gets: one for each destination, with a decision of what happens to it now. */
import { countryOfUser } from '../../people/user.ts';
import type { DeliveryId, PersonId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import type { DeliveryCommandOf, SendDecision } from '../delivery/delivery-commands.ts';
import type { NotificationEvent, Plan } from '../events.ts';
import type { Routed } from '../routing/routing.ts';
import { maySend, type SendFacts } from './may-send.ts';
import { destinationsOf, isUnconfirmed, type Destination } from './destinations.ts';

export type RequestedNotification = Extract<NotificationEvent, { type: 'notifications.requested.v1' }>['data'];

export type Recipient = Omit<SendFacts, 'at'> & { readonly person: PersonId };

/** A delivery is named by its destination and not by the endpoint there, so that planning again names the same delivery, also after a token was renewed. */
export type DeliveryKey = Pick<Plan, 'notification' | 'recipient' | 'channel' | 'device'>;

export type Routes = {
  readonly deliveryOf: (key: DeliveryKey) => DeliveryId;
  /** The vendor to try first. A push goes to a vendor of the device's platform. */
  readonly vendorOf: (routed: Routed & { readonly delivery: DeliveryId }) => string;
};

export type PlanCommand = DeliveryCommandOf<'plan'> & { readonly decision: SendDecision };

/** At least one: a recipient without any destination gets a delivery that is suppressed and says so. */
export function planDeliveries(
  requested: RequestedNotification,
  recipient: Recipient,
  { routes, at }: { readonly routes: Routes; readonly at: Instant },
): readonly PlanCommand[] {
  const { notification, source, category, critical, atMostOnce, priority, sendAt, expiresAt } = requested;
  return destinationsOrNone(requested, recipient).map(({ platform, country: ofNumber, ...destination }) => {
    const key = { notification, recipient: recipient.person, ...destination };
    const plan: Plan = { delivery: routes.deliveryOf(key), ...key, source, category, critical, atMostOnce, priority, expiresAt };
    const permission =
      sendAt !== undefined && sendAt > at ? ({ action: 'defer', reason: 'scheduled', until: sendAt } as const) : maySend(plan, { ...recipient, at });
    const country = ofNumber ?? countryOfUser(recipient.user);
    const vendorNow = () => routes.vendorOf({ delivery: plan.delivery, channel: plan.channel, platform, country });
    const decision: SendDecision = permission.action === 'send' ? { action: 'send', vendor: vendorNow() } : permission;
    return { type: 'plan', ...plan, decision, at };
  });
}

type NoDestination = Omit<Destination, 'endpoint'> & { readonly endpoint: null };

/** An address that only waits to be confirmed gets a delivery that says so. */
function destinationsOrNone({ channels, source }: RequestedNotification, { contacts }: Recipient): readonly (Destination | NoDestination)[] {
  const destinations = channels.flatMap((channel): readonly (Destination | NoDestination)[] => {
    const found = destinationsOf(contacts, channel, source);
    return found.length === 0 && isUnconfirmed(contacts, channel) ? [{ channel, endpoint: null }] : found;
  });
  const [channel] = channels;
  return destinations.length === 0 && channel !== undefined ? [{ channel, endpoint: null }] : destinations;
}
