/** The open friend requests of the caller. */
import { z } from 'zod';
import { friendshipOf, type PersonId } from '../../domain/shared/ids.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import type { Route } from '../../edge/http/routes.ts';
import type { FriendRequestDocument } from '../../projections/read-models/friends.ts';
import { withoutBlocked } from '../across-blocks.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { loadNames, namedPersonSchema } from '../named-person.ts';
import { query } from '../query.ts';
import { idField, timeField } from '../response-fields.ts';

/** Further ones appear as these are answered. */
const REQUESTS_MAX = 500;
const EXAMPLE_ID = friendshipOf(EXAMPLE.ada, EXAMPLE.bob);

const requests = z.array(
  z.object({
    id: idField('The id of the request.', EXAMPLE_ID),
    person: namedPersonSchema.meta({ description: 'The other person.' }),
    at: timeField('When it was sent.'),
  }),
);

export function friendRequestRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/me/friend-requests',
      operationId: 'getFriendRequests',
      summary: 'List my open friend requests',
      description: `Returns the requests that you received and those that you sent: of each at most ${REQUESTS_MAX}. Requests between you and a person whom you block, or who blocks you, are left out.`,
      tag: 'Friends',
      example: { received: [{ id: EXAMPLE_ID, person: { id: EXAMPLE.bob, name: 'Bob' }, at: EXAMPLE.at }], sent: [] },
      callers: ['person'],
      response: z.object({ received: requests, sent: requests }),
      reads: ['friends', 'relationships', 'profile'],
      handle: async ({ caller: { person } }) => {
        const [received, sent] = await Promise.all([load(person, { to: person }), load(person, { from: person })]);
        return { received, sent };
      },
    }),
  ];

  async function load(reader: PersonId, where: { readonly to: PersonId } | { readonly from: PersonId }): Promise<z.infer<typeof requests>> {
    const found = await views.find('friend-requests', { where, order: { _id: 1 }, limit: REQUESTS_MAX });
    const personOf = ({ from, to }: FriendRequestDocument) => (from === reader ? to : from);
    const entries = await withoutBlocked(views, { reader, entries: found, personOf });
    const people = await loadNames(views, entries.map(personOf));
    return entries.flatMap(({ request, at }, i) => (people[i] === undefined ? [] : [{ id: request, person: people[i], at }]));
  }
}
