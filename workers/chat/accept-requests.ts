/** When two people become friends, a message request between them is accepted: each has agreed to hear from the other. */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import type { FriendshipEvent } from '../../domain/people/events.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { TidingsEventProcess } from '../../projections/read-models/projectors.ts';
import { contextForEvent } from '../jobs/command-contexts.ts';

type Accepted = Extract<FriendshipEvent, { type: 'people.friend-accepted.v1' }>;

type Dependencies = { readonly commands: Pick<Commands, 'acceptRequestBetweenFriends'>; readonly contextFor: ContextFor; readonly clock: () => Instant };

export const acceptRequests = ({ commands, contextFor, clock }: Dependencies): TidingsEventProcess<Accepted> => ({
  kind: 'process',
  name: 'accept-requests',
  version: 1,
  handles: ['people.friend-accepted.v1'],
  after: [],
  startFrom: 'now', // there were no requests before
  react: async (event) => {
    const { from: one, to: other } = event.data;
    const body = { one, other };
    const context = contextForEvent(event, { contextFor, worker: 'accept-requests', type: 'accept-message-request', body, at: clock() });
    await commands.acceptRequestBetweenFriends(body, context);
  },
});
