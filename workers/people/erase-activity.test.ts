/** Every number counts what one would find, whoever was erased. */
import { deepStrictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import type { FurtherReaction } from '../../domain/feed/reaction-kinds.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import { startWorkersForTest, type TestWorkers } from '../test-fixture.ts';
import { eraseActivityRange } from './erase-activity.ts';

const openErasures = async ({ stored }: TestWorkers) => (await stored.find('activity-erasures', { limit: 100 })).length;
const untilErased = (work: TestWorkers) => work.advanceUntil(async () => (await openErasures(work)) === 0, { stepMs: 15_000 });

const followsOf = async ({ views }: TestWorkers, person: PersonId) =>
  (await views.find('relationships', { where: { from: person, kind: 'follow' }, order: { to: 1 }, limit: 100 })).map(({ to }) => to);
const followersOf = async ({ views }: TestWorkers, person: PersonId) =>
  (await views.find('relationships', { where: { to: person, kind: 'follow' }, order: { from: 1 }, limit: 100 })).map(({ from }) => from);
const likersOf = async ({ views }: TestWorkers, post: PostId) =>
  (await views.find('likes', { where: { post }, order: { _id: 1 }, limit: 100 })).map(({ person }) => person);
const repliesTo = async ({ views }: TestWorkers, post: PostId) =>
  (await views.find('posts', { where: { replyTo: post }, order: { _id: 1 }, limit: 100 })).filter(({ text }) => text !== null).map((reply) => reply.post);

type MadePost = { readonly id: PostId; readonly author: number; readonly replyTo: PostId | undefined; deleted: boolean };

/** What people did, naively: an erased person has done nothing. */
function createModel() {
  const follows = new Set<string>();
  const likes = new Set<string>();
  /** By person and post, the kind. */
  const reactions = new Map<string, FurtherReaction>();
  const erased = new Set<number>();
  const posts: MadePost[] = [];
  const isVisible = ({ author, deleted }: MadePost) => !deleted && !erased.has(author);
  const remaining = (edges: ReadonlySet<string>) => [...edges].filter((edge) => !erased.has(Number(edge.split(' ')[0])));
  return {
    follows,
    likes,
    reactions,
    erased,
    posts,
    visible: () => posts.filter(isVisible),
    followersOf: (who: number) => remaining(follows).filter((edge) => edge.endsWith(` ${who}`)).length,
    followsOf: (who: number) => remaining(follows).filter((edge) => edge.startsWith(`${who} `)).length,
    likesOf: (post: PostId) => remaining(likes).filter((edge) => edge.endsWith(` ${post}`)).length,
    reactionsTo: (post: PostId, kind: FurtherReaction) =>
      remaining(new Set(reactions.keys())).filter((edge) => edge.endsWith(` ${post}`) && reactions.get(edge) === kind).length,
    repliesTo: (post: PostId) => posts.filter((one) => one.replyTo === post && isVisible(one)).length,
  };
}

const PEOPLE = 5;
const who = fc.nat(PEOPLE - 1);
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('publish' as const), who, which: fc.nat() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constantFrom('reply' as const, 'like' as const, 'unlike' as const, 'love' as const, 'sad' as const, 'unreact' as const),
      who,
      which: fc.nat(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constantFrom('follow' as const, 'unfollow' as const), who, which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('delete' as const, 'erase' as const), who, which: fc.nat() }) },
);

