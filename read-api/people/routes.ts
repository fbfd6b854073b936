import { z } from 'zod';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Route } from '../../edge/routes.ts';
import type { Profile } from '../../projections/profile.ts';
import { relationsTo } from '../feed/hydrate.ts';
import { friendId } from '../../projections/friends.ts';
import { idParams, limitOf, query, refused, type ReadDependencies } from '../query.ts';

const profileView = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    about: z.string().nullable(),
    timeZone: z.string().nullable(),
    since: z.string(),
    erased: z.boolean(),
  })
  .meta({ id: 'Person' });
const counts = { followers: z.int(), follows: z.int() };

export function peopleRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;
  const countsOf = async (person: string) => ({ followers: 0, follows: 0, ...(await views.get('connection-counts', person)) });

  return [
    query(dependencies, {
      path: '/v1/me',
      operationId: 'getMe',
      summary: 'One’s own profile.',
      callers: ['person'],
      answer: profileView.extend(counts),
      refusals: ['person-unknown'],
      reads: ['profile', 'connections'],
      handle: async ({ caller }) => {
        const profile = await views.get('profiles', caller.person);
        if (profile === undefined) return refused('person-unknown');
        return { ...viewOf(profile), ...(await countsOf(caller.person)) };
      },
    }),

    query(dependencies, {
      path: '/v1/people/:id',
      operationId: 'getPerson',
      summary: 'Another’s profile, and what stands between the two.',
      callers: ['person'],
      params: idParams,
      answer: profileView.extend({
        ...counts,
        friend: z.boolean(),
        followed: z.boolean(),
        muted: z.boolean(),
        blocked: z.boolean().meta({ description: 'By whoever asks.' }),
      }),
      refusals: ['person-unknown'],
      reads: ['profile', 'connections', 'friends'],
      handle: async ({ caller, params }) => {
        const person = params.id as PersonId;
        const profile = await views.get('profiles', person);
        if (profile === undefined) return refused('person-unknown');
        const [friend, followed, blocked, relations] = await Promise.all([
          views.get('friends', friendId(caller.person, person)),
          views.get('connections', `${caller.person}:follow:${person}`),
          views.get('connections', `${caller.person}:block:${person}`),
          relationsTo(views, caller.person, [person]),
        ]);
        const between = { friend: friend !== undefined, followed: followed !== undefined, muted: relations.muted.has(person), blocked: blocked !== undefined };
        return { ...viewOf(profile), ...(await countsOf(person)), ...between };
      },
    }),
  ];
}

const viewOf = ({ person, name, about, timeZone, since, erased }: Profile) => ({ id: person, name, about, timeZone, since, erased });

/** A person in a list. */
export const personView = z.object({ id: z.string(), name: z.string().nullable() });

/** Names of people, in the order asked for. */
export async function named(views: ReadDependencies['views'], people: readonly string[]): Promise<z.infer<typeof personView>[]> {
  const profiles = await views.getMany('profiles', people);
  return people.map((id, i) => ({ id, name: profiles[i]?.name ?? null }));
}

/** Lists of people go on after the last id shown. */
export const peoplePage = z.strictObject({
  after: z.string().max(100).optional().meta({ description: 'The `next` of the page before.' }),
  limit: limitOf(50, 500),
});
