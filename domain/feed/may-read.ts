/**
 * Who may read a post: the one rule, for commands as for queries, notifications and hints. Whoever may not read a post learns nothing
 * of it: not whether it exists, and no number that it is counted in.
 */
import type { PersonId } from '../shared/ids.ts';
import type { PostEvent, PostVisibility } from './events.ts';

/** `circle`: whose friends may read it, where friends may. */
export type PostAudience = { readonly author: PersonId; readonly visibility: PostVisibility; readonly circle: PersonId };

/** How a reader stands to the author and to the circle. `isInCircle`: the circle is the reader's own, or a friend's on this side of every block. */
export type ReaderStanding = { readonly isAcrossBlock: boolean; readonly isInCircle: boolean };

type Published = Extract<PostEvent, { type: 'feed.post-published.v1' }>['data'];

export const audienceOf = ({ author, visibility, circle }: Pick<Published, 'author' | 'visibility' | 'circle'>): PostAudience => ({
  author,
  visibility: visibility ?? 'public',
  circle: circle ?? author,
});

/** Of a post that is there: neither deleted, nor of an erased author. `isHidden`: moderators have hidden it from everybody but its author. */
export function mayRead(reader: PersonId, post: PostAudience & { readonly isHidden: boolean }, standing: ReaderStanding): boolean {
  if (reader === post.author) return true;
  if (post.isHidden || standing.isAcrossBlock) return false;
  switch (post.visibility) {
    case 'public':
      return true;
    case 'friends':
      return standing.isInCircle;
    case 'self':
      return false;
  }
}
