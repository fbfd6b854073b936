/** Posts, replies included, with their likes and counts. A deleted post leaves a tombstone, so that nothing that comes late can bring it back. */
import { orErased, type Recorded } from '../../domain/shared/event.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { PostEntities } from '../../domain/feed/entities.ts';
import type { FeedEvent, PostEvent, PostVisibility, ReactionEvent } from '../../domain/feed/events.ts';
import type { FurtherReaction } from '../../domain/feed/reaction-kinds.ts';
import { audienceOf } from '../../domain/feed/may-read.ts';
import type { LinkPreview } from '../../domain/media/link-preview.ts';
import type { PostMedia } from '../../domain/media/media-facts.ts';
import type { Violation } from '../../domain/moderation/violations.ts';
import type { UserEvent } from '../../domain/people/events.ts';
import type { Collection, Projector } from '../projection.ts';

/** Id: the post; ids sort by time. A deleted post has no document. */
export type PostDocument = {
  readonly post: PostId;
  readonly author: PersonId;
  /** Null: its author was erased. */
  readonly text: string | null;
  readonly entities: PostEntities | null;
  readonly media: readonly PostMedia[] | null;
  readonly replyTo: PostId | null;
  readonly quotes: PostId | null;
  readonly shares: PostId | null;
  readonly visibility: PostVisibility;
  /** Whose friends may read it, where friends may. */
  readonly circle: PersonId;
  /** A reply that whoever may read the thread may read, and nobody else. */
  readonly inThread: boolean;
  readonly delivered: 'push' | 'pull';
  readonly at: Instant;
  readonly editedAt: Instant | null;
  /** The revision of the event that brought the text. */
  readonly textRevision: number;
  /** What the first link of this text leads to. */
  readonly preview: LinkPreview | null;
  /** By a moderator, from everybody but its author. */
  readonly hidden: { readonly violation: Violation; readonly at: Instant } | null;
  /** What the moderator says to the author. */
  readonly hiddenStatement: string | null;
};

/** Id: `postVersionId`. A text that the post had from `at` until it was edited. Null: it was deleted, or its author erased. */
export type PostVersionDocument = {
  readonly post: PostId;
  readonly author: PersonId;
  readonly text: string | null;
  readonly at: Instant;
  readonly until: Instant;
};

/** The counters that posts of others are in. */
export type ReferenceKind = 'replies' | 'quotes' | 'shares';

/**
 * Id: `referenceId`. A post of `by` is in a counter of the post `of`: as long as it is there, nobody has hidden it, and whoever may
 * read the other may read it. A reply for fewer people is in no counter, for the number would tell of it.
 */
export type ReferenceDocument = { readonly of: PostId; readonly by: PersonId; readonly kind: ReferenceKind };

/** Id: `likeId`. */
export type LikeDocument = { readonly post: PostId; readonly person: PersonId; readonly at: Instant };

/** Id: `likeId`. A reaction of another kind than a like, which has its place alone. */
export type PostReactionDocument = { readonly post: PostId; readonly person: PersonId; readonly kind: FurtherReaction; readonly at: Instant };

/** Id: the post. There is no document for zeros, and a document may lack some. */
export type PostCounters = { readonly likes: number } & { readonly [Kind in ReferenceKind | FurtherReaction]: number };

/**
 * Id: the author. `newest` is the author's newest post. The document changes with every post of the author, in the commit that writes
 * the post: a timeline that was read behind a document of this `position` lacks none of the posts that made it.
 */
export type TimelineDocument = { readonly author: PersonId; readonly newest: PostId };

/** Versions sort by time. */
export const postVersionId = (post: PostId, revision: number): string => `${post}:${String(revision).padStart(10, '0')}`;
export const referenceId = (post: PostId, kind: ReferenceKind): string => `${post}:${kind}`;
export const likeId = (post: PostId, person: PersonId): string => `${post}:${person}`;

type HandledEvent = FeedEvent | Extract<UserEvent, { type: 'people.person-erased.v1' }>;

