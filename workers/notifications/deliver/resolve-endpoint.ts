/** Where an endpoint is: its address or token, which stands sealed in the person's contacts and nowhere else. */
import type { ContactsEvent } from '../../../domain/people/events.ts';
import { isErased } from '../../../domain/shared/event.ts';
import type { EndpointId, PersonId } from '../../../domain/shared/ids.ts';
import type { Codec } from '../../../ports/event-log/codec.ts';
import type { EventLog } from '../../../ports/event-log/port.ts';
import type { Target } from '../../../ports/sender/port.ts';

type Dependencies = { readonly log: Pick<EventLog, 'readStream'>; readonly codec: Pick<Codec, 'decode'> };

/** undefined: there is no such endpoint, or the person was erased. The newest entry is the one that counts, and nearly always among the last. */
export async function targetOf({ log, codec }: Dependencies, person: PersonId, endpoint: EndpointId): Promise<Target | undefined> {
  for await (const stored of log.readStream(`contacts-${person}`, { from: 'end', direction: 'backwards' })) {
    if (stored.type !== 'people.contact-set.v1' && stored.type !== 'people.device-registered.v1') continue;
    const event = (await codec.decode(stored)) as unknown as ContactsEvent;
    if ('endpoint' in event.data && event.data.endpoint === endpoint) return targetIn(event);
  }
  return undefined;
}

function targetIn(event: ContactsEvent): Target | undefined {
  if (event.type === 'people.device-registered.v1') {
    const { platform, token } = event.data;
    return isErased(token) ? undefined : { channel: 'push', platform, token };
  }
  if (event.type !== 'people.contact-set.v1' || isErased(event.data.address)) return undefined;
  const { kind, address } = event.data;
  return kind === 'email' ? { channel: 'email', address } : { channel: 'sms', phone: address };
}
