import test from 'ava';
import { logFacts } from '../../commands/chat/log-facts.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import type { Hint } from '../../ports/broadcast/port.ts';
import { createFeed } from '../../read-api/feed/create-feed.ts';
import { startWorkersForTest, type TestWorkers } from '../test-fixture.ts';
import { notifyFriends } from './friend-posted.ts';
import { FRIEND_POSTED_CATEGORY } from '../../domain/notifications/categories/our-categories.ts';

async function startFriends() {
  const work = await startWorkersForTest();
  const [ann, bob] = [await work.person('ann'), await work.person('bob')];
  const { id } = await work.commands.requestFriend({ person: ann, other: bob }, work.by(ann));
  await work.commands.acceptFriend({ person: bob, request: id }, work.by(bob));
  await work.untilIdle();
  return { work, ann, bob };
}

/** A moment later, for ids are ordered by time. */
async function publish({ commands, by, time }: TestWorkers, author: PersonId): Promise<PostId> {
  await time.advance(1);
  return (await commands.publishPost({ author, text: 'hello' }, by(author))).id;
}

/** As a reader sees it. Reading builds a cold feed. */
function feedOf(work: TestWorkers): (reader: PersonId) => Promise<readonly string[]> {
  const readFeed = createFeed({ ...work, waitForViews: work.projections.waitForViews, logFacts: logFacts(work.loadState, work.commands.loginOf) });
  return async (reader) => (await readFeed({ reader, limit: 20 })).posts.map(({ id }) => id);
}

test('a new post reaches the warm feed of a friend, who gets one hint', async (t) => {
  const { work, ann, bob } = await startFriends();
  await using _ = work;
  t.deepEqual(await feedOf(work)(bob), []);
  const hints: Hint[] = [];
  work.broadcast.listen(bob, (hint) => void hints.push(hint));
  const post = await publish(work, ann);
  await work.advanceUntil(() => hints.length > 0, { stepMs: 0 });
  t.deepEqual((await work.feedCache.page(bob, { limit: 20 }))?.posts, [post]);
  t.deepEqual(hints, [{ kind: 'post', post, author: ann }]);
  await work.advanceUntil(async () => (await work.stored.get('fanouts', post)) === undefined, { stepMs: 0 });
});

test('a post is in its author’s own feed without any fan-out', async (t) => {
  const { work, ann } = await startFriends();
  await using _ = work;
  t.deepEqual(await feedOf(work)(ann), []);
  const post = await publish(work, ann);
  await work.advanceUntil(async () => (await feedOf(work)(ann)).length === 1, { stepMs: 0 });
  t.deepEqual((await work.feedCache.page(ann, { limit: 20 }))?.posts, []);
  t.deepEqual(await feedOf(work)(ann), [post]);
});

test('an author who is followed, unmuted, unblocked or befriended is in the feed with earlier posts', async (t) => {
  const { work, ann } = await startFriends();
  await using _ = work;
  const { commands, by } = work;
  const dan = await work.person('dan');
  const feed = feedOf(work);
  const posts = [await publish(work, dan)];
  await work.untilIdle();
  t.deepEqual(await feed(ann), []);
  const seen = () => work.advanceUntil(async () => (await feed(ann)).length === posts.length, { stepMs: 0 });
  const hidden = () => work.advanceUntil(async () => (await feed(ann)).length === 0, { stepMs: 0 });

  const pair = { person: ann, other: dan };
  await commands.follow(pair, by(ann));
  await seen();
  for (const [away, back] of [
    [commands.mute, commands.unmute],
    [commands.block, commands.unblock],
    [commands.unfollow, commands.follow],
  ] as const) {
    await away(pair, by(ann));
    await hidden();
    posts.push(await publish(work, dan));
    await back(pair, by(ann));
    await seen();
  }
  t.deepEqual(await feed(ann), posts.toReversed());
});

test('all feeds are built anew once one of their source views has been rebuilt', async (t) => {
  const { work, bob } = await startFriends();
  await using _ = work;
  await feedOf(work)(bob);
  t.not(await work.feedCache.page(bob, { limit: 1 }), undefined);
  await work.projections.rebuild('posts');
  await work.advanceUntil(async () => (await work.feedCache.page(bob, { limit: 1 })) === undefined, { stepMs: 0 });
  t.is(await work.feedCache.page(bob, { limit: 1 }), undefined);
});

