/** The ways to a person: each device, the email address, the phone. Where a way leads may change while something is under way on it. */
import type { ContactsState } from '../../people/contacts.ts';
import type { NotificationChannel, Platform } from '../../people/events.ts';
import type { DeviceId, EndpointId } from '../../shared/ids.ts';
import type { Plan, Source } from '../events.ts';

export type Destination = { readonly channel: NotificationChannel; readonly endpoint: EndpointId; readonly device?: DeviceId; readonly platform?: Platform };

/** By an app on its own devices and on those that are nobody’s. Of devices with one token, which an app installed anew leaves behind, the newest counts. */
export function destinationsOf(contacts: ContactsState, channel: NotificationChannel, source: Source): readonly Destination[] {
  switch (channel) {
    case 'push': {
      const devices = contacts.devices.filter(({ app }) => app === undefined || (source.kind === 'app' && source.app === app));
      const newest = new Map(devices.map((one) => [one.endpoint, one.device]));
      return devices
        .filter(({ endpoint, device }) => newest.get(endpoint) === device)
        .map(({ endpoint, device, platform }) => ({ channel, endpoint, device, platform }));
    }
    case 'sms':
      return contacts.phone === undefined ? [] : [{ channel, endpoint: contacts.phone }];
    case 'email':
      return contacts.email === undefined ? [] : [{ channel, endpoint: contacts.email }];
  }
}

type Planned = Pick<Plan, 'channel' | 'source' | 'device' | 'endpoint'>;

/** Where a delivery goes now: a token that was renewed, or an address that was replaced, since it was planned is followed. undefined: nowhere any more. */
export function currentDestination(contacts: ContactsState, { channel, source, device, endpoint }: Planned): Destination | undefined {
  if (endpoint === null) return undefined;
  const isUnnamed = channel === 'push' && device === undefined;
  return destinationsOf(contacts, channel, source).find((way) => (isUnnamed ? way.endpoint === endpoint : way.device === device));
}
