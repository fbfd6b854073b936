/** The contract of a feed cache: a feed is complete above its floor, whatever happens to it. */
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { FEED_POSTS_MAX, FEED_SLACK_POSTS, type FeedCache } from './port.ts';
import { pullingContract, type AddTest } from './pulling/contract.ts';

const ann = 'ann' as PersonId;
const bob = 'bob' as PersonId;
const FULL_FEED_POSTS = FEED_POSTS_MAX + FEED_SLACK_POSTS;

const postId = (n: number): PostId => `a-post-${String(n).padStart(9, '0')}` as PostId;
const posts = (...ns: readonly number[]): PostId[] => ns.map(postId);

/** Each adapter's test file is one call: `feedCacheContract('memory', () => startMemoryFeedCache({ feedsMax: 1_000 }))`. */
export function feedCacheContract(adapter: string, start: () => Promise<FeedCache>, run: RunTest = test): void {
  const check: AddTest = (title, body) =>
    run(`${adapter}: ${title}`, async (t) => {
      await using cache = await start();
      await body(t, cache);
    });

  buildingContract(check);
  readingContract(check);
  pullingContract(check);
  check('a feed never has a hole above its floor, whatever is added, built and invalidated, in any order', neverAHole);
}

const newFor = async (cache: FeedCache, post: PostId, readers: readonly PersonId[]) => (await cache.add(post, readers)).newFor;

type RunTest = (title: string, body: (t: ExecutionContext) => Promise<void>) => void;

async function warm(cache: FeedCache, reader: PersonId, ns: readonly number[], floor: number | null = null): Promise<void> {
  await cache.warm(reader, await cache.beginBuild(reader), { posts: posts(...ns), floor: floor === null ? null : postId(floor) });
}

function buildingContract(check: AddTest): void {
  check('a cold feed is not an empty one', async (t, cache) => {
    t.is(await cache.page(ann, { limit: 20 }), undefined);
    const token = await cache.beginBuild(ann);
    t.is(await cache.page(ann, { limit: 20 }), undefined);
    await cache.warm(ann, token, { posts: [], floor: null });
    t.deepEqual(await cache.page(ann, { limit: 20 }), { posts: [], floor: null, pulled: [] });
    t.is(await cache.page(bob, { limit: 20 }), undefined);
  });

  check('adding to a cold feed does nothing', async (t, cache) => {
    t.deepEqual(await newFor(cache, postId(1), [ann]), []);
    await warm(cache, ann, []);
    t.like(await cache.page(ann, { limit: 20 }), { posts: [], floor: null });
  });

  check('a post added while a feed is being built lands in it', async (t, cache) => {
    const token = await cache.beginBuild(ann);
    t.deepEqual(await newFor(cache, postId(5), [ann]), [ann]);
    t.deepEqual(await newFor(cache, postId(2), [ann]), [ann]);
    await cache.warm(ann, token, { posts: posts(4, 2, 1), floor: null });
    t.deepEqual((await cache.page(ann, { limit: 20 }))?.posts, posts(5, 4, 2, 1));
  });

  check('a post that landed while a feed was being built, and is not above its floor, is left out', async (t, cache) => {
    const token = await cache.beginBuild(ann);
    for (const n of [2, 3, 5]) await cache.add(postId(n), [ann]);
    await cache.warm(ann, token, { posts: posts(4), floor: postId(3) });
    t.like(await cache.page(ann, { limit: 20 }), { posts: posts(5, 4), floor: postId(3) });
  });

  check('a feed that gets more posts than it holds while it is being built has no hole below them', async (t, cache) => {
    const token = await cache.beginBuild(ann);
    const last = 2 * FULL_FEED_POSTS;
    for (let n = 11; n <= last; n++) await cache.add(postId(n), [ann]);
    await cache.warm(ann, token, { posts: posts(10, 9, 8), floor: null });
    const page = await cache.page(ann, { limit: last });
    const kept = page?.posts.length ?? 0;
    t.true(kept >= FEED_POSTS_MAX);
    t.like(page, { posts: posts(...Array.from({ length: kept }, (_, i) => last - i)), floor: postId(last - kept) });
  });

  check('invalidating a feed while it is being built makes its `warm` do nothing', async (t, cache) => {
    const token = await cache.beginBuild(ann);
    await cache.invalidate([ann]);
    await cache.warm(ann, token, { posts: posts(1), floor: null });
    t.is(await cache.page(ann, { limit: 20 }), undefined);
  });

  check('of two builds of a feed, the one that began last makes it warm', async (t, cache) => {
    const [first, second] = [await cache.beginBuild(ann), await cache.beginBuild(ann)];
    await cache.warm(ann, first, { posts: posts(1), floor: null });
    t.is(await cache.page(ann, { limit: 20 }), undefined);
    await cache.warm(ann, second, { posts: posts(2), floor: null });
    await cache.warm(ann, second, { posts: posts(3), floor: null });
    t.deepEqual((await cache.page(ann, { limit: 20 }))?.posts, posts(2));
  });

  check('an invalidated feed is cold again, and no other feed is', async (t, cache) => {
    for (const reader of [ann, bob]) await warm(cache, reader, [1]);
    await cache.invalidate([ann, 'nobody' as PersonId]);
    t.is(await cache.page(ann, { limit: 20 }), undefined);
    t.deepEqual((await cache.page(bob, { limit: 20 }))?.posts, posts(1));
  });

  check('a feed that was cold meanwhile has another token, however soon it is warm again', async (t, cache) => {
    t.is(await cache.warmToken(ann), undefined);
    const tokens = new Set<string | undefined>();
    const losses = [() => cache.invalidate([ann]), () => cache.invalidateAll(), () => Promise.resolve()];
    for (const lose of losses) {
      const token = await cache.beginBuild(ann);
      t.is(await cache.warmToken(ann), undefined, 'while it is built');
      await cache.warm(ann, token, { posts: posts(1), floor: null });
      await cache.add(postId(2), [ann]);
      t.is(await cache.warmToken(ann), token);
      tokens.add(token);
      await lose();
    }
    t.is(tokens.size, losses.length);
  });

  check('invalidating all makes every feed cold, also those being built', async (t, cache) => {
    await warm(cache, ann, [1]);
    const token = await cache.beginBuild(bob);
    await cache.invalidateAll();
    await cache.warm(bob, token, { posts: posts(1), floor: null });
    t.deepEqual([await cache.page(ann, { limit: 20 }), await cache.page(bob, { limit: 20 })], [undefined, undefined]);
    await warm(cache, ann, [2]);
    t.deepEqual((await cache.page(ann, { limit: 20 }))?.posts, posts(2));
  });
}

