/**
 * Who sees what of a post: every kind of viewer, every visibility, and every list, page and number in which a post may show itself. A
 * viewer who may not read a post gets the very answers that they would get if it had never been.
 */
import test, { type ExecutionContext } from 'ava';
import type { CommandResult } from '../../../commands/handling/results.ts';
import type { PostVisibility } from '../../../domain/feed/events.ts';
import { FRIEND_POSTED_CATEGORY } from '../../../domain/notifications/categories/our-categories.ts';
import type { PostId } from '../../../domain/shared/ids.ts';
import { givenReadApi, type LoggedInPerson, type ReadApiFixture } from '../../test-fixture.ts';

const VISIBILITIES = ['public', 'friends', 'self'] as const;
type ByVisibility<Value> = Readonly<Record<PostVisibility, Value>>;
type Seen = { readonly sees: ByVisibility<boolean>; readonly inFeed: ByVisibility<boolean>; readonly isAcrossBlock?: true };

const ALL = { public: true, friends: true, self: true };
const AS_FRIEND = { public: true, friends: true, self: false };
const AS_STRANGER = { public: true, friends: false, self: false };
const NONE = { public: false, friends: false, self: false };

/** What each viewer sees of the author's posts. A block takes no friendship away, so both who stand across one are friends as well. */
const TABLE = {
  'the author': { sees: ALL, inFeed: ALL },
  'a friend': { sees: AS_FRIEND, inFeed: AS_FRIEND },
  'a follower': { sees: AS_STRANGER, inFeed: AS_STRANGER },
  'a stranger': { sees: AS_STRANGER, inFeed: NONE },
  'a friend who mutes the author': { sees: AS_FRIEND, inFeed: NONE },
  'a former friend who follows': { sees: AS_STRANGER, inFeed: AS_STRANGER },
  'a friend whom the author blocks': { sees: NONE, inFeed: NONE, isAcrossBlock: true },
  'a friend who blocks the author': { sees: NONE, inFeed: NONE, isAcrossBlock: true },
} as const satisfies Record<string, Seen>;
type Viewer = keyof typeof TABLE;
const VIEWERS = Object.keys(TABLE) as readonly Viewer[];
const NEVER_WAS = '0000000000ZZZZZZZZZZZZZZZZ';

/**
 * `author` has published one post of each visibility, and one reply of each to `root`, which is of `other`, a friend of the author whom
 * every viewer follows. `other` has answered each post that they see, and quoted and shared the public one.
 */
async function givenPosts(api: ReadApiFixture) {
  const { commands, by, time } = api.work;
  const { expectSuccess } = api;
  const [author, other] = [await api.person('Ada'), await api.person('Bob')];
  await api.friends(author, other);
  const viewers = new Map<Viewer, LoggedInPerson>();
  for (const viewer of VIEWERS) viewers.set(viewer, viewer === 'the author' ? author : await api.person(viewer));
  const the = (viewer: Viewer) => viewers.get(viewer) as LoggedInPerson;
  const relate = (command: 'follow' | 'mute' | 'block' | 'removeFriend', one: LoggedInPerson, { person }: LoggedInPerson) =>
    expectSuccess<CommandResult>(commands[command]({ person: one.person, other: person }, by(one.person)));
  for (const viewer of VIEWERS.filter((each) => each.includes('friend'))) await api.friends(the(viewer), author);
  for (const viewer of VIEWERS) await relate('follow', the(viewer), other);
  for (const viewer of VIEWERS.filter((each) => each.includes('follow'))) await relate('follow', the(viewer), author);
  await relate('removeFriend', author, the('a former friend who follows'));
  await relate('mute', the('a friend who mutes the author'), author);

  const publish = async ({ person }: LoggedInPerson, post: { visibility?: PostVisibility; text?: string; replyTo?: PostId; quotes?: PostId }) => {
    await time.advance(1);
    return (await expectSuccess(commands.publishPost({ author: person, text: 'Hello', ...post }, by(person)))).id;
  };
  const root = await publish(other, {});
  const posts = {} as Record<PostVisibility, PostId>;
  const replies = {} as Record<PostVisibility, PostId>;
  for (const visibility of VISIBILITIES) {
    posts[visibility] = await publish(author, { visibility, text: `${visibility} #rain` });
    replies[visibility] = await publish(author, { visibility, replyTo: root });
    await expectSuccess(commands.editPost({ author: author.person, post: posts[visibility], text: `${visibility}! #rain` }, by(author.person)));
  }
  await expectSuccess(commands.likePost({ person: author.person, post: root }, by(author.person)));
  const answers = { public: await publish(other, { replyTo: posts.public }), friends: await publish(other, { replyTo: posts.friends }) };
  const quote = await publish(other, { quotes: posts.public });
  const { id: share } = await expectSuccess(commands.sharePost({ person: other.person, post: posts.public }, by(other.person)));
  await relate('block', author, the('a friend whom the author blocks'));
  await relate('block', the('a friend who blocks the author'), author);
  await api.work.untilIdle();
  return { author, other, the, publish, root, posts, replies, answers, quote, share };
}

