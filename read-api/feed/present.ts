/** The presentation stage: posts with their authors' names, their counters, what they refer to, and whether the reader likes and shares them. */
import { FURTHER_REACTIONS } from '../../domain/feed/reaction-kinds.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { PostCounters, PostDocument } from '../../projections/read-models/posts.ts';
import type { MediaUrls } from '../media/media-urls.ts';
import { presentMedia, presentPreview } from '../media/media-view.ts';
import type { ShownBeside, Surroundings } from './hydrate.ts';
import type { OwnView, PostView } from './post-view.ts';
import { readableReference } from './rules.ts';

export type ShownPost = { readonly post: PostDocument; readonly surroundings: Surroundings & ShownBeside };

/** In the order given. Without `mediaUrls`, no pictures are shown. */
export const present = (reader: PersonId, shown: readonly ShownPost[], mediaUrls?: MediaUrls): readonly PostView[] =>
  shown.map(({ post, surroundings }) => {
    const readable = (id: PostId | null) => readableReference(reader, id, surroundings);
    const of = (one: PostDocument): OwnView => ownView(reader, { post: one, surroundings }, mediaUrls);
    const quotedBy = ({ quotes }: PostDocument) => {
      const quoted = readable(quotes);
      return quotes === null ? null : { post: quoted === undefined ? null : of(quoted) };
    };
    const shared = readable(post.shares);
    return { ...of(post), quotedPost: quotedBy(post), sharedPost: shared === undefined ? null : { ...of(shared), quotedPost: quotedBy(shared) } };
  });

/** Without the posts that are shown within it. */
function ownView(reader: PersonId, { post: document, surroundings }: ShownPost, mediaUrls: MediaUrls | undefined): OwnView {
  const { post, author, text, entities, visibility, replyTo, at, editedAt, hidden, hiddenStatement } = document;
  const { counters, liked = false, reaction = null, shared = false } = surroundings.marks.get(post) ?? {};
  const media = mediaUrls === undefined ? [] : presentMedia(mediaUrls, reader, document);
  const preview = presentPreview(mediaUrls, reader, document);
  return {
    id: post,
    author: surroundings.names.get(author) ?? { id: author, name: null },
    text: text ?? '',
    entities: { links: [...(entities?.links ?? [])], mentions: [...(entities?.mentions ?? [])], hashtags: [...(entities?.hashtags ?? [])] },
    visibility,
    isReply: replyTo !== null,
    replyTo: readableReference(reader, replyTo, surroundings)?.post ?? null,
    at,
    editedAt,
    ...countsOf(counters),
    liked,
    reaction,
    shared,
    ...(hidden !== null && { hidden: { ...hidden, statement: hiddenStatement } }),
    ...(media.length > 0 && { media: [...media] }),
    ...(preview !== undefined && { preview }),
  };
}

/** Of the further kinds, those that somebody chose. */
function countsOf(counters: PostCounters | undefined): Pick<OwnView, 'likes' | 'reactions' | 'replies' | 'quotes' | 'shares'> {
  const { likes = 0, replies = 0, quotes = 0, shares = 0 } = counters ?? {};
  const chosen = FURTHER_REACTIONS.flatMap((kind) => ((counters?.[kind] ?? 0) > 0 ? [[kind, counters?.[kind]]] : []));
  return { likes, reactions: Object.fromEntries(chosen), replies, quotes, shares };
}
