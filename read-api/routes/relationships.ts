/** The friends of the caller, and the people that the caller follows, mutes and blocks: lists in the order of ids. */
import { z } from 'zod';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { personId } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import type { RelationshipKind } from '../../projections/read-models/relationships.ts';
import { withoutBlocked } from '../across-blocks.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { CURSOR, cutPage, limitParam, next } from '../pages.ts';
import { loadNames, namedPersonSchema } from '../named-person.ts';
import { query } from '../query.ts';
import { timeField } from '../response-fields.ts';

const PEOPLE_DEFAULT = 50;
const PEOPLE_MAX = 500;

const page = z.strictObject({ after: personId.optional().meta(CURSOR), limit: limitParam(PEOPLE_DEFAULT, PEOPLE_MAX) });
const people = z.object({ people: z.array(z.object({ ...namedPersonSchema.shape, since: timeField('Since when.') })), next });
const EXAMPLE_PEOPLE: z.input<typeof people> = { people: [{ id: EXAMPLE.bob, name: 'Bob', since: EXAMPLE.at }], next: null };

type Prose = { readonly summary: string; readonly description: string };
type Listed = { readonly person: PersonId; readonly since: Instant };
/** The list of blocks shows everybody: it is where a block is taken back. */
type Shown = { readonly limit: number; readonly hides: 'people-across-blocks' | 'nobody' };

const LISTS: readonly { readonly kind: RelationshipKind; readonly collection: string; readonly operationId: string; readonly prose: Prose }[] = [
  {
    kind: 'follow',
    collection: 'follows',
    operationId: 'getFollows',
    prose: { summary: 'List people I follow', description: 'Returns a page of the people that you follow, without those whom you block or who block you.' },
  },
  {
    kind: 'mute',
    collection: 'mutes',
    operationId: 'getMutes',
    prose: { summary: 'List people I mute', description: 'Returns a page of the people that you mute, without those whom you block or who block you.' },
  },
  {
    kind: 'block',
    collection: 'blocks',
    operationId: 'getBlocks',
    prose: { summary: 'List people I block', description: 'Returns a page of the people that you block.' },
  },
];

export function relationshipRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;
  const list = { callers: ['person'], example: EXAMPLE_PEOPLE, query: page, response: people } as const;
  return [
    query(dependencies, {
      ...list,
      path: '/v1/me/friends',
      operationId: 'getFriends',
      summary: 'List my friends',
      description: 'Returns a page of your friends, without those whom you block or who block you.',
      tag: 'Friends',
      reads: ['friends', 'relationships', 'profile'],
      handle: async ({ caller: { person }, query: { after, limit } }) => {
        const found = await views.find('friends', { where: { person }, ...beyond('friend', after), limit: limit + 1 });
        const listed = found.map(({ friend, since }) => ({ person: friend, since }));
        return await shown(person, listed, { limit, hides: 'people-across-blocks' });
      },
    }),

    ...LISTS.map(({ kind, collection, operationId, prose }) =>
      query(dependencies, {
        ...list,
        path: `/v1/me/${collection}`,
        operationId,
        tag: 'Relationships',
        ...prose,
        reads: ['relationships', 'profile'],
        handle: async ({ caller: { person }, query: { after, limit } }) => {
          const found = await views.find('relationships', { where: { from: person, kind }, ...beyond('to', after), limit: limit + 1 });
          const listed = found.map(({ to, since }) => ({ person: to, since }));
          return await shown(person, listed, { limit, hides: kind === 'block' ? 'nobody' : 'people-across-blocks' });
        },
      }),
    ),
  ];

  async function shown(reader: PersonId, found: readonly Listed[], { limit, hides }: Shown): Promise<z.infer<typeof people>> {
    const { shown, last } = cutPage(found, limit);
    const entries = hides === 'nobody' ? shown : await withoutBlocked(views, { reader, entries: shown, personOf: ({ person }) => person });
    const names = await loadNames(
      views,
      entries.map(({ person }) => person),
    );
    const named = hides === 'nobody' ? names.map(({ id, name }) => ({ id, name })) : names; // of whom one blocks one sees the name alone
    return { people: named.map((one, i) => ({ ...one, since: entries[i]?.since ?? '' })), next: last?.person ?? null };
  }
}

const beyond = (field: string, after: PersonId | undefined) => ({
  ...(after === undefined ? {} : { range: { field, after } }),
  order: { [field]: 1 as const },
});
