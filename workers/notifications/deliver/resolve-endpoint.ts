/** Resolves an endpoint to its address or token, which is sealed in the person's contacts and stored nowhere else. */
import type { ContactsEvent } from '../../../domain/people/events.ts';
import type { NotificationChannel } from '../../../domain/people/notification-channels.ts';
import { isErased } from '../../../domain/shared/event.ts';
import type { EndpointId, PersonId } from '../../../domain/shared/ids.ts';
import { contactsStream } from '../../../domain/shared/streams.ts';
import { counted, dropOldest, emptyTally, type CacheTally } from '../../../ports/cache-tallies.ts';
import type { StoredEvent } from '../../../ports/event-log/port.ts';
import type { Target } from '../../../ports/sender/port.ts';
import type { DomainReader } from '../../dependencies.ts';

/** Endpoints whose event is remembered, sealed. */
const ENDPOINTS_REMEMBERED_MAX = 10_000;

type Endpoint = {
  readonly person: PersonId;
  readonly channel: NotificationChannel;
  readonly endpoint: EndpointId;
  /** At which the person's contacts were read to find that this endpoint is in use. */
  readonly contactsRevision: number;
};

/** undefined: there is no such endpoint, or the person was erased. */
export type ResolveEndpoint = (endpoint: Endpoint) => Promise<Target | undefined>;

type Reader = Pick<DomainReader, 'log' | 'codec'>;

/** An event that was found at the same revision of the contacts is the newest of its endpoint still. It is unsealed each time. */
export function resolveEndpointWith(reader: Reader, tally: CacheTally = emptyTally()): ResolveEndpoint {
  const remembered = new Map<string, { readonly contactsRevision: number; readonly stored: StoredEvent }>();
  return async ({ person, channel, endpoint, contactsRevision }) => {
    const key = `${person} ${endpoint}`;
    const found = remembered.get(key);
    const known = counted(tally, found?.contactsRevision === contactsRevision ? found : undefined);
    if (known !== undefined) return targetOn(channel, (await reader.codec.decode(known.stored)) as unknown as ContactsEvent);
    const newest = await findNewest(reader, { person, endpoint });
    if (newest === undefined) return undefined;
    const { stored, event } = newest;
    remembered.delete(key);
    remembered.set(key, { contactsRevision, stored });
    if (remembered.size > ENDPOINTS_REMEMBERED_MAX) dropOldest(remembered, tally);
    return targetOn(channel, event);
  };
}

/** The newest entry counts, and is nearly always among the last events. */
async function findNewest({ log, codec }: Reader, { person, endpoint }: Pick<Endpoint, 'person' | 'endpoint'>) {
  for await (const stored of log.readStream(contactsStream(person), { from: 'end', direction: 'backwards' })) {
    if (stored.type !== 'people.contact-set.v1' && stored.type !== 'people.device-registered.v1') continue;
    const event = (await codec.decode(stored)) as unknown as ContactsEvent;
    if ('endpoint' in event.data && event.data.endpoint === endpoint) return { stored, event };
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
    case 'in-app':
      return undefined; // nobody brings it there
  }
}
