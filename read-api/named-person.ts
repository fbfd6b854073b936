import { z } from 'zod';
import type { PersonId } from '../domain/shared/ids.ts';
import { EXAMPLE } from '../edge/examples.ts';
import type { TidingsViews } from '../projections/view-access/tidings-views.ts';
import { idField } from './response-fields.ts';

/** A person with the name, for lists and for authors. */
export const namedPersonSchema = z
  .object({
    id: idField('The id of the person.', EXAMPLE.bob),
    name: z
      .string()
      .nullable()
      .meta({ description: 'The name of the person. null: the person was erased.', examples: ['Bob'] }),
  })
  .meta({ id: 'NamedPerson' });

export type NamedPerson = z.infer<typeof namedPersonSchema>;

/** In the order of the ids. */
export async function loadNames(views: Pick<TidingsViews, 'getMany'>, people: readonly PersonId[]): Promise<readonly NamedPerson[]> {
  const profiles = await views.getMany('profiles', people);
  return people.map((id, i) => ({ id, name: profiles[i]?.name ?? null }));
}
