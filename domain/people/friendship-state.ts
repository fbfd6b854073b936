/** How a pair stands: what the slots in `relationships.ts` go by, and what `friendship.ts` decides. */
import type { PersonId } from '../shared/ids.ts';

export type FriendshipState =
  /** `ended` is how the last round came to its end, so that asking for the same end again is answered and not refused. */
  | { readonly status: 'strangers'; readonly round: number; readonly ended?: 'refused' | 'withdrawn' | 'removed' }
  | { readonly status: 'requested'; readonly round: number; readonly from: PersonId; readonly to: PersonId }
  | { readonly status: 'friends'; readonly round: number; readonly from: PersonId; readonly to: PersonId };
