/** Blocks, as queries and workers ask for them. */
import type { PersonId } from '../../domain/shared/ids.ts';
import { relationshipId } from '../read-models/relationships.ts';
import type { TidingsViews } from './tidings-views.ts';

/** Those of `people` whom the person blocks, or who block the person. */
export async function blockedAmong(views: Pick<TidingsViews, 'getMany'>, person: PersonId, people: readonly PersonId[]): Promise<ReadonlySet<PersonId>> {
  const others = people.filter((other) => other !== person);
  if (others.length === 0) return new Set();
  const blocks = await views.getMany(
    'relationships',
    others.flatMap((other) => [relationshipId({ from: person, kind: 'block', to: other }), relationshipId({ from: other, kind: 'block', to: person })]),
  );
  return new Set(others.filter((_, i) => blocks[2 * i] !== undefined || blocks[2 * i + 1] !== undefined));
}