type GivenPosts = Awaited<ReturnType<typeof givenPosts>>;

test('whoever may not read a post learns nothing of it, by any way there is', async (t) => {
  await using api = await givenReadApi();
  const given = await givenPosts(api);
  for (const viewer of VIEWERS) {
    await checkPosts(t, api, given, viewer);
    await checkLists(t, api, given, viewer);
    await checkReferences(t, api, given, viewer);
    await checkCounters(t, api, given, viewer);
  }
  for (const viewer of VIEWERS) await checkCommands(t, api, given, viewer);

  const { work, expectSuccess } = api;
  await expectSuccess(work.commands.erasePerson({ person: given.author.person }, work.by(given.author.person)));
  await work.untilIdle();
  for (const viewer of VIEWERS.filter((each) => each !== 'the author')) {
    for (const visibility of VISIBILITIES) await sameAsNever(t, api, given.the(viewer), given.posts[visibility]);
    const { body } = await api.requestAfterWrites(given.the(viewer), `/v1/posts/${given.root}`);
    t.like(body, { likes: 0, replies: 0 }, `${viewer}: nothing of an erased person is counted`);
  }
});

async function checkPosts(t: ExecutionContext, api: ReadApiFixture, { the, posts }: GivenPosts, viewer: Viewer): Promise<void> {
  for (const visibility of VISIBILITIES) {
    const post = posts[visibility];
    if (!TABLE[viewer].sees[visibility]) {
      await sameAsNever(t, api, the(viewer), post);
      continue;
    }
    const ways = ['', '/replies', '/thread', '/edits'];
    for (const way of ways) t.is((await api.requestAfterWrites(the(viewer), `/v1/posts/${post}${way}`)).status, 200, `${viewer}: ${visibility}${way}`);
    t.like((await api.requestAfterWrites(the(viewer), `/v1/posts/${post}/edits`)).body, { edits: [{ text: `${visibility} #rain` }], next: null });
  }
}

async function sameAsNever(t: ExecutionContext, api: ReadApiFixture, caller: LoggedInPerson, post: PostId): Promise<void> {
  for (const way of ['', '/replies', '/thread', '/edits']) {
    const [found, never] = [await api.request(caller, `/v1/posts/${post}${way}`), await api.request(caller, `/v1/posts/${NEVER_WAS}${way}`)];
    const { instance: _, ...problem } = found.body as object as Record<string, unknown>;
    const { instance: __, ...expected } = never.body as object as Record<string, unknown>;
    t.is(found.status, 404);
    t.deepEqual(problem, expected);
  }
}

async function checkLists(t: ExecutionContext, api: ReadApiFixture, { the, author, posts, replies, root }: GivenPosts, viewer: Viewer): Promise<void> {
  const idsOf = async (path: string) => new Set((await api.requestAfterWrites(the(viewer), path)).body.posts?.map(({ id }) => id));
  const lists = {
    feed: await idsOf('/v1/me/feed?limit=50'),
    profile: await idsOf(`/v1/people/${author.person}/posts`),
    tag: await idsOf('/v1/tags/rain/posts'),
    replies: await idsOf(`/v1/posts/${root}/replies`),
  };
  for (const visibility of VISIBILITIES) {
    const sees = TABLE[viewer].sees[visibility];
    t.is(lists.feed.has(posts[visibility]), TABLE[viewer].inFeed[visibility], `${viewer}: ${visibility} in the feed`);
    t.is(lists.profile.has(posts[visibility]), sees, `${viewer}: ${visibility} in the author’s list`);
    t.is(lists.replies.has(replies[visibility]), sees, `${viewer}: ${visibility} among replies`);
  }
  t.is(lists.tag.has(posts.public), TABLE[viewer].sees.public && !viewer.includes('mutes'), `${viewer}: on the page of a hashtag`);
  if (viewer !== 'the author') t.false(lists.tag.has(posts.friends) || lists.tag.has(posts.self), `${viewer}: only what is public is on it`);
}

async function checkReferences(t: ExecutionContext, api: ReadApiFixture, given: GivenPosts, viewer: Viewer): Promise<void> {
  const { the, posts, answers, quote, share } = given;
  const { sees } = TABLE[viewer];
  const get = (post: PostId) => api.requestAfterWrites(the(viewer), `/v1/posts/${post}`);
  t.like((await get(answers.public)).body, { isReply: true, replyTo: sees.public ? posts.public : null }, `${viewer}: the public answer`);
  t.is((await get(answers.friends)).status, sees.friends ? 200 : 404, `${viewer}: the answer to what is for friends`);
  const quoting = (await get(quote)).body as unknown as { readonly quotedPost: { readonly post: { readonly id: PostId } | null } | null };
  t.is(quoting.quotedPost?.post?.id ?? null, sees.public ? posts.public : null, `${viewer}: the quoted post`);
  t.is((await get(share)).status, sees.public ? 200 : 404, `${viewer}: the share`);
  const feed = new Set((await api.requestAfterWrites(the(viewer), '/v1/me/feed?limit=50')).body.posts.map(({ id }) => id));
  t.is(feed.has(share), sees.public && !viewer.includes('mutes'), `${viewer}: the share in the feed, of somebody whom they follow`);
  t.is(feed.has(answers.friends), sees.friends, `${viewer}: the answer to what is for friends, in the feed`);
}

