import test from 'ava';
import { erased } from '../shared/event.ts';
import { given } from '../shared/given-when-then.ts';
import type { MediaId, PersonId } from '../shared/ids.ts';
import { instant, plus } from '../shared/instant.ts';
import { ALT_LENGTH_MAX_CHARACTERS, attached, ATTACHMENTS_MAX, refusalOfAttachments, type AttachmentTarget } from './attachments.ts';
import type { MediaEvent } from './events.ts';
import type { MediaFacts, ObjectKey } from './media-facts.ts';
import { media, REMOVAL_GRACE_MS, type MediaState } from './media.ts';

const at = instant(0);
const [ann, bob] = ['ann', 'bob'] as PersonId[] as [PersonId, PersonId];
const id = 'm' as MediaId;
const objects = ['a/b' as ObjectKey];
const facts: MediaFacts = { kind: 'image', variants: [{ name: 'full', object: 'a/b' as ObjectKey, type: 'image/jpeg', bytes: 9, width: 3, height: 2 }] };

const uploaded: MediaEvent = { type: 'media.uploaded.v1', data: { media: id, owner: ann, bytes: 9, at } };
const ready: MediaEvent = { type: 'media.ready.v1', data: { media: id, owner: ann, objects, facts, at } };
const refused: MediaEvent = { type: 'media.refused.v1', data: { media: id, owner: ann, fault: 'media-heic' } };
const leaving: MediaEvent = { type: 'media.removal-begun.v1', data: { media: id, owner: ann, objects, at } };
const kept: MediaEvent = { type: 'media.kept.v1', data: { media: id, owner: ann, objects, at } };
const removed = (of: readonly ObjectKey[]): MediaEvent => ({ type: 'media.removed.v1', data: { media: id, owner: ann, objects: of } });

const end = { type: 'end-upload', media: id, owner: ann, bytes: 9, at } as const;
const make = { type: 'make-ready', media: id, facts, at } as const;
const fail = { type: 'refuse', media: id, fault: 'media-heic' } as const;
const begin = { type: 'begin-removal', media: id, at } as const;
const keep = { type: 'keep', media: id, at } as const;
const remove = (ownerErased: boolean, ms = 0) => ({ type: 'remove', media: id, ownerErased, at: plus(at, ms) }) as const;

test('an upload ends once, and is nobody else’s', (t) => {
  given(media).when(end).then(t, uploaded);
  given(media, uploaded).when(end).then(t);
  given(media, uploaded, ready).when(end).then(t);
  given(media, uploaded)
    .when({ ...end, owner: bob })
    .thenRefused(t, 'media-unknown');
});

test('it becomes ready or is refused, once, and never after it was removed', (t) => {
  given(media, uploaded).when(make).then(t, ready);
  given(media, uploaded).when(fail).then(t, refused);
  for (const before of [[ready], [refused], [ready, leaving], [removed([])]]) {
    given(media, uploaded, ...before)
      .when(make)
      .then(t);
    given(media, uploaded, ...before)
      .when(fail)
      .then(t);
  }
  for (const command of [make, fail, begin, keep, remove(true)]) given(media).when(command).thenRefused(t, 'media-unknown');
});

test('a picture that was fetched is ready at once, and once', (t) => {
  const fetched = { type: 'make-fetched', media: id, owner: ann, facts, at } as const;
  given(media).when(fetched).then(t, ready);
  for (const before of [[ready], [ready, leaving], [removed([])], [uploaded]])
    given(media, ...before)
      .when(fetched)
      .then(t);
});

test('what is ready leaves, and is kept or, when every command that was under way has ended, removed', (t) => {
  given(media, uploaded, ready).when(begin).then(t, leaving);
  given(media, uploaded).when(begin).then(t);
  given(media, uploaded, ready).when(keep).then(t);
  given(media, uploaded, ready, leaving).when(keep).then(t, kept);
  given(media, uploaded, ready)
    .when(remove(false, 2 * REMOVAL_GRACE_MS))
    .then(t);
  given(media, uploaded, ready, leaving)
    .when(remove(false, REMOVAL_GRACE_MS - 1))
    .then(t);
  given(media, uploaded, ready, leaving).when(remove(false, REMOVAL_GRACE_MS)).then(t, removed(objects));
  given(media, uploaded, ready, leaving, kept).when(begin).then(t, leaving);
});

test('with its owner it goes at once, however far it has come', (t) => {
  given(media, uploaded).when(remove(true)).then(t, removed([]));
  given(media, uploaded, refused).when(remove(true)).then(t, removed([]));
  given(media, uploaded, ready).when(remove(true)).then(t, removed(objects));
  given(media, uploaded, ready, removed(objects)).when(remove(true)).then(t);
});

const target = (state: MediaState, more: Partial<AttachmentTarget> = {}): AttachmentTarget => ({ media: id, state, facts, ...more });
const READY: MediaState = { status: 'ready', owner: ann, objects };

test('a post shows media of its author’s own that is ready, and keeps its facts', (t) => {
  t.is(refusalOfAttachments([target(READY, { alt: 'A cat.' })], ann), undefined);
  t.deepEqual(attached([target(READY, { alt: 'A cat.' })]), [{ media: id, alt: 'A cat.', ...facts }]);
  t.deepEqual(attached([target(READY)]), [{ media: id, alt: null, ...facts }]);
  t.deepEqual(attached([target(READY, { facts: erased })]), []);
});

for (const [what, attachments, code] of [
  ['another’s', [target({ ...READY, owner: bob })], 'media-unknown'],
  ['that never was', [target({ status: 'none' })], 'media-unknown'],
  ['that is being prepared', [target({ status: 'uploaded', owner: ann })], 'media-not-ready'],
  ['that was refused', [target({ status: 'refused', owner: ann, fault: 'media-heic' })], 'media-heic'],
  ['that leaves', [target({ status: 'leaving', owner: ann, objects, since: at })], 'media-unknown'],
  ['that was removed', [target({ status: 'removed', owner: ann })], 'media-unknown'],
  ['whose facts were erased', [target(READY, { facts: erased })], 'media-unknown'],
  ['twice', [target(READY), target(READY)], 'media-twice'],
  ['too often', Array.from({ length: ATTACHMENTS_MAX + 1 }, (_, n) => target(READY, { media: String(n) as MediaId })), 'media-too-many'],
  ['described at too much length', [target(READY, { alt: 'a'.repeat(ALT_LENGTH_MAX_CHARACTERS + 1) })], 'alt-too-long'],
] as const)
  test(`a post can’t show media ${what}`, (t) => {
    t.like(refusalOfAttachments(attachments, ann), { outcome: 'refused', refusal: { code } });
  });
