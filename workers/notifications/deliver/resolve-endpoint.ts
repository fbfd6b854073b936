/** Resolves an endpoint to its address or token, which is sealed in the person's contacts and stored nowhere else. */
import type { ContactsEvent } from '../../../domain/people/events.ts';
import type { NotificationChannel } from '../../../domain/people/notification-channels.ts';
import { isErased } from '../../../domain/shared/event.ts';
import type { EndpointId, PersonId } from '../../../domain/shared/ids.ts';
import { contactsStream } from '../../../domain/shared/streams.ts';
import type { Target } from '../../../ports/sender/port.ts';
import type { DomainReader } from '../../dependencies.ts';

type Endpoint = { readonly person: PersonId; readonly channel: NotificationChannel; readonly endpoint: EndpointId };

/** undefined: there is no such endpoint, or the person was erased. The newest entry counts, and is nearly always among the last events. */
export async function resolveEndpoint(
  { log, codec }: Pick<DomainReader, 'log' | 'codec'>,
  { person, channel, endpoint }: Endpoint,
): Promise<Target | undefined> {
  for await (const stored of log.readStream(contactsStream(person), { from: 'end', direction: 'backwards' })) {
    if (stored.type !== 'people.contact-set.v1' && stored.type !== 'people.device-registered.v1') continue;
    const event = (await codec.decode(stored)) as unknown as ContactsEvent;
    if ('endpoint' in event.data && event.data.endpoint === endpoint) return targetOn(channel, event);
  }
  return undefined;
}

function targetOn(channel: NotificationChannel, event: ContactsEvent): Target | undefined {
  switch (channel) {
    case 'push': {
      if (event.type !== 'people.device-registered.v1' || isErased(event.data.token)) return undefined;
      const { platform, token } = event.data;
      return { channel, platform, token };
    }
    case 'sms':
      return event.type !== 'people.contact-set.v1' || isErased(event.data.address) ? undefined : { channel, phone: event.data.address };
    case 'email':
      return event.type !== 'people.contact-set.v1' || isErased(event.data.address) ? undefined : { channel, address: event.data.address };
  }
}
