/** Compares feeds, people's own posts and replies with the acknowledged posts and likes. */
import type { JsonObject } from '../../client/expectations.ts';
import type { Acknowledged, RecordedPost } from '../acknowledged.ts';
import { authorizationOf, type Person } from '../actors.ts';
import { compare, MODEL_PAGE_LIMIT } from './compare.ts';
import type { Scenario } from '../scenario.ts';
import { callReadApi, fetchAllPages } from '../system-under-test.ts';

export async function findFeedFaults({ system, actors, acknowledged }: Scenario, reader: Person): Promise<readonly string[]> {
  const headers = authorizationOf(reader);
  const pagesOf = (path: string) =>
    fetchAllPages((query) => callReadApi(system, `${path}?${query}`, { headers }), { list: 'posts', cursor: 'before', limit: MODEL_PAGE_LIMIT });
  const standing = [...acknowledged.posts.values()].filter(({ isDeleted }) => !isDeleted).sort(newestFirst);
  const inFeed = standing.filter(({ author }) => author === reader.id || actors.feedAuthors.get(reader.id)?.has(author) === true);
  const own = standing.filter(({ author }) => author === reader.id);
  const expected = (posts: readonly RecordedPost[]) => posts.map((post) => expectedPost(acknowledged, reader, post));
  return [
    ...compare(`the feed of ${reader.name}`, (await pagesOf('/v1/me/feed')).map(foundPost), expected(inFeed)),
    ...compare(`the posts of ${reader.name}`, (await pagesOf(`/v1/people/${reader.id}/posts`)).map(foundPost), expected(own)),
  ];
}

/** Of a deleted post, that the request is refused. */
export async function findReplyFaults({ system, actors, acknowledged }: Scenario, post: RecordedPost): Promise<readonly string[]> {
  const reader = actors.people[0] as Person;
  const get = (query: string) => callReadApi(system, `/v1/posts/${post.id}/replies?${query}`, { headers: authorizationOf(reader) });
  if (post.isDeleted) return compare(`whether ${post.id} is there`, (await get('limit=1')).status, 404);
  const found = await fetchAllPages(get, { list: 'posts', cursor: 'after', limit: MODEL_PAGE_LIMIT });
  const replies = [...acknowledged.posts.values()].filter(({ replyTo, isDeleted }) => replyTo === post.id && !isDeleted);
  return compare(
    `the replies to ${post.id}`,
    found.map(foundPost),
    replies
      .sort(newestFirst)
      .reverse()
      .map((reply) => expectedPost(acknowledged, reader, reply)),
  );
}

const newestFirst = (one: RecordedPost, other: RecordedPost) => (one.id < other.id ? 1 : -1);

function expectedPost({ posts, likes }: Acknowledged, reader: Person, { id, author, text, replyTo }: RecordedPost) {
  const likedBy = [...likes].filter((like) => like.startsWith(`${id}/`));
  const replies = [...posts.values()].filter((post) => post.replyTo === id && !post.isDeleted).length;
  const isParentThere = posts.get(replyTo ?? '')?.isDeleted === false;
  return { id, author, text, replyTo: isParentThere ? replyTo : null, likes: likedBy.length, replies, liked: likes.has(`${id}/${reader.id}`) };
}

const foundPost = ({ id, author, text, replyTo, likes, replies, liked }: JsonObject) => ({
  id,
  author: (author as { readonly id: string }).id,
  text,
  replyTo,
  likes,
  replies,
  liked,
});
