/** Authors with very many active followers, in the whole of the workers; ‘very many’ are three. */
import test, { type ExecutionContext } from 'ava';
import { logFacts } from '../../commands/chat/log-facts.ts';
import type { PostEvent } from '../../domain/feed/events.ts';
import { post } from '../../domain/feed/post.ts';
import { postIdFrom, postStreamOf } from '../../domain/feed/post-id.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { deliveryModeStream } from '../../domain/shared/streams.ts';
import { startMemoryJobQueue } from '../../ports/job-queue/memory.ts';
import { temporaryFolder } from '../../ports/sqlite/test-fixture.ts';
import { createFeed } from '../../read-api/feed/create-feed.ts';
import { startWorkersForTest, type TestWorkers } from '../test-fixture.ts';
import { SAMPLED_EVERY_MS } from './active-followers.ts';
import { TURN_QUEUE } from './turn-to-pull.ts';

const CONFIG = { pullThresholds: { pullFromFollowers: 3, pushUpToFollowers: 2 } };

async function publish({ commands, by, time }: TestWorkers, author: PersonId): Promise<PostId> {
  await time.advance(1);
  return (await commands.publishPost({ author, text: 'hello' }, by(author))).id;
}

const readerOf = (work: TestWorkers) => {
  const read = createFeed({ ...work, waitForViews: work.projections.waitForViews, logFacts: logFacts(work.loadState, work.commands.loginOf) });
  return async (reader: PersonId) => (await read({ reader, limit: 50 })).posts.map(({ id }) => id as PostId);
};

/** An author and three readers with warm feeds. */
async function givenReaders(work: TestWorkers) {
  const author = await work.person('ann');
  const readers = await Promise.all(['bob', 'cyd', 'dan'].map((name) => work.person(name)));
  for (const reader of readers) await work.commands.follow({ person: reader, other: author }, work.by(reader));
  await work.untilIdle();
  const read = readerOf(work);
  for (const reader of readers) await read(reader);
  return { author, readers, read };
}

async function eventsOf<Event>(work: TestWorkers, stream: string): Promise<readonly Event[]> {
  const events: Event[] = [];
  for await (const stored of work.log.readStream(stream)) events.push((await work.codec.decode(stored)) as Event);
  return events;
}
const turnsOf = async (work: TestWorkers, author: PersonId) => (await eventsOf<Recorded>(work, deliveryModeStream(author))).map(({ type }) => type);
const stampOf = async (work: TestWorkers, post: PostId) => {
  const [published] = await eventsOf<Extract<PostEvent, { type: 'feed.post-published.v1' }>>(work, postStreamOf(post));
  return published?.data.delivered;
};
const turned = (work: TestWorkers, author: PersonId, type: string) =>
  work.advanceUntil(async () => (await turnsOf(work, author)).at(-1) === type, { stepMs: 0 });
const isFannedOut = (work: TestWorkers, post: PostId) => work.advanceUntil(async () => (await work.stored.get('fanouts', post)) === undefined, { stepMs: 0 });

async function allSee(t: ExecutionContext, { read, readers }: Pick<Awaited<ReturnType<typeof givenReaders>>, 'read' | 'readers'>, posts: readonly PostId[]) {
  for (const reader of readers) t.deepEqual(await read(reader), posts.toReversed());
}

test('a post that went to very many warm feeds turns its author to pulling: later posts are in nobody’s cached feed, and at once in what everybody reads', async (t) => {
  await using work = await startWorkersForTest(CONFIG);
  const { author, readers, read } = await givenReaders(work);
  const first = await publish(work, author);
  t.is(await stampOf(work, first), 'push');
  await turned(work, author, 'feed.turned-to-pull.v1');
  t.deepEqual(await turnsOf(work, author), ['feed.turning-to-pull.v1', 'feed.turned-to-pull.v1']);
  const posts = [first, await publish(work, author), await publish(work, author)];
  for (const post of posts.slice(1)) {
    t.is(await stampOf(work, post), 'pull');
    await isFannedOut(work, post);
  }
  await allSee(t, { read, readers }, posts);
  for (const reader of readers) {
    const page = await work.feedCache.page(reader, { limit: 50 });
    t.deepEqual([page?.posts, page?.pulled], [[first], [author]]);
  }
  await work.feedCache.invalidateAll();
  await allSee(t, { read, readers }, posts);
  t.deepEqual((await work.feedCache.page(readers[0] as PersonId, { limit: 1 }))?.pulled, [author], 'a feed that is built anew pulls the author too');
});

