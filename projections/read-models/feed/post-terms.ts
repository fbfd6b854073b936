/**
 * Posts under their hashtags, and under the people whom they mention. A document is only a candidate: what an edit took out of a post
 * stays here until its place is taken, and whether a reader may see the post is decided when it is read.
 */
import { termsOf, type PostTerm } from '../../../domain/feed/entities.ts';
import type { PostEvent } from '../../../domain/feed/events.ts';
import { isErased, type Recorded } from '../../../domain/shared/event.ts';
import type { PersonId, PostId } from '../../../domain/shared/ids.ts';
import type { UserEvent } from '../../../domain/people/events.ts';
import type { Collection, Projector } from '../../projection.ts';

/** Id: the post, a colon, and a number, so that they sort by time. `tag` or `person` is null; both are, once the post is gone or its author erased. */
export type PostTermDocument = { readonly post: PostId; readonly author: PersonId; readonly tag: string | null; readonly person: PersonId | null };

type Spoken = Extract<PostEvent, { type: 'feed.post-published.v1' | 'feed.post-edited.v1' }>;
type HandledEvent = Spoken | Extract<PostEvent, { type: 'feed.post-deleted.v1' }> | Extract<UserEvent, { type: 'people.person-erased.v1' }>;

export const postTerms = {
  kind: 'projector',
  name: 'post-terms',
  version: 1,
  handles: ['feed.post-published.v1', 'feed.post-edited.v1', 'feed.post-deleted.v1', 'people.person-erased.v1'],
  indexes: { 'post-terms': [{ fields: ['tag', '_id'] }, { fields: ['person', '_id'] }, { fields: ['post'] }, { fields: ['author'] }] },

  project: (event, { 'post-terms': terms }) => {
    switch (event.type) {
      case 'feed.post-published.v1':
      case 'feed.post-edited.v1':
        setTerms(terms, event);
        return;
      case 'feed.post-deleted.v1':
        terms.patch({ post: event.data.post }, FORGOTTEN);
        return;
      case 'people.person-erased.v1':
        terms.patch({ author: event.key }, FORGOTTEN);
        return;
    }
  },
} as const satisfies Projector<HandledEvent, { 'post-terms': PostTermDocument }>;

const FORGOTTEN = { tag: null, person: null } as const;

/** As many as the event says, also where they are erased, so that it makes no difference which event comes first. */
function setTerms(terms: Collection<PostTermDocument>, event: Recorded<Spoken>): void {
  const { post, author, entities, terms: count = 0 } = event.data;
  const own: readonly PostTerm[] = entities === undefined || isErased(entities) ? [] : termsOf(entities);
  for (let number = 0; number < count; number++) {
    terms.update(`${post}:${number}`, event, () => ({ post, author, ...FORGOTTEN, ...own[number] }));
  }
}
