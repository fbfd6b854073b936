/**
 * One person's reaction to one post: a like, or another kind in its place. With all reactions to a post in one stream, every like would
 * wait for every other.
 */
import { accept, type Decider, type Decision } from '../shared/decider.ts';
import type { PersonId, PostId } from '../shared/ids.ts';
import type { ReactionEvent } from './events.ts';
import { refusalIfHidden, refusalToReact, type PostTarget } from './post.ts';
import type { ReactionKind } from './reaction-kinds.ts';

export type ReactionState = { readonly kind: ReactionKind | null };

/** A reaction can always be taken back, whatever happened to the post. `unlike` takes back a like, and leaves any other kind. */
export type ReactionCommand = { readonly post: PostId; readonly actor: PersonId; readonly target: PostTarget } & (
  { readonly type: 'react'; readonly kind: ReactionKind } | { readonly type: 'unlike' | 'unreact' }
);

export const reaction: Decider<ReactionState, ReactionCommand, ReactionEvent> = {
  reads: 'tail',
  initialState: { kind: null },

  evolve: (_, event) => {
    switch (event.type) {
      case 'feed.liked.v1':
        return { kind: 'like' };
      case 'feed.reacted.v1':
        return { kind: event.data.kind };
      case 'feed.unliked.v1':
      case 'feed.reaction-removed.v1':
        return { kind: null };
    }
  },

  decide: ({ kind }, command) => {
    const { post, actor: person, target } = command;
    if (command.type === 'react') {
      if (command.kind === kind) return accept();
      return refusalToReact(target, person) ?? replace({ post, person }, kind, command.kind);
    }
    if (kind === null || (command.type === 'unlike' && kind !== 'like')) return refusalIfHidden(target, person) ?? accept();
    return accept(endOf({ post, person }, kind));
  },
};

type OfPost = { readonly post: PostId; readonly person: PersonId };

/** A like ends before another kind begins and the other way round, so that whoever counts likes need know of no other kind. */
function replace(data: OfPost, before: ReactionKind | null, kind: ReactionKind): Decision<ReactionEvent> {
  if (kind === 'like') return accept(...(before === null ? [] : [endOf(data, before)]), { type: 'feed.liked.v1', data });
  return accept(...(before === 'like' ? [endOf(data, before)] : []), { type: 'feed.reacted.v1', data: { ...data, kind } });
}

const endOf = (data: OfPost, kind: ReactionKind): ReactionEvent => ({ type: kind === 'like' ? 'feed.unliked.v1' : 'feed.reaction-removed.v1', data });
