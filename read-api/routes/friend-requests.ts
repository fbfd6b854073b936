/** The open friend requests of the caller. */
import { z } from 'zod';
import { friendshipOf } from '../../domain/shared/ids.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import type { Route } from '../../edge/http/routes.ts';
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
      description: `Returns the requests that you received and those that you sent: of each at most ${REQUESTS_MAX}.`,
      tag: 'Friends',
      example: { received: [{ id: EXAMPLE_ID, person: { id: EXAMPLE.bob, name: 'Bob' }, at: EXAMPLE.at }], sent: [] },
      callers: ['person'],
      response: z.object({ received: requests, sent: requests }),
      reads: ['friends', 'profile'],
      handle: async ({ caller: { person } }) => {
        const [received, sent] = await Promise.all([
          views.find('friend-requests', { where: { to: person }, order: { _id: 1 }, limit: REQUESTS_MAX }),
          views.find('friend-requests', { where: { from: person }, order: { _id: 1 }, limit: REQUESTS_MAX }),
        ]);
        const all = [...received, ...sent];
        const others = await loadNames(
          views,
          all.map(({ from, to }) => (from === person ? to : from)),
        );
        const viewed = others.map((other, i) => ({ id: all[i]?.request ?? '', person: other, at: all[i]?.at ?? '' }));
        return { received: viewed.slice(0, received.length), sent: viewed.slice(received.length) };
      },
    }),
  ];
}
