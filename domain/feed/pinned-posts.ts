/** The posts that a person shows first on their profile, the newest pin first. */
import { accept, refuse, type Decider } from '../shared/decider.ts';
import type { PersonId, PostId } from '../shared/ids.ts';
import type { PinnedPostsEvent } from './events.ts';
import { refusalToReact, type PostTarget } from './post.ts';

export const PINNED_POSTS_MAX = 5;

export type PinnedPosts = { readonly posts: readonly PostId[] };

/** `gone`: what is pinned and was deleted since, which takes no place. A pin can always be taken away, whatever happened to the post. */
type PinnedPostsCommand =
  | { readonly type: 'pin'; readonly post: PostId; readonly actor: PersonId; readonly target: PostTarget; readonly gone: readonly PostId[] }
  | { readonly type: 'unpin'; readonly post: PostId; readonly actor: PersonId }
  | { readonly type: 'unpin-all'; readonly actor: PersonId };

export const pinnedPosts: Decider<PinnedPosts, PinnedPostsCommand, PinnedPostsEvent> = {
  reads: 'tail',
  initialState: { posts: [] },

  evolve: (_, event) => ({ posts: event.data.posts }),

  decide: ({ posts }, command) => {
    const { actor: person } = command;
    const change = (to: readonly PostId[]) => accept<PinnedPostsEvent>({ type: 'feed.pinned-posts-changed.v1', data: { person, posts: to } });
    if (command.type === 'unpin-all') return posts.length === 0 ? accept() : change([]);
    const { post } = command;
    if (command.type === 'unpin') return posts.includes(post) ? change(posts.filter((one) => one !== post)) : accept();
    const refusal = refusalToReact(command.target, person);
    if (refusal !== undefined) return refusal;
    if (command.target.audience.author !== person) return refuse('not-the-author');
    if (posts.includes(post)) return accept();
    const kept = posts.filter((one) => !command.gone.includes(one));
    return kept.length < PINNED_POSTS_MAX ? change([post, ...kept]) : refuse('pinned-posts-full', { max: PINNED_POSTS_MAX });
  },
};
