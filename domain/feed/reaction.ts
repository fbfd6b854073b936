/** One person's reaction to one post. With all reactions to a post in one stream, every like would wait for every other. */
import { accept, type Decider } from '../shared/decider.ts';
import type { PersonId, PostId } from '../shared/ids.ts';
import type { ReactionEvent } from './events.ts';
import { refusalIfHidden, refusalToReact, type PostTarget } from './post.ts';

export type ReactionState = { readonly status: 'none' } | { readonly status: 'liked' };

/** A like can always be taken back, whatever happened to the post. */
export type ReactionCommand = { readonly type: 'like' | 'unlike'; readonly post: PostId; readonly actor: PersonId; readonly target: PostTarget };

export const reaction: Decider<ReactionState, ReactionCommand, ReactionEvent> = {
  reads: 'tail',
  initialState: { status: 'none' },

  evolve: (_, event) => {
    switch (event.type) {
      case 'feed.liked.v1':
        return { status: 'liked' };
      case 'feed.unliked.v1':
        return { status: 'none' };
    }
  },

  decide: ({ status }, command) => {
    const { post, actor: person } = command;
    switch (command.type) {
      case 'like':
        if (status === 'liked') return accept();
        return refusalToReact(command.target, person) ?? accept({ type: 'feed.liked.v1', data: { post, person } });
      case 'unlike':
        return status === 'liked' ? accept({ type: 'feed.unliked.v1', data: { post, person } }) : (refusalIfHidden(command.target, person) ?? accept());
    }
  },
};
