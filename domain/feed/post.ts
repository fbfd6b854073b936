/** One post, from publishing to deleting. Its text stays in the events, and so does what never changes of it: the event that published it tells. */
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import type { PersonId, PostId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import { refusalOfText } from '../shared/text/text.ts';
import type { LinkPreview } from '../media/link-preview.ts';
import { attached, refusalOfAttachments, type AttachmentTarget } from '../media/attachments.ts';
import { refusalOfStatement } from '../moderation/texts.ts';
import type { Violation } from '../moderation/violations.ts';
import type { ActingAs } from '../operators/roles.ts';
import type { Relation } from '../people/counterpart.ts';
import type { UserState } from '../people/user.ts';
import { entityFields, type PostEntities } from './entities.ts';
import type { PostEvent, PostVisibility } from './events.ts';
import { mayRead, type PostAudience } from './may-read.ts';

export const POST_LENGTH_MAX_CHARACTERS = 10_000;

/** `hidden`: by a moderator, from everybody but its author. */
export type PostState =
  | { readonly status: 'none' }
  | { readonly status: 'published'; readonly author: PersonId }
  | { readonly status: 'hidden'; readonly author: PersonId; readonly since: Instant }
  | { readonly status: 'deleted'; readonly author: PersonId };

/**
 * A post as a decision of another person needs to see it: with its author, whether a block stands between the author and the actor, and
 * whether the actor is in the circle that may read it. `isShare`: it only passes on another post.
 */
export type PostTarget = {
  readonly state: PostState;
  readonly author: UserState;
  readonly relation: Relation;
  readonly audience: PostAudience;
  readonly isInCircle: boolean;
  readonly isShare: boolean;
};

/** Another post that a post refers to. */
type Reference = { readonly post: PostId; readonly target: PostTarget };

export type PostCommand =
  | {
      readonly type: 'publish';
      readonly post: PostId;
      readonly actor: PersonId;
      readonly text: string;
      readonly entities?: PostEntities;
      readonly media?: readonly AttachmentTarget[];
      readonly delivered: 'push' | 'pull';
      /** Of a reply it can only narrow who may read the post that it answers. */
      readonly visibility?: PostVisibility;
      /** The post that this one answers. */
      readonly replyTo?: Reference;
      readonly quotes?: Reference;
      /** Such a post has nothing of its own. */
      readonly shares?: Reference;
      readonly imported?: true;
      readonly at: Instant;
    }
  /** `target` is this post, as a person who is not its author may see it. `hasMedia`: it needs no text. */
  | {
      readonly type: 'edit';
      readonly post: PostId;
      readonly actor: PersonId;
      readonly text: string;
      readonly entities?: PostEntities;
      readonly hasMedia?: boolean;
      readonly target: PostTarget;
    }
  | { readonly type: 'delete'; readonly post: PostId; readonly actor: PersonId; readonly target: PostTarget }
  /** Takes the share back that this post is, of the post `target`. */
  | { readonly type: 'unshare'; readonly post: PostId; readonly actor: PersonId; readonly target: PostTarget }
  /** Of a moderator. */
  | {
      readonly type: 'hide';
      readonly post: PostId;
      readonly by: ActingAs;
      readonly violation: Violation;
      readonly statement?: string;
      readonly at: Instant;
    }
  | { readonly type: 'restore'; readonly post: PostId; readonly by: ActingAs; readonly at: Instant }
  /** Of a worker that has looked where the first link of the text leads; `of` is the revision that the text has. */
  | { readonly type: 'preview'; readonly post: PostId; readonly of: number; readonly preview: LinkPreview };

export const post: Decider<PostState, PostCommand, PostEvent> = {
  reads: 'tail',
  initialState: { status: 'none' },

  evolve: (_, event) => {
    const { author } = event.data;
    switch (event.type) {
      case 'feed.post-published.v1':
      case 'feed.post-edited.v1':
      case 'feed.post-previewed.v1':
      case 'feed.post-restored.v1':
        return { status: 'published', author };
      case 'feed.post-hidden.v1':
        return { status: 'hidden', author, since: event.data.at };
      case 'feed.post-deleted.v1':
        return { status: 'deleted', author };
    }
  },

  decide: (state, command) => {
    if (command.type === 'preview') return addPreview(state, command);
    if (command.type === 'hide' || command.type === 'restore') return moderate(state, command);
    const { post, actor: author } = command;
    if (command.type === 'publish') {
      if (state.status === 'none') return publish(command);
      return state.author === author ? accept() : refuse('not-the-author');
    }
    if (command.type === 'unshare' && state.status === 'none') return refusalIfHidden(command.target, author) ?? accept();
    if (state.status === 'none' || state.author !== author) return refusalIfHidden(command.target, author) ?? refuse('not-the-author');
    switch (command.type) {
      case 'edit':
        if (state.status === 'deleted') return refuse('post-deleted');
        if (state.status === 'hidden') return refuse('post-hidden');
        return edit(command);
      case 'delete':
      case 'unshare':
        return state.status === 'deleted' ? accept() : accept({ type: 'feed.post-deleted.v1', data: { post, author } });
    }
  },
};

/** Nobody learns of a post that they may not read whether it exists: it is unknown, as a deleted one is and one of an erased author. */
export function refusalIfHidden({ state, author, relation, audience, isInCircle }: PostTarget, reader: PersonId): Decision<never> | undefined {
  const isThere = (state.status === 'published' || state.status === 'hidden') && author.status !== 'erased';
  const standing = { isAcrossBlock: relation === 'blocked', isInCircle };
  return isThere && mayRead(reader, { ...audience, isHidden: state.status === 'hidden' }, standing) ? undefined : refuse('post-unknown');
}

/** For what is done to a post and not to one that passes it on. */
export const refusalToReact = (target: PostTarget, reader: PersonId): Decision<never> | undefined =>
  refusalIfHidden(target, reader) ?? (target.isShare ? refuse('post-is-share') : undefined);

function publish(command: Extract<PostCommand, { type: 'publish' }>): Decision<PostEvent> {
  const { post, actor, text, entities, media = [], delivered, replyTo, quotes, shares, imported, at } = command;
  const fault =
    (shares === undefined ? refusalOfPostText(text, { mayBeBlank: media.length > 0 }) : undefined) ??
    refusalOfAttachments(media, actor) ??
    (replyTo === undefined ? undefined : refusalToReact(replyTo.target, actor)) ??
    refusalToPassOn(quotes?.target, actor) ??
    refusalToPassOn(shares?.target, actor);
  if (fault !== undefined) return fault;
  const audience: { readonly visibility?: Exclude<PostVisibility, 'public'>; readonly circle?: PersonId } = whoMayRead(command);
  const data = {
    post,
    author: actor,
    text,
    ...entityFields(entities, { isPublic: audience.visibility === undefined }),
    ...(media.length > 0 && { media: attached(media) }),
    ...(replyTo !== undefined && { replyTo: replyTo.post }),
    ...(quotes !== undefined && { quotes: quotes.post }),
    ...(shares !== undefined && { shares: shares.post }),
    ...audience,
    ...(imported === true && { imported }),
    delivered,
    at,
  };
  return accept({ type: 'feed.post-published.v1', data });
}

/** Whoever may read a reply may read what it answers. So a reply in a thread of few readers has the thread's circle, or its author alone. */
function whoMayRead({ visibility = 'public', replyTo }: Extract<PostCommand, { type: 'publish' }>) {
  const thread = replyTo?.target.audience;
  if (thread === undefined || thread.visibility === 'public') return visibility === 'public' ? {} : { visibility };
  if (visibility === 'self' && thread.visibility !== 'self') return { visibility };
  return { visibility: thread.visibility, circle: thread.circle };
}

/** A quote or a share brings a post to other readers, so everybody must be able to read it. */
function refusalToPassOn(target: PostTarget | undefined, actor: PersonId): Decision<never> | undefined {
  if (target === undefined) return undefined;
  return refusalToReact(target, actor) ?? (target.audience.visibility === 'public' ? undefined : refuse('post-not-public'));
}

function edit({ post, actor: author, text, entities, hasMedia = false, target }: Extract<PostCommand, { type: 'edit' }>): Decision<PostEvent> {
  if (target.isShare) return refuse('post-is-share');
  const data = { post, author, text, ...entityFields(entities, { isPublic: target.audience.visibility === 'public' }) };
  return refusalOfPostText(text, { mayBeBlank: hasMedia }) ?? accept({ type: 'feed.post-edited.v1', data });
}

/** Of a post that can't be seen it is worth nothing. */
function addPreview(state: PostState, { post, of, preview }: Extract<PostCommand, { type: 'preview' }>): Decision<PostEvent> {
  return state.status === 'published' ? accept({ type: 'feed.post-previewed.v1', data: { post, author: state.author, of, preview } }) : accept();
}

function moderate(state: PostState, command: Extract<PostCommand, { type: 'hide' | 'restore' }>): Decision<PostEvent> {
  if (state.status === 'none') return refuse('post-unknown');
  const { author } = state;
  if (command.type === 'restore') {
    const { post, by, at } = command;
    return state.status === 'hidden' ? accept({ type: 'feed.post-restored.v1', data: { post, author, by, at } }) : accept();
  }
  if (state.status === 'deleted') return refuse('post-deleted');
  const { type: _, ...data } = command;
  if (state.status === 'hidden') return accept();
  return refusalOfStatement(data.statement) ?? accept({ type: 'feed.post-hidden.v1', data: { ...data, author } });
}

const refusalOfPostText = (text: string, { mayBeBlank }: { readonly mayBeBlank: boolean }) =>
  refusalOfText(text, { maxCharacters: POST_LENGTH_MAX_CHARACTERS, ...(!mayBeBlank && { blank: 'post-empty' }), tooLong: 'post-too-long', lines: 'many' });
