/** Blocks, as queries and workers ask for them. */
import type { PersonId } from '../../domain/shared/ids.ts';
import { relationshipId } from '../read-models/relationships.ts';
import type { TidingsViews } from './tidings-views.ts';

/** Whether one of the two blocks the other. */
export async function isOneBlocked(views: Pick<TidingsViews, 'getMany'>, [one, other]: readonly PersonId[]): Promise<boolean> {
  if (one === undefined || other === undefined) return false;
  const blocks = [relationshipId({ from: one, kind: 'block', to: other }), relationshipId({ from: other, kind: 'block', to: one })];
  return (await views.getMany('relationships', blocks)).some((block) => block !== undefined);
}
