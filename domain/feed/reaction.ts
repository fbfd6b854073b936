/** One person's reaction to one post. With all reactions to a post in one stream, every like would wait for every other. */
import type { Relation } from '../people/counterpart.ts';
import { accept, type Decider } from '../shared/decider.ts';
import type { PersonId, PostId } from '../shared/ids.ts';
import type { ReactionEvent } from './events.ts';
import { refusalToRespond, type PostState } from './post.ts';

export type ReactionState = { readonly status: 'none' } | { readonly status: 'liked' };

export type ReactionCommand =
  | { readonly type: 'like'; readonly post: PostId; readonly actor: PersonId; readonly state: PostState; readonly relation: Relation }
  /** Taking a like back is never refused, whatever happened to the post. */
  | { readonly type: 'unlike'; readonly post: PostId; readonly actor: PersonId };

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
        return refusalToRespond(command.state, command.relation) ?? accept({ type: 'feed.liked.v1', data: { post, person } });
      case 'unlike':
        return status === 'none' ? accept() : accept({ type: 'feed.unliked.v1', data: { post, person } });
    }
  },
};