test('whatever people did, and whoever was erased, every number is that of what one finds', async (t) => {
  t.timeout(600_000);
  await using work = await startWorkersForTest();
  const { commands, by, views, time } = work;
  await t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 30, maxLength: 60, size: 'max' }), async (actions) => {
        const people = await Promise.all(Array.from({ length: PEOPLE }, () => work.person(randomUUID())));
        const model = createModel();
        for (const { does, who: actor, which } of actions) {
          const person = people[actor] as PersonId;
          const context = by(person);
          const isErased = model.erased.has(actor);
          const post = model.posts[which % Math.max(model.posts.length, 1)];
          const other = which % PEOPLE;
          await time.advance(1);
          switch (does) {
            case 'publish': {
              if (isErased) break; // its text can't be sealed any more
              const { id, handled } = await commands.publishPost({ author: person, text: 'hello' }, context);
              if (handled.outcome === 'appended') model.posts.push({ id, author: actor, replyTo: undefined, deleted: false });
              break;
            }
            case 'reply': {
              if (isErased || post === undefined) break;
              const { id, handled } = await commands.publishPost({ author: person, text: 'hello', replyTo: post.id }, context);
              if (handled.outcome === 'appended') model.posts.push({ id, author: actor, replyTo: post.id, deleted: false });
              break;
            }
            // An erased person’s requests may still be on their way, and take effect.
            case 'like':
              if (post !== undefined && (await commands.likePost({ person, post: post.id }, context)).outcome === 'appended') {
                model.likes.add(`${actor} ${post.id}`);
                model.reactions.delete(`${actor} ${post.id}`);
              }
              break;
            case 'love':
            case 'sad':
              if (post !== undefined && (await commands.reactToPost({ person, post: post.id, kind: does }, context)).outcome === 'appended') {
                model.likes.delete(`${actor} ${post.id}`);
                model.reactions.set(`${actor} ${post.id}`, does);
              }
              break;
            case 'unreact':
              if (post !== undefined && (await commands.takeReactionBack({ person, post: post.id }, context)).outcome === 'appended') {
                model.likes.delete(`${actor} ${post.id}`);
                model.reactions.delete(`${actor} ${post.id}`);
              }
              break;
            case 'unlike':
              if (post !== undefined && (await commands.unlikePost({ person, post: post.id }, context)).outcome === 'appended')
                model.likes.delete(`${actor} ${post.id}`);
              break;
            case 'follow':
              if ((await commands.follow({ person, other: people[other] as PersonId }, context)).outcome === 'appended') model.follows.add(`${actor} ${other}`);
              break;
            case 'unfollow':
              if ((await commands.unfollow({ person, other: people[other] as PersonId }, context)).outcome === 'appended')
                model.follows.delete(`${actor} ${other}`);
              break;
            case 'delete':
              if (post?.author === actor && (await commands.deletePost({ author: person, post: post.id }, context)).outcome === 'appended') post.deleted = true;
              break;
            case 'erase':
              await commands.erasePerson({ person }, context);
              model.erased.add(actor);
              break;
          }
        }
        await untilErased(work);
        for (const [i, person] of people.entries()) {
          const counts = await views.get('relationship-counts', person);
          const [followers, follows] = [await followersOf(work, person), await followsOf(work, person)];
          deepStrictEqual([counts?.followers ?? 0, followers.length], [model.followersOf(i), model.followersOf(i)], 'followers');
          deepStrictEqual([counts?.follows ?? 0, follows.length], [model.followsOf(i), model.followsOf(i)], 'follows');
        }
        for (const { id } of model.visible()) {
          const counts = await views.get('post-counters', id);
          deepStrictEqual([counts?.likes ?? 0, (await likersOf(work, id)).length], [model.likesOf(id), model.likesOf(id)], 'likes');
          deepStrictEqual([counts?.love ?? 0, counts?.sad ?? 0], [model.reactionsTo(id, 'love'), model.reactionsTo(id, 'sad')], 'reactions');
          deepStrictEqual([counts?.replies ?? 0, (await repliesTo(work, id)).length], [model.repliesTo(id), model.repliesTo(id)], 'replies');
        }
      }),
      { numRuns: 8 },
    ),
  );
});

async function givenActivity(t: { teardown(end: () => Promise<void>): void }) {
  const work = await startWorkersForTest();
  t.teardown(() => work[Symbol.asyncDispose]());
  const { commands, by } = work;
  const [ann, bob] = [await work.person('ann'), await work.person('bob')];
  const posts: PostId[] = [];
  for (let i = 0; i < 5; i++) {
    await work.time.advance(1);
    const { id } = await commands.publishPost({ author: ann, text: 'hello' }, by(ann));
    posts.push(id);
    await commands.likePost({ person: bob, post: id }, by(bob));
  }
  await work.untilIdle();
  const likes = async () => (await Promise.all(posts.map((post) => work.views.get('post-counters', post)))).map((counts) => counts?.likes ?? 0);
  return { work, ann, bob, posts, likes };
}

