import { z } from 'zod';
import type { PersonId } from '../domain/shared/ids.ts';
import type { ActiveViews } from '../projections/query/read-views.ts';

/** A person wherever one is only named. */
export const personView = z
  .object({ id: z.string(), name: z.string().nullable().meta({ description: 'Null: the person was erased.' }) })
  .meta({ id: 'NamedPerson' });

export type PersonView = z.infer<typeof personView>;

/** In the order asked for. */
export async function named(views: Pick<ActiveViews, 'getMany'>, people: readonly PersonId[]): Promise<readonly PersonView[]> {
  const profiles = await views.getMany('profiles', people);
  return people.map((id, i) => ({ id, name: profiles[i]?.name ?? null }));
}
