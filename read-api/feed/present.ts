/** The presentation stage: posts with their authors' names, their counters, what they refer to, and whether the reader likes and shares them. */
import { FURTHER_REACTIONS } from '../../domain/feed/reaction-kinds.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { QUERY_LIMIT_MAX } from '../../ports/views/port.ts';
import { likeId, type PostCounters, type PostDocument } from '../../projections/read-models/posts.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import type { MediaUrls } from '../media/media-urls.ts';
import { presentMedia, presentPreview } from '../media/media-view.ts';
import { loadNames } from '../named-person.ts';
import { loadCounters } from './counters.ts';
import type { Surroundings } from './hydrate.ts';
import type { OwnView, PostView } from './post-view.ts';
import { readableReference } from './rules.ts';

type Presenting = {
  readonly views: Pick<TidingsViews, 'getMany' | 'find' | 'pluck'>;
  /** Without them, no pictures are shown. */ readonly mediaUrls?: MediaUrls;
};

export type ShownPost = { readonly post: PostDocument; readonly surroundings: Surroundings };

/** In the order given; a fixed number of reads, for any number of posts. */
export async function present(dependencies: Presenting, reader: PersonId, shown: readonly ShownPost[]): Promise<readonly PostView[]> {
  if (shown.length === 0) return [];
  const parts = shown.map((one) => partsOf(reader, one));
  const all = new Map(parts.flatMap(({ post, quoted, shared, quotedByShared }) => [post, quoted, shared, quotedByShared].flatMap(withId)));
  const show = await ownViews(dependencies, reader, [...all.values()]);
  return parts.map(({ surroundings, ...part }) => {
    const of = (post: PostDocument): OwnView => show(post, readableReference(reader, post.replyTo, surroundings));
    const quotedBy = (post: PostDocument, quoted: PostDocument | undefined) =>
      post.quotes === null ? null : { post: quoted === undefined ? null : of(quoted) };
    const { post, quoted, shared, quotedByShared } = part;
    return {
      ...of(post),
      quotedPost: quotedBy(post, quoted),
      sharedPost: shared === undefined ? null : { ...of(shared), quotedPost: quotedBy(shared, quotedByShared) },
    };
  });
}

const withId = (post: PostDocument | undefined) => (post === undefined ? [] : [[post.post, post] as const]);

/** A post and those that are shown within it: as many as the reader may read. */
function partsOf(reader: PersonId, { post, surroundings }: ShownPost) {
  const readable = (id: PostId | null) => readableReference(reader, id, surroundings);
  const shared = readable(post.shares);
  return { post, surroundings, quoted: readable(post.quotes), shared, quotedByShared: readable(shared?.quotes ?? null) };
}

/** How to show each of these posts; `parent` is the one that it replies to, where the reader may read that. */
async function ownViews({ views, mediaUrls }: Presenting, reader: PersonId, posts: readonly PostDocument[]) {
  const ids = posts.map(({ post }) => post);
  const own = ids.map((post) => likeId(post, reader));
  const [names, counters, likes, reactions, references] = await Promise.all([
    loadNames(views, [...new Set(posts.map(({ author }) => author))]),
    loadCounters(views, reader, ids),
    views.getMany('likes', own),
    views.getMany('post-reactions', own),
    views.find('post-references', { where: { by: reader, of: ids }, limit: QUERY_LIMIT_MAX }),
  ]);
  const authors = new Map(names.map((author) => [author.id, author]));
  const liked = new Set(ids.filter((_, i) => likes[i] !== undefined));
  const reactionsOf = new Map(ids.map((post, i) => [post, reactions[i]?.kind]));
  const shared = new Set(references.flatMap(({ of, kind }) => (kind === 'shares' ? [of] : [])));
  return (document: PostDocument, parent: PostDocument | undefined): OwnView => {
    const { post, author, text, entities, visibility, replyTo, at, editedAt, hidden, hiddenStatement } = document;
    const media = mediaUrls === undefined ? [] : presentMedia(mediaUrls, reader, document);
    const preview = presentPreview(mediaUrls, reader, document);
    return {
      id: post,
      author: authors.get(author) ?? { id: author, name: null },
      text: text ?? '',
      entities: { links: [...(entities?.links ?? [])], mentions: [...(entities?.mentions ?? [])], hashtags: [...(entities?.hashtags ?? [])] },
      visibility,
      isReply: replyTo !== null,
      replyTo: parent?.post ?? null,
      at,
      editedAt,
      ...countsOf(counters.get(post)),
      liked: liked.has(post),
      reaction: liked.has(post) ? 'like' : (reactionsOf.get(post) ?? null),
      shared: shared.has(post),
      ...(hidden !== null && { hidden: { ...hidden, statement: hiddenStatement } }),
      ...(media.length > 0 && { media: [...media] }),
      ...(preview !== undefined && { preview }),
    };
  };
}

/** Of the further kinds, those that somebody chose. */
function countsOf(counters: PostCounters | undefined): Pick<OwnView, 'likes' | 'reactions' | 'replies' | 'quotes' | 'shares'> {
  const { likes = 0, replies = 0, quotes = 0, shares = 0 } = counters ?? {};
  const chosen = FURTHER_REACTIONS.flatMap((kind) => ((counters?.[kind] ?? 0) > 0 ? [[kind, counters?.[kind]]] : []));
  return { likes, reactions: Object.fromEntries(chosen), replies, quotes, shares };
}