export const posts = {
  kind: 'projector',
  name: 'posts',
  version: 4,
  handles: [
    'feed.post-published.v1',
    'feed.post-edited.v1',
    'feed.post-previewed.v1',
    'feed.post-deleted.v1',
    'feed.post-hidden.v1',
    'feed.post-restored.v1',
    'feed.liked.v1',
    'feed.unliked.v1',
    'feed.reacted.v1',
    'feed.reaction-removed.v1',
    'people.person-erased.v1',
  ],
  indexes: {
    // The last is for feeds whose fan-out is under way.
    posts: [{ fields: ['author', '_id'] }, { fields: ['replyTo', '_id'] }, { fields: ['position'] }],
    // The second is for the likes of a person who was erased.
    likes: [{ fields: ['post', '_id'] }, { fields: ['person', 'post'] }],
    // For those of a person, who was erased or is across a block.
    'post-reactions': [{ fields: ['person', 'post'] }],
    'post-counters': [],
    'post-versions': [{ fields: ['post', '_id'] }, { fields: ['author', '_id'] }],
    // The first for what a block hides of a counter, the second for who shares a post.
    'post-references': [{ fields: ['by', 'of'] }, { fields: ['of', 'kind', '_id'] }],
    timelines: [],
  },

  project: (
    event,
    { posts, likes, 'post-reactions': reactions, 'post-counters': counters, 'post-versions': versions, 'post-references': references, timelines },
  ) => {
    switch (event.type) {
      case 'feed.post-published.v1': {
        const { post, author } = event.data;
        const document = documentOf(event.data);
        posts.create(post, event, () => document);
        countReferences({ references, counters }, event, document);
        // An author has as many source streams as posts, so this is a maximum, which doesn't have to remember them.
        timelines.merge(author, (before) => ({ author, newest: before === undefined || post > before.newest ? post : before.newest }));
        return;
      }
      case 'feed.post-edited.v1': {
        const { post } = event.data;
        const text = orErased<string | null>(event.data.text, null);
        const entities = orErased<PostEntities | null>(event.data.entities ?? null, null);
        let former: PostDocument | undefined;
        posts.update(post, event, (before) => {
          former = before;
          return before && { ...before, text, entities, editedAt: event.metadata.at, textRevision: event.revision, preview: null };
        });
        versions.update(postVersionId(post, event.revision), event, (before) => (former === undefined ? before : versionOf(former, event.metadata.at)));
        return;
      }
      case 'feed.post-previewed.v1': {
        const { post, of } = event.data;
        const preview = orErased<LinkPreview | null>(event.data.preview, null);
        posts.update(post, event, (before) => (before?.textRevision === of ? { ...before, preview } : before));
        return;
      }
      case 'feed.post-deleted.v1':
        posts.update(event.data.post, event, () => undefined);
        versions.patch({ post: event.data.post }, { text: null });
        countReferences({ references, counters }, event, undefined);
        return;
      case 'feed.post-hidden.v1':
      case 'feed.post-restored.v1': {
        let changed: PostDocument | undefined;
        posts.update(event.data.post, event, (before) => (changed = before && { ...before, ...hiddenBy(event) }));
        countReferences({ references, counters }, event, changed);
        return;
      }
      case 'feed.liked.v1': {
        const { post, person } = event.data;
        const liked = likes.update(likeId(post, person), event, () => ({ post, person, at: event.metadata.at }));
        if (liked === 'created') counters.increment(post, { likes: 1 });
        return;
      }
      case 'feed.unliked.v1': {
        const { post, person } = event.data;
        const unliked = likes.update(likeId(post, person), event, () => undefined);
        if (unliked === 'removed') counters.increment(post, { likes: -1 });
        return;
      }
      case 'feed.reacted.v1':
      case 'feed.reaction-removed.v1':
        return countReaction({ reactions, counters }, event);
      case 'people.person-erased.v1':
        posts.patch({ author: event.key }, { text: null, entities: null, media: null, preview: null, hiddenStatement: null });
        versions.patch({ author: event.key }, { text: null });
        return;
    }
  },
} as const satisfies Projector<
  HandledEvent,
  {
    posts: PostDocument;
    likes: LikeDocument;
    'post-reactions': PostReactionDocument;
    'post-counters': PostCounters;
    'post-versions': PostVersionDocument;
    'post-references': ReferenceDocument;
    timelines: TimelineDocument;
  }