async function checkCounters(t: ExecutionContext, api: ReadApiFixture, { the, root, posts }: GivenPosts, viewer: Viewer): Promise<void> {
  const { sees } = TABLE[viewer];
  const known = 'isAcrossBlock' in TABLE[viewer] ? 0 : 1;
  // Of the author's three replies only the public one is counted, for anybody.
  t.like((await api.requestAfterWrites(the(viewer), `/v1/posts/${root}`)).body, { likes: known, replies: known }, `${viewer}: the counters of the root`);
  if (sees.public) t.like((await api.requestAfterWrites(the(viewer), `/v1/posts/${posts.public}`)).body, { replies: 1, quotes: 1, shares: 1 });
  if (sees.friends) t.like((await api.requestAfterWrites(the(viewer), `/v1/posts/${posts.friends}`)).body, { replies: 1, quotes: 0, shares: 0 });
}

/** What the viewer may not read can't be answered, liked, quoted or shared; and what others may not read is not passed on. */
async function checkCommands(t: ExecutionContext, api: ReadApiFixture, { the, posts }: GivenPosts, viewer: Viewer): Promise<void> {
  const { commands, by, time } = api.work;
  const { person } = the(viewer);
  for (const visibility of VISIBILITIES) {
    const post = posts[visibility];
    await time.advance(1);
    const results = {
      like: await commands.likePost({ person, post }, by(person)),
      unlike: await commands.unlikePost({ person, post }, by(person)),
      reply: (await commands.publishPost({ author: person, text: 'Yes', replyTo: post }, by(person))).handled,
      quote: (await commands.publishPost({ author: person, text: 'No', quotes: post }, by(person))).handled,
      share: (await commands.sharePost({ person, post }, by(person))).handled,
      unshare: await commands.unsharePost({ person, post }, by(person)),
    };
    const sees = TABLE[viewer].sees[visibility];
    const done = sees ? 'done' : 'post-unknown';
    const passedOn = sees && visibility !== 'public' ? 'post-not-public' : done;
    t.deepEqual(
      Object.fromEntries(Object.entries(results).map(([name, result]) => [name, result.outcome === 'refused' ? result.refusal.code : 'done'])),
      { like: done, unlike: done, reply: done, quote: passedOn, share: passedOn, unshare: done },
      `${viewer}: ${visibility}`,
    );
  }
}

test('a post for friends is written into no follower’s feed, and one for its author alone into nobody’s', async (t) => {
  await using api = await givenReadApi();
  const { the, author, publish } = await givenPosts(api);
  const readers = [the('a friend'), the('a follower'), the('a former friend who follows')];
  for (const reader of readers) await api.requestAfterWrites(reader, '/v1/me/feed'); // warms it
  const posts = {
    public: await publish(author, {}),
    friends: await publish(author, { visibility: 'friends' }),
    self: await publish(author, { visibility: 'self' }),
  };
  await api.work.untilIdle();
  const written = async ({ person }: LoggedInPerson) => {
    const page = await api.work.feedCache.page(person, { limit: 100 });
    return VISIBILITIES.filter((visibility) => page?.posts.includes(posts[visibility]));
  };
  t.deepEqual(await Promise.all(readers.map(written)), [['public', 'friends'], ['public'], ['public']]);
});

test('friends are told of what is for friends as long as they are friends, and nobody of what is for its author alone', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  await api.friends(ada, bob);
  const choices = [{ category: FRIEND_POSTED_CATEGORY, channel: '*', wanted: true }] as const;
  await api.expectSuccess(commands.setPreferences({ person: bob.person, choices }, by(bob.person)));
  await api.work.untilIdle();
  const posts: PostId[] = [];
  for (const visibility of VISIBILITIES) {
    await api.work.time.advance(1);
    posts.push((await api.expectSuccess(commands.publishPost({ author: ada.person, text: 'Hello', visibility }, by(ada.person)))).id);
  }
  await api.expectSuccess(commands.sharePost({ person: ada.person, post: posts[0] as PostId }, by(ada.person)));
  await api.work.untilIdle();
  const told = async () =>
    (await api.requestAfterWrites(bob, '/v1/me/notifications')).body.notifications.map((one) => (one as unknown as { data: { post: PostId } }).data.post);
  t.deepEqual((await told()).toSorted(), posts.slice(0, 2));
  await api.expectSuccess(commands.removeFriend({ person: bob.person, other: ada.person }, by(bob.person)));
  t.deepEqual(await told(), posts.slice(0, 1));
});
