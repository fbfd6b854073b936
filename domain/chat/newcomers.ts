/**
 * People who are to come into a group. A person whom the actor knows is a member at once; any other is asked first. A block between
 * two people keeps the one who comes out while the other is a member: the actor is told that the person was invited, as of anybody
 * else, for a block is nobody's business but that of the one who made it.
 */
import type { Counterpart } from '../people/counterpart.ts';
import { relationBetween, type RelationshipsState } from '../people/relationships.ts';
import type { PersonId } from '../shared/ids.ts';

/** `acquainted`: a friend of the actor, or in another group with them, and so not asked. */
export type Newcomer = Counterpart & { readonly acquainted: boolean; readonly relationships: RelationshipsState };

/** A member, with the people whom they block. */
export type MemberRelationships = { readonly person: PersonId; readonly relationships: RelationshipsState };

/** Whether a block stands between the person and any of the members. */
export const isBlockedAmong = (newcomer: MemberRelationships, members: readonly MemberRelationships[]): boolean =>
  members.some((member) => member.person !== newcomer.person && relationBetween(newcomer, member) === 'blocked');

/** Those of a new group's people who are members at once, in their order, and those who are asked. */
export function admittedAmong(newcomers: readonly Newcomer[]): { readonly members: readonly PersonId[]; readonly invited: readonly PersonId[] } {
  const admitted: Newcomer[] = [];
  const invited: PersonId[] = [];
  for (const newcomer of newcomers) {
    if (newcomer.acquainted && !isBlockedAmong(newcomer, admitted)) admitted.push(newcomer);
    else invited.push(newcomer.person);
  }
  return { members: admitted.map(({ person }) => person), invited };
}
