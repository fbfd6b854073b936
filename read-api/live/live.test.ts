import test from 'ava';
import { PULL_THRESHOLDS } from '../../domain/feed/delivery-mode/delivery-mode.ts';
import { postSchema } from '../feed/post-view.ts';
import { givenReadApi } from '../test-fixture.ts';
import { follow, idsOf, waitUntil } from '../testing/follow.ts';
import { STREAMS_OF_PERSON_MAX } from './live-query.ts';
import { receivedNotificationSchema } from '../centre/received-notifications.ts';

test('a friend’s post comes into an open stream, and no post of a muted person', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob, eve] = [await api.person('Ada'), await api.person('Bob'), await api.person('Eve')];
  await api.friends(ada, bob);
  await api.friends(ada, eve);
  await api.expectSuccess(commands.mute({ person: ada.person, other: eve.person }, by(ada.person)));
  await api.work.untilIdle();
  const stream = await follow(api, ada, '/v1/me/feed/live');
  await waitUntil(() => stream.events.length === 1);
  t.deepEqual(stream.events[0], { event: 'ready', data: {} });
  const hidden = await api.post(eve, 'Not for Ada');
  await api.work.untilIdle();
  const posts = [await api.post(bob, 'Hello'), await api.post(ada, 'From another device')];
  await waitUntil(() => stream.events.length === 3);
  t.deepEqual(idsOf(stream.events.slice(1)), posts.toSorted());
  t.false(stream.events.some(({ data }) => data.id === hidden));
  for (const { event, data } of stream.events.slice(1)) {
    t.is(event, 'post');
    t.deepEqual(postSchema.parse(data), data as object, 'as the document says');
  }
  stream.leave();
});

test('across a block, either way, no post comes into an open stream, and the first one after it does', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob, eve] = [await api.person('Ada'), await api.person('Bob'), await api.person('Eve')];
  for (const friend of [bob, eve]) await api.friends(ada, friend);
  await api.work.untilIdle();
  const stream = await follow(api, ada, '/v1/me/feed/live');
  await waitUntil(() => stream.events.length === 1);
  const posts = () => idsOf(stream.events.filter(({ event }) => event === 'post'));
  const across = [
    [ada, bob],
    [eve, ada],
  ] as const;
  const hidden = [];
  for (const [{ person }, { person: other }] of across) await api.expectSuccess(commands.block({ person, other }, by(person)));
  for (const author of [bob, eve]) hidden.push(await api.post(author));
  const own = await api.post(ada);
  await api.work.untilIdle();
  await waitUntil(() => posts().includes(own));
  for (const [{ person }, { person: other }] of across) await api.expectSuccess(commands.unblock({ person, other }, by(person)));
  await api.work.untilIdle();
  await waitUntil(() => stream.events.filter(({ event }) => event === 'missed').length === 2);
  const shown = [own, await api.post(bob), await api.post(eve)];
  await waitUntil(() => posts().length === 3);
  t.deepEqual(posts(), shown.toSorted());
  t.true(hidden.every((post) => !posts().includes(post)));
  stream.leave();
});

test('a reader without a warm feed gets posts too once the stream is open', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob] = [await api.person(), await api.person()];
  await api.expectSuccess(commands.follow({ person: ada.person, other: bob.person }, by(ada.person)));
  await api.work.untilIdle();
  t.is(await api.work.feedCache.page(ada.person, { limit: 1 }), undefined);
  const stream = await follow(api, ada, '/v1/me/feed/live');
  await waitUntil(() => stream.events.length === 1);
  const post = await api.post(bob);
  await waitUntil(() => stream.events.length === 2);
  t.is(stream.events[1]?.data.id, post);
  stream.leave();
});

test('a reader who follows somebody while the stream is open gets `missed`, and every post from then on', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob, eve] = [await api.person(), await api.person(), await api.person()];
  await api.expectSuccess(commands.follow({ person: ada.person, other: bob.person }, by(ada.person)));
  await api.work.untilIdle();
  const stream = await follow(api, ada, '/v1/me/feed/live');
  await waitUntil(() => stream.events.length === 1);
  await api.expectSuccess(commands.follow({ person: ada.person, other: eve.person }, by(ada.person)));
  await waitUntil(() => stream.events.length === 2);
  t.is(stream.events[1]?.event, 'missed');
  const posts = [await api.post(bob), await api.post(eve)];
  await waitUntil(() => stream.events.length === 4);
  t.deepEqual(idsOf(stream.events.slice(2)), posts.toSorted());
  stream.leave();
});

test('posts of an author who turns to pulling while the stream is open come into it, each once', async (t) => {
  await using api = await givenReadApi();
  const { commands, by, feedCache } = api.work;
  const [ada, bob] = [await api.person(), await api.person()];
  await api.expectSuccess(commands.follow({ person: ada.person, other: bob.person }, by(ada.person)));
  await api.work.untilIdle();
  const stream = await follow(api, ada, '/v1/me/feed/live');
  await waitUntil(() => stream.events.length === 1);
  const counted = { author: bob.person, activeFollowers: PULL_THRESHOLDS.pullFromFollowers, thresholds: PULL_THRESHOLDS };
  await api.expectSuccess(commands.countActiveFollowers(counted, by('system:test')));
  await waitUntil(() => stream.events.some(({ event }) => event === 'missed'));
  await api.work.advanceUntil(async () => (await api.work.views.get('delivery-modes', bob.person))?.mode === 'pull', { stepMs: 0 });
  const told = () => idsOf(stream.events.filter(({ event }) => event === 'post'));
  const posts = [await api.post(bob), await api.post(bob)];
  await waitUntil(() => posts.every((post) => told().includes(post)));
  const own = await api.post(ada);
  await waitUntil(() => told().includes(own));
  t.deepEqual(told(), [...posts, own].toSorted());
  // The first post has shown that the author has no such followers, so the second may be pushed again.
  t.false((await feedCache.page(ada.person, { limit: 9 }))?.posts.some((post) => post === posts[0]));
  stream.leave();
});