function readingContract(check: AddTest): void {
  check('a post added twice is there once, newest first', async (t, cache) => {
    await warm(cache, ann, [1, 3]);
    t.deepEqual(await newFor(cache, postId(4), [ann]), [ann]);
    t.deepEqual(await newFor(cache, postId(2), [ann]), [ann]);
    for (const n of [1, 2, 3, 4]) t.deepEqual(await newFor(cache, postId(n), [ann]), []);
    t.deepEqual((await cache.page(ann, { limit: 20 }))?.posts, posts(4, 3, 2, 1));
  });

  check('a post goes to many readers at once, and the answer names the readers for whom it was new', async (t, cache) => {
    const readers = Array.from({ length: 500 }, (_, i) => `reader-${i}` as PersonId);
    const warmed = readers.filter((_, i) => i % 5 === 0);
    for (const reader of warmed) await warm(cache, reader, []);
    await cache.add(postId(1), warmed.slice(0, 10));
    t.deepEqual([...(await newFor(cache, postId(1), readers))].toSorted(), warmed.slice(10).toSorted());
    for (const reader of warmed) t.deepEqual((await cache.page(reader, { limit: 20 }))?.posts, posts(1));
  });

  check('a page has the posts before its cursor, whether or not the cursor is one of its posts', async (t, cache) => {
    await warm(cache, ann, [10, 20, 30, 40, 50], 5);
    const page = async (before: number, limit: number) => (await cache.page(ann, { before: postId(before), limit }))?.posts;
    t.deepEqual(await page(40, 2), posts(30, 20));
    t.deepEqual(await page(45, 2), posts(40, 30));
    t.deepEqual(await page(99, 1), posts(50));
    t.deepEqual(await page(10, 20), []);
    t.like(await cache.page(ann, { before: postId(3), limit: 20 }), { posts: [], floor: postId(5) });
  });

  check('a post at or below the floor is not added', async (t, cache) => {
    await warm(cache, ann, [10], 5);
    t.deepEqual(await newFor(cache, postId(5), [ann]), []);
    t.deepEqual(await newFor(cache, postId(4), [ann]), []);
    t.deepEqual(await newFor(cache, postId(6), [ann]), [ann]);
    t.like(await cache.page(ann, { limit: 20 }), { posts: posts(10, 6), floor: postId(5) });
  });

  check('a feed that outgrows its cap loses its oldest posts and raises its floor to the newest of them', async (t, cache) => {
    await warm(cache, ann, [1], null);
    for (let n = 2; n <= FULL_FEED_POSTS + 1; n++) await cache.add(postId(n), [ann]);
    const page = await cache.page(ann, { limit: FULL_FEED_POSTS + 1 });
    const kept = page?.posts.length ?? 0;
    t.true(kept >= FEED_POSTS_MAX && kept <= FULL_FEED_POSTS);
    t.is(page?.floor, postId(FULL_FEED_POSTS + 1 - kept));
    t.deepEqual(page?.posts, posts(...Array.from({ length: kept }, (_, i) => FULL_FEED_POSTS + 1 - i)));
  });

  check('a feed that is built larger than its cap is trimmed as it becomes warm', async (t, cache) => {
    await warm(
      cache,
      ann,
      Array.from({ length: 2 * FEED_POSTS_MAX }, (_, i) => 1 + i),
    );
    const page = await cache.page(ann, { limit: 2 * FEED_POSTS_MAX });
    t.true(page !== undefined && page.posts.length >= FEED_POSTS_MAX && page.posts.length <= FULL_FEED_POSTS);
    t.is(page?.floor, postId(2 * FEED_POSTS_MAX - (page?.posts.length ?? 0)));
  });
}

