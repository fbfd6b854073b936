/** Reading one's writes: the feed as of a position, while the workers that bring feeds there are held back. */
import { deepStrictEqual } from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { plus } from '../../domain/shared/instant.ts';
import { postTimeOf } from '../../domain/feed/post-id.ts';
import { createFeed } from './create-feed.ts';
import { givenWorlds, type World } from './test-fixture.ts';
import { ann, anyStep, bob, cyd, happen, histories, PEOPLE, step, stepsBetweenPages, walk } from './testing/test-fixture.ts';

const anyPerson = fc.constantFrom(...PEOPLE);
const stepWithWorkers = fc.oneof(
  { weight: 12, arbitrary: anyStep },
  { weight: 2, arbitrary: step('open fan-outs', [], (world) => world.openFanOuts()) },
  { weight: 1, arbitrary: step('invalidate', [], (world) => world.invalidateFeeds()) },
  { weight: 4, arbitrary: step('read as of now', [anyPerson], (world, reader) => world.read({ reader, limit: 3, upTo: world.head() })) },
);

test('a feed as of a position shows all that a naive look at everything shows, however far the fan-out and the invalidation have come', async (t) => {
  await using worlds = await givenWorlds();
  await t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(
        histories(stepWithWorkers),
        fc.record({ feedsMax: fc.constantFrom(1, 10, 10), feedPostsMax: fc.constantFrom(2, 5, 500) }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
        fc.array(stepsBetweenPages, { maxLength: 6 }),
        async (history, options, limits, between) => {
          const world = await worlds.begin({ ...options, invalidation: 'held-back' });
          await happen(world, history);
          for (const reader of PEOPLE) {
            const expected = world.expected(reader);
            deepStrictEqual(await walk(world, reader, { limits, between, upTo: world.head }), expected, reader);
          }
        },
      ),
      { numRuns: 50 },
    ),
  );
});

async function givenWarmFeed(t: { teardown(end: () => Promise<void>): void }): Promise<World> {
  const worlds = await givenWorlds();
  t.teardown(() => worlds[Symbol.asyncDispose]());
  const world = await worlds.begin({ feedsMax: 10, feedPostsMax: 500, invalidation: 'held-back' });
  await world.connect('follow', ann, bob);
  await world.invalidateFeeds();
  await world.read({ reader: ann, limit: 5 });
  return world;
}

const idsOf = async (world: World, reader: PersonId, limit = 5) =>
  (await world.read({ reader, limit, upTo: world.head() })).posts.map(({ id }) => id as PostId);

test('a post is in a warm feed as of its position in 100 of 100 tries, however far its fan-out is', async (t) => {
  const world = await givenWarmFeed(t);
  for (let tries = 0; tries < 100; tries++) {
    await world.publish([bob, cyd], { afterMs: 1 });
    if (tries % 3 > 0) await world.openFanOuts();
    t.deepEqual(await idsOf(world, ann), world.expected(ann).slice(0, 5));
    if (tries % 3 > 1) await world.fanOut();
  }
});

test('a post whose fan-out is under way is shown as it is now: not after it was deleted, not after an unfollow, not across a block', async (t) => {
  const world = await givenWarmFeed(t);
  const [first] = await world.publish([bob], { afterMs: 1 });
  const [second] = await world.publish([bob], { afterMs: 1 });
  t.deepEqual(await idsOf(world, ann), [second, first]);
  await world.remove(1);
  t.deepEqual(await idsOf(world, ann), [first]);
  for (const kind of ['mute', 'block'] as const) {
    await world.connect(kind, ann, bob);
    t.deepEqual(await idsOf(world, ann), []);
    await world.disconnect(kind, ann, bob);
    t.deepEqual(await idsOf(world, ann), [first]);
  }
  await world.disconnect('follow', ann, bob);
  t.deepEqual(await idsOf(world, ann), []);
});

test('more posts under way than one request looks at are read from the views', async (t) => {
  const world = await givenWarmFeed(t);
  for (let i = 0; i < 3; i++)
    await world.publish(
      Array.from({ length: 100 }, (_, n) => (n % 50 === i ? bob : cyd)),
      { afterMs: 1 },
    );
  t.deepEqual(await idsOf(world, ann), world.expected(ann).slice(0, 5));
  await world.openFanOuts();
  t.deepEqual(await idsOf(world, ann), world.expected(ann).slice(0, 5));
});

test('a reader with a new author finds the earlier posts as of that position, also where another request is building the feed without them', async (t) => {
  const world = await givenWarmFeed(t);
  await world.publish([bob, cyd], { afterMs: 1 });
  await world.fanOut();
  await world.feedCache.invalidate([ann]);
  const building = Promise.withResolvers<void>();
  const views: World['views'] = {
    ...world.views,
    // What the build of the other request has read of the relationships is as old as this.
    pluck: async (...query) => {
      const found = await world.views.pluck(...query);
      building.resolve();
      await followed.promise;
      return found;
    },
  };
  const followed = Promise.withResolvers<void>();
  const read = createFeed({ ...world.queries, views, clock: () => plus(postTimeOf(world.expected(bob)[0] as PostId), 1) });
  const first = read({ reader: ann, limit: 5 });
  await building.promise;
  await world.connect('follow', ann, cyd);
  const second = read({ reader: ann, limit: 5, upTo: world.head() });
  followed.resolve();
  await first;
  t.deepEqual(
    (await second).posts.map(({ id }) => id as PostId),
    world.expected(ann),
  );
});
