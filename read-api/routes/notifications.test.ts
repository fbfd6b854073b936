import test from 'ava';
import type { NotificationId } from '../../domain/shared/ids.ts';
import { furthestStatus } from '../delivery-status.ts';
import { inEnglish } from '../../commands/test-fixture.ts';
import { requestUnrendered } from '../../workers/notifications/test-fixture.ts';
import { givenReadApi, type RegisteredApp, type LoggedInPerson, type ReadApiFixture } from '../test-fixture.ts';

function notify({ work, expectSuccess }: ReadApiFixture, { app }: RegisteredApp, people: readonly LoggedInPerson[], saying: object): Promise<NotificationId> {
  const { commands, by } = work;
  const request = { source: { kind: 'app', app }, recipients: people.map(({ person }) => person), category: 'news', ...saying } as const;
  return expectSuccess(commands.requestNotification(request, by(`app:${app}`))).then(({ id }) => id);
}

test('a person’s notifications come newest first, and a page goes on where the previous one ended', async (t) => {
  await using api = await givenReadApi();
  const [ada, bob] = [await api.person(), await api.person()];
  const shop = await api.app(ada, bob);
  const ids: NotificationId[] = [];
  for (let i = 0; i < 5; i++) ids.push(await notify(api, shop, i === 2 ? [bob] : [ada, bob], { content: { title: `${i}`, body: 'Hello' } }));
  const first = (await api.requestAfterWrites(ada, '/v1/me/notifications?limit=2')).body;
  ids.push(await notify(api, shop, [ada], { content: { body: 'Meanwhile' } }));
  const rest = (await api.requestAfterWrites(ada, `/v1/me/notifications?limit=2&before=${first.next}`)).body;
  const [n0, n1, , n3, n4] = ids;
  t.deepEqual(
    [first, rest].map(({ notifications }) => notifications.map(({ id }) => id)),
    [
      [n4, n3],
      [n1, n0],
    ] as string[][],
  );
  t.is(rest.next, null);
});

test('where the log was restored, a page goes on by its cursor, and a cursor from before is refused', async (t) => {
  await using api = await givenReadApi({ epoch: 1_764_417_600 });
  const ada = await api.person();
  const shop = await api.app(ada);
  const ids: NotificationId[] = [];
  for (let i = 0; i < 3; i++) ids.push(await notify(api, shop, [ada], { content: { title: `${i}`, body: 'Hello' } }));
  const { next } = (await api.requestAfterWrites(ada, '/v1/me/notifications?limit=2')).body;
  t.regex(next ?? '', /^1764417600-\d{4}\.\d{19}$/);
  const rest = (await api.request(ada, `/v1/me/notifications?before=${next}`)).body;
  t.deepEqual(
    rest.notifications.map(({ id }) => id),
    ids.slice(0, 1) as string[],
  );
  const old = await api.request(ada, `/v1/me/notifications?before=${next?.split('-')[1]}`);
  t.deepEqual([old.status, old.body.code], [409, 'position-of-another-log']);
});

test('a notification from a template is shown as it was sent, by the version it names', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const ada = await api.person();
  const shop = await api.app(ada);
  const asShop = () => by(`app:${shop.app}`);
  const { id: template } = await api.expectSuccess(
    commands.publishTemplate({ app: shop.app, ...inEnglish({ title: 'Order {{ number }}', body: 'For {{ name }}' }) }, asShop()),
  );
  const parameters = { number: 7, name: 'Ada' };
  await notify(api, shop, [ada], { template: { template, version: 1 }, parameters });
  await api.expectSuccess(commands.publishTemplate({ app: shop.app, template, ...inEnglish({ body: 'Thank you, {{ name }}' }) }, asShop()));
  await notify(api, shop, [ada], { template: { template }, parameters });
  await requestUnrendered(api.work, { app: shop.app, recipients: [ada.person], template, parameters: {} });
  await api.work.untilIdle();
  const { notifications } = (await api.requestAfterWrites(ada, '/v1/me/notifications')).body;
  t.deepEqual(
    notifications.map(({ content }) => content),
    [null, { body: 'Thank you, Ada' }, { title: 'Order 7', body: 'For Ada' }],
  );
});

test('a person sees their own deliveries only, the app sees all of them, by the page', async (t) => {
  await using api = await givenReadApi();
  const people = [await api.person(), await api.person(), await api.person()] as const;
  const [ada] = people;
  await api.work.device(ada.person);
  const shop = await api.app(...people);
  const id = await notify(api, shop, people, { content: { body: 'Hello' }, channels: ['push'] });
  await api.work.untilIdle();
  const [mine] = (await api.requestAfterWrites(ada, '/v1/me/notifications')).body.notifications;
  t.is(mine?.deliveries.length, 1);
  t.is(mine?.status, 'accepted');

  const seen: string[] = [];
  for (let next: string | null = ''; next !== null;) {
    const { body } = await api.requestAfterWrites(shop, `/v1/notifications/${id}?limit=2${next === '' ? '' : `&after=${next}`}`);
    seen.push(...body.deliveries.map(({ status }) => status));
    next = body.next;
  }
  t.deepEqual(seen.toSorted(), ['accepted', 'suppressed', 'suppressed']);
});

test('the status of several deliveries is that of the furthest one', (t) => {
  t.is(furthestStatus([]), 'requested');
  t.is(furthestStatus(['suppressed']), 'suppressed');
  t.is(furthestStatus(['failed', 'accepted', 'queued']), 'accepted');
  t.is(furthestStatus(['suppressed', 'expired', 'planned']), 'planned');
});
