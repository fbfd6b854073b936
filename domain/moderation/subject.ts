/** What can be reported, and its spelling as a key: of its case's stream, and of its document in the queue. */
import type { CaseId, ChannelId, PersonId, PostId } from '../shared/ids.ts';

/** `message`: the seq at which it was posted. `media`: one of a post's pictures, by its place from 0, for readers know no other name of it. */
export type Subject =
  | { readonly kind: 'post'; readonly post: PostId }
  | { readonly kind: 'message'; readonly channel: ChannelId; readonly message: number }
  | { readonly kind: 'person'; readonly person: PersonId }
  | { readonly kind: 'media'; readonly post: PostId; readonly media: number };

const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The subject of a case; undefined where the text names none. */
export function subjectOf(text: string): Subject | undefined {
  const [kind, first = '', second = ''] = text.split(':');
  const number = /^\d{1,15}$/.test(second) ? Number(second) : undefined;
  const subject = namedBy(kind, first, number);
  return subject !== undefined && caseOf(subject) === text ? subject : undefined;
}

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

function namedBy(kind: string | undefined, key: string, number: number | undefined): Subject | undefined {
  if (kind === 'post' && ULID.test(key)) return { kind, post: key as PostId };
  if (kind === 'media' && ULID.test(key) && number !== undefined) return { kind, post: key as PostId, media: number };
  if (kind === 'person' && UUID.test(key)) return { kind, person: key as PersonId };
  if (kind === 'message' && UUID.test(key) && number !== undefined) return { kind, channel: key as ChannelId, message: number };
  return undefined;
}