test('a feed that the cache has lost is built again under an open stream, and its reader gets `missed`', async (t) => {
  await using api = await givenReadApi({ sessionCheckMs: 10 });
  const { commands, by } = api.work;
  const [ada, bob] = [await api.person(), await api.person()];
  await api.expectSuccess(commands.follow({ person: ada.person, other: bob.person }, by(ada.person)));
  await api.work.untilIdle();
  const stream = await follow(api, ada, '/v1/me/feed/live');
  await waitUntil(() => stream.events.length === 1);
  await api.work.feedCache.invalidateAll();
  await waitUntil(() => stream.events.length === 2);
  t.is(stream.events[1]?.event, 'missed');
  const post = await api.post(bob);
  await waitUntil(() => stream.events.length === 3);
  t.is(stream.events[2]?.data.id, post);
  stream.leave();
});

test('the reader gets `missed` even if another request has built the lost feed again before the check', async (t) => {
  await using api = await givenReadApi({ sessionCheckMs: 1_000 });
  const { commands, by, feedCache } = api.work;
  const [ada, bob] = [await api.person(), await api.person()];
  await api.expectSuccess(commands.follow({ person: ada.person, other: bob.person }, by(ada.person)));
  await api.work.untilIdle();
  const stream = await follow(api, ada, '/v1/me/feed/live');
  await waitUntil(() => stream.events.length === 1);
  await feedCache.invalidateAll();
  const post = await api.post(bob);
  await api.work.untilIdle();
  t.is((await api.requestAfterWrites(ada, '/v1/me/feed')).body.posts[0]?.id, post, 'from another device');
  await waitUntil(() => stream.events.some(({ event }) => event === 'missed'));
  stream.leave();
});

test('a notification comes into an open stream', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const ada = await api.person();
  const shop = await api.app(ada);
  await api.work.untilIdle();
  const stream = await follow(api, ada, '/v1/me/notifications/live');
  await waitUntil(() => stream.events.length === 1);
  const request = { source: { kind: 'app', app: shop.app }, recipients: [ada.person], category: 'orders', content: { body: 'Sent.' } } as const;
  const { id } = await api.expectSuccess(commands.requestNotification(request, by(`app:${shop.app}`)));
  await waitUntil(() => stream.events.length === 2);
  t.like(stream.events[1], { event: 'notification', data: { id, content: { body: 'Sent.' } } });
  t.notThrows(() => receivedNotificationSchema.parse(stream.events[1]?.data));
  stream.leave();
});

test('a stream stops listening when its client disconnects', async (t) => {
  await using api = await givenReadApi();
  const ada = await api.person();
  const streams = await Promise.all(['feed', 'notifications', 'feed'].map((list) => follow(api, ada, `/v1/me/${list}/live`)));
  await waitUntil(() => api.listeners() === 3);
  streams[0]?.leave();
  await waitUntil(() => api.listeners() === 2);
  for (const { leave } of streams) leave();
  await waitUntil(() => api.listeners() === 0);
  t.is(api.listeners(), 0);
});

test('when the server stops, streams end at once', async (t) => {
  await using api = await givenReadApi({ stopDeadlineMs: 600_000 });
  const ada = await api.person();
  const streams = await Promise.all(['feed', 'notifications'].map((list) => follow(api, ada, `/v1/me/${list}/live`)));
  await waitUntil(() => streams.every(({ events }) => events.length === 1));
  await api.stop();
  t.deepEqual(await Promise.all(streams.map(({ ended }) => ended)), ['ended', 'ended']);
  t.is(api.listeners(), 0);
});

test('a stream ends with its session, and another session’s stays', async (t) => {
  await using api = await givenReadApi();
  const ada = await api.person();
  const stream = await follow(api, ada, '/v1/me/feed/live');
  await waitUntil(() => stream.events.length === 1);
  api.work.broadcast.publish([ada.person], { kind: 'session-ended', session: 'another' });
  await api.work.commands.logOut(ada, api.work.clock());
  t.is(await stream.ended, 'ended');
});

test('the check of the session finds one that ended without a hint', async (t) => {
  await using api = await givenReadApi({ sessionCheckMs: 10 });
  const ada = await api.person();
  const stream = await follow(api, ada, '/v1/me/notifications/live');
  await waitUntil(() => stream.events.length === 1);
  await api.work.vault.remove('session', ada.session);
  api.tokens.forget(ada.session);
  t.is(await stream.ended, 'ended');
});

test('a person has a limited number of streams, and may open another when one has ended', async (t) => {
  await using api = await givenReadApi();
  const ada = await api.person();
  const streams = await Promise.all(Array.from({ length: STREAMS_OF_PERSON_MAX }, () => follow(api, ada, '/v1/me/feed/live')));
  t.true(streams.every(({ status }) => status === 200));
  t.is((await api.request(ada, '/v1/me/feed/live')).body.code, 'rate-limited');
  streams[0]?.leave();
  await waitUntil(() => api.listeners() === STREAMS_OF_PERSON_MAX - 1);
  const another = await follow(api, ada, '/v1/me/feed/live');
  t.is(another.status, 200);
  for (const { leave } of [...streams, another]) leave();
});
