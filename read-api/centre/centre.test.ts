/** The notification centre: what stands there, what of it is unread, and what its person marks. */
import test from 'ava';
import type { RequestNotification } from '../../commands/notifications/notifications.ts';
import type { NotificationId } from '../../domain/shared/ids.ts';
import { HOUR_MS, MINUTE_MS, plus } from '../../domain/shared/instant.ts';
import { givenReadApi, type LoggedInPerson } from '../test-fixture.ts';

type Item = { readonly id: string; readonly at: string; readonly seen: boolean; readonly read: boolean; readonly archived: boolean };
type Counts = { readonly unread: number; readonly unseen: number; readonly more: boolean; readonly categories: readonly object[] };

async function startCentre() {
  const api = await givenReadApi();
  const { commands, by, time, untilIdle } = api.work;
  const ada = await api.person('Ada');
  const shop = await api.app(ada);
  const asAda = <Command>(command: Command) => ({ person: ada.person, ...command });
  /** One after the other, so that their order is known. */
  const notify = async (...each: readonly Partial<RequestNotification>[]): Promise<readonly NotificationId[]> => {
    const ids: NotificationId[] = [];
    for (const saying of each) {
      const request = { source: { kind: 'app', app: shop.app }, recipients: [ada.person], category: 'news', content: { body: 'Hello' }, ...saying } as const;
      ids.push((await api.expectSuccess(commands.requestNotification(request, by(`app:${shop.app}`)))).id);
      await untilIdle();
      await time.advance(10);
    }
    return ids;
  };
  const list = async (query = '', as: LoggedInPerson = ada) =>
    (await api.requestAfterWrites(as, `/v1/me/notifications${query}`)).body as unknown as {
      readonly notifications: readonly Item[];
      readonly next: string | null;
    };
  return {
    api,
    ada,
    shop,
    notify,
    list,
    ids: async (query = '') => (await list(query)).notifications.map(({ id }) => id as NotificationId),
    counts: async (query = '') => (await api.requestAfterWrites(ada, `/v1/me/notifications/counts${query}`)).body as unknown as Counts,
    mark: (notification: NotificationId, mark: 'read' | 'unread' | 'archived' | 'unarchived') =>
      api.expectSuccess(commands.markNotification(asAda({ notification, mark }), by(ada.person))),
    readAll: (category?: string) =>
      api.expectSuccess(commands.markNotificationsRead(asAda({ upTo: api.work.clock(), ...(category !== undefined && { category }) }), by(ada.person))),
    seeAll: () => api.expectSuccess(commands.markNotificationsSeen(asAda({ upTo: api.work.clock() }), by(ada.person))),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}

test('notifications come newest first, by the page, by category and without those that were archived', async (t) => {
  await using centre = await startCentre();
  const [n0, n1, n2, n3] = (await centre.notify({}, { category: 'Orders' }, {}, { category: 'orders ' })) as [
    NotificationId,
    NotificationId,
    NotificationId,
    NotificationId,
  ];
  const first = await centre.list('?limit=2');
  const rest = await centre.list(`?limit=2&before=${encodeURIComponent(first.next ?? '')}`);
  t.deepEqual(
    [first, rest].map(({ notifications }) => notifications.map(({ id }) => id as NotificationId)),
    [
      [n3, n2],
      [n1, n0],
    ],
  );
  t.is(rest.next, null);
  t.deepEqual(await centre.ids('?category=orders'), [n3, n1]);
  await centre.mark(n1, 'archived');
  await centre.mark(n2, 'archived');
  t.deepEqual(await centre.ids(), [n3, n0]);
  t.deepEqual(await centre.ids('?archived=true'), [n2, n1]);
  t.deepEqual(await centre.ids('?archived=true&category=orders'), [n1]);
  await centre.mark(n2, 'unarchived');
  t.deepEqual(await centre.ids(), [n3, n2, n0], 'where it was');
});

test('what is unread is counted and listed alike, by category too, until it is read or archived', async (t) => {
  await using centre = await startCentre();
  const [n0, n1, n2, n3] = (await centre.notify({}, { category: 'orders' }, {}, { category: 'orders' })) as [
    NotificationId,
    NotificationId,
    NotificationId,
    NotificationId,
  ];
  const agree = async (expected: readonly NotificationId[], query = '') => {
    t.deepEqual(await centre.ids(`?unread=true${query}`), expected);
    t.is((await centre.counts(query.replace('&', '?'))).unread, expected.length);
  };
  await agree([n3, n2, n1, n0]);
  await agree([n3, n1], '&category=orders');
  t.like(await centre.counts(), { unread: 4, unseen: 4, more: false });
  await centre.mark(n2, 'read');
  await centre.mark(n0, 'archived');
  await agree([n3, n1]);
  t.like((await centre.list()).notifications[1], { id: n2, read: true, seen: true });
  await centre.readAll('orders');
  await agree([]);
  await centre.mark(n1, 'unread');
  await centre.mark(n2, 'unread');
  await agree([n2, n1]);
  t.deepEqual((await centre.counts()).categories, [
    { category: 'news', unread: 1, unseen: 0 },
    { category: 'orders', unread: 1, unseen: 0 },
  ]);
  await centre.readAll();
  await agree([]);
  const [n4] = (await centre.notify({})) as [NotificationId];
  await agree([n4]);
  await centre.mark(n1, 'unread');
  await agree([n4, n1]);
  t.deepEqual(await centre.ids('?unread=true&limit=1'), [n4]);
  const { next } = await centre.list('?unread=true&limit=1');
  t.deepEqual(await centre.ids(`?unread=true&limit=1&before=${encodeURIComponent(next ?? '')}`), [n1], 'beyond the moment up to which all is read');
});

test('opening the centre marks all as seen, and as read nothing', async (t) => {
  await using centre = await startCentre();
  await centre.notify({}, {});
  await centre.seeAll();
  t.like(await centre.counts(), { unread: 2, unseen: 0 });
  await centre.notify({});
  t.like(await centre.counts(), { unread: 3, unseen: 1 });
  t.deepEqual(
    (await centre.list()).notifications.map(({ seen }) => seen),
    [false, true, true],
  );
});

test('a notification stands there with its own words, when its time has come, and until it is cancelled', async (t) => {
  await using centre = await startCentre();
  const { work } = centre.api;
  const content = { title: 'Order 7', body: 'On its way', inApp: { body: 'Your order is on its way. Follow it here.' } };
  const [later] = (await centre.notify({ content, sendAt: plus(work.clock(), HOUR_MS) })) as [NotificationId];
  t.deepEqual(await centre.ids(), []);
  await work.advanceUntil(async () => (await centre.ids()).length === 1, { stepMs: 10 * MINUTE_MS });
  const [shown] = (await centre.list()).notifications;
  t.like(shown as object, { id: later, content: { title: 'Order 7', body: content.inApp.body }, status: 'delivered' });
  t.true((shown?.at ?? '') >= plus(work.clock(), -HOUR_MS));
  await centre.api.expectSuccess(work.commands.cancelNotification({ notification: later, app: centre.shop.app }, work.by(`app:${centre.shop.app}`)));
  t.deepEqual(await centre.ids(), []);
  t.like(await centre.counts(), { unread: 0 });
});

test('who doesn’t want it there doesn’t get it there, and quiet hours hold nothing back', async (t) => {
  await using centre = await startCentre();
  const { commands, by } = centre.api.work;
  const choices = [{ category: 'offers', channel: 'in-app', wanted: false }] as const;
  const quietHours = { zone: 'UTC', from: '00:00', until: '23:59' };
  await centre.api.expectSuccess(commands.setPreferences({ person: centre.ada.person, choices, quietHours }, by(centre.ada.person)));
  const [, news] = (await centre.notify({ category: 'offers' }, {}, { channels: ['push'] })) as [NotificationId, NotificationId, NotificationId];
  t.deepEqual(await centre.ids(), [news]);
});

test('nobody marks what stands in another person’s centre, or in nobody’s', async (t) => {
  await using centre = await startCentre();
  const { commands, by } = centre.api.work;
  const eve = await centre.api.person('Eve');
  const [mine, pushed] = (await centre.notify({}, { channels: ['push'] })) as [NotificationId, NotificationId];
  const codes = [
    await commands.markNotification({ person: eve.person, notification: mine, mark: 'read' }, by(eve.person)),
    await commands.markNotification({ person: centre.ada.person, notification: pushed, mark: 'read' }, by(centre.ada.person)),
    await commands.markNotification({ person: eve.person, notification: mine, mark: 'unread' }, by(eve.person)),
  ].map((result) => result.outcome === 'refused' && result.refusal.code);
  t.deepEqual(codes, ['notification-unknown', 'notification-unknown', 'notification-unknown']);
  t.deepEqual((await centre.list('', eve)).notifications, []);
  t.like((await centre.list()).notifications[0], { read: false });
});

test('what is read is told to the app as opened, once, whichever device says it', async (t) => {
  await using centre = await startCentre();
  const [id] = (await centre.notify({})) as [NotificationId];
  await Promise.all([centre.mark(id, 'read'), centre.mark(id, 'read'), centre.mark(id, 'read')]);
  await centre.mark(id, 'unread');
  await centre.mark(id, 'read');
  const { deliveries } = (await centre.api.requestAfterWrites(centre.shop, `/v1/notifications/${id}`)).body;
  const inApp = deliveries.find(({ history }) => history[0]?.what === 'delivered-in-app');
  t.deepEqual(
    inApp?.history.map(({ what }) => what),
    ['delivered-in-app', 'item-marked', 'opened', 'item-marked', 'item-marked'],
  );
});
