import type { ChannelId, PersonId } from '../../../domain/shared/ids.ts';
import { PresenceUnavailable, type Presence } from '../../../ports/presence/port.ts';

/** The furthest message that a device of the person has received. While presence is away nothing counts as received: a push too many is better than none. */
export async function receivedUpTo(presence: Pick<Presence, 'receivedBy'>, person: PersonId, channel: ChannelId): Promise<number | undefined> {
  try {
    return await presence.receivedBy(person, channel);
  } catch (error) {
    if (error instanceof PresenceUnavailable) return undefined;
    throw error;
  }
}
