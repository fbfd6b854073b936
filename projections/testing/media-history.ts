/** The part of the history that is of pictures and videos, and of what shows them. */
import type { TidingsEvent } from '../../domain/events.ts';
import type { MediaFacts, ObjectKey } from '../../domain/media/media-facts.ts';
import type { MediaId, PersonId, PostId } from '../../domain/shared/ids.ts';
import { instant, type Instant } from '../../domain/shared/instant.ts';

const at: Instant = instant(Date.UTC(2030, 0, 1));
const [ann, bob, cyd] = ['ann', 'bob', 'cyd'] as unknown as readonly [PersonId, PersonId, PersonId];
const [m1, m2, m3, m4] = ['m1', 'm2', 'm3', 'm4'] as unknown as readonly [MediaId, MediaId, MediaId, MediaId];
const [q1, q2] = ['q1', 'q2'] as unknown as readonly [PostId, PostId];

const object = 'a/b' as ObjectKey;
const objects = [object];
const facts: MediaFacts = { kind: 'image', variants: [{ name: 'full', object, type: 'image/jpeg', bytes: 9, width: 3, height: 2 }], blurHash: 'LEHV' };

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
  'user-eve': [
    { type: 'people.registered.v1', data: { name: 'Eve', login: 'h9' } },
    { type: 'people.profile-changed.v1', data: { picture: { media: m4, alt: null, ...facts } } },
    { type: 'people.profile-changed.v1', data: { picture: null } },
  ],
};
