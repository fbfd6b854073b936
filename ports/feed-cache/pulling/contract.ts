/** The part of the contract that speaks of pulled authors: a warm feed knows all of whom it was told, and timelines are kept beside feeds. */
import type { ExecutionContext } from 'ava';
import fc from 'fast-check';
import type { PersonId, PostId } from '../../../domain/shared/ids.ts';
import { FEED_POSTS_MAX, FEED_SLACK_POSTS, type FeedCache } from '../port.ts';

export type AddTest = (title: string, body: (t: ExecutionContext, cache: FeedCache) => Promise<void>) => void;

const ann = 'ann' as PersonId;
const bob = 'bob' as PersonId;
const cyd = 'cyd' as PersonId;
const RUNS = 60;

const postId = (n: number): PostId => `a-post-${String(n).padStart(9, '0')}` as PostId;
const build = async (cache: FeedCache, reader: PersonId, pulled: readonly PersonId[]) =>
  cache.warm(reader, await cache.beginBuild(reader), { posts: [postId(1)], floor: null, pulled });
const pulledBy = async (cache: FeedCache, reader: PersonId) => (await cache.page(reader, { limit: 20 }))?.pulled.toSorted();

export function pullingContract(check: AddTest): void {
  check('a feed pulls the authors that it was built with and those that it was told of', async (t, cache) => {
    await build(cache, ann, [bob]);
    t.deepEqual(await pulledBy(cache, ann), [bob]);
    for (let i = 0; i < 2; i++) t.is(await cache.pull(cyd, [ann, bob]), 1, 'and one of the two feeds is warm');
    t.deepEqual(await cache.page(ann, { limit: 20 }).then((page) => page?.posts), [postId(1)]);
    t.deepEqual(await pulledBy(cache, ann), [bob, cyd]);
    t.is(await cache.page(bob, { limit: 20 }), undefined, 'telling a cold feed does not make it warm');
  });

  check('the answer of an addition counts feeds that are warm or being built, whether or not the post is new in them', async (t, cache) => {
    await build(cache, ann, []);
    await cache.beginBuild(bob);
    const readers = [ann, bob, cyd];
    t.deepEqual(await cache.add(postId(2), readers), { warm: 2, newFor: [ann, bob] });
    t.deepEqual(await cache.add(postId(2), readers), { warm: 2, newFor: [] });
    t.is(await cache.pull(cyd, readers), 2);
  });

  check('pulled authors neither count as posts nor are trimmed away with them, nor stand in a page of posts', async (t, cache) => {
    const authors = Array.from({ length: 100 }, (_, i) => `author-${String(i).padStart(3, '0')}` as PersonId);
    await build(cache, ann, authors);
    const last = FEED_POSTS_MAX + 1;
    for (let n = 2; n <= last; n++) await cache.add(postId(n), [ann]);
    const whole = await cache.page(ann, { limit: 2 * last });
    t.is(whole?.posts.length, last, 'nothing was trimmed, for there are no more posts than a feed holds');
    t.is(whole?.floor, null);
    for (let n = last + 1; n <= last + FEED_SLACK_POSTS; n++) await cache.add(postId(n), [ann]);
    const page = await cache.page(ann, { limit: 2 * last });
    t.is(page?.posts.length, FEED_POSTS_MAX);
    t.is(page?.posts[0], postId(last + FEED_SLACK_POSTS));
    t.deepEqual(page?.pulled.toSorted(), authors);
    t.deepEqual(await cache.page(ann, { limit: 1, before: postId(last) }).then((older) => older?.posts), [postId(last - 1)]);
  });

  check('a warm feed pulls exactly whom it was built with and told of since its build began, whatever happens in between', async (t, cache) => {
    await t.notThrowsAsync(fc.assert(fc.asyncProperty(anySteps(), toldIsKept(cache)), { numRuns: RUNS }));
  });

  check('a timeline is what was kept last, or nothing', async (t, cache) => {
    const timeline = { version: '7', posts: [postId(9), postId(8)], floor: postId(8) };
    t.deepEqual(await cache.timelines([ann, bob]), [undefined, undefined]);
    await cache.keepTimeline(bob, { ...timeline, version: '6' });
    await cache.keepTimeline(bob, timeline);
    t.deepEqual(await cache.timelines([ann, bob]), [undefined, timeline]);
    t.deepEqual(await cache.timelines([]), []);
  });
}

type Step =
  { readonly do: 'pull'; readonly author: PersonId } | { readonly do: 'begin' | 'drop' } | { readonly do: 'warm'; readonly pulled: readonly PersonId[] };

function anySteps(): fc.Arbitrary<Step[]> {
  const people = [ann, bob, cyd];
  return fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('pull' as const), author: fc.constantFrom(...people) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('begin' as const, 'begin' as const, 'drop' as const) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('warm' as const), pulled: fc.subarray(people) }) },
    ),
    { minLength: 5, maxLength: 40 },
  );
}

type Model = { state: 'cold' | 'building' | 'warm'; token: string; pulled: ReadonlySet<PersonId> };

const toldIsKept = (cache: FeedCache) => async (steps: readonly Step[]) => {
  await cache.invalidateAll();
  const model: Model = { state: 'cold', token: '', pulled: new Set() };
  for (const step of steps) {
    await perform(cache, model, step);
    const pulled = await pulledBy(cache, ann);
    const expected = model.state === 'warm' ? [...model.pulled].toSorted() : undefined;
    if (pulled?.join() !== expected?.join()) throw new Error(`The feed pulls ${pulled?.join()} and not ${expected?.join()}.`);
  }
};

async function perform(cache: FeedCache, model: Model, step: Step): Promise<void> {
  switch (step.do) {
    case 'pull':
      if ((await cache.pull(step.author, [ann])) !== (model.state === 'cold' ? 0 : 1)) throw new Error('The feed was counted wrongly.');
      if (model.state !== 'cold') model.pulled = new Set([...model.pulled, step.author]);
      return;
    case 'begin':
      Object.assign(model, { state: 'building', token: await cache.beginBuild(ann), pulled: new Set() });
      return;
    case 'warm':
      await cache.warm(ann, model.token, { posts: [], floor: null, pulled: step.pulled });
      if (model.state === 'building') Object.assign(model, { state: 'warm', pulled: new Set([...model.pulled, ...step.pulled]) });
      return;
    case 'drop':
      await cache.invalidate([ann]);
      model.state = 'cold';
      return;
  }
}