test('only friends who have opted in are notified of a post, and not of replies', async (t) => {
  const { work, ann, bob } = await startFriends();
  await using _ = work;
  const { commands, by, views } = work;
  const notified = async (person: PersonId) => (await views.find('centre-items', { where: { person }, limit: 10 })).length;
  await publish(work, ann);
  await work.untilIdle();
  t.is(await notified(bob), 0);
  await commands.setPreferences({ person: bob, choices: [{ category: FRIEND_POSTED_CATEGORY, channel: '*', wanted: true }] }, by(bob));
  const post = await publish(work, ann);
  await work.advanceUntil(async () => (await notified(bob)) === 1, { stepMs: 0 });
  await commands.publishPost({ author: ann, text: 'and', replyTo: post }, by(ann));
  await commands.mute({ person: bob, other: ann }, by(bob));
  await work.untilIdle();
  await publish(work, ann);
  await work.untilIdle();
  t.is(await notified(bob), 1);
});

/** The fans' ids are sorted, in the order of the ranges. */
async function startFans(count: number) {
  const work = await startWorkersForTest();
  const { commands, by } = work;
  const ann = await work.person('ann');
  const fans = (await Promise.all(Array.from({ length: count }, (_, i) => work.person(`fan-${i}`)))).sort();
  for (const person of fans) await commands.setPreferences({ person, choices: [{ category: FRIEND_POSTED_CATEGORY, channel: '*', wanted: true }] }, by(person));
  const befriend = async (fan: PersonId) => {
    const { id } = await commands.requestFriend({ person: ann, other: fan }, by(ann));
    await commands.acceptFriend({ person: fan, request: id }, by(fan));
  };
  const waiting: Job[] = [];
  const jobs = { add: async (_: string, added: readonly Job[]) => void waiting.push(...added) };
  const moves: (string | null)[] = [];
  const progress = {
    advance: (_: string, __: string, set: Readonly<Record<string, unknown>>) => void moves.push(set['next'] as string),
    finish: () => void moves.push(null),
  };
  const notifyRange = notifyFriends({ ...work, jobs, progress }, { friendsMax: 2 });
  const notifiedCounts = async () => Promise.all(fans.map(async (person) => (await work.views.find('centre-items', { where: { person }, limit: 10 })).length));
  return { work, ann, fans, befriend, waiting, moves, notifyRange, notifiedCounts };
}

for (const [what, change] of [
  ['came', ({ befriend }: Fans, [first]: readonly PersonId[]) => first && befriend(first)],
  ['went', ({ work, ann }: Fans, [, second]: readonly PersonId[]) => second && work.commands.removeFriend({ person: ann, other: second }, work.by(ann))],
] as const)
  test(`a range of friends that is done again after a friend ${what} notifies every other friend once`, async (t) => {
    const all = await startFans(8);
    const { work, ann, fans, befriend, waiting, moves, notifyRange, notifiedCounts } = all;
    await using _ = work;
    for (const fan of fans.slice(1)) await befriend(fan);
    await work.untilIdle();
    const data = { post: 'post' as PostId, author: ann, next: null };
    await notifyRange({ data });
    t.deepEqual(moves.splice(0), [waiting[0]?.data['next']], 'from where a sweep goes on');
    waiting.length = 0; // the process is killed, and the next range's job is lost
    await change(all, fans);
    await work.untilIdle();
    await notifyRange({ data });
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await notifyRange(job);
    await work.untilIdle();
    t.is(moves.at(-1), null);
    const counts = await notifiedCounts();
    t.deepEqual(counts.slice(2), [1, 1, 1, 1, 1, 1]);
    t.true(counts.every((count) => count <= 1));
  });

test('a range that begins after a friend’s id, as in documents of older versions, notifies the friends behind and none before', async (t) => {
  const { work, ann, fans, befriend, waiting, notifyRange, notifiedCounts } = await startFans(4);
  await using _ = work;
  for (const fan of fans) await befriend(fan);
  await work.untilIdle();
  await notifyRange({ data: { post: 'post' as PostId, author: ann, next: fans[1] ?? null } });
  for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await notifyRange(job);
  await work.untilIdle();
  t.deepEqual(await notifiedCounts(), [0, 0, 1, 1]);
});

type Fans = Awaited<ReturnType<typeof startFans>>;
