/**
 * Who may do what in a group and in an announcement channel: one table. A direct channel has no roles, and none of these things is done
 * there but writing.
 */
import { refuse, type Decision } from '../../shared/decider.ts';
import type { PersonId } from '../../shared/ids.ts';
import { roleOf, type OpenChannel } from '../channel-state.ts';

/** From the lowest up. */
export const ROLES = ['member', 'admin', 'owner'] as const;
export type Role = (typeof ROLES)[number];

export type GroupAction =
  | 'write'
  | 'react'
  | 'pin'
  /** Title, picture and description. */
  | 'change-details'
  | 'add-members'
  /** Of somebody else's making; one's own anybody withdraws. */
  | 'withdraw-invitations'
  | 'manage-links'
  | 'answer-join-requests'
  /** Members with a lower role than one's own, and to add somebody again who was removed. */
  | 'remove-members'
  /** What new members may read, and when messages disappear. */
  | 'change-settings'
  | 'change-roles'
  | 'hand-over';

type Table = Readonly<Record<GroupAction, Readonly<Record<'group' | 'announcement', Role>>>>;

/** The lowest role that may. */
export const MAY: Table = {
  write: { group: 'member', announcement: 'admin' },
  react: { group: 'member', announcement: 'member' },
  pin: { group: 'member', announcement: 'admin' },
  'change-details': { group: 'member', announcement: 'admin' },
  'add-members': { group: 'member', announcement: 'admin' },
  'withdraw-invitations': { group: 'admin', announcement: 'admin' },
  'manage-links': { group: 'admin', announcement: 'admin' },
  'answer-join-requests': { group: 'admin', announcement: 'admin' },
  'remove-members': { group: 'admin', announcement: 'admin' },
  'change-settings': { group: 'admin', announcement: 'admin' },
  'change-roles': { group: 'owner', announcement: 'owner' },
  'hand-over': { group: 'owner', announcement: 'owner' },
};

export const isAtLeast = (role: Role | undefined, lowest: Role): boolean => role !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(lowest);

/** Undefined: the person may. Of a member of the channel; in a direct channel both may everything that there is to do. */
export function refusalByRole(state: OpenChannel, person: PersonId, action: GroupAction): Decision<never> | undefined {
  if (state.kind === 'direct') return undefined;
  const lowest = MAY[action][state.kind];
  if (isAtLeast(roleOf(state, person), lowest)) return undefined;
  return refuse(lowest === 'owner' ? 'not-the-owner' : 'not-an-admin');
}
