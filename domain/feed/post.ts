/** One post, from publishing to deleting. Its text stays in the events. */
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import type { PersonId, PostId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import { refusalOfText } from '../shared/text.ts';
import type { Relation } from '../people/counterpart.ts';
import type { PostEvent } from './events.ts';

export const POST_LENGTH_MAX_CHARACTERS = 10_000;

export type PostState =
  { readonly status: 'none' } | { readonly status: 'published'; readonly author: PersonId } | { readonly status: 'deleted'; readonly author: PersonId };

export type PostCommand =
  | {
      readonly type: 'publish';
      readonly post: PostId;
      readonly actor: PersonId;
      readonly text: string;
      readonly delivered: 'push' | 'pull';
      /** The post that this one answers, with its state and whether a block stands between its author and the actor. */
      readonly replyTo?: { readonly post: PostId; readonly state: PostState; readonly relation: Relation };
      readonly at: Instant;
    }
  | { readonly type: 'edit'; readonly post: PostId; readonly actor: PersonId; readonly text: string }
  | { readonly type: 'delete'; readonly post: PostId; readonly actor: PersonId };

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
    if (state.status !== 'none' && state.author !== command.actor) return refuse('not-the-author');
    if (command.type === 'publish') return state.status === 'none' ? publish(command) : accept();
    if (state.status === 'none') return refuse('post-unknown');
    const { post, actor: author } = command;
    switch (command.type) {
      case 'edit':
        if (state.status === 'deleted') return refuse('post-deleted');
        return refusalOfPostText(command.text) ?? accept({ type: 'feed.post-edited.v1', data: { post, author, text: command.text } });
      case 'delete':
        return state.status === 'deleted' ? accept() : accept({ type: 'feed.post-deleted.v1', data: { post, author } });
    }
  },
};

/** Why the actor can't reply to a post or like it, or nothing. */
export function refusalToRespond(state: PostState, relation: Relation): Decision<never> | undefined {
  if (state.status === 'none') return refuse('post-unknown');
  if (state.status === 'deleted') return refuse('post-deleted');
  return relation === 'blocked' ? refuse('blocked') : undefined;
}

function publish({ post, actor, text, delivered, replyTo, at }: Extract<PostCommand, { type: 'publish' }>): Decision<PostEvent> {
  const fault = refusalOfPostText(text) ?? (replyTo === undefined ? undefined : refusalToRespond(replyTo.state, replyTo.relation));
  if (fault !== undefined) return fault;
  const data = { post, author: actor, text, ...(replyTo !== undefined && { replyTo: replyTo.post }), delivered, at };
  return accept({ type: 'feed.post-published.v1', data });
}

const refusalOfPostText = (text: string) =>
  refusalOfText(text, { maxCharacters: POST_LENGTH_MAX_CHARACTERS, blank: 'post-empty', tooLong: 'post-too-long', lines: 'many' });
