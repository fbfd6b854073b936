/** The events of one uploaded picture or video (`mediaStream`). Its bytes never pass through the log. */
import type { Personal, SealingOf } from '../shared/event.ts';
import type { MediaId, PersonId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import type { MediaFacts, MediaFault, ObjectKey } from './media-facts.ts';

export type MediaEvent =
  /** All bytes have arrived and are kept aside, as they came. Nobody can read them. */
  | {
      readonly type: 'media.uploaded.v1';
      readonly data: { readonly media: MediaId; readonly owner: PersonId; readonly bytes: number; readonly at: Instant };
    }
  /** What was made of them can be read; what came is removed. `objects` has the keys of `facts`, so that they are found when those are erased. */
  | {
      readonly type: 'media.ready.v1';
      readonly data: {
        readonly media: MediaId;
        readonly owner: PersonId;
        readonly objects: readonly ObjectKey[];
        readonly facts: Personal<MediaFacts>;
        readonly at: Instant;
      };
    }
  /** Nothing can be made of them. */
  | { readonly type: 'media.refused.v1'; readonly data: { readonly media: MediaId; readonly owner: PersonId; readonly fault: MediaFault } }
  /** Nothing refers to it: from now on nothing can, and when every command that was under way has ended, its bytes go. */
  | {
      readonly type: 'media.removal-begun.v1';
      readonly data: { readonly media: MediaId; readonly owner: PersonId; readonly objects: readonly ObjectKey[]; readonly at: Instant };
    }
  /** A reference that was decided on before the removal began has been found. */
  | {
      readonly type: 'media.kept.v1';
      readonly data: { readonly media: MediaId; readonly owner: PersonId; readonly objects: readonly ObjectKey[]; readonly at: Instant };
    }
  /** Nothing can refer to it, and its bytes are removed. */
  | {
      readonly type: 'media.removed.v1';
      readonly data: { readonly media: MediaId; readonly owner: PersonId; readonly objects: readonly ObjectKey[] };
    };

export const mediaSealing: SealingOf<MediaEvent> = {
  'media.uploaded.v1': {},
  'media.ready.v1': { facts: 'owner' },
  'media.refused.v1': {},
  'media.removal-begun.v1': {},
  'media.kept.v1': {},
  'media.removed.v1': {},
};
