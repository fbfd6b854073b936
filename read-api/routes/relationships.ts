/** Whom one is friends with, follows, mutes and blocks: lists of people, each in the order of their ids. */
import { z } from 'zod';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { personId } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import type { RelationshipKind } from '../../projections/read-models/relationships.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { limitOf, next, pageOf } from '../pages.ts';
import { named, personView } from '../person-view.ts';
import { query } from '../query.ts';

const PEOPLE = 50;
const PEOPLE_MAX = 500;

const page = z.strictObject({ after: personId.optional().meta({ description: 'The `next` of the page before.' }), limit: limitOf(PEOPLE, PEOPLE_MAX) });
const people = z.object({ people: z.array(z.object({ ...personView.shape, since: z.string() })), next });

type Listed = { readonly person: PersonId; readonly since: Instant };

const LISTS: readonly { readonly kind: RelationshipKind; readonly collection: string; readonly operationId: string; readonly summary: string }[] = [
  { kind: 'follow', collection: 'follows', operationId: 'getFollows', summary: 'Whom one follows.' },
  { kind: 'mute', collection: 'mutes', operationId: 'getMutes', summary: 'Whom one has muted.' },
  { kind: 'block', collection: 'blocks', operationId: 'getBlocks', summary: 'Whom one has blocked.' },
];

export function relationshipRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;
  const list = { callers: ['person'], query: page, answer: people } as const;
  return [
    query(dependencies, {
      ...list,
      path: '/v1/me/friends',
      operationId: 'getFriends',
      summary: 'One’s friends.',
      reads: ['friends', 'profile'],
      handle: async ({ caller: { person }, query: { after, limit } }) => {
        const found = await views.find('friends', { where: { person }, ...beyond('friend', after), limit: limit + 1 });
        const listed = found.map(({ friend, since }) => ({ person: friend, since }));
        return await shown(listed, limit);
      },
    }),

    ...LISTS.map(({ kind, collection, operationId, summary }) =>
      query(dependencies, {
        ...list,
        path: `/v1/me/${collection}`,
        operationId,
        summary,
        reads: ['relationships', 'profile'],
        handle: async ({ caller: { person }, query: { after, limit } }) => {
          const found = await views.find('relationships', { where: { from: person, kind }, ...beyond('to', after), limit: limit + 1 });
          const listed = found.map(({ to, since }) => ({ person: to, since }));
          return await shown(listed, limit);
        },
      }),
    ),
  ];

  async function shown(found: readonly Listed[], limit: number): Promise<z.infer<typeof people>> {
    const { shown, last } = pageOf(found, limit);
    const ids = shown.map(({ person }) => person);
    const names = await named(views, ids);
    return { people: shown.map(({ person, since }, i) => ({ id: person, name: names[i]?.name ?? null, since })), next: last?.person ?? null };
  }
}

const beyond = (field: string, after: PersonId | undefined) => ({
  ...(after === undefined ? {} : { range: { field, after } }),
  order: { [field]: 1 as const },
});