test('a job takes back one range and adds the job of the next, and the second look comes when no request can be on its way any more', async (t) => {
  const { work, bob, likes } = await givenActivity(t);
  const added: Job[] = [];
  const finished: string[] = [];
  const moves: unknown[] = [];
  const range = eraseActivityRange(
    {
      ...work,
      jobs: { add: async (_: string, jobs: readonly Job[]) => void added.push(...jobs) },
      progress: { advance: (_, __, set) => void moves.push(set['next']), finish: (_, id) => void finished.push(id) },
    },
    { rangeMax: 2 },
  );
  let job: Pick<Job, 'data'> | undefined = { data: { person: bob, activity: 'likes', next: null, erasedAt: work.clock() } };
  for (const left of [3, 1, 0]) {
    t.not(job, undefined);
    if (job !== undefined) await range(job);
    await work.untilIdle();
    t.is(
      (await likes()).reduce((sum, likesOfOne) => sum + likesOfOne, 0),
      left,
    );
    job = added.shift();
  }
  t.is(job, undefined);
  t.deepEqual([moves.at(-1), finished], [null, []], 'it begins again later');
  await work.time.advance(3 * 60_000);
  await range({ data: { person: bob, activity: 'likes', next: null, erasedAt: work.clock() } });
  t.deepEqual(finished, []);
  await range({ data: { person: bob, activity: 'likes', next: null, erasedAt: '2029-12-31T00:00:00.000Z' } });
  t.deepEqual(finished, [`${bob}:likes`]);
});

test('a like that was on its way when its person was erased is taken back', async (t) => {
  const { work, bob, posts, likes } = await givenActivity(t);
  const { commands, by } = work;
  await commands.erasePerson({ person: bob }, by(bob));
  await work.advanceUntil(async () => (await likes()).every((count) => count === 0), { stepMs: 0 });
  await commands.likePost({ person: bob, post: posts[0] as PostId }, by(bob));
  await work.untilIdle();
  t.deepEqual(await likes(), [1, 0, 0, 0, 0]);
  await untilErased(work);
  t.deepEqual(await likes(), [0, 0, 0, 0, 0]);
});

test('an erased person’s posts can’t be liked or replied to from that moment on', async (t) => {
  const { work, ann, bob, posts } = await givenActivity(t);
  const { commands, by } = work;
  const [post] = posts as [PostId];
  await commands.erasePerson({ person: ann }, by(ann));
  t.like(await commands.publishPost({ author: bob, text: 'hello', replyTo: post }, by(bob)), { handled: { refusal: { code: 'post-unknown' } } });
  const [dan] = [await work.person('dan')];
  t.like(await commands.likePost({ person: dan, post }, by(dan)), { outcome: 'refused', refusal: { code: 'post-unknown' } });
});

test('an erased person leaves groups and refuses invitations, so that their places are free, and stays in direct channels', async (t) => {
  const { work, ann, bob } = await givenActivity(t);
  const { commands, by, views } = work;
  const cyd = await work.person('cyd');
  const open = async (owner: PersonId, member: PersonId) => {
    const { id } = await commands.openGroupChannel({ person: owner, members: [member], title: 'Choir' }, by(owner));
    return id;
  };
  const [joined, owned, invited] = [await open(ann, bob), await open(bob, ann), await open(cyd, bob)];
  await commands.acceptInvitation({ person: bob, channel: joined }, by(bob));
  await commands.acceptInvitation({ person: ann, channel: owned }, by(ann));
  const { id: pair } = await commands.openDirectChannel({ person: ann, other: bob }, by(ann));
  await work.untilIdle();
  t.is((await views.get('channels', invited))?.invited.length, 1);

  await commands.erasePerson({ person: bob }, by(bob));
  await untilErased(work);
  await work.untilIdle();
  const channels = await views.getMany('channels', [joined, owned, invited, pair]);
  t.deepEqual(
    channels.map((channel) => [channel?.owner, channel?.members.length, channel?.invited.length]),
    [
      [ann, 1, 0],
      [ann, 1, 0],
      [cyd, 1, 0],
      [ann, 2, 0],
    ],
  );
});
