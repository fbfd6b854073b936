import test from 'ava';
import type { PostId } from '../../domain/shared/ids.ts';
import { postTimeOf } from '../../domain/feed/post-id.ts';
import { plus } from '../../domain/shared/instant.ts';
import { FeedCacheUnavailable, type FeedCache } from '../../ports/feed-cache/port.ts';
import { createFeed } from './create-feed.ts';
import { givenWorlds } from './test-fixture.ts';
import { ann, bob, cyd } from './testing/test-fixture.ts';

for (const away of ['page', 'beginBuild', 'warm'] as const)
  test(`a feed is read from the views when the cache goes away at \`${away}\`, and pages go on where they were`, async (t) => {
    await using worlds = await givenWorlds();
    const world = await worlds.begin({ feedsMax: 10, feedPostsMax: 500 });
    await world.connect('follow', ann, bob);
    const ids = await world.publish([bob, cyd, ann, bob, bob], { afterMs: 1 });
    const { queries, feedCache } = world;
    let isAway = false;
    const going: FeedCache = {
      ...feedCache,
      [away]: async (...args: never[]) => {
        if (isAway) throw new FeedCacheUnavailable('gone');
        return await (feedCache[away] as (...args: never[]) => Promise<unknown>)(...args);
      },
    };
    const read = createFeed({ ...queries, feedCache: going, clock: () => plus(postTimeOf(ids[0] as PostId), 1) });
    const first = await read({ reader: ann, limit: 2 });
    isAway = true;
    const second = await read({ reader: ann, limit: 2, cursor: first.next as PostId });
    await feedCache.invalidateAll();
    const all = await read({ reader: ann, limit: 10 });
    t.deepEqual(
      [...first.posts, ...second.posts].map(({ id }) => id),
      world.expected(ann),
    );
    t.deepEqual(
      all.posts.map(({ id }) => id),
      world.expected(ann),
    );
    t.is(all.next, null);
  });

test('another fault of the cache is no outage, and is not hidden', async (t) => {
  await using worlds = await givenWorlds();
  const world = await worlds.begin({ feedsMax: 10, feedPostsMax: 500 });
  const [post] = await world.publish([ann], { afterMs: 1 });
  const feedCache: FeedCache = { ...world.feedCache, page: () => Promise.reject(new TypeError('a bug')) };
  const read = createFeed({ ...world.queries, feedCache, clock: () => plus(postTimeOf(post as PostId), 1) });
  await t.throwsAsync(read({ reader: ann, limit: 2 }), { instanceOf: TypeError });
});
