/** Another person as a decision about the two needs to see them: whether they exist, and whether a block stands between the two. */
import { refuse, type Decision } from '../shared/decider.ts';
import type { PersonId } from '../shared/ids.ts';
import { refusalIfAbsent, type UserState } from './user.ts';

/** It doesn't matter which of the two blocked the other, and neither is told. `relationBetween` in `relationships.ts` finds it. */
export type Relation = 'clear' | 'blocked';

export type Counterpart = { readonly person: PersonId; readonly user: UserState; readonly relation: Relation };

/** Why the actor can't begin anything with this person, or nothing. */
export const refusalToInteract = ({ user, relation }: Counterpart): Decision<never> | undefined =>
  refusalIfAbsent(user) ?? (relation === 'blocked' ? refuse('blocked') : undefined);
