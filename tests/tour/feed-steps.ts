/** A post reaches the feeds of its author and her friends, and gets a like. */
import type { ApiResponse } from '../client/call-api.ts';
import { expectStatus, expectThat, listOf } from '../client/expectations.ts';
import { authorizationOf, DONE, waitUntil, type TourContext } from './tour-context.ts';

/** Returns the post's id. */
export async function publishAndLike({ people: { ann, bob, cleo }, step, write, read, keyFor }: TourContext): Promise<string> {
  const post = await step('Ann posts, and sees her own post in her feed at once', async () => {
    const body = { text: 'Good morning from the harbour!' };
    const posted = expectStatus([201], await write('/v1/me/feed', { key: keyFor('post'), headers: authorizationOf(ann), body }));
    const feed = expectStatus([200], await read('/v1/me/feed?limit=20', { headers: { ...authorizationOf(ann), ...minPositionOf(posted) } }));
    expectThat(postIdsIn(feed).filter((id) => id === posted.body['id']).length === 1, 'Ann’s feed has her post once', feed);
    return String(posted.body['id']);
  });

  await step('Bob and Cleo find it in their feeds, and Bob likes it', async () => {
    for (const friend of [bob, cleo]) {
      await waitUntil(
        `${friend.name}’s feed has the post once`,
        async () => postIdsIn(await read('/v1/me/feed', { headers: authorizationOf(friend) })).filter((id) => id === post).length === 1,
      );
    }
    expectStatus(DONE, await write(`/v1/posts/${post}/like`, { method: 'PUT', key: keyFor('like'), headers: authorizationOf(bob) }));
  });
  return post;
}

const minPositionOf = ({ position }: ApiResponse) => (position === undefined ? {} : { 'min-position': position });
const postIdsIn = (feed: ApiResponse) => listOf(feed, 'posts').map((post) => post['id']);
