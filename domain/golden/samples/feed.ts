import type { BookmarkEvent, PinnedPostsEvent, PostEvent, ReactionEvent } from '../../feed/events.ts';
import type { OperatorId, PersonId, PostId } from '../../shared/ids.ts';
import { at, later, type Samples } from '../samples.ts';

const author = '0f6f2c1e-6a0b-5f0e-9a51-3d1c52d6a001' as PersonId;
const person = '7d1b8a44-2f4e-5c0b-8f3e-94f1a3c7b002' as PersonId;
const post = '0195957c5c87-9f86d081884c' as PostId;

const operator = '2b7a9c4e-6d1f-5e80-9a3b-4c5d6e7f8091' as OperatorId;

export const postSamples: Samples<PostEvent> = {
  'feed.post-published.v1': { post, author, text: 'Rain on π day ☔', replyTo: '0195957b0011-60303ae22b99' as PostId, delivered: 'push', at },
  'feed.post-edited.v1': { post, author, text: 'Snow on π day ❄️' },
  'feed.post-previewed.v1': {
    post,
    author,
    of: 1,
    preview: { url: 'https://example.com/snow', title: 'Snow in March', description: 'What became of the spring.', site: 'Weather' },
  },
  'feed.post-hidden.v1': { post, author, by: operator, violation: 'harassment', statement: 'It attacks one person by name.', at: later },
  'feed.post-restored.v1': { post, author, by: operator, at: later },
  'feed.post-deleted.v1': { post, author },
};

export const bookmarkSamples: Samples<BookmarkEvent> = {
  'feed.bookmarked.v1': { post, person },
  'feed.bookmark-removed.v1': { post, person },
};

export const pinnedPostsSamples: Samples<PinnedPostsEvent> = {
  'feed.pinned-posts-changed.v1': { person, posts: [post] },
};

export const reactionSamples: Samples<ReactionEvent> = {
  'feed.liked.v1': { post, person },
  'feed.unliked.v1': { post, person },
  'feed.reacted.v1': { post, person, kind: 'love' },
  'feed.reaction-removed.v1': { post, person },
};
