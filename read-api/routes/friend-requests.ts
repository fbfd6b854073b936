/** Who has asked whom to be friends, as long as it is open. */
import { z } from 'zod';
import type { Route } from '../../edge/http/routes.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { named, personView } from '../person-view.ts';
import { query } from '../query.ts';

/** More come into sight as these are answered. */
const REQUESTS_MAX = 500;

const requests = z.array(z.object({ id: z.string(), person: personView.meta({ description: 'The other of the two.' }), at: z.string() }));

export function friendRequestRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/me/friend-requests',
      operationId: 'getFriendRequests',
      summary: `The open requests: those one was asked, and those one has asked; of either at most ${REQUESTS_MAX}.`,
      callers: ['person'],
      answer: z.object({ received: requests, sent: requests }),
      reads: ['friends', 'profile'],
      handle: async ({ caller: { person } }) => {
        const [received, sent] = await Promise.all([
          views.find('friend-requests', { where: { to: person }, order: { _id: 1 }, limit: REQUESTS_MAX }),
          views.find('friend-requests', { where: { from: person }, order: { _id: 1 }, limit: REQUESTS_MAX }),
        ]);
        const all = [...received, ...sent];
        const others = await named(
          views,
          all.map(({ from, to }) => (from === person ? to : from)),
        );
        const viewed = others.map((other, i) => ({ id: all[i]?.request ?? '', person: other, at: all[i]?.at ?? '' }));
        return { received: viewed.slice(0, received.length), sent: viewed.slice(received.length) };
      },
    }),
  ];
}
