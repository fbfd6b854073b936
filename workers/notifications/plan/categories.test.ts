/** What an app declares of a category, and what a person chose of it, decide when a notification is planned and again when it is sent. */
import test from 'ava';
import type { DeclareCategory } from '../../../commands/notifications/categories.ts';
import type { NotificationId } from '../../../domain/shared/ids.ts';
import { DAY_MS, HOUR_MS, plus, SECOND_MS } from '../../../domain/shared/instant.ts';
import { confirmContact } from '../../test-fixture.ts';
import { deliveriesIn, startDeliveriesForTest } from '../test-fixture.ts';

const PUBLIC_URL = 'https://tidings.example';
const TTL_SECONDS = (5 * DAY_MS) / SECOND_MS;

async function startShop() {
  const all = await startDeliveriesForTest(1, { publicUrl: PUBLIC_URL });
  const { work, app, recipients } = all;
  const [ann] = recipients;
  if (ann === undefined) throw new Error('There is nobody.');
  await confirmContact(work, { person: ann, kind: 'email', address: 'ann@example.org' });
  const declare = async (category: string, of: Partial<DeclareCategory> = {}) => {
    const declared = { app, category, defaultLocale: 'en', locales: { en: { title: category } }, mandatory: false, byDefault: 'in', ...of } as const;
    const handled = await work.commands.declareCategory(declared, work.by(`app:${app}`));
    if (handled.outcome === 'refused') throw new Error(handled.refusal.code);
  };
  const choose = (choices: Parameters<typeof work.commands.setPreferences>[0]['choices'] = []) =>
    work.commands.setPreferences({ person: ann, choices }, work.by(ann));
  /** Of a request that names no channels: where it went, and why not elsewhere. */
  const planned = async (category: string, channels?: readonly ['email']) => {
    const { id } = await work.commands.requestNotification(
      { source: { kind: 'app', app }, recipients, category, content: { body: 'Hello' }, ...(channels !== undefined && { channels }) },
      work.by(`app:${app}`),
    );
    return untilDone(id);
  };
  const untilDone = async (id: NotificationId) => {
    const done = (status: string) => ['accepted', 'delivered', 'suppressed', 'deferred'].includes(status);
    await work.advanceUntil(async () => {
      const found = await all.deliveries(id);
      return found.length > 0 && found.every(({ status }) => done(status));
    });
    return Object.fromEntries((await all.deliveries(id)).map(({ channel, status, reason }) => [channel, reason ?? status]));
  };
  const emails = () => work.outbox.list({ channel: 'email', limit: 100 });
  return { ...all, work, ann, declare, choose, planned, untilDone, emails };
}

test('a request that names no channels goes out on the category’s, and on those that the person has asked for', async (t) => {
  const { work, app, declare, choose, planned } = await startShop();
  await using _ = work;
  t.deepEqual(await planned('orders'), { push: 'accepted', email: 'accepted', 'in-app': 'delivered' }, 'nobody has declared it yet');
  await declare('orders', { channels: ['email'] });
  t.deepEqual(await planned('Orders'), { email: 'accepted' });
  await choose([{ app, category: 'orders', channel: 'push', wanted: true }]);
  t.deepEqual(await planned('orders'), { email: 'accepted', push: 'accepted' });
  await choose([
    { app, category: 'orders', channel: 'push', wanted: null },
    { app, category: '*', channel: 'email', wanted: false },
  ]);
  t.deepEqual(await planned('orders'), { email: 'opted-out' });
});

test('a mandatory category passes what the person chose, and its emails have no link to unsubscribe; others end for the app that sent them', async (t) => {
  const { work, app, ann, declare, choose, planned, emails } = await startShop();
  await using _ = work;
  await declare('terms', { mandatory: true, channels: ['email'] });
  await declare('news', { channels: ['email'] });
  await choose([{ category: '*', channel: '*', wanted: false }]);
  t.deepEqual(await planned('terms'), { email: 'accepted' });
  await choose([{ category: '*', channel: '*', wanted: null }]);
  t.deepEqual(await planned('news'), { email: 'accepted' });
  const sent = await emails();
  t.is(sent.find(({ category }) => category === 'terms')?.headers?.['List-Unsubscribe'], undefined);
  const link = sent.find(({ category }) => category === 'news')?.headers?.['List-Unsubscribe'] ?? '';
  const token = link.slice(`<${PUBLIC_URL}/v1/unsubscribe/`.length, -1);
  t.is((await work.commands.unsubscribe({ token }, work.by('unsubscribe-link'))).outcome, 'appended');
  t.deepEqual(await planned('news'), { email: 'opted-out' });
  await work.untilIdle();
  t.deepEqual((await work.views.get('preferences', ann))?.choices, [{ app, category: 'news', channel: 'email', wanted: false }]);
  await declare('news', { mandatory: true });
  t.like(await work.commands.unsubscribe({ token }, work.by('unsubscribe-link')), { outcome: 'refused', refusal: { code: 'category-mandatory' } });
  t.deepEqual(await planned('news', ['email']), { email: 'accepted' }, 'also what was opted out of before');
});

test('what waits goes by the declaration of the time when it is sent', async (t) => {
  const { work, app, recipients, declare } = await startShop();
  await using _ = work;
  const asked = { source: { kind: 'app', app }, recipients, category: 'offers', channels: ['push'], content: { body: 'Hello' } } as const;
  const { id } = await work.commands.requestNotification({ ...asked, sendAt: plus(work.clock(), HOUR_MS) }, work.by(`app:${app}`));
  await work.advanceUntil(async () => (await deliveriesIn(work, [id])).some(({ status }) => status === 'deferred'));
  await declare('offers', { byDefault: 'out' });
  work.time.setBy(HOUR_MS);
  await work.advanceUntil(async () => (await deliveriesIn(work, [id])).some(({ status }) => status === 'suppressed'));
  t.deepEqual(
    (await deliveriesIn(work, [id])).map(({ reason }) => reason),
    ['opted-out'],
  );
});

test('a category’s cap holds that category alone back, until a day after', async (t) => {
  const { work, app, recipients, declare } = await startShop();
  await using _ = work;
  await declare('offers', { perDayMax: 1 });
  const request = async (category: string) => {
    const asked = { source: { kind: 'app', app }, recipients, category, channels: ['push'], ttlSeconds: TTL_SECONDS, content: { body: category } } as const;
    return (await work.commands.requestNotification(asked, work.by(`app:${app}`))).id;
  };
  const offers = [await request('offers'), await request('Offers')];
  const news = await request('news');
  const statuses = async (of: readonly NotificationId[]) => (await deliveriesIn(work, of)).map(({ status }) => status).toSorted();
  await work.advanceUntil(async () => (await statuses([...offers, news])).join() === 'accepted,accepted,deferred');
  t.deepEqual(await statuses([news]), ['accepted']);
  t.deepEqual(await statuses(offers), ['accepted', 'deferred']);
  work.time.setBy(DAY_MS);
  await work.advanceUntil(async () => (await statuses(offers)).join() === 'accepted,accepted');
  t.pass();
});
