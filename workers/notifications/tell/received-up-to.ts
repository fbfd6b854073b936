import type { ChannelId, PersonId } from '../../../domain/shared/ids.ts';
import { PresenceUnavailable, type Presence } from '../../../ports/presence/port.ts';

/** Of each of these people, the furthest message that a device of theirs has received. While presence is away nothing counts as received: a push too many is better than none. */
export async function receivedUpTo(
  presence: Pick<Presence, 'receivedBy'>,
  people: readonly PersonId[],
  channel: ChannelId,
): Promise<ReadonlyMap<PersonId, number>> {
  try {
    return await presence.receivedBy(people, channel);
  } catch (error) {
    if (error instanceof PresenceUnavailable) return new Map();
    throw error;
  }
}
