/** Friends and friend requests. Friends are mutual: a document for each of the two. */
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { FriendRequestId, FriendshipEvent } from '../../domain/people/events.ts';
import type { Projector } from '../projection.ts';

/** Id: `friendId`. */
export type FriendDocument = { readonly person: PersonId; readonly friend: PersonId; readonly since: Instant };

/** Id: the friendship. It exists while the request is open. */
export type FriendRequestDocument = {
  readonly request: FriendRequestId;
  readonly from: PersonId;
  readonly to: PersonId;
  readonly round: number;
  readonly at: Instant;
};

export const friendId = (person: PersonId, friend: PersonId): string => `${person}:${friend}`;

export const friends = {
  kind: 'projector',
  name: 'friends',
  version: 1,
  handles: ['people.friend-requested.v1', 'people.friend-accepted.v1', 'people.friend-refused.v1', 'people.friend-withdrawn.v1', 'people.friend-removed.v1'],
  indexes: {
    // The second is for feeds of readers who have just made a friend.
    friends: [{ fields: ['person', 'friend'] }, { fields: ['person', 'position', 'friend'] }],
    'friend-requests': [{ fields: ['to', '_id'] }, { fields: ['from', '_id'] }],
  },

  project: (event, { friends, 'friend-requests': requests }) => {
    const request = event.key as FriendRequestId;
    switch (event.type) {
      case 'people.friend-requested.v1': {
        const { from, to, round } = event.data;
        requests.update(request, event, () => ({ request, from, to, round, at: event.metadata.at }));
        return;
      }
      case 'people.friend-accepted.v1': {
        const { from, to } = event.data;
        const since = event.metadata.at;
        requests.update(request, event, () => undefined);
        friends.update(friendId(from, to), event, () => ({ person: from, friend: to, since }));
        friends.update(friendId(to, from), event, () => ({ person: to, friend: from, since }));
        return;
      }
      case 'people.friend-refused.v1':
      case 'people.friend-withdrawn.v1':
        requests.update(request, event, () => undefined);
        return;
      case 'people.friend-removed.v1': {
        const { by, other } = event.data;
        friends.update(friendId(by, other), event, () => undefined);
        friends.update(friendId(other, by), event, () => undefined);
        return;
      }
    }
  },
} as const satisfies Projector<FriendshipEvent, { friends: FriendDocument; 'friend-requests': FriendRequestDocument }>;
