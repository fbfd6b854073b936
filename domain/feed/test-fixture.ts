/** Posts of somebody else, as decisions about them see them. */
import type { PersonId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import type { PostTarget } from './post.ts';

const author = 'bob' as PersonId;

export const VISIBLE: PostTarget = {
  state: { status: 'published', author },
  author: { status: 'registered', login: 'bob' },
  relation: 'clear',
  audience: { author, visibility: 'public', circle: author },
  isInCircle: false,
  isShare: false,
};
export const UNKNOWN: PostTarget = { ...VISIBLE, state: { status: 'none' } };

/** By what hides them. */
export const HIDDEN: readonly (readonly [string, PostTarget])[] = [
  ['a post that does not exist', UNKNOWN],
  ['a post that was deleted', { ...VISIBLE, state: { status: 'deleted', author } }],
  ['a post that a moderator hid', { ...VISIBLE, state: { status: 'hidden', author, since: '2026-07-01T12:00:00.000Z' as Instant } }],
  ['a post of an erased author', { ...VISIBLE, author: { status: 'erased', login: 'bob' } }],
  ['a post across a block', { ...VISIBLE, relation: 'blocked' }],
  ['a post for its author’s friends', { ...VISIBLE, audience: { author, visibility: 'friends', circle: author } }],
  ['a post for its author alone', { ...VISIBLE, audience: { author, visibility: 'self', circle: author }, isInCircle: true }],
];
