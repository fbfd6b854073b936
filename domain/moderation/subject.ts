/** What can be reported, and its spelling as a key: of its case's stream, and of its document in the queue. */
import type { CaseId, ChannelId, PersonId, PostId } from '../shared/ids.ts';

export const SUBJECT_KINDS = ['post', 'message', 'person', 'media'] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/** `message`: the seq at which it was posted. `media`: one of a post's pictures, by its place from 0, for readers know no other name of it. */
export type Subject =
  | { readonly kind: 'post'; readonly post: PostId }
  | { readonly kind: 'message'; readonly channel: ChannelId; readonly message: number }
  | { readonly kind: 'person'; readonly person: PersonId }
  | { readonly kind: 'media'; readonly post: PostId; readonly media: number };

export function caseOf(subject: Subject): CaseId {
  switch (subject.kind) {
    case 'post':
      return `post:${subject.post}` as CaseId;
    case 'message':
      return `message:${subject.channel}:${subject.message}` as CaseId;
    case 'person':
      return `person:${subject.person}` as CaseId;
    case 'media':
      return `media:${subject.post}:${subject.media}` as CaseId;
  }
}
