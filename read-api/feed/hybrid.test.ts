/**
 * Authors turn to pulling and back while everything else happens, with jobs in any order, twice, late, lost and dying. A naive look at
 * everything is the oracle. In the middle of it a feed may lack what is still under way, and nothing else.
 */
import test from 'ava';
import fc from 'fast-check';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { givenWorlds, type World } from './test-fixture.ts';
import { ann, anyStep, bob, cyd, fate, happen, histories, PEOPLE, step, walk } from './testing/test-fixture.ts';

const person = fc.constantFrom(...PEOPLE);
const few = fc.array(person, { minLength: 1, maxLength: 3 });
/** Feeds are lost seldom, for one that is built anew hides what an older one lacks. */
const stepsOfTurns = fc.oneof(
  { weight: 20, arbitrary: step('turn', [person, fc.constantFrom('pull' as const, 'push' as const)], (world, author, to) => world.turn(author, to)) },
  { weight: 30, arbitrary: step('publish', [few, fc.constantFrom(0, 0, 1, 2)], (world, by, staleBy) => world.publish(by, { afterMs: 1_000, staleBy })) },
  { weight: 20, arbitrary: step('run one job', [fate], (world, its) => world.runOne(its)) },
  { weight: 10, arbitrary: step('open fan-outs', [], (world) => world.openFanOuts()) },
  { weight: 15, arbitrary: step('fan out', [], (world) => world.fanOut()) },
  { weight: 20, arbitrary: step('read', [person], (world, reader) => world.read({ reader, limit: 2 })) },
  { weight: 15, arbitrary: step('compare', [person], (world, reader) => lacksOnlyWhatIsUnderWay(world, reader)) },
  { weight: 3, arbitrary: step('drop', [person], (world, reader) => world.feedCache.invalidate([reader])) },
  { weight: 6, arbitrary: step('late command', [person, person], lateCommand) },
  { weight: 10, arbitrary: anyStep },
);

/** It has read that the author is pulled, and publishes after the author turned back, when a feed was built that pulls nobody. */
async function lateCommand(world: World, author: PersonId, reader: PersonId): Promise<void> {
  await world.turn(author, 'pull');
  await world.fanOut();
  await world.turn(author, 'push');
  await world.feedCache.invalidate([reader]);
  await world.read({ reader, limit: 2 });
  await world.publish([author], { afterMs: 1_000, staleBy: 1 });
}

async function lacksOnlyWhatIsUnderWay(world: World, reader: PersonId): Promise<void> {
  const shown = new Set(await walk(world, reader, { limits: [3], between: [] }));
  const missing = world.expected(reader).filter((post) => !shown.has(post) && !world.underWay().has(post));
  if (missing.length > 0) throw new Error(`${reader}’s feed lacks ${missing.join()}, which nobody brings any more.`);
  const expected = new Set(world.expected(reader));
  const tooMany = [...shown].filter((post) => !expected.has(post));
  if (tooMany.length > 0) throw new Error(`${reader}’s feed shows ${tooMany.join()}.`);
}

test('a feed lacks nothing but what is under way, while authors turn to pulling and back and jobs run late, twice, in any order, or not at all', async (t) => {
  await using worlds = await givenWorlds();
  await t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(
        histories(stepsOfTurns).map((history) => history.map(({ step }) => ({ step, waits: true }))),
        fc.record({ feedsMax: fc.constantFrom(2, 10, 10), feedPostsMax: fc.constantFrom(2, 5, 500) }),
        async (history, options) => {
          const world = await worlds.begin(options);
          // Everybody reads everybody, and most feeds are warm, so that a gap is soon seen.
          for (const reader of PEOPLE) for (const author of PEOPLE) await world.connect('follow', reader, author);
          for (const reader of PEOPLE) await world.read({ reader, limit: 1 });
          await happen(world, history);
          await world.fanOut();
          for (const reader of PEOPLE) {
            const seen = await walk(world, reader, { limits: [4], between: [] });
            if (seen.join() !== world.expected(reader).join()) throw new Error(`${reader}’s feed is ${seen.join()} and not ${world.expected(reader).join()}.`);
          }
        },
      ),
      { numRuns: 50 },
    ),
  );
});

const idsOf = async (world: World, reader: PersonId, limit = 20) => (await world.read({ reader, limit })).posts.map(({ id }) => id as PostId);

/** Ann reads Bob, and her feed is warm. */
async function givenReader(t: { teardown(end: () => Promise<void>): void }, feedPostsMax = 500): Promise<World> {
  const worlds = await givenWorlds();
  t.teardown(() => worlds[Symbol.asyncDispose]());
  const world = await worlds.begin({ feedsMax: 10, feedPostsMax });
  await world.connect('follow', ann, bob);
  await world.connect('follow', ann, cyd);
  await idsOf(world, ann);
  return world;
}

test('posts are pushed until every warm feed was told, and a post that is pulled then needs no job', async (t) => {
  const world = await givenReader(t);
  await world.turn(bob, 'pull');
  await world.publish([bob], { afterMs: 1 });
  t.deepEqual(await idsOf(world, ann), [], 'it was pushed, and is under way');
  t.is(world.underWay().size, 1);
  await world.fanOut();
  t.deepEqual((await world.feedCache.page(ann, { limit: 9 }))?.pulled, [bob]);
  const pulled = await world.publish([bob, bob], { afterMs: 1 });
  t.deepEqual(await idsOf(world, ann), world.expected(ann), 'at once');
  t.false((await world.feedCache.page(ann, { limit: 9 }))?.posts.some((post) => pulled.includes(post)));
});

test('a page of pushed and pulled posts goes on below every floor without a hole', async (t) => {
  const world = await givenReader(t, 5);
  await world.turn(bob, 'pull');
  await world.fanOut();
  for (let i = 0; i < 60; i++) await world.publish([bob, cyd, bob, bob, bob], { afterMs: 1_000 });
  await world.fanOut();
  await world.trim(ann, 3);
  for (const limit of [1, 7, 100]) t.deepEqual(await walk(world, ann, { limits: [limit], between: [] }), world.expected(ann));
});

test('a timeline that is kept is never older than the view: a new post is on the next page, whatever its time', async (t) => {
  const world = await givenReader(t);
  await world.turn(bob, 'pull');
  await world.fanOut();
  for (let i = 0; i < 20; i++) {
    await world.publish([bob, cyd, bob], { afterMs: i % 3 === 0 ? -500 : 1_000 });
    await world.openFanOuts();
    const expected = world.expected(ann).filter((post) => !world.underWay().has(post) || world.expected(bob).includes(post));
    t.deepEqual(await idsOf(world, ann, 100), expected);
  }
});

test('an author who turned back is pulled by feeds that pull, and a feed that is built anew has the posts', async (t) => {
  const world = await givenReader(t);
  await world.turn(bob, 'pull');
  await world.fanOut();
  await world.publish([bob], { afterMs: 1 });
  await world.turn(bob, 'push');
  await world.publish([bob], { afterMs: 1 });
  t.deepEqual(await idsOf(world, ann), world.expected(ann));
  await world.feedCache.invalidateAll();
  t.deepEqual(await idsOf(world, ann), world.expected(ann));
  t.deepEqual((await world.feedCache.page(ann, { limit: 9 }))?.pulled, []);
  await world.publish([bob], { afterMs: 1, staleBy: 1 });
  await world.fanOut();
  t.deepEqual(await idsOf(world, ann), world.expected(ann), 'also what was stamped before the turn back');
});
