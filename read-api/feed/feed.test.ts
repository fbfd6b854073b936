import { deepStrictEqual } from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { postTimeOf } from '../../domain/feed/post-id.ts';
import { DAY_MS, plus } from '../../domain/shared/instant.ts';
import { emptyTallies } from '../../ports/cache-tallies.ts';
import { createFeed } from './create-feed.ts';
import { givenWorlds } from './test-fixture.ts';
import { ann, anyStep, bob, cyd, happen, histories, PEOPLE, stepsBetweenPages, walk } from './testing/test-fixture.ts';

test('paging through a feed shows the same as a naive look at everything, whatever happened before and whatever happens to the cache meanwhile', async (t) => {
  await using worlds = await givenWorlds();
  await t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(
        histories(anyStep),
        fc.record({ feedsMax: fc.constantFrom(1, 10, 10), feedPostsMax: fc.constantFrom(2, 5, 500) }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
        fc.array(stepsBetweenPages, { maxLength: 6 }),
        async (history, options, limits, between) => {
          const world = await worlds.begin(options);
          await happen(world, history);
          await world.fanOut();
          for (const reader of PEOPLE) {
            const expected = world.expected(reader);
            deepStrictEqual(await walk(world, reader, { limits, between }), expected, reader); // throws, so that fast-check shrinks the history
          }
        },
      ),
      { numRuns: 50 },
    ),
  );
});

test('below a full feed, paging goes on from the views to the very first post', async (t) => {
  await using worlds = await givenWorlds();
  const world = await worlds.begin({ feedsMax: 10, feedPostsMax: 500 });
  await world.connect('follow', ann, bob);
  await world.connect('friend', ann, cyd);
  for (let i = 0; i < 4; i++)
    await world.publish(
      Array.from({ length: 100 }, (_, n) => (n % 3 === 0 ? bob : cyd)),
      { afterMs: DAY_MS },
    );
  await world.read({ reader: ann, limit: 1 });
  for (let i = 0; i < 4; i++) {
    await world.publish(
      Array.from({ length: 100 }, () => bob),
      { afterMs: DAY_MS },
    );
    await world.fanOut();
  }
  const page = await world.feedCache.page(ann, { limit: 1_000 });
  t.true(page !== undefined && page.posts.length < 600 && page.floor !== null, 'the cache was trimmed');
  t.deepEqual(await walk(world, ann, { limits: [7, 100], between: [] }), world.expected(ann));
});

test('concurrent requests for a cold feed build it once', async (t) => {
  await using worlds = await givenWorlds();
  const world = await worlds.begin({ feedsMax: 10, feedPostsMax: 500 });
  await world.connect('follow', ann, bob);
  const [post] = await world.publish([bob], { afterMs: 1 });
  const { queries, feedCache } = world;
  let begun = 0;
  const counting = {
    ...feedCache,
    beginBuild: (reader: PersonId) => {
      begun++;
      return feedCache.beginBuild(reader);
    },
  };
  const read = createFeed({ ...queries, feedCache: counting, clock: () => plus(postTimeOf(post as PostId), 1) });
  const pages = await Promise.all(Array.from({ length: 50 }, () => read({ reader: ann, limit: 5 })));
  for (const { posts, next } of pages) t.deepEqual([posts.map(({ id }) => id), next], [[post as string], null]);
  t.is(begun, 1);
});

test('a reader who gets a new author while the feed is built sees that author’s posts at once', async (t) => {
  await using worlds = await givenWorlds();
  const world = await worlds.begin({ feedsMax: 10, feedPostsMax: 500 });
  await world.connect('follow', ann, bob);
  const [hers, his] = await world.publish([cyd, bob], { afterMs: 1 });
  const { queries, feedCache } = world;
  let warmed = 0;
  const interrupted: typeof feedCache = {
    ...feedCache,
    warm: async (...built) => {
      if (++warmed === 1) await world.connect('follow', ann, cyd);
      await feedCache.warm(...built);
    },
  };
  const read = createFeed({ ...queries, feedCache: interrupted, clock: () => plus(postTimeOf(his as PostId), 1) });
  const { posts } = await read({ reader: ann, limit: 5 });
  t.deepEqual(posts.map(({ id }) => id).sort(), [hers as string, his as string].sort());
  t.is(warmed, 2);
});

test('a reader’s own post is in the feed without any fan-out, at its place', async (t) => {
  await using worlds = await givenWorlds();
  const world = await worlds.begin({ feedsMax: 10, feedPostsMax: 500 });
  await world.connect('follow', ann, bob);
  t.deepEqual((await world.read({ reader: ann, limit: 5 })).posts, []);
  await world.publish([bob], { afterMs: 1 });
  await world.fanOut();
  await world.publish([ann], { afterMs: 1 });
  await world.publish([bob], { afterMs: 1 });
  t.deepEqual(
    (await world.read({ reader: ann, limit: 5 })).posts.map(({ author }) => author.id),
    [ann, bob],
    'and the last one is still on its way',
  );
});

test('a feed with nearly all posts hidden does not end early', async (t) => {
  await using worlds = await givenWorlds();
  const world = await worlds.begin({ feedsMax: 10, feedPostsMax: 500 });
  await world.connect('follow', ann, bob);
  await world.connect('follow', ann, cyd);
  await world.publish([cyd], { afterMs: 1 });
  for (let i = 0; i < 3; i++)
    await world.publish(
      Array.from({ length: 100 }, () => bob),
      { afterMs: 1 },
    );
  await world.connect('mute', ann, bob);
  const first = await world.read({ reader: ann, limit: 10 });
  t.deepEqual(first.posts, []);
  t.not(first.next, null);
  t.deepEqual(await walk(world, ann, { limits: [10], between: [] }), world.expected(ann));
});

test('counts a cold feed as a miss and a warm one as a hit, and timelines of pulled authors by where they were found', async (t) => {
  await using worlds = await givenWorlds();
  const world = await worlds.begin({ feedsMax: 10, feedPostsMax: 500 });
  await world.turn(bob, 'pull');
  for (const reader of [ann, cyd]) await world.connect('follow', reader, bob);
  await world.publish([bob], { afterMs: DAY_MS });
  await world.fanOut();
  const [one, other] = [emptyTallies(), emptyTallies()];
  const readIn = (caches: typeof one) => createFeed({ ...world.queries, clock: () => plus(postTimeOf(world.expected(ann)[0] as PostId), 1), caches });
  const [inOne, inOther] = [readIn(one), readIn(other)];
  for (const read of [inOne, inOne, inOther]) t.is((await read({ reader: ann, limit: 2 })).posts.length, 1);
  t.like(one, { feed: { hits: 1, misses: 1 }, timelines: { hits: 1, misses: 1 }, 'shared-timelines': { hits: 0, misses: 1 } });
  t.like(other, { feed: { hits: 1, misses: 0 }, timelines: { hits: 0, misses: 1 }, 'shared-timelines': { hits: 1, misses: 0 } });
});
