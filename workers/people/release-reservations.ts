/** When a friend request or a friendship has ended, releases both people's reservations of that round, and never those of a later one. */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import type { FriendshipEvent } from '../../domain/people/events.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { TidingsEventProcess } from '../../projections/read-models/projectors.ts';
import { contextForEvent } from '../jobs/command-contexts.ts';

type Ended = Extract<FriendshipEvent, { type: 'people.friend-refused.v1' | 'people.friend-withdrawn.v1' | 'people.friend-removed.v1' }>;

type Dependencies = { readonly commands: Pick<Commands, 'releaseFriendReservation'>; readonly contextFor: ContextFor; readonly clock: () => Instant };

export const releaseReservations = ({ commands, contextFor, clock }: Dependencies): TidingsEventProcess<Ended> => ({
  kind: 'process',
  name: 'free-friend-slots',
  version: 1,
  handles: ['people.friend-refused.v1', 'people.friend-withdrawn.v1', 'people.friend-removed.v1'],
  after: [],
  react: async (event) => {
    const { round } = event.data;
    const [one, other] = pairOf(event);
    const release = (person: PersonId, friend: PersonId) => {
      const body = { person, friend, round };
      return commands.releaseFriendReservation(
        body,
        contextForEvent(event, { contextFor, worker: 'free-friend-slots', type: 'free-friend-slot', of: person, body, at: clock() }),
      );
    };
    await Promise.all([release(one, other), release(other, one)]);
  },
});

function pairOf(event: Ended): readonly [PersonId, PersonId] {
  switch (event.type) {
    case 'people.friend-refused.v1':
    case 'people.friend-withdrawn.v1':
      return [event.data.from, event.data.to];
    case 'people.friend-removed.v1':
      return [event.data.by, event.data.other];
  }
}
