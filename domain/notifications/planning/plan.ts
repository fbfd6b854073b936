/** Which deliveries one recipient of a notification gets: one a way to reach them, each with what is to become of it for now. */
import type { NotificationChannel, Platform } from '../../people/events.ts';
import type { DeliveryId, PersonId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import type { Command, SendDecision } from '../delivery/delivery-commands.ts';
import type { NotificationEvent, Plan } from '../events.ts';
import { maySend, type Known } from './may-send.ts';
import { destinationsOf, type Destination } from './destinations.ts';

export type Requested = Extract<NotificationEvent, { type: 'notifications.requested.v1' }>['data'];

export type Recipient = Omit<Known, 'at'> & { readonly person: PersonId };

/** A delivery is named by the way and not by where it leads for now, so that planning twice names the same one, also when a token was renewed in between. */
export type Named = Pick<Plan, 'notification' | 'recipient' | 'channel' | 'device'>;

export type Routes = {
  readonly deliveryOf: (named: Named) => DeliveryId;
  /** The vendor to try first. A push goes to the vendor of the device's platform. */
  readonly vendorOf: (channel: NotificationChannel, platform: Platform | undefined) => string;
};

export type Planning = Command<'plan'> & { readonly verdict: SendDecision };

/** At least one: who can't be reached at all gets a delivery that is suppressed and says so. */
export function planDeliveries(
  requested: Requested,
  recipient: Recipient,
  { routes, at }: { readonly routes: Routes; readonly at: Instant },
): readonly Planning[] {
  const { notification, source, category, critical, atMostOnce, priority, channels, sendAt, expiresAt } = requested;
  const ways = channels.flatMap((channel) => destinationsOf(recipient.contacts, channel, source));
  const [channel] = channels;
  const reachable: readonly (Destination | Nowhere)[] = ways.length === 0 && channel !== undefined ? [{ channel, endpoint: null }] : ways;
  return reachable.map(({ platform, ...way }) => {
    const { person } = recipient;
    const named = { notification, recipient: person, ...way };
    const plan: Plan = { delivery: routes.deliveryOf(named), ...named, source, category, critical, atMostOnce, priority, expiresAt };
    const may = sendAt !== undefined && sendAt > at ? ({ verdict: 'defer', reason: 'scheduled', until: sendAt } as const) : maySend(plan, { ...recipient, at });
    const verdict: SendDecision = may.verdict === 'send' ? { verdict: 'send', vendor: routes.vendorOf(way.channel, platform) } : may;
    return { type: 'plan', ...plan, verdict, at };
  });
}

type Nowhere = Omit<Destination, 'endpoint'> & { readonly endpoint: null };
