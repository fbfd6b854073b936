/** Posts of somebody else, as decisions about them see them. */
import type { PersonId } from '../shared/ids.ts';
import type { PostTarget } from './post.ts';

const author = 'bob' as PersonId;

export const VISIBLE: PostTarget = { state: { status: 'published', author }, author: { status: 'registered', login: 'bob' }, relation: 'clear' };
export const UNKNOWN: PostTarget = { ...VISIBLE, state: { status: 'none' } };

/** By what hides them. */
export const HIDDEN: readonly (readonly [string, PostTarget])[] = [
  ['a post that does not exist', UNKNOWN],
  ['a post that was deleted', { ...VISIBLE, state: { status: 'deleted', author } }],
  ['a post of an erased author', { ...VISIBLE, author: { status: 'erased', login: 'bob' } }],
  ['a post across a block', { ...VISIBLE, relation: 'blocked' }],
];
