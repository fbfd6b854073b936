/** A person's destinations: each device, the email address, the phone, the notification centre. The endpoint of a destination may change while a delivery to it is under way. */
import type { ContactsState, Device } from '../../people/contacts.ts';
import { REACHED_AT, type ContactKind, type NotificationChannel, type Platform } from '../../people/notification-channels.ts';
import type { DeviceId, EndpointId } from '../../shared/ids.ts';
import type { Source } from '../request-fields.ts';
import type { Plan } from '../delivery-plan.ts';

/** The one place in a person's notification centre. */
export const CENTRE_ENDPOINT = 'centre' as EndpointId;

export type Destination = {
  readonly channel: NotificationChannel;
  readonly endpoint: EndpointId;
  readonly device?: DeviceId;
  readonly platform?: Platform;
  /** Of a telephone number, where it is known. */
  readonly country?: string;
};

export function destinationsOf(contacts: ContactsState, channel: NotificationChannel, source: Source): readonly Destination[] {
  const reachedAt = REACHED_AT[channel];
  switch (reachedAt) {
    case 'device':
      return source.kind === 'account' ? [] : devicesFor(contacts, source).map(({ endpoint, device, platform }) => ({ channel, endpoint, device, platform }));
    case 'centre':
      return source.kind === 'account' ? [] : [{ channel, endpoint: CENTRE_ENDPOINT }];
    case 'phone':
    case 'email': {
      const endpoint = source.kind === 'account' ? endpointOfCode(contacts, reachedAt, source) : contacts[reachedAt];
      if (endpoint === undefined) return [];
      const country = contacts.phoneCountries?.[endpoint];
      return [{ channel, endpoint, ...(country !== undefined && { country }) }];
    }
  }
}

/** A code goes where it was asked for, or nowhere: it must not tell of one address at another. Only the code that confirms an address goes to one that isn't confirmed. */
function endpointOfCode(contacts: ContactsState, kind: ContactKind, { purpose, endpoint }: Extract<Source, { kind: 'account' }>): EndpointId | undefined {
  const current = purpose === 'reset-password' ? contacts[kind] : contacts.unconfirmed?.[kind];
  return current === endpoint ? endpoint : undefined;
}

/** Whether the channel's address is set and only waits to be confirmed. */
export function isUnconfirmed(contacts: ContactsState, channel: NotificationChannel): boolean {
  const reachedAt = REACHED_AT[channel];
  return reachedAt !== 'device' && reachedAt !== 'centre' && contacts[reachedAt] === undefined && contacts.unconfirmed?.[reachedAt] !== undefined;
}

/** An app reaches its own devices and those of no app. Of devices with the same token, which reinstalling an app leaves behind, the newest counts. */
function devicesFor(contacts: ContactsState, source: Source): readonly Device[] {
  const devices = contacts.devices.filter(({ app }) => app === undefined || (source.kind === 'app' && source.app === app));
  const newest = new Map(devices.map((one) => [one.endpoint, one.device]));
  return devices.filter(({ endpoint, device }) => newest.get(endpoint) === device);
}

type DestinationPlan = Pick<Plan, 'channel' | 'source' | 'device' | 'endpoint'>;

/**
 * Where a delivery goes now: a token that was renewed, an address that was replaced, and one that was set where there was none, are
 * followed. undefined: nowhere, or nowhere any more.
 */
export function currentDestination(contacts: ContactsState, { channel, source, device, endpoint }: DestinationPlan): Destination | undefined {
  // Deliveries that were planned before devices were named are found by their endpoint; one without any goes to no device.
  const isByEndpoint = REACHED_AT[channel] === 'device' && device === undefined;
  return destinationsOf(contacts, channel, source).find((one) => (isByEndpoint ? one.endpoint === endpoint : one.device === device));
}
