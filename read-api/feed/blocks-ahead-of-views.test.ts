/** A block and the end of a friendship hold from the moment in which they are acknowledged: lists of posts while a view is held back. */
import test from 'ava';
import { logFacts } from '../../commands/chat/log-facts.ts';
import type { PostVisibility } from '../../domain/feed/events.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { covers } from '../../ports/event-log/position.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { friendId, type FriendDocument } from '../../projections/read-models/friends.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import type { WaitForViews } from '../../projections/view-access/wait-for-views.ts';
import { startWorkersForTest } from '../../workers/test-fixture.ts';
import { createFeed } from './create-feed.ts';
import { createPipeline, showPosts, type Stages } from './pipeline.ts';
import { maySee, mayBeInFeed } from './rules.ts';

/** Two friends; what one of the views says of them stops where the test says so. */
async function givenFriends() {
  const work = await startWorkersForTest();
  const { commands, by } = work;
  const [ann, bob] = [await work.person('ann'), await work.person('bob')];
  const { id: request } = await commands.requestFriend({ person: ann, other: bob }, by(ann));
  await commands.acceptFriend({ person: bob, request }, by(bob));
  await work.untilIdle();
  let head: Position | undefined;
  let stopped: { readonly at: Position | undefined; readonly view: 'relationships' | 'friends'; readonly friend: FriendDocument | undefined } | undefined;
  const views: TidingsViews = {
    ...work.views,
    getMany: async (collection, ids) => {
      const found = await work.views.getMany(collection, ids);
      if (collection !== stopped?.view) return found;
      return found.map(() => (collection === 'friends' ? stopped?.friend : undefined)) as typeof found; // it knows of no block, and of no end
    },
  };
  const waitForViews: WaitForViews = async (names, position, options) =>
    (stopped === undefined || !names.includes(stopped.view) || covers(stopped.at, position)) && work.projections.waitForViews(names, position, options);
  let asked = 0;
  const facts = logFacts(work.loadState, work.commands.loginOf);
  const isBlockedBy = (person: PersonId, other: PersonId) => {
    asked++;
    return facts.isBlockedBy(person, other);
  };
  const dependencies = { ...work, views, waitForViews, logFacts: { ...facts, isBlockedBy } };
  const publish = async (author: PersonId, visibility: PostVisibility = 'public'): Promise<PostId> => {
    await work.time.advance(1);
    const { id, handled } = await commands.publishPost({ author, text: 'hello', visibility }, by(author));
    if (handled.outcome !== 'refused') head = handled.position;
    await work.untilIdle();
    return id;
  };
  /** At the last post. */
  const stop = async (view: 'relationships' | 'friends') => {
    stopped = { at: head, view, friend: await work.views.get('friends', friendId(bob, ann)) };
  };
  return { work, ann, bob, dependencies, publish, stop, asked: () => asked };
}

for (const [what, block] of [
  ['who was blocked', 'author blocks reader'],
  ['who has blocked', 'reader blocks author'],
] as const) {
  test(`a person ${what} sees no later post in any list, though the view does not know the block`, async (t) => {
    const { work, ann, bob, dependencies, publish, stop } = await givenFriends();
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

    await stop('relationships');
    if (block === 'author blocks reader') await commands.block({ person: ann, other: bob }, by(ann));
    else await commands.block({ person: bob, other: ann }, by(bob));
    const later = await publish(ann);
    for (const list of [feed, posts]) t.false((await list()).includes(later));
    t.deepEqual(await showPosts(dependencies, { reader: bob, ids: [later], rule: mayBeInFeed }), [], 'as for a live hint');
  });
}

test('a former friend sees no later post for friends, though the view does not know that the friendship has ended', async (t) => {
  const { work, ann, bob, dependencies, publish, stop } = await givenFriends();
  await using _ = work;
  const seen = async (post: PostId) => (await showPosts(dependencies, { reader: bob, ids: [post], rule: maySee })).length;
  t.is(await seen(await publish(ann, 'friends')), 1);

  await stop('friends');
  await work.commands.removeFriend({ person: ann, other: bob }, work.by(ann));
  t.is(await seen(await publish(ann, 'friends')), 0);
});

test('the log is asked only about authors of posts that are newer than the view', async (t) => {
  const { work, ann, bob, dependencies, publish, asked } = await givenFriends();
  await using _ = work;
  await publish(ann);
  const readFeed = createFeed(dependencies);
  t.is((await readFeed({ reader: bob, limit: 10 })).posts.length, 1);
  t.is(asked(), 0);
});
