/** Friends, friend requests, and whom one follows, mutes and blocks. */
import { z } from 'zod';
import type { Route } from '../../edge/routes.ts';
import type { ConnectionKind } from '../../projections/connections.ts';
import { query, type ReadDependencies } from '../query.ts';
import { named, peoplePage, personView } from './routes.ts';

const list = z.object({ people: z.array(personView.extend({ since: z.string() })), next: z.string().nullable() });
const requestView = z.object({ id: z.string(), person: personView, at: z.string() });
const REQUESTS_MAX = 500;

export function connectionRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;

  return [
    query(dependencies, {
      path: '/v1/me/friends',
      operationId: 'getFriends',
      summary: 'One’s friends, in the order of their ids.',
      callers: ['person'],
      query: peoplePage,
      answer: list,
      reads: ['friends', 'profile'],
      handle: async ({ caller, query: { after, limit } }) => {
        const found = await views.find('friends', {
          where: { person: caller.person },
          ...(after === undefined ? {} : { range: { field: 'friend', after } }),
          order: { friend: 1 },
          limit: limit + 1,
        });
        return await pageOf(
          found.map(({ friend, since }) => ({ person: friend, since })),
          limit,
        );
      },
    }),

    query(dependencies, {
      path: '/v1/me/friend-requests',
      operationId: 'getFriendRequests',
      summary: 'The open requests: those one was asked, and those one has asked.',
      callers: ['person'],
      answer: z.object({ received: z.array(requestView), sent: z.array(requestView) }),
      reads: ['friends', 'profile'],
      handle: async ({ caller }) => {
        const [received, sent] = await Promise.all([
          views.find('friend-requests', { where: { to: caller.person }, order: { _id: 1 }, limit: REQUESTS_MAX }),
          views.find('friend-requests', { where: { from: caller.person }, order: { _id: 1 }, limit: REQUESTS_MAX }),
        ]);
        const people = await named(views, [...received.map(({ from }) => from), ...sent.map(({ to }) => to)]);
        const viewed = [...received, ...sent].map(({ request, at }, i) => ({ id: request, person: people[i] ?? { id: '', name: null }, at }));
        return { received: viewed.slice(0, received.length), sent: viewed.slice(received.length) };
      },
    }),

    connectionList({ path: '/v1/me/follows', kind: 'follow', operationId: 'getFollows', summary: 'Whom one follows.' }),
    connectionList({ path: '/v1/me/mutes', kind: 'mute', operationId: 'getMutes', summary: 'Whom one has muted.' }),
    connectionList({ path: '/v1/me/blocks', kind: 'block', operationId: 'getBlocks', summary: 'Whom one has blocked.' }),
  ];

  function connectionList({
    kind,
    ...named
  }: {
    readonly path: string;
    readonly kind: ConnectionKind;
    readonly operationId: string;
    readonly summary: string;
  }): Route {
    return query(dependencies, {
      ...named,
      callers: ['person'],
      query: peoplePage,
      answer: list,
      reads: ['connections', 'profile'],
      handle: async ({ caller, query: { after, limit } }) => {
        const found = await views.find('connections', {
          where: { from: caller.person, kind },
          ...(after === undefined ? {} : { range: { field: 'to', after } }),
          order: { to: 1 },
          limit: limit + 1,
        });
        return await pageOf(
          found.map(({ to, since }) => ({ person: to, since })),
          limit,
        );
      },
    });
  }

  async function pageOf(found: readonly { readonly person: string; readonly since: string }[], limit: number): Promise<z.infer<typeof list>> {
    const shown = found.slice(0, limit);
    const people = await named(
      views,
      shown.map(({ person }) => person),
    );
    return {
      people: people.map((person, i) => ({ ...person, since: shown[i]?.since ?? '' })),
      next: found.length > limit ? (shown.at(-1)?.person ?? null) : null,
    };
  }
}
