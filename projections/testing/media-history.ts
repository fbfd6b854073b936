/** The part of the history that is of pictures and videos, and of what shows them. */
import type { TidingsEvent } from '../../domain/events.ts';
import type { MediaFacts, ObjectKey, PostMedia } from '../../domain/media/media-facts.ts';
import type { MediaId, PersonId, PostId } from '../../domain/shared/ids.ts';
import { instant, type Instant } from '../../domain/shared/instant.ts';

const at: Instant = instant(Date.UTC(2030, 0, 1));
const [ann, bob, cyd] = ['ann', 'bob', 'cyd'] as unknown as readonly [PersonId, PersonId, PersonId];
const [m1, m2, m3, m4, m5] = ['m1', 'm2', 'm3', 'm4', 'm5'] as unknown as readonly [MediaId, MediaId, MediaId, MediaId, MediaId];
const [q1, q2, q0] = ['q1', 'q2', 'q0'] as unknown as readonly [PostId, PostId, PostId];

const object = 'a/b' as ObjectKey;
const objects = [object];
const facts: MediaFacts = { kind: 'image', variants: [{ name: 'full', object, type: 'image/jpeg', bytes: 9, width: 3, height: 2 }], blurHash: 'LEHV' };

/** Of a channel, chosen by a person who is erased. */
export const roomPicture: PostMedia = { media: m3, alt: 'a room', ...facts };

export const mediaHistory: Readonly<Record<string, readonly TidingsEvent[]>> = {
  'media-m1': [
    { type: 'media.uploaded.v1', data: { media: m1, owner: ann, bytes: 12, at } },
    { type: 'media.ready.v1', data: { media: m1, owner: ann, objects, facts, at } },
    { type: 'media.removal-begun.v1', data: { media: m1, owner: ann, objects, at } },
    { type: 'media.kept.v1', data: { media: m1, owner: ann, objects, at } },
  ],
  'media-m2': [
    { type: 'media.uploaded.v1', data: { media: m2, owner: bob, bytes: 12, at } },
    { type: 'media.refused.v1', data: { media: m2, owner: bob, fault: 'media-heic' } },
  ],
  'media-m3': [
    { type: 'media.uploaded.v1', data: { media: m3, owner: cyd, bytes: 12, at } },
    { type: 'media.ready.v1', data: { media: m3, owner: cyd, objects, facts, at } },
  ],
  'media-m4': [
    { type: 'media.uploaded.v1', data: { media: m4, owner: bob, bytes: 12, at } },
    { type: 'media.ready.v1', data: { media: m4, owner: bob, objects, facts, at } },
    { type: 'media.removal-begun.v1', data: { media: m4, owner: bob, objects, at } },
    { type: 'media.removed.v1', data: { media: m4, owner: bob, objects } },
  ],
  'post-q1': [
    { type: 'feed.post-published.v1', data: { post: q1, author: ann, text: '', media: [{ media: m1, alt: null, ...facts }], delivered: 'push', at } },
  ],
  'post-q2': [
    { type: 'feed.post-published.v1', data: { post: q2, author: ann, text: '', media: [{ media: m1, alt: 'a cat', ...facts }], delivered: 'push', at } },
    { type: 'feed.post-deleted.v1', data: { post: q2, author: ann } },
  ],
  'media-m5': [{ type: 'media.ready.v1', data: { media: m5, owner: ann, objects, facts, at } }],
  'post-q0': [
    { type: 'feed.post-published.v1', data: { post: q0, author: ann, text: 'https://a.example/', delivered: 'push', at } },
    {
      type: 'feed.post-previewed.v1',
      data: { post: q0, author: ann, of: 0, preview: { url: 'https://a.example/', title: 'A', image: { ...facts, media: m5, alt: null } } },
    },
    { type: 'feed.post-edited.v1', data: { post: q0, author: ann, text: 'nothing' } },
  ],
  'user-eve': [
    { type: 'people.registered.v1', data: { name: 'Eve', login: 'h9' } },
    { type: 'people.profile-changed.v1', data: { picture: { media: m4, alt: null, ...facts } } },
    { type: 'people.profile-changed.v1', data: { picture: null } },
  ],
};