type Step =
  /** `count` posts appear in the views and are fanned out; their ids lie near `around`, and older ones come late. */
  | { readonly do: 'post'; readonly around: number; readonly count: number }
  | { readonly do: 'post again'; readonly which: number }
  | { readonly do: 'begin' | 'drop'; readonly reader: PersonId }
  /** With the posts that the views had when the build began, or have now. */
  | { readonly do: 'warm'; readonly reader: PersonId; readonly newest: number; readonly as: 'at begin' | 'now' }
  | { readonly do: 'forget all' };

const readers = [ann, bob];
const IDS_MAX = 5_000;
const RUNS = 60;

function anySteps(): fc.Arbitrary<Step[]> {
  const reader = fc.constantFrom(...readers);
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('post' as const), around: fc.nat(IDS_MAX), count: fc.constantFrom(1, 3, 150) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('post again' as const), which: fc.nat() }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('begin' as const), reader }) },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('warm' as const), reader, newest: fc.constantFrom(0, 2, 400, 900), as: fc.constantFrom('at begin', 'now') }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), reader }) },
    { weight: 1, arbitrary: fc.constant({ do: 'forget all' as const }) },
  );
  return fc.array(step, { minLength: 10, maxLength: 40 });
}

/** Compared with a naive model: every post is in every reader's views from the start of its fan-out. */
async function neverAHole(t: ExecutionContext, cache: FeedCache): Promise<void> {
  await t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(anySteps(), async (steps) => {
        await cache.invalidateAll();
        const views = new Set<PostId>();
        const builds = new Map<PersonId, { readonly token: string; readonly atBegin: readonly PostId[] }>();
        for (const step of steps) {
          await perform(cache, step, { views, builds });
          for (const reader of readers) await hasNoHole(cache, reader, views);
        }
      }),
      { numRuns: RUNS },
    ),
  );
}

type FeedModel = { readonly views: Set<PostId>; readonly builds: Map<PersonId, { readonly token: string; readonly atBegin: readonly PostId[] }> };

async function perform(cache: FeedCache, step: Step, { views, builds }: FeedModel): Promise<void> {
  switch (step.do) {
    case 'post':
      for (let i = 0; i < step.count; i++) {
        const post = postId((step.around + i * 37) % IDS_MAX);
        views.add(post);
        await addAndCompare(cache, post);
      }
      return;
    case 'post again': {
      const all = [...views];
      const post = all[step.which % all.length];
      return post === undefined ? undefined : await addAndCompare(cache, post);
    }
    case 'begin':
      builds.set(step.reader, { token: await cache.beginBuild(step.reader), atBegin: [...views] });
      return;
    case 'warm': {
      const building = builds.get(step.reader);
      if (building === undefined) return;
      const newestFirst = (step.as === 'now' ? [...views] : building.atBegin).toSorted().toReversed();
      return await cache.warm(step.reader, building.token, { posts: newestFirst.slice(0, step.newest), floor: newestFirst[step.newest] ?? null });
    }
    case 'drop':
      return await cache.invalidate([step.reader]);
    case 'forget all':
      return await cache.invalidateAll();
  }
}

/** For a warm feed the answer of `add` must agree with a page read before. */
async function addAndCompare(cache: FeedCache, post: PostId): Promise<void> {
  const before = await Promise.all(readers.map((reader) => cache.page(reader, { limit: FULL_FEED_POSTS })));
  const answered = await newFor(cache, post, readers);
  for (const [i, reader] of readers.entries()) {
    const page = before[i];
    if (page === undefined) continue; // cold, or being built
    const isNew = !page.posts.includes(post) && (page.floor === null || post > page.floor);
    if (answered.includes(reader) !== isNew) throw new Error(`${post} was answered to be ${isNew ? 'old' : 'new'} for ${reader}.`);
  }
}

async function hasNoHole(cache: FeedCache, reader: PersonId, views: ReadonlySet<PostId>): Promise<void> {
  const page = await cache.page(reader, { limit: FULL_FEED_POSTS + 1 });
  if (page === undefined) return;
  const { floor } = page;
  const expected = [...views].filter((post) => floor === null || post > floor).toSorted();
  if (expected.toReversed().join() !== page.posts.join()) throw new Error(`${reader}’s feed is not complete above its floor ${floor}.`);
  if (page.posts.length > FULL_FEED_POSTS) throw new Error(`${reader}’s feed has grown to ${page.posts.length} posts.`);
}
