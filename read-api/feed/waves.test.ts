/** How many round trips to the views a page of a warm feed takes. */
import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import { postTimeOf } from '../../domain/feed/post-id.ts';
import type { PostId } from '../../domain/shared/ids.ts';
import { plus } from '../../domain/shared/instant.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { createFeed } from './create-feed.ts';
import { givenWorlds } from './test-fixture.ts';
import { ann, bob, cyd } from './testing/test-fixture.ts';

/** Views that answer all queries of one moment together: so what is asked without waiting for another answer is one wave. */
function viewsInWaves(views: TidingsViews) {
  const waves: string[][] = [];
  let wave: { readonly queries: string[]; readonly answered: Promise<unknown>[]; readonly all: Promise<unknown> } | undefined;
  const inWave = async <Value>(name: string, query: () => Promise<Value>): Promise<Value> => {
    if (wave === undefined) {
      const opened = { queries: [] as string[], answered: [] as Promise<unknown>[] };
      const all = turn().then(() => {
        waves.push(opened.queries);
        wave = undefined;
        return Promise.all(opened.answered);
      });
      wave = { ...opened, all };
    }
    const answer = query();
    wave.queries.push(name);
    wave.answered.push(answer);
    await wave.all;
    return answer;
  };
  const inWaves: Pick<TidingsViews, 'find' | 'getMany' | 'pluck'> = {
    find: (collection, query) => inWave(collection, () => views.find(collection, query)),
    getMany: (collection, ids) => inWave(collection, () => views.getMany(collection, ids)),
    pluck: (collection, field, query) => inWave(collection, () => views.pluck(collection, field, query)),
  };
  return { views: inWaves, waves };
}

async function givenWarmFeed() {
  await using preparing = new AsyncDisposableStack();
  const worlds = preparing.use(await givenWorlds());
  const world = await worlds.begin({ feedsMax: 10, feedPostsMax: 500 });
  await world.connect('follow', ann, bob);
  await world.connect('friend', ann, cyd);
  const ids = await world.publish([bob, cyd, ann, bob, bob], { afterMs: 1 });
  await world.read({ reader: ann, limit: 3 }); // from now on it is warm
  const { views, waves } = viewsInWaves(world.views);
  const readPage = createFeed({ ...world.queries, views, clock: () => plus(postTimeOf(ids[0] as PostId), 1) });
  const read = async (limit: number) => (await readPage({ reader: ann, limit })).posts.map(({ id }) => id);
  const prepared = preparing.move();
  return { expected: world.expected(ann), read, waves: () => waves.map((queries) => queries.toSorted()), [Symbol.asyncDispose]: () => prepared.disposeAsync() };
}

const CONTENT = ['post-counters', 'posts'];
const AROUND = ['friends', 'profiles', 'relationships'];

test('a page of a warm feed is read in three waves of queries: whether there are own posts, the posts with their counters, and their authors', async (t) => {
  await using feed = await givenWarmFeed();
  t.deepEqual(await feed.read(2), feed.expected.slice(0, 2));
  t.deepEqual(feed.waves(), [['timelines'], CONTENT, AROUND]);
});

test('one’s own posts are a wave more, where the page is old enough to have some', async (t) => {
  await using feed = await givenWarmFeed();
  t.deepEqual(await feed.read(10), feed.expected);
  t.deepEqual(feed.waves(), [['timelines'], ['posts'], CONTENT, AROUND]);
});