test('an author who has lost the active followers is counted on a later post, and turns back: posts are pushed again, and none is missed', async (t) => {
  await using work = await startWorkersForTest(CONFIG);
  const { author, readers, read } = await givenReaders(work);
  const posts = [await publish(work, author)];
  await turned(work, author, 'feed.turned-to-pull.v1');
  for (const reader of readers.slice(1)) await work.commands.unfollow({ person: reader, other: author }, work.by(reader));
  await work.untilIdle();
  const left = readers.slice(0, 1);
  // The mean of the counts is what decides: three of the first post, and one of each later one.
  while ((await turnsOf(work, author)).at(-1) !== 'feed.turned-to-push.v1' && posts.length < 30) {
    await work.time.advance(SAMPLED_EVERY_MS);
    const post = await publish(work, author);
    posts.push(post);
    await isFannedOut(work, post);
    await work.untilIdle();
    await allSee(t, { read, readers: left }, posts);
  }
  t.is((await turnsOf(work, author)).at(-1), 'feed.turned-to-push.v1');
  await work.untilIdle();
  const pushed = await publish(work, author);
  t.is(await stampOf(work, pushed), 'push');
  await isFannedOut(work, pushed);
  t.true((await work.feedCache.page(left[0] as PersonId, { limit: 50 }))?.posts.includes(pushed));
  await allSee(t, { read, readers: left }, [...posts, pushed]);
});

test('a post that was stamped as pulled before its author turned back is pushed, for feeds built since pull nobody', async (t) => {
  await using work = await startWorkersForTest(CONFIG);
  const { author, readers, read } = await givenReaders(work);
  const posts = [await publish(work, author)];
  await turned(work, author, 'feed.turned-to-pull.v1');
  const { commands, by, handle } = work;
  await commands.countActiveFollowers({ author, activeFollowers: 0, thresholds: CONFIG.pullThresholds }, by('system:test' as PersonId));
  await work.untilIdle();
  await work.feedCache.invalidateAll();
  await allSee(t, { read, readers }, posts);
  // The command that is late: it has read the author's mode before the turn.
  await work.time.advance(1);
  const late = postIdFrom(work.clock(), '0'.repeat(16));
  await handle(post, postStreamOf(late), { type: 'publish', post: late, actor: author, text: 'late', delivered: 'pull', at: work.clock() }, by(author));
  await work.untilIdle();
  await isFannedOut(work, late);
  await allSee(t, { read, readers }, [...posts, late]);
});

test('a turn goes on after all of its jobs are lost and the process is started again', async (t) => {
  await using folder = await temporaryFolder();
  let startAt;
  let author: PersonId;
  let readers: readonly PersonId[];
  let first: PostId;
  {
    await using work = await startWorkersForTest(CONFIG, {
      folder: folder.path,
      startJobs: async (options) => {
        const jobs = await startMemoryJobQueue(options);
        return { ...jobs, add: (queue, added) => (queue === TURN_QUEUE ? Promise.resolve() : jobs.add(queue, added)) };
      },
    });
    ({ author, readers } = await givenReaders(work));
    first = await publish(work, author);
    await turned(work, author, 'feed.turning-to-pull.v1');
    await work.untilIdle();
    t.is(await stampOf(work, await publish(work, author)), 'push', 'as long as readers were not told');
    startAt = work.clock();
  }
  await using work = await startWorkersForTest(CONFIG, { folder: folder.path, startAt });
  await work.advanceUntil(async () => (await turnsOf(work, author)).at(-1) === 'feed.turned-to-pull.v1');
  const pulled = await publish(work, author);
  t.is(await stampOf(work, pulled), 'pull');
  await work.untilIdle();
  for (const reader of readers)
    t.deepEqual(
      (await readerOf(work)(reader)).filter((id) => id === pulled || id === first),
      [pulled, first],
    );
});
