/** What an app reads of what became of its notifications. */
import test from 'ava';
import type { AppId } from '../../../domain/shared/ids.ts';
import { DAY_MS, dayOf, plus } from '../../../domain/shared/instant.ts';
import { givenReadApi, type LoggedInPerson, type ReadApiFixture, type RegisteredApp } from '../../test-fixture.ts';

function notify({ work, expectSuccess }: ReadApiFixture, { app }: RegisteredApp, people: readonly LoggedInPerson[], more: object = {}) {
  const { commands, by } = work;
  const request = { source: { kind: 'app', app }, recipients: people.map(({ person }) => person), category: 'news', content: { body: 'Hello' } } as const;
  return expectSuccess(commands.requestNotification({ ...request, channels: ['push'], ...more }, by(`app:${app}`)));
}

/** An app with a person who has a device, and one who has none. */
async function givenApp(api: ReadApiFixture) {
  const [ada, bob] = [await api.person(), await api.person()];
  await api.work.device(ada.person);
  const shop = await api.app(ada, bob);
  return { ada, bob, shop };
}

type Found = { readonly id: string; readonly vendorId: string | null; readonly history: readonly { readonly what: string }[] } & Readonly<
  Record<string, unknown>
>;

const found = async (api: ReadApiFixture, { app, secret }: RegisteredApp, search: string) => {
  const { body, status } = await api.requestAfterWrites({ app, secret }, `/v1/apps/${app}/deliveries?${search}`);
  if (status !== 200) throw new Error(`${search} was answered with ${status}: ${body.code}`);
  return body as unknown as { readonly deliveries: readonly Found[]; readonly next: string | null };
};

test('an app finds its deliveries by recipient, status, vendor’s id and day, and nobody else’s', async (t) => {
  await using api = await givenReadApi();
  const { ada, bob, shop } = await givenApp(api);
  const other = await api.app(ada);
  const { id } = await notify(api, shop, [ada, bob]);
  await notify(api, other, [ada]);
  await api.work.untilIdle();

  const ofBob = await found(api, shop, `person=${bob.person}`);
  t.like(ofBob, { deliveries: [{ notification: id, recipient: bob.person, status: 'suppressed', reason: 'no-endpoint' }], next: null });
  const [ofAda] = (await found(api, shop, 'status=accepted')).deliveries;
  t.like(ofAda, { recipient: ada.person, status: 'accepted', category: 'news', template: null });
  t.is(ofAda?.history[0]?.what, 'delivery-planned');
  t.is(ofAda?.history.at(-1)?.what, 'attempt-accepted');
  const byVendor = async (app: RegisteredApp) =>
    (await found(api, app, `vendorId=${encodeURIComponent(ofAda?.vendorId ?? '')}`)).deliveries.map((one) => one.id);
  t.deepEqual(await byVendor(shop), [ofAda?.id as string]);
  t.deepEqual(await byVendor(other), []);

  const today = dayOf(api.work.clock());
  const tomorrow = dayOf(plus(api.work.clock(), DAY_MS));
  t.is((await found(api, shop, `from=${today}&until=${today}`)).deliveries.length, 2);
  t.is((await found(api, shop, `from=${tomorrow}`)).deliveries.length, 0);
  t.is((await found(api, shop, `until=${dayOf(plus(api.work.clock(), -DAY_MS))}`)).deliveries.length, 0);
  const asOperator = await api.requestAfterWrites('operator', `/v1/apps/${shop.app}/deliveries`);
  t.is(asOperator.body.deliveries.length, 2);
});

test('pages of deliveries have each once, the last planned first, also where many were planned in one moment', async (t) => {
  await using api = await givenReadApi();
  const people = await Promise.all(Array.from({ length: 7 }, () => api.person()));
  const shop = await api.app(...people);
  await notify(api, shop, people);
  await api.work.untilIdle();
  await api.work.time.advance(1_000);
  await notify(api, shop, people.slice(0, 2));
  await api.work.untilIdle();
  for (const search of ['', 'status=suppressed&']) {
    const seen: Found[] = [];
    for (let next: string | null = ''; next !== null;) {
      const page: Awaited<ReturnType<typeof found>> = await found(api, shop, `${search}limit=4${next === '' ? '' : `&before=${next}`}`);
      t.true(page.deliveries.length <= 4);
      seen.push(...page.deliveries);
      next = page.next;
    }
    t.is(new Set(seen.map(({ id }) => id)).size, 9);
    t.is(seen.length, 9);
    const planned = seen.map(({ plannedAt }) => String(plannedAt));
    t.deepEqual(planned, planned.toSorted().toReversed());
  }
});

type Rows = { readonly rows: readonly Readonly<Record<string, unknown>>[] };
const funnelOf = async (api: ReadApiFixture, { app, secret }: { readonly app: AppId; readonly secret: string }, asked: string) =>
  (await api.requestAfterWrites({ app, secret }, `/v1/apps/${app}/funnel?${asked}`)).body as unknown as Rows;

test('an app sees its own funnel, by day, category and template, and a campaign stays in the day for which it was asked', async (t) => {
  await using api = await givenReadApi();
  const { ada, bob, shop } = await givenApp(api);
  await notify(api, await api.app(ada), [ada]);
  await notify(api, shop, [ada, bob]);
  const [today, later] = [dayOf(api.work.clock()), plus(api.work.clock(), 3 * DAY_MS)];
  await notify(api, shop, [ada], { category: 'orders', sendAt: later });
  await api.work.untilIdle();

  const days = `from=${today}&until=${dayOf(later)}`;
  t.like((await funnelOf(api, shop, days)).rows, [{ requested: 2, created: 3, planned: 3, sent: 1, delivered: 0, suppressed: 1, inProgress: 1 }]);
  const { rows } = await funnelOf(api, shop, `${days}&by=category,day`);
  t.like(rows, [
    { day: today, category: 'news', created: 2, planned: 2, sent: 1, suppressed: 1, inProgress: 0 },
    { day: dayOf(later), category: 'orders', created: 1, planned: 1, sent: 0, inProgress: 1 },
  ]);
  t.deepEqual(rows[0]?.['reasons'] as unknown, [{ end: 'suppressed', reason: 'no-endpoint', deliveries: 1 }]);
  t.like((await funnelOf(api, shop, `${days}&by=channel`)).rows, [
    { channel: null, requested: 2, created: 3, planned: 0 },
    { channel: 'push', requested: 0, planned: 3, sent: 1 },
  ]);
  t.deepEqual((await funnelOf(api, shop, `${days}&channel=email`)).rows, []);
  t.like((await funnelOf(api, shop, `${days}&category=orders&by=template`)).rows, [{ template: null, created: 1 }]);
  t.deepEqual((await funnelOf(api, shop, `${days}&category=nothing`)).rows, []);
  t.deepEqual((await funnelOf(api, shop, `from=${dayOf(later)}&until=${today}`)).rows, []);
});
