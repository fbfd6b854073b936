/** Posts that are published later: once, whoever does it and whatever stops in between. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import type { SchedulePost } from '../../commands/feed/scheduled-posts.ts';
import { scheduledPost } from '../../domain/feed/scheduled/scheduled-post.ts';
import type { PersonId, ScheduledPostId } from '../../domain/shared/ids.ts';
import { HOUR_MS, MINUTE_MS, plus } from '../../domain/shared/instant.ts';
import { scheduledPostStream } from '../../domain/shared/streams.ts';
import { startWorkersForTest, type TestWorkers } from '../test-fixture.ts';
import { sweepScheduledPosts } from './scheduled-posts.ts';

let work: TestWorkers;
test.before(async () => void (work = await startWorkersForTest()));
test.after.always(() => work[Symbol.asyncDispose]());

async function schedule(author: PersonId, draft: Partial<SchedulePost> = {}): Promise<ScheduledPostId> {
  const { id, handled } = await work.commands.schedulePost({ author, text: 'Later', publishAt: plus(work.clock(), HOUR_MS), ...draft }, work.by(author));
  if (handled.outcome === 'refused') throw new Error(handled.refusal.code);
  await work.untilIdle();
  return id;
}

const statusOf = async (id: ScheduledPostId) => (await work.loadState(scheduledPost, scheduledPostStream(id))).state.status;
const postsOf = (author: PersonId) => work.views.find('posts', { where: { author }, order: { _id: 1 }, limit: 10 });
const rowsOf = (author: PersonId) => work.views.find('scheduled-posts', { where: { author }, order: { place: 1 }, limit: 10 });
const MINUTELY = { stepMs: MINUTE_MS };

test.serial('a post is published when its time has come and not before, with what was changed, and once', async (t) => {
  const author = await work.person(randomUUID());
  const id = await schedule(author);
  const publishAt = plus(work.clock(), 2 * HOUR_MS);
  await work.commands.changeScheduledPost({ scheduled: id, author, text: 'Later still', visibility: 'friends', publishAt }, work.by(author));
  await work.time.advance(HOUR_MS + MINUTE_MS);
  await work.untilIdle();
  t.deepEqual([await statusOf(id), (await postsOf(author)).length, (await rowsOf(author)).length], ['waiting', 0, 1]);
  await work.advanceUntil(async () => (await statusOf(id)) === 'published', MINUTELY);
  await work.untilIdle();
  const posts = await postsOf(author);
  t.is(posts.length, 1);
  t.like(posts[0], { text: 'Later still', visibility: 'friends' });
  t.true((posts[0]?.at ?? '') >= publishAt);
  t.deepEqual(await rowsOf(author), []);
});

test.serial('two workers at once, and one after a stop at any step, publish it once', async (t) => {
  const author = await work.person(randomUUID());
  const { commands, contextFor, log, codec, loadState } = work;
  const later = plus(work.clock(), HOUR_MS);
  const id = await schedule(author);
  const due = (await rowsOf(author)).filter(({ scheduled }) => scheduled === id);
  /** The view never learns that anything has happened. */
  const views = { find: async () => due } as never;
  const dependencies = { reader: { log, codec, loadState }, views, commands, contextFor, clock: () => later };
  const stopped = sweepScheduledPosts({
    ...dependencies,
    commands: {
      ...commands,
      endScheduledPost: async () => {
        throw new Error('killed');
      },
    },
  });
  await t.throwsAsync(stopped.sweep(), { message: 'killed' });
  t.is(await statusOf(id), 'begun');
  const again = sweepScheduledPosts({ ...dependencies, clock: () => plus(later, MINUTE_MS) });
  await Promise.all([again.sweep(), again.sweep()]);
  await again.sweep();
  await work.untilIdle();
  t.is(await statusOf(id), 'published');
  t.is((await postsOf(author)).length, 1);
});

test.serial('a post that can’t be published keeps none behind it waiting', async (t) => {
  const author = await work.person(randomUUID());
  const { contextFor, log, codec, loadState } = work;
  const [stuck, behind] = [await schedule(author, { text: 'One' }), await schedule(author, { text: 'Two' })];
  const due = [stuck, behind].map((scheduled) => ({ scheduled }));
  const commands: typeof work.commands = {
    ...work.commands,
    beginScheduledPost: async (of, context) => {
      if (of.scheduled === stuck) throw new Error('It can’t be read.');
      return work.commands.beginScheduledPost(of, context);
    },
  };
  const views = { find: async () => due } as never;
  const clock = () => plus(work.clock(), 2 * HOUR_MS);
  await t.throwsAsync(sweepScheduledPosts({ reader: { log, codec, loadState }, views, commands, contextFor, clock }).sweep(), { message: 'It can’t be read.' });
  t.deepEqual([await statusOf(stuck), await statusOf(behind)], ['waiting', 'published']);
});

test.serial('what has become impossible meanwhile is told to its author, who takes it away', async (t) => {
  const [author, bob] = [await work.person(randomUUID()), await work.person(randomUUID())];
  const { id: replyTo } = await work.commands.publishPost({ author: bob, text: 'Anybody?' }, work.by(bob));
  const id = await schedule(author, { text: 'Me', replyTo });
  await work.commands.deletePost({ author: bob, post: replyTo }, work.by(bob));
  await work.advanceUntil(async () => (await statusOf(id)) === 'refused', MINUTELY);
  await work.untilIdle();
  t.like((await rowsOf(author))[0], { scheduled: id, refusal: 'post-unknown', dueAt: null });
  await work.commands.cancelScheduledPost({ scheduled: id, author }, work.by(author));
  await work.untilIdle();
  t.deepEqual([await rowsOf(author), await postsOf(author)], [[], []]);
});

test.serial('of an author who was erased nothing is published', async (t) => {
  const author = await work.person(randomUUID());
  const id = await schedule(author);
  await work.commands.erasePerson({ person: author }, work.by(author));
  await work.time.advance(2 * HOUR_MS);
  await work.untilIdle();
  t.is(await statusOf(id), 'waiting', 'nobody looks at it any more');
  t.deepEqual(await postsOf(author), []);
  t.is((await rowsOf(author))[0]?.draft, null);
});

test.serial('what would be refused now is not scheduled', async (t) => {
  const author = await work.person(randomUUID());
  const publishAt = plus(work.clock(), HOUR_MS);
  for (const [draft, code] of [
    [{ text: ' ' }, 'post-empty'],
    [{ text: 'Me', replyTo: '01ARZ3NDEKTSV4RRFFQ69G5FAV' as never }, 'post-unknown'],
    [{ text: 'Me', media: [{ media: randomUUID() as never }] }, 'media-unknown'],
    [{ text: 'Me', publishAt: work.clock() }, 'publish-at-out-of-range'],
  ] as const) {
    const { handled } = await work.commands.schedulePost({ author, publishAt, ...draft }, work.by(author));
    t.is(handled.outcome === 'refused' ? handled.refusal.code : handled.outcome, code);
  }
});
