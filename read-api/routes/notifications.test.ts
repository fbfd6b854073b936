import test from 'ava';
import type { NotificationId } from '../../domain/shared/ids.ts';
import { furthestStatus } from '../delivery-status.ts';
import type { RequestNotification } from '../../commands/notifications/notifications.ts';
import { inEnglish } from '../../commands/test-fixture.ts';
import { requestUnrendered } from '../../workers/notifications/test-fixture.ts';
import { givenReadApi, type RegisteredApp, type LoggedInPerson, type ReadApiFixture } from '../test-fixture.ts';

async function notify(
  { work, expectSuccess }: ReadApiFixture,
  { app }: RegisteredApp,
  people: readonly LoggedInPerson[],
  saying: Partial<RequestNotification>,
): Promise<NotificationId> {
  const { commands, by } = work;
  const request = { source: { kind: 'app', app }, recipients: people.map(({ person }) => person), category: 'news', ...saying } as const;
  const { id } = await expectSuccess(commands.requestNotification(request, by(`app:${app}`)));
  await work.untilIdle();
  await work.time.advance(1); // the next one comes later
  return id;
}

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
  await requestUnrendered(api.work, { app: shop.app, recipients: [ada.person], template, parameters: {}, channels: ['in-app'] });
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
  const id = await notify(api, shop, people, { content: { body: 'Hello' }, channels: ['push', 'in-app'] });
  const [mine] = (await api.requestAfterWrites(ada, '/v1/me/notifications')).body.notifications;
  t.deepEqual(mine?.deliveries.map(({ channel, status }) => `${channel} ${status}`).toSorted(), ['in-app delivered', 'push accepted']);
  t.is(mine?.status, 'delivered');

  const seen: string[] = [];
  for (let next: string | null = ''; next !== null;) {
    const { body } = await api.requestAfterWrites(shop, `/v1/notifications/${id}?limit=2${next === '' ? '' : `&after=${next}`}`);
    seen.push(...body.deliveries.map(({ status }) => status));
    next = body.next;
  }
  t.deepEqual(seen.toSorted(), ['accepted', 'delivered', 'delivered', 'delivered']);
});

test('the status of several deliveries is that of the furthest one', (t) => {
  t.is(furthestStatus([]), 'requested');
  t.is(furthestStatus(['suppressed']), 'suppressed');
  t.is(furthestStatus(['failed', 'accepted', 'queued']), 'accepted');
  t.is(furthestStatus(['suppressed', 'expired', 'planned']), 'planned');
});
