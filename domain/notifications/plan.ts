/** Which deliveries one recipient of a notification gets: one a channel and endpoint, each with what is to become of it for now. */
import type { ContactsState } from '../people/contacts.ts';
import type { NotificationChannel, Platform } from '../people/events.ts';
import type { DeliveryId, EndpointId, NotificationId, PersonId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import type { Command, Verdict } from './delivery-commands.ts';
import type { NotificationEvent, Plan, Source } from './events.ts';
import { maySend, type Known } from './may-send.ts';

export type Requested = Extract<NotificationEvent, { type: 'notifications.requested.v1' }>['data'];

export type Recipient = Omit<Known, 'at'> & { readonly person: PersonId };

/** A way to a person; the delivery is named by it, so that planning twice names the same one. */
export type Way = {
  readonly notification: NotificationId;
  readonly recipient: PersonId;
  readonly channel: NotificationChannel;
  readonly endpoint: EndpointId | null;
};

export type Routes = {
  readonly deliveryOf: (way: Way) => DeliveryId;
  /** The vendor to try first. A push goes to the vendor of the device's platform. */
  readonly vendorOf: (channel: NotificationChannel, platform: Platform | undefined) => string;
};

export type Planning = Command<'plan'> & { readonly verdict: Verdict };

/** At least one: who can't be reached at all gets a delivery that is suppressed and says so. */
export function planDeliveries(
  requested: Requested,
  recipient: Recipient,
  { routes, at }: { readonly routes: Routes; readonly at: Instant },
): readonly Planning[] {
  const { notification, source, category, critical, atMostOnce, priority, channels, sendAt, expiresAt } = requested;
  const endpoints = channels.flatMap((channel) => endpointsOf(recipient.contacts, channel, source));
  const [channel] = channels;
  const reachable: readonly Endpoint[] = endpoints.length === 0 && channel !== undefined ? [{ channel, endpoint: null }] : endpoints;
  return reachable.map(({ channel, endpoint, platform }) => {
    const delivery = routes.deliveryOf({ notification, recipient: recipient.person, channel, endpoint });
    const plan: Plan = { delivery, notification, recipient: recipient.person, channel, endpoint, source, category, critical, atMostOnce, priority, expiresAt };
    const may = sendAt !== undefined && sendAt > at ? ({ verdict: 'defer', reason: 'scheduled', until: sendAt } as const) : maySend(plan, { ...recipient, at });
    const verdict: Verdict = may.verdict === 'send' ? { verdict: 'send', vendor: routes.vendorOf(channel, platform) } : may;
    return { type: 'plan', ...plan, verdict, at };
  });
}

type Endpoint = { readonly channel: NotificationChannel; readonly endpoint: EndpointId | null; readonly platform?: Platform };

/** Where a person can be reached on a channel: by an app on its own devices and on those that are nobody’s. */
export function endpointsOf(contacts: ContactsState, channel: NotificationChannel, source: Source): readonly Endpoint[] {
  switch (channel) {
    case 'push':
      return contacts.devices
        .filter(({ app }) => app === undefined || (source.kind === 'app' && source.app === app))
        .map(({ endpoint, platform }) => ({ channel, endpoint, platform }));
    case 'sms':
      return contacts.phone === undefined ? [] : [{ channel, endpoint: contacts.phone }];
    case 'email':
      return contacts.email === undefined ? [] : [{ channel, endpoint: contacts.email }];
  }
}