>;

type Published = Extract<PostEvent, { type: 'feed.post-published.v1' }>['data'];

const documentOf = ({ text, entities, media, replyTo, quotes, shares, ...data }: Published): PostDocument => ({
  post: data.post,
  ...audienceOf(data),
  inThread: data.circle !== undefined,
  text: orErased<string | null>(text, null),
  entities: orErased<PostEntities | null>(entities ?? null, null),
  media: orErased<readonly PostMedia[] | null>(media ?? null, null),
  replyTo: replyTo ?? null,
  quotes: quotes ?? null,
  shares: shares ?? null,
  delivered: data.delivered,
  at: data.at,
  editedAt: null,
  textRevision: 0,
  preview: null,
  hidden: null,
  hiddenStatement: null,
});

const versionOf = ({ post, author, text, at, editedAt }: PostDocument, until: Instant): PostVersionDocument => ({
  post,
  author,
  text,
  at: editedAt ?? at,
  until,
});

function hiddenBy(event: Extract<PostEvent, { type: 'feed.post-hidden.v1' | 'feed.post-restored.v1' }>): Pick<PostDocument, 'hidden' | 'hiddenStatement'> {
  if (event.type === 'feed.post-restored.v1') return { hidden: null, hiddenStatement: null };
  const { violation, statement, at } = event.data;
  return { hidden: { violation, at }, hiddenStatement: orErased<string | null>(statement ?? null, null) };
}

type CountingReactions = { readonly reactions: Collection<PostReactionDocument>; readonly counters: Collection<PostCounters> };
type ReactionChange = Recorded<Extract<ReactionEvent, { type: 'feed.reacted.v1' | 'feed.reaction-removed.v1' }>>;

/** A kind may take the place of another: one is counted less, the other more. */
function countReaction({ reactions, counters }: CountingReactions, event: ReactionChange): void {
  const { post, person } = event.data;
  let former: FurtherReaction | undefined;
  const change = reactions.update(likeId(post, person), event, (before) => {
    former = before?.kind;
    return event.type === 'feed.reacted.v1' ? { post, person, kind: event.data.kind, at: event.metadata.at } : undefined;
  });
  if (change === 'unchanged') return;
  if (former !== undefined) counters.increment(post, { [former]: -1 });
  if (event.type === 'feed.reacted.v1') counters.increment(post, { [event.data.kind]: 1 });
}

type Counting = { readonly references: Collection<ReferenceDocument>; readonly counters: Collection<PostCounters> };
type PostChange = Recorded<Extract<PostEvent, { type: 'feed.post-published.v1' | 'feed.post-deleted.v1' | 'feed.post-hidden.v1' | 'feed.post-restored.v1' }>>;

/** `after`: the post as the event leaves it. */
function countReferences({ references, counters }: Counting, event: PostChange, after: PostDocument | undefined): void {
  for (const kind of ['replies', 'quotes', 'shares'] as const) {
    let of: PostId | undefined;
    const change = references.update(referenceId(event.data.post, kind), event, (before) => {
      const reference = after && referenceOf(after, kind);
      of = reference?.of ?? before?.of;
      return reference;
    });
    if (of !== undefined && change === 'created') counters.increment(of, { [kind]: 1 });
    if (of !== undefined && change === 'removed') counters.increment(of, { [kind]: -1 });
  }
}

function referenceOf({ author: by, hidden, ...post }: PostDocument, kind: ReferenceKind): ReferenceDocument | undefined {
  const of = { replies: post.replyTo, quotes: post.quotes, shares: post.shares }[kind];
  // Whatever is quoted or shared is public; a reply has the circle of its thread, unless it is for fewer people.
  const isForAll = post.visibility === 'public' || (kind === 'replies' && post.inThread);
  return of === null || hidden !== null || !isForAll ? undefined : { of, by, kind };
}
