/** A block holds from the moment in which it is acknowledged: lists of posts while the view of relationships is held back. */
import test from 'ava';
import { logFacts } from '../../commands/chat/log-facts.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { covers } from '../../ports/event-log/position.ts';
import type { Position } from '../../ports/event-log/port.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import type { WaitForViews } from '../../projections/view-access/wait-for-views.ts';
import { startWorkersForTest } from '../../workers/test-fixture.ts';
import { createFeed } from './create-feed.ts';
import { createPipeline, showPosts, type Stages } from './pipeline.ts';
import { maySee, mayBeInFeed } from './rules.ts';

/** Two friends; what the view of relationships says stops where the test says so. */
async function givenFriends() {
  const work = await startWorkersForTest();
  const { commands, by } = work;
  const [ann, bob] = [await work.person('ann'), await work.person('bob')];
  const { id: request } = await commands.requestFriend({ person: ann, other: bob }, by(ann));
  await commands.acceptFriend({ person: bob, request }, by(bob));
  await work.untilIdle();
  let head: Position | undefined;
  let stoppedAt: Position | undefined;
  const views: TidingsViews = {
    ...work.views,
    getMany: async (collection, ids) => {
      const found = await work.views.getMany(collection, ids);
      return stoppedAt === undefined || collection !== 'relationships' ? found : found.map(() => undefined);
    },
  };
  const waitForViews: WaitForViews = async (names, position, options) =>
    (stoppedAt === undefined || !names.includes('relationships') || covers(stoppedAt, position)) && work.projections.waitForViews(names, position, options);
  let asked = 0;
  const facts = logFacts(work.loadState, work.commands.loginOf);
  const isBlockedBy = (person: PersonId, other: PersonId) => {
    asked++;
    return facts.isBlockedBy(person, other);
  };
  const dependencies = { ...work, views, waitForViews, logFacts: { isBlockedBy } };
  const publish = async (author: PersonId, replyTo?: PostId): Promise<PostId> => {
    await work.time.advance(1);
    const { id, handled } = await commands.publishPost({ author, text: 'hello', ...(replyTo === undefined ? {} : { replyTo }) }, by(author));
    if (handled.outcome !== 'refused') head = handled.position;
    await work.untilIdle();
    return id;
  };
  /** At the last post. */
  const stopRelationships = () => {
    stoppedAt = head;
  };
  return { work, ann, bob, dependencies, publish, stopRelationships, asked: () => asked };
}

for (const [what, block] of [
  ['who was blocked', 'author blocks reader'],
  ['who has blocked', 'reader blocks author'],
] as const) {
  test(`a person ${what} sees no later post in any list, though the view does not know the block`, async (t) => {
    const { work, ann, bob, dependencies, publish, stopRelationships } = await givenFriends();
    await using _ = work;
    const { commands, by } = work;
    const own = await publish(bob);
    const readFeed = createFeed(dependencies);
    const feed = async () => (await readFeed({ reader: bob, limit: 10 })).posts.map(({ id }) => id as PostId);
    const listOf = (where: object) => {
      const skeleton: Stages['skeleton'] = async () => {
        const found = await work.views.find('posts', { where: where as Record<string, string>, order: { _id: -1 }, limit: 10 });
        return { ids: found.map(({ post }) => post), complete: true };
      };
      const read = createPipeline(dependencies, { skeleton, rule: maySee });
      return async () => (await read({ reader: bob, limit: 10 })).posts.map(({ id }) => id as PostId);
    };
    const posts = listOf({ author: ann });
    const before = await publish(ann);
    t.deepEqual(await feed(), [before, own]);

    stopRelationships();
    if (block === 'author blocks reader') await commands.block({ person: ann, other: bob }, by(ann));
    else await commands.block({ person: bob, other: ann }, by(bob));
    const later = await publish(ann);
    for (const list of [feed, posts]) t.false((await list()).includes(later));
    t.deepEqual(await showPosts(dependencies, { reader: bob, ids: [later], rule: mayBeInFeed }), [], 'as for a live hint');
  });
}

test('the log is asked only about authors of posts that are newer than the view', async (t) => {
  const { work, ann, bob, dependencies, publish, asked } = await givenFriends();
  await using _ = work;
  await publish(ann);
  const readFeed = createFeed(dependencies);
  t.is((await readFeed({ reader: bob, limit: 10 })).posts.length, 1);
  t.is(asked(), 0);
});
