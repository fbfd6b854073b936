import { deepStrictEqual } from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { postTimeOf } from '../../domain/feed/post-id.ts';
import { DAY_MS, HOUR_MS, plus } from '../../domain/shared/instant.ts';
import { createFeed } from './create-feed.ts';
import { givenWorlds, LONG_MS, type Kind, type World } from './test-fixture.ts';

// Few people, so that much happens between any two of them.
const PEOPLE = ['ann', 'bob', 'cyd'] as PersonId[];
const [ann, bob, cyd] = PEOPLE as [PersonId, PersonId, PersonId, PersonId];
const person = fc.constantFrom(...PEOPLE);
const kind = fc.constantFrom<Kind>('follow', 'mute', 'block', 'friend');
const PAGES_MAX = 2_000;

type Step = { readonly name: string; readonly act: (world: World) => Promise<unknown> };
const step = <Given extends readonly unknown[]>(
  name: string,
  given: { [Each in keyof Given]: fc.Arbitrary<Given[Each]> },
  act: (world: World, ...given: Given) => Promise<unknown>,
) => fc.tuple(...given).map((its): Step => ({ name: `${name} ${JSON.stringify(its)}`, act: (world) => act(world, ...(its as unknown as Given)) }));

const gapMs = fc.constantFrom(0, 1, HOUR_MS, 3 * DAY_MS, LONG_MS);
const delivered = fc.constantFrom('push' as const, 'push' as const, 'pull' as const);

/** Steps that change only the cache, and no feed. */
const cacheSteps = [
  step('drop', [person], (world, reader) => world.feedCache.invalidate([reader])),
  step('trim', [person, fc.nat(5)], (world, reader, kept) => world.trim(reader, kept)),
  step('forget all', [], (world) => world.feedCache.invalidateAll()),
];
const anyStep = fc.oneof(
  {
    weight: 6,
    arbitrary: step('publish', [fc.array(person, { minLength: 1, maxLength: 6 }), gapMs, delivered], (world, by, afterMs, mode) =>
      world.publish(by, { afterMs, delivered: mode }),
    ),
  },
  { weight: 3, arbitrary: step('fan out', [], (world) => world.fanOut()) },
  { weight: 1, arbitrary: step('remove', [fc.nat()], (world, which) => world.remove(which)) },
  { weight: 5, arbitrary: step('connect', [kind, person, person], (world, kindOf, from, to) => world.connect(kindOf, from, to)) },
  { weight: 2, arbitrary: step('disconnect', [kind, person, person], (world, kindOf, from, to) => world.disconnect(kindOf, from, to)) },
  { weight: 4, arbitrary: step('read', [person, fc.integer({ min: 1, max: 8 })], (world, reader, limit) => world.read({ reader, limit })) },
  ...cacheSteps.map((arbitrary) => ({ weight: 1, arbitrary })),
);
const stepsBetweenPages = fc.oneof(
  step('publish', [fc.array(person, { minLength: 1, maxLength: 3 })], async (world, by) => {
    await world.publish(by, { afterMs: 1 });
    await world.fanOut();
  }),
  ...cacheSteps,
);

/** Pages through a whole feed. Each page may have another size, and other things may happen between two of them. */
async function walk(
  world: World,
  reader: PersonId,
  { limits, between }: { readonly limits: readonly number[]; readonly between: readonly Step[] },
): Promise<readonly PostId[]> {
  const seen: PostId[] = [];
  let cursor: PostId | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const limit = limits[page % limits.length] ?? 1;
    const { posts, next } = await world.read({ reader, limit, ...(cursor === undefined ? {} : { cursor }) });
    if (posts.length > limit) throw new Error('The page has more posts than were asked for.');
    seen.push(...posts.map(({ id }) => id as PostId));
    if (next === null) return seen;
    if (cursor !== undefined && next >= cursor) throw new Error('The cursor does not go on.');
    cursor = next;
    await between[page]?.act(world);
  }
  throw new Error('The feed has no end.');
}

test('paging through a feed shows the same as a naive look at everything, whatever happened before and whatever happens to the cache meanwhile', async (t) => {
  await using worlds = await givenWorlds();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ step: anyStep, waits: fc.boolean() }), { minLength: 10, maxLength: 60, size: 'max' }),
      fc.record({ feedsMax: fc.constantFrom(1, 10, 10), feedPostsMax: fc.constantFrom(2, 5, 500) }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
      fc.array(stepsBetweenPages, { maxLength: 6 }),
      async (history, options, limits, between) => {
        const world = await worlds.begin(options);
        const unfinished = [];
        for (const {
          step: { act },
          waits,
        } of history) {
          const acting = act(world);
          // A step that isn't awaited overlaps with the next one: a build with an invalidation, a page with a trim.
          if (waits) await acting;
          else unfinished.push(acting);
        }
        await Promise.all(unfinished);
        await world.fanOut();
        for (const reader of PEOPLE) {
          const expected = world.expected(reader);
          deepStrictEqual(await walk(world, reader, { limits, between }), expected, reader); // throws, so that fast-check shrinks the history
        }
      },
    ),
    { numRuns: 50 },
  );
  t.pass();
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
  const { views, feedCache } = world;
  let begun = 0;
  const counting = {
    ...feedCache,
    beginBuild: (reader: PersonId) => {
      begun++;
      return feedCache.beginBuild(reader);
    },
  };
  const read = createFeed({ views, feedCache: counting, clock: () => plus(postTimeOf(post as PostId), 1) });
  const pages = await Promise.all(Array.from({ length: 50 }, () => read({ reader: ann, limit: 5 })));
  for (const { posts, next } of pages) t.deepEqual([posts.map(({ id }) => id), next], [[post as string], null]);
  t.is(begun, 1);
});

test('a reader who gets a new author while the feed is built sees that author’s posts at once', async (t) => {
  await using worlds = await givenWorlds();
  const world = await worlds.begin({ feedsMax: 10, feedPostsMax: 500 });
  await world.connect('follow', ann, bob);
  const [hers, his] = await world.publish([cyd, bob], { afterMs: 1 });
  const { views, feedCache } = world;
  let warmed = 0;
  const interrupted: typeof feedCache = {
    ...feedCache,
    warm: async (...built) => {
      if (++warmed === 1) await world.connect('follow', ann, cyd);
      await feedCache.warm(...built);
    },
  };
  const read = createFeed({ views, feedCache: interrupted, clock: () => plus(postTimeOf(his as PostId), 1) });
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
