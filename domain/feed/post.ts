/** One post, from publishing to deleting. Its text stays in the events. */
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import type { PersonId, PostId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import { refusalOfText } from '../shared/text.ts';
import type { Relation } from '../people/counterpart.ts';
import type { UserState } from '../people/user.ts';
import type { PostEvent } from './events.ts';

export const POST_LENGTH_MAX_CHARACTERS = 10_000;

export type PostState =
  { readonly status: 'none' } | { readonly status: 'published'; readonly author: PersonId } | { readonly status: 'deleted'; readonly author: PersonId };

/** A post as a decision of another person needs to see it: with its author, and whether a block stands between the author and the actor. */
export type PostTarget = { readonly state: PostState; readonly author: UserState; readonly relation: Relation };

export type PostCommand =
  | {
      readonly type: 'publish';
      readonly post: PostId;
      readonly actor: PersonId;
      readonly text: string;
      readonly delivered: 'push' | 'pull';
      /** The post that this one answers. */
      readonly replyTo?: { readonly post: PostId; readonly target: PostTarget };
      readonly at: Instant;
    }
  /** `target` is this post, as a person who is not its author may see it. */
  | { readonly type: 'edit'; readonly post: PostId; readonly actor: PersonId; readonly text: string; readonly target: PostTarget }
  | { readonly type: 'delete'; readonly post: PostId; readonly actor: PersonId; readonly target: PostTarget };

export const post: Decider<PostState, PostCommand, PostEvent> = {
  reads: 'tail',
  initialState: { status: 'none' },

  evolve: (_, event) => {
    const { author } = event.data;
    switch (event.type) {
      case 'feed.post-published.v1':
      case 'feed.post-edited.v1':
        return { status: 'published', author };
      case 'feed.post-deleted.v1':
        return { status: 'deleted', author };
    }
  },

  decide: (state, command) => {
    const { post, actor: author } = command;
    if (command.type === 'publish') {
      if (state.status === 'none') return publish(command);
      return state.author === author ? accept() : refuse('not-the-author');
    }
    if (state.status === 'none' || state.author !== author) return refusalIfHidden(command.target) ?? refuse('not-the-author');
    switch (command.type) {
      case 'edit':
        if (state.status === 'deleted') return refuse('post-deleted');
        return refusalOfPostText(command.text) ?? accept({ type: 'feed.post-edited.v1', data: { post, author, text: command.text } });
      case 'delete':
        return state.status === 'deleted' ? accept() : accept({ type: 'feed.post-deleted.v1', data: { post, author } });
    }
  },
};

/** Nobody learns of a post that they can't see whether it exists: deleted, of an erased author and across a block, it is unknown. */
export function refusalIfHidden({ state, author, relation }: PostTarget): Decision<never> | undefined {
  return state.status === 'published' && author.status !== 'erased' && relation === 'clear' ? undefined : refuse('post-unknown');
}

function publish({ post, actor, text, delivered, replyTo, at }: Extract<PostCommand, { type: 'publish' }>): Decision<PostEvent> {
  const fault = refusalOfPostText(text) ?? (replyTo === undefined ? undefined : refusalIfHidden(replyTo.target));
  if (fault !== undefined) return fault;
  const data = { post, author: actor, text, ...(replyTo !== undefined && { replyTo: replyTo.post }), delivered, at };
  return accept({ type: 'feed.post-published.v1', data });
}

const refusalOfPostText = (text: string) =>
  refusalOfText(text, { maxCharacters: POST_LENGTH_MAX_CHARACTERS, blank: 'post-empty', tooLong: 'post-too-long', lines: 'many' });
