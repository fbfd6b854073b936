/** Whether two people are friends, or one has asked the other: decided by `friendship.ts`, and what reservations in `relationships.ts` go by. */
import type { PersonId } from '../shared/ids.ts';

export type FriendshipState =
  /** `ended` is how the last round came to its end, so that a command that asks for the same end again is accepted. */
  | { readonly status: 'strangers'; readonly round: number; readonly ended?: 'refused' | 'withdrawn' | 'removed' }
  | { readonly status: 'requested'; readonly round: number; readonly from: PersonId; readonly to: PersonId }
  | { readonly status: 'friends'; readonly round: number; readonly from: PersonId; readonly to: PersonId };
