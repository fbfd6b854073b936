/** Another person as a decision needs to see them: whether they are there, and whether a block stands between the two. */
import { refuse, type Decision } from '../shared/decider.ts';
import type { PersonId } from '../shared/ids.ts';
import { absenceOf, type UserState } from './user.ts';

/** It doesn't matter who blocked whom, and nobody is told. `relationBetween` in `relationships.ts` finds it. */
export type Relation = 'clear' | 'blocked';

export type Counterpart = { readonly person: PersonId; readonly user: UserState; readonly relation: Relation };

/** Why nobody can turn to this person, or nothing. */
export const refusalOf = ({ user, relation }: Counterpart): Decision<never> | undefined =>
  absenceOf(user) ?? (relation === 'blocked' ? refuse('blocked') : undefined);
