/** What became of each upload, for its owner, and which posts and profiles show it. */
import { isErased } from '../../../domain/shared/event.ts';
import type { MediaId, PersonId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { PostEvent } from '../../../domain/feed/events.ts';
import type { ScheduledPostEvent } from '../../../domain/feed/scheduled/events.ts';
import type { MediaEvent } from '../../../domain/media/events.ts';
import type { MediaFacts, MediaFault } from '../../../domain/media/media-facts.ts';
import type { UserEvent } from '../../../domain/people/events.ts';
import type { Projector } from '../../projection.ts';

/** Id: the media. What is removed, or about to be, has no document. `facts` are null until it is ready, and where they were erased. */
export type MediaDocument = {
  readonly media: MediaId;
  readonly owner: PersonId;
  readonly status: 'uploaded' | 'ready' | 'refused' | 'leaving';
  readonly fault: MediaFault | null;
  readonly facts: MediaFacts | null;
  readonly at: Instant;
};

/** Id: `mediaUseId`. `by`: a post, one that is scheduled, or `profileUse` of a person. */
export type MediaUseDocument = { readonly media: MediaId; readonly by: string };

export const mediaUseId = (by: string, place: number): string => `${by}:${place}`;
export const profileUse = (person: PersonId): string => `profile:${person}`;

type HandledEvent =
  | MediaEvent
  | Extract<PostEvent, { type: 'feed.post-published.v1' | 'feed.post-deleted.v1' }>
  | Exclude<ScheduledPostEvent, { type: 'feed.scheduled-post-begun.v1' }>
  | Extract<UserEvent, { type: 'people.profile-changed.v1' | 'people.person-erased.v1' }>;

/** Media that a post shows have places from 0 on; a post that is deleted may have had any of them. */
const PLACES = Array.from({ length: 10 }, (_, place) => place);

export const media = {
  kind: 'projector',
  name: 'media',
  version: 2,
  handles: [
    'media.uploaded.v1',
    'media.ready.v1',
    'media.refused.v1',
    'media.removal-begun.v1',
    'media.kept.v1',
    'media.removed.v1',
    'feed.post-published.v1',
    'feed.post-deleted.v1',
    'feed.post-scheduled.v1',
    'feed.scheduled-post-changed.v1',
    'feed.scheduled-post-cancelled.v1',
    'feed.scheduled-post-ended.v1',
    'people.profile-changed.v1',
    'people.person-erased.v1',
  ],
  indexes: {
    // For what an erased person has uploaded.
    media: [{ fields: ['owner', '_id'] }],
    'media-uses': [{ fields: ['media'] }],
  },
  project: (event, { media, 'media-uses': uses }) => {
    switch (event.type) {
      case 'media.uploaded.v1': {
        const { media: id, owner, at } = event.data;
        media.update(id, event, () => ({ media: id, owner, status: 'uploaded', fault: null, facts: null, at }));
        return;
      }
      case 'media.ready.v1': {
        const facts = isErased(event.data.facts) ? null : event.data.facts;
        media.update(event.data.media, event, (before) => before && { ...before, status: 'ready', facts });
        return;
      }
      case 'media.refused.v1':
        media.update(event.data.media, event, (before) => before && { ...before, status: 'refused', fault: event.data.fault });
        return;
      case 'media.removal-begun.v1':
        media.update(event.data.media, event, (before) => before && { ...before, status: 'leaving' });
        return;
      case 'media.kept.v1':
        media.update(event.data.media, event, (before) => before && { ...before, status: 'ready' });
        return;
      case 'media.removed.v1':
        media.update(event.data.media, event, () => undefined);
        return;
      case 'feed.post-published.v1': {
        const { post, media: shown = [] } = event.data;
        if (isErased(shown)) return;
        shown.forEach(({ media: id }, place) => uses.update(mediaUseId(post, place), event, () => ({ media: id, by: post })));
        return;
      }
      case 'feed.post-deleted.v1':
        for (const place of PLACES) uses.update(mediaUseId(event.data.post, place), event, () => undefined);
        return;
      case 'feed.post-scheduled.v1':
      case 'feed.scheduled-post-changed.v1': {
        const { scheduled: by, draft } = event.data;
        const named = isErased(draft) ? [] : (draft.media ?? []);
        for (const place of PLACES) {
          const id = named[place]?.media;
          uses.update(mediaUseId(by, place), event, () => (id === undefined ? undefined : { media: id, by }));
        }
        return;
      }
      case 'feed.scheduled-post-cancelled.v1':
      case 'feed.scheduled-post-ended.v1':
        for (const place of PLACES) uses.update(mediaUseId(event.data.scheduled, place), event, () => undefined);
        return;
      case 'people.profile-changed.v1': {
        const { picture } = event.data;
        if (picture === undefined || isErased(picture)) return;
        const by = profileUse(event.key as PersonId);
        uses.update(by, event, () => (picture === null ? undefined : { media: picture.media, by }));
        return;
      }
      case 'people.person-erased.v1':
        media.patch({ owner: event.key }, { facts: null });
        uses.update(profileUse(event.key as PersonId), event, () => undefined);
        return;
    }
  },
} as const satisfies Projector<HandledEvent, { media: MediaDocument; 'media-uses': MediaUseDocument }>;
