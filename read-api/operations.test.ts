/** Every operation of the read API, called once by an allowed caller. The fixture checks each response against the document. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { inEnglish } from '../commands/test-fixture.ts';
import type { DeliveryId, DeviceId, NotificationId } from '../domain/shared/ids.ts';
import { DAY_MS, plus } from '../domain/shared/instant.ts';
import type { LocalTime } from '../domain/shared/local-time.ts';
import { givenReadApi } from './test-fixture.ts';

test('every operation of the document is answered as the document says', async (t) => {
  await using api = await givenReadApi();
  const { requestAfterWrites, person, post, direct, sendMessage, app, expectSuccess, work } = api;
  const { commands, by } = work;
  const [ada, bob] = [await person('Ada'), await person('Bob')];

  await profiles();
  await relationships();
  await posts();
  await channels();
  await notifications();
  const live = ['followFeed', 'followNotifications', 'getChanges', 'followChanges']; // `live.test.ts`, `routes/subscriptions/changes.test.ts`
  // `media/media.test.ts`, `routes/profile-pictures.test.ts`, `routes/chat/message-content.test.ts`
  const media = ['getExportArchive', 'getPostMedia', 'getMyMedia', 'getPictureOfPerson', 'getMessageMedia', 'getChannelPicture'];
  t.deepEqual(
    api.responseChecker.operations.filter((operation) => !api.responseChecker.coveredOperations.has(operation) && ![...live, ...media].includes(operation)),
    [],
  );

  async function profiles() {
    await expectSuccess(
      commands.changeProfile({ person: ada.person, about: 'Engines', timeZone: 'Europe/London', language: 'en-GB', country: 'GB' }, by(ada.person)),
    );
    t.like((await requestAfterWrites(ada, '/v1/me')).body, {
      id: ada.person,
      name: 'Ada',
      about: 'Engines',
      timeZone: 'Europe/London',
      language: 'en-GB',
      country: 'GB',
      erased: false,
      followers: 0,
    });
    t.like((await requestAfterWrites(bob, '/v1/people?q=AD')).body, { people: [{ id: ada.person, name: 'Ada', friend: false, followed: false }], next: null });
    const toOthers = (await requestAfterWrites(bob, `/v1/people/${ada.person}`)).body;
    t.false('language' in toOthers || 'country' in toOthers, 'the market is for nobody else');
    t.like(toOthers, {
      id: ada.person,
      name: 'Ada',
      friend: false,
      followed: false,
      muted: false,
      blocked: false,
    });
    t.deepEqual((await requestAfterWrites(ada, `/v1/people/${ada.person}/presence`)).body as object, { status: 'offline', lastActiveAt: null });

    const publishAt = plus(work.clock(), DAY_MS);
    await expectSuccess(commands.schedulePost({ author: ada.person, text: 'Later', publishAt }, by(ada.person)));
    const { body: list } = await requestAfterWrites(ada, '/v1/me/scheduled-posts?limit=1');
    t.like(list, { scheduledPosts: [{ text: 'Later', publishAt, visibility: 'public', media: [], refusal: null }], next: null });
    const { id: choir } = await expectSuccess(commands.openGroupChannel({ person: ada.person, members: [], title: 'Later' }, by(ada.person)));
    await expectSuccess(commands.scheduleMessage({ sender: ada.person, channel: choir, text: 'Soon', sendAt: publishAt }, by(ada.person)));
    const { body: unsent } = await requestAfterWrites(ada, '/v1/me/scheduled-messages?limit=1');
    t.like(unsent, { scheduledMessages: [{ channel: choir, text: 'Soon', sendAt: publishAt, refusal: null }], next: null });
    const { id: liked } = await expectSuccess(commands.publishPost({ author: ada.person, text: 'Liked' }, by(ada.person)));
    await expectSuccess(commands.likePost({ post: liked, person: ada.person }, by(ada.person)));
    await expectSuccess(commands.pinPost({ post: liked, person: ada.person }, by(ada.person)));
    t.like((await requestAfterWrites(ada, `/v1/people/${ada.person}/pinned-posts`)).body, { posts: [{ id: liked }] });
    await expectSuccess(commands.bookmarkPost({ post: liked, person: ada.person }, by(ada.person)));
    t.like((await requestAfterWrites(ada, '/v1/me/bookmarks')).body, { posts: [{ id: liked }], next: null });
    for (const list of ['likes', 'shares'])
      t.like((await requestAfterWrites(ada, `/v1/posts/${liked}/${list}`)).body, {
        people: list === 'likes' ? [{ id: ada.person, name: 'Ada' }] : [],
        next: null,
      });
    t.deepEqual((await requestAfterWrites(ada, '/v1/me/standing')).body as object, { suspension: null });
    const device = randomUUID() as DeviceId;
    await expectSuccess(commands.registerDevice({ person: ada.person, device, platform: 'apns', token: 'a secret token' }, by(ada.person)));
    const { body } = await requestAfterWrites(ada, '/v1/me/devices');
    t.like(body, { devices: [{ id: device, platform: 'apns', app: null }] });
    t.false(JSON.stringify(body).includes('a secret token'));

    t.deepEqual((await requestAfterWrites(ada, '/v1/web-push')).body as object, { publicKey: null });

    await expectSuccess(commands.setContact({ person: ada.person, kind: 'email', address: 'ada@example.org' }, by(ada.person)));
    t.deepEqual((await requestAfterWrites(ada, '/v1/me/contacts')).body as object, {
      contacts: [{ kind: 'email', address: 'ada@example.org', confirmed: false, blocked: null }],
    });

    await expectSuccess(commands.setPreferences({ person: ada.person, choices: [{ category: 'news', channel: 'sms', wanted: false }] }, by(ada.person)));
    await expectSuccess(commands.setPreferences({ person: ada.person, quietHours: { zone: 'Europe/Berlin', from: '22:00', until: '07:00' } }, by(ada.person)));
    const halfHour = { category: 'news', channel: 'email', rule: { kind: 'after-first', minutes: 30 } } as const;
    await expectSuccess(commands.setPreferences({ person: ada.person, digests: [halfHour] }, by(ada.person)));
    t.deepEqual((await requestAfterWrites(ada, '/v1/me/privacy')).body as object, { readReceipts: true, presence: 'everyone', invisible: false });
    t.deepEqual((await requestAfterWrites(ada, '/v1/me/preferences')).body as object, {
      choices: [{ category: 'news', channel: 'sms', wanted: false }],
      quietHours: { zone: 'Europe/Berlin', from: '22:00', until: '07:00' },
      apps: [],
      digests: [{ category: 'news', channel: 'email', rule: { kind: 'after-first', minutes: 30 } }],
    });
  }

  async function relationships() {
    const { id: request } = await expectSuccess(commands.requestFriend({ person: ada.person, other: bob.person }, by(ada.person)));
    t.like((await requestAfterWrites(ada, '/v1/me/friend-requests')).body, { received: [], sent: [{ id: request, person: { id: bob.person, name: 'Bob' } }] });
    t.like((await requestAfterWrites(bob, '/v1/me/friend-requests')).body, { received: [{ id: request, person: { id: ada.person, name: 'Ada' } }], sent: [] });
    await expectSuccess(commands.acceptFriend({ person: bob.person, request }, by(bob.person)));
    t.like((await requestAfterWrites(ada, '/v1/me/friends')).body, { people: [{ id: bob.person, name: 'Bob' }], next: null });
    t.deepEqual((await requestAfterWrites(ada, '/v1/me/friend-requests')).body.sent, []);
    const eve = await person('Eve');
    const pair = { person: ada.person, other: eve.person };
    await expectSuccess(commands.follow(pair, by(ada.person)));
    await expectSuccess(commands.mute(pair, by(ada.person)));
    t.like((await requestAfterWrites(ada, '/v1/me/follows')).body, { people: [{ id: eve.person, name: 'Eve' }], next: null });
    t.like((await requestAfterWrites(ada, '/v1/me/mutes')).body, { people: [{ id: eve.person, name: 'Eve' }], next: null });
    await expectSuccess(commands.block(pair, by(ada.person)));
    t.like((await requestAfterWrites(ada, '/v1/me/blocks')).body, { people: [{ id: eve.person, name: 'Eve' }], next: null });
  }

  async function posts() {
    const id = await post(ada, 'Hello');
    const reply = await post(bob, 'Hello yourself', id);
    await expectSuccess(commands.likePost({ person: bob.person, post: id }, by(bob.person)));
    await expectSuccess(commands.editPost({ author: ada.person, post: id, text: 'Hello there' }, by(ada.person)));
    const expected = { id, author: { id: ada.person, name: 'Ada' }, text: 'Hello there', likes: 1, replies: 1 };
    t.like((await requestAfterWrites(bob, `/v1/posts/${id}`)).body, { ...expected, liked: true, replyTo: null });
    t.like((await requestAfterWrites(ada, `/v1/posts/${id}`)).body, { ...expected, liked: false });
    t.like((await requestAfterWrites(ada, `/v1/posts/${id}/replies`)).body, { posts: [{ id: reply, replyTo: id }], next: null });
    t.like((await requestAfterWrites(bob, `/v1/people/${ada.person}/posts`)).body, { posts: [expected], next: null });
    t.like((await requestAfterWrites(bob, '/v1/me/feed')).body, { posts: [{ id: reply }, expected], next: null });
    t.like((await requestAfterWrites(ada, `/v1/posts/${reply}/thread`)).body as object, { ancestors: [{ id }], replies: [] });
    t.like((await requestAfterWrites(bob, `/v1/posts/${id}/edits`)).body as object, { edits: [{ text: 'Hello' }], next: null });
    const tagged = await post(ada, 'Lovely #Spring');
    t.like((await requestAfterWrites(bob, '/v1/tags/spring/posts')).body, { posts: [{ id: tagged, text: 'Lovely #Spring' }], next: null });
    t.deepEqual((await requestAfterWrites(bob, '/v1/me/mentions')).body.posts, []);
  }

  async function channels() {
    const channel = await direct(ada, bob);
    const seq = await sendMessage(ada, channel, 'Hi');
    await expectSuccess(commands.markRead({ person: bob.person, channel, seq }, by(bob.person)));
    const { body } = await requestAfterWrites(ada, `/v1/channels/${channel}`);
    t.like(body, { id: channel, kind: 'direct', title: null, headSeq: 0 });
    t.deepEqual(new Map(body.members.map(({ id, readUpTo }) => [id, readUpTo])).get(bob.person), 0, 'members see how far each has read');
    t.like((await requestAfterWrites(bob, `/v1/channels/${channel}/messages`)).body, { messages: [{ seq: 0, sender: ada.person, text: 'Hi' }], more: false });
    t.like((await requestAfterWrites(bob, `/v1/channels/${channel}/messages/0`)).body as object, { seq: 0, text: 'Hi' });
    t.like((await requestAfterWrites(bob, '/v1/messages?q=hi')).body as object, { hits: [{ channel, message: { text: 'Hi' } }], partly: [], next: null });
    t.like((await requestAfterWrites(bob, `/v1/channels/${channel}/messages/0/edits`)).body, { edits: [], next: null } as object);
    t.like((await requestAfterWrites(bob, `/v1/channels/${channel}/pins`)).body, { pins: [], more: false } as object);
    t.like((await requestAfterWrites(bob, '/v1/me/inbox')).body, {
      channels: [{ channel, with: [{ name: 'Ada' }], unread: 0, last: { text: 'Hi' } }],
      next: null,
    });
    const mention = await sendMessage(ada, channel, 'Bob!', [bob]);
    t.like((await requestAfterWrites(bob, '/v1/me/chat-mentions')).body, { mentions: [{ channel, message: { seq: mention } }], next: null } as object);
    t.like((await requestAfterWrites(bob, '/v1/me/unread')).body, { channels: [{ first: mention, newest: [{ seq: mention }] }], next: null } as object);
    await expectSuccess(commands.requestExport({ person: bob.person, subject: { kind: 'person' } }, by(bob.person)));
    t.like((await requestAfterWrites(bob, '/v1/me/exports?limit=1')).body, { exports: [{ subject: 'person', channel: null }], next: null } as object);
    t.deepEqual((await requestAfterWrites(bob, '/v1/me/invitations')).body.invitations, []);
    t.deepEqual((await requestAfterWrites(ada, `/v1/channels/${channel}/messages/${seq}/receipts`)).body as object, { others: 1, delivered: 1, read: 1 });
    t.deepEqual((await requestAfterWrites(ada, `/v1/channels/${channel}/members`)).body as object, {
      members: [
        { id: ada.person, name: 'Ada' },
        { id: bob.person, name: 'Bob' },
      ].toSorted((one, other) => (one.id < other.id ? -1 : 1)),
      next: null,
    });
    t.like((await requestAfterWrites(bob, '/v1/sync')).body, { channels: [{ channel, headSeq: 1 }], more: false });
    const group = await api.group(ada, bob);
    for (const part of ['links', 'join-requests']) {
      t.is((await requestAfterWrites(ada, `/v1/channels/${group}/${part}`)).status, 200);
      t.is((await requestAfterWrites(bob, `/v1/channels/${group}/${part}`)).body.code, 'not-an-admin');
    }
    t.deepEqual((await requestAfterWrites(bob, '/v1/me/join-requests')).body as object, { requests: [] });
  }

  async function notifications() {
    const shop = await app(ada);
    const orders = { category: 'orders', defaultLocale: 'en', locales: { en: { title: 'Orders' } }, mandatory: false, byDefault: 'out' } as const;
    await expectSuccess(commands.declareCategory({ app: shop.app, ...orders }, by(`app:${shop.app}`)));
    t.like((await requestAfterWrites(shop, '/v1/categories')).body, { categories: [{ category: 'orders', default: 'out', perDayMax: null }], next: null });
    t.like((await requestAfterWrites(ada, '/v1/me/preferences/page')).body, { apps: [{ app: shop.app, categories: [{ title: 'Orders' }] }], next: null });
    const published = { app: shop.app, ...inEnglish({ body: 'Hello' }) };
    const { id: template } = await expectSuccess(commands.publishTemplate(published, by(`app:${shop.app}`)));
    t.like((await requestAfterWrites(shop, '/v1/templates')).body, { templates: [{ id: template, version: 1 }], next: null });
    t.like((await requestAfterWrites(shop, `/v1/templates/${template}`)).body, { id: template, versions: [{ version: 1 }] });
    const queued = { type: 'queue', message: 'event-1', app: shop.app, event: 'delivery.delivered', occurredAt: work.clock(), at: work.clock() } as const;
    const payload = { delivery: 'd' as DeliveryId, notification: 'n' as NotificationId, recipient: ada.person, channel: 'email', category: 'orders' } as const;
    await expectSuccess(commands.commandWebhookMessage({ ...queued, payload }, by('test')).then((handled) => ({ id: '', handled })));
    const { body: queuedPage } = await requestAfterWrites(shop, `/v1/apps/${shop.app}/webhook-messages?status=queued`);
    t.like(queuedPage, { messages: [{ id: 'event-1', delivery: 'd', attempts: 0 }], next: null });
    t.is((await requestAfterWrites(await app(), `/v1/apps/${shop.app}/webhook-messages`)).body.code, 'forbidden');
    const request = { source: { kind: 'app', app: shop.app }, recipients: [ada.person], category: 'orders', content: { body: 'Sent.' } } as const;
    await expectSuccess(commands.setPreferences({ person: ada.person, choices: [{ category: 'orders', channel: '*', wanted: true }] }, by(ada.person)));
    const { id } = await expectSuccess(commands.requestNotification(request, by(`app:${shop.app}`)));
    await work.untilIdle();
    const { body } = await requestAfterWrites(shop, `/v1/notifications/${id}`);
    t.like(body, { id, category: 'orders', recipients: 1, cancelled: false, next: null });
    t.true(body.deliveries.every(({ history }) => ['delivery-planned', 'delivered-in-app'].includes(history[0]?.what ?? '')));
    t.like((await requestAfterWrites(ada, '/v1/me/notifications/counts')).body as object, { unread: 1, unseen: 1, more: false });
    t.like((await requestAfterWrites(ada, '/v1/me/notifications')).body, { notifications: [{ id, source: 'app', content: { body: 'Sent.' } }], next: null });
    const day = work.clock().slice(0, 10);
    t.like((await requestAfterWrites(shop, `/v1/apps/${shop.app}/deliveries?person=${ada.person}`)).body.deliveries[0], { notification: id, template: null });
    t.like((await requestAfterWrites(shop, `/v1/apps/${shop.app}/funnel?from=${day}&until=${day}`)).body, { rows: [{ requested: 1, created: 1 }] });
    const daily = { rule: 'FREQ=DAILY', start: '2030-01-01T09:00:00' as LocalTime, zone: 'Europe/Berlin', clock: 'zone' } as const;
    const { source: _, content, ...each } = request;
    const scheduled = { app: shop.app, recurrence: daily, missed: 'latest', request: each, content } as const;
    const { id: schedule } = await expectSuccess(commands.createSchedule(scheduled, by(`app:${shop.app}`)));
    const shown = { id: schedule, status: 'active', rule: 'FREQ=DAILY', recipients: 1, nextOccurrence: { at: '2030-01-01T08:00:00.000Z' } };
    t.like((await requestAfterWrites(shop, '/v1/schedules')).body, { schedules: [shown], next: null });
    t.like((await requestAfterWrites(shop, `/v1/schedules/${schedule}`)).body, { ...shown, occurrences: [], next: null });
    t.is((await requestAfterWrites(await app(), `/v1/schedules/${schedule}`)).body.code, 'schedule-unknown');
    const { id: list } = await expectSuccess(commands.createList({ app: shop.app, name: 'Crew' }, by(`app:${shop.app}`)));
    await commands.changeList({ app: shop.app, list, add: [ada.person, bob.person], remove: [bob.person] }, by(`app:${shop.app}`));
    await work.untilIdle();
    t.like((await requestAfterWrites(shop, '/v1/lists')).body, { lists: [{ id: list, name: 'Crew', members: 1 }], next: null });
    t.like((await requestAfterWrites(shop, `/v1/lists/${list}`)).body, { id: list, members: 1 });
    t.deepEqual((await requestAfterWrites(shop, `/v1/lists/${list}/members`)).body as object, { members: [ada.person], next: null });
    const toList = await expectSuccess(commands.requestNotification({ ...request, recipients: [], list, ratePerMinute: 60 }, by(`app:${shop.app}`)));
    await work.untilIdle();
    t.like((await requestAfterWrites(shop, `/v1/notifications/${toList.id}/progress`)).body, {
      list,
      status: 'finished',
      because: 'planned',
      total: 1,
      planned: 1,
    });
    t.is((await requestAfterWrites(await app(), `/v1/notifications/${toList.id}/progress`)).body.code, 'notification-unknown');
  }
});
