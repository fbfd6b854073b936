/** The deliveries that one recipient of a notification gets: one for each destination, with a decision of what happens to it now. */
import { isSent } from '../../people/notification-channels.ts';
import { countryOfUser } from '../../people/user.ts';
import type { DeliveryId, PersonId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import type { DeliveryCommandOf, SendDecision } from '../delivery/delivery-commands.ts';
import { countedUnder } from '../counted-under.ts';
import type { NotificationEvent } from '../events.ts';
import type { Plan } from '../delivery-plan.ts';
import { placeOf, type FailoverPlace } from '../failover/policy.ts';
import type { Routed } from '../routing/routing.ts';
import { asksFor, maySend, type SendFacts } from './may-send.ts';
import { untilSendTime } from './send-time.ts';
import { destinationsOf, isUnconfirmed, type Destination } from './destinations.ts';

export type RequestedNotification = Extract<NotificationEvent, { type: 'notifications.requested.v1' }>['data'];

export type Recipient = Omit<SendFacts, 'at'> & { readonly person: PersonId };

/** A delivery is named by its destination and not by the endpoint there, so that planning again names the same delivery, also after a token was renewed. */
export type DeliveryKey = Pick<Plan, 'notification' | 'recipient' | 'channel' | 'device'>;

export type Routes = {
  readonly deliveryOf: (key: DeliveryKey) => DeliveryId;
  /** The vendor to try first. A push goes to a vendor of the device's platform. */
  readonly vendorOf: (routed: Routed & { readonly delivery: DeliveryId; readonly sandbox: boolean }) => string;
};

/** The step of its failover that a notification has come to; absent where it is planned as it was requested. */
export type FailoverTurn = Pick<FailoverPlace, 'step' | 'instead'>;

export type PlanCommand = DeliveryCommandOf<'plan'> & { readonly decision: SendDecision };

/** At least one: a recipient without any destination gets a delivery that is suppressed and says so. */
export function planDeliveries(
  requested: RequestedNotification,
  recipient: Recipient,
  { routes, at, turn = { step: 0 } }: { readonly routes: Routes; readonly at: Instant; readonly turn?: FailoverTurn | undefined },
): readonly PlanCommand[] {
  const { notification, source, category, critical, atMostOnce, priority, expiresAt, failover } = requested;
  const sandbox = recipient.app?.status === 'active' && recipient.app.sandbox === true;
  return destinationsOrNone({ source, channels: channelsAt(requested, turn, recipient) }, recipient).map(({ platform, country: ofNumber, ...destination }) => {
    const key = { notification, recipient: recipient.person, ...destination };
    const plan: Plan = {
      delivery: routes.deliveryOf(key),
      ...key,
      source,
      category,
      critical,
      atMostOnce,
      priority,
      expiresAt,
      ...countedUnder(requested),
      ...(sandbox && { sandbox }),
      ...(failover !== undefined && { failover: placeOf(failover, turn) }),
    };
    const permission = untilSendTime(requested, recipient, at) ?? maySend(plan, { ...recipient, at });
    const country = ofNumber ?? countryOfUser(recipient.user);
    const vendorNow = () => routes.vendorOf({ delivery: plan.delivery, channel: plan.channel, platform, country, sandbox });
    const sendNow = (): SendDecision => (isSent(plan.channel) ? { action: 'send', vendor: vendorNow() } : { action: 'show' });
    const decision = permission.action === 'send' ? sendNow() : permission;
    return { type: 'plan', ...plan, decision, at };
  });
}

/** The one of the step; else those that it begins on, without those whose turn comes later, unless there are no others. */
function channelsAt(requested: RequestedNotification, { step }: FailoverTurn, recipient: Recipient): RequestedNotification['channels'] {
  const steps = (requested.failover ?? []).map(({ channel }) => channel);
  if (step !== 0) return steps.slice(step - 1, step);
  const all = channelsOf(requested, recipient);
  const first = all.filter((channel) => !steps.includes(channel));
  return first.length > 0 ? first : all;
}

/** Where the request named none: those that the category goes out on, and those that the person has asked for. */
function channelsOf(requested: RequestedNotification, recipient: Recipient): RequestedNotification['channels'] {
  const { channels, channelsByDefault } = requested;
  const ofCategory = channelsByDefault === true ? recipient.category?.channels : undefined;
  if (ofCategory === undefined) return channels;
  return [...ofCategory, ...channels.filter((channel) => !ofCategory.includes(channel) && asksFor(recipient, { ...requested, channel }))];
}

type NoDestination = Omit<Destination, 'endpoint'> & { readonly endpoint: null };

/** An address that only waits to be confirmed gets a delivery that says so. */
function destinationsOrNone(
  { channels, source }: Pick<RequestedNotification, 'channels' | 'source'>,
  { contacts }: Recipient,
): readonly (Destination | NoDestination)[] {
  const destinations = channels.flatMap((channel): readonly (Destination | NoDestination)[] => {
    const found = destinationsOf(contacts, channel, source);
    return found.length === 0 && isUnconfirmed(contacts, channel) ? [{ channel, endpoint: null }] : found;
  });
  const [channel] = channels;
  return destinations.length === 0 && channel !== undefined ? [{ channel, endpoint: null }] : destinations;
}
