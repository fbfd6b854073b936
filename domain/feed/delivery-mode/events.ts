/**
 * How an author's posts reach feeds (`deliveryModeStream`): they are pushed, that is written into the warm feeds of the author's
 * readers, or pulled by readers when they read. A turn to pulling has two steps, so that readers pull before anything stops being pushed.
 */
import type { SealingOf } from '../../shared/event.ts';
import type { PersonId } from '../../shared/ids.ts';

export type DeliveryModeEvent =
  /** Readers begin to pull. Posts are still pushed. `activeFollowers`: warm feeds that the author's posts went to. `turn` counts from 1. */
  | {
      readonly type: 'feed.turning-to-pull.v1';
      readonly data: { readonly author: PersonId; readonly turn: number; readonly activeFollowers: number };
    }
  /** All readers pull. Posts are not pushed any more. */
  | { readonly type: 'feed.turned-to-pull.v1'; readonly data: { readonly author: PersonId; readonly turn: number } }
  /** Posts are pushed again. `turn` is the one that ends. */
  | {
      readonly type: 'feed.turned-to-push.v1';
      readonly data: { readonly author: PersonId; readonly turn: number; readonly activeFollowers: number };
    };

export const deliveryModeSealing: SealingOf<DeliveryModeEvent> = {
  'feed.turning-to-pull.v1': {},
  'feed.turned-to-pull.v1': {},
  'feed.turned-to-push.v1': {},
};
