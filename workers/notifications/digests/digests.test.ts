/** Several notifications are told as one, where their recipient or their app wants it. */
import test from 'ava';
import { inEnglish } from '../../../commands/test-fixture.ts';
import { digestNotificationIdOf } from '../../../commands/handling/deterministic-ids.ts';
import type { DigestRule } from '../../../domain/people/preferences/digest-rule.ts';
import type { NotificationId, PersonId } from '../../../domain/shared/ids.ts';
import { instant, MINUTE_MS, plus } from '../../../domain/shared/instant.ts';
import type { DeliveryDocument } from '../../../projections/read-models/deliveries.ts';
import { startDeliveriesForTest } from '../test-fixture.ts';
import { ENDPOINTS_REMEMBERED_MS } from '../webhooks/known-endpoints.ts';

const FIVE_MINUTES: DigestRule = { kind: 'after-first', minutes: 5 };
const START = instant(Date.UTC(2030, 0, 1)); // of every test that doesn't say otherwise

type Started = Awaited<ReturnType<typeof startDeliveriesForTest>>;

async function startOne(
  rule: DigestRule | undefined = FIVE_MINUTES,
  ...options: Parameters<typeof startDeliveriesForTest> extends [unknown, ...infer Rest] ? Rest : never
) {
  const all = await startDeliveriesForTest(1, ...options);
  const { work, recipients } = all;
  const person = recipients[0] as PersonId;
  if (rule !== undefined) await work.commands.setPreferences({ person, digests: [{ category: 'news', channel: '*', rule }] }, work.by(person));
  return { all, work, person };
}

const say = (all: Started, body: string, fields: Parameters<Started['request']>[0] = {}) => all.request({ content: { title: 'News', body }, ...fields });

async function intoOf({ deliveries }: Started, notification: NotificationId): Promise<NotificationId> {
  const [one] = await deliveries(notification);
  return one?.history.findLast(({ what }) => what === 'delivery-digested')?.['into'] as NotificationId;
}

const OPEN = new Set(['planned', 'deferred', 'queued', 'attempting', 'waiting', 'unknown']);

async function untilEnded(all: Started, notifications: readonly NotificationId[]): Promise<readonly DeliveryDocument[]> {
  const deliveries = async () => (await Promise.all(notifications.map(all.deliveries))).flat();
  const ended = async () => {
    const found = await deliveries();
    return found.length >= notifications.length && found.every(({ status }) => !OPEN.has(status));
  };
  await all.work.advanceUntil(ended, { stepMs: MINUTE_MS });
  return deliveries();
}

/** So long that its digest was sent too, and whatever comes late. */
async function untilTold(all: Started, notifications: readonly NotificationId[]): Promise<readonly DeliveryDocument[]> {
  const deliveries = await untilEnded(all, notifications);
  await untilEnded(all, [...new Set(deliveries.flatMap(({ history }) => history.flatMap(({ into }) => (into === undefined ? [] : [into as NotificationId]))))]);
  return deliveries;
}

const statusOf = (deliveries: readonly DeliveryDocument[]) => deliveries.map(({ status }) => status).join(' ');

test('what comes within the minutes after the first is told as one, the newest first, and each says into which', async (t) => {
  const { all, work } = await startOne();
  await using _ = work;
  const requested: NotificationId[] = [];
  for (const body of ['one', 'two', 'three']) {
    requested.push(await say(all, body));
    await work.untilIdle();
    await work.time.advance(MINUTE_MS);
  }
  t.is((await all.sent()).length, 0);
  const [deferred] = await all.deliveries(requested[2] as NotificationId);
  t.like(deferred, { status: 'deferred', reason: 'digest', dueAt: plus(START, 5 * MINUTE_MS) });
  const deliveries = await untilTold(all, requested);
  t.is(statusOf(deliveries), 'digested digested digested');
  const [message, ...others] = await all.sent();
  t.deepEqual(others, []);
  t.like(message, { title: 'news (3)', body: 'News: three\nNews: two\nNews: one' });
  const into = await Promise.all(requested.map((one) => intoOf(all, one)));
  t.deepEqual(new Set(into), new Set([message?.notification as NotificationId]));
  t.is(statusOf(await all.deliveries(into[0] as NotificationId)), 'accepted');

  // The next one opens another window, and is alone there.
  const alone = await say(all, 'four');
  t.is(statusOf(await untilTold(all, [alone])), 'accepted');
  t.like((await all.sent())[0], { notification: alone, title: 'News', body: 'four' });
});

test('what must be told, what would be over by then and what has a failover is told at once', async (t) => {
  const { all, work, person } = await startOne();
  await using _ = work;
  const texts = { defaultLocale: 'en', locales: { en: { title: 'Alarms' } } };
  await work.commands.declareCategory({ app: all.app, category: 'alarms', ...texts, mandatory: true, byDefault: 'in' }, work.by(`app:${all.app}`));
  await work.commands.setPreferences({ person, digests: [{ category: '*', channel: '*', rule: FIVE_MINUTES }] }, work.by(person));
  const atOnce = [
    await say(all, 'critical', { critical: true }),
    await say(all, 'mandatory', { category: 'alarms' }),
    await say(all, 'short-lived', { ttlSeconds: 4 * 60 }),
    await say(all, 'to be seen soon', { failover: [{ afterMinutes: 10, unless: 'delivered', channel: 'sms' }] }),
  ];
  await work.untilIdle();
  t.deepEqual((await all.sent()).map(({ notification }) => notification).toSorted(), atOnce.toSorted());
});

test('an app’s category comes as digests to who has chosen nothing, and one by one to who wants that', async (t) => {
  await using all = await startDeliveriesForTest(2);
  const { work, recipients } = all;
  const [ann, bob] = recipients as [PersonId, PersonId];
  const declared = { defaultLocale: 'en', locales: { en: { title: 'News of the shop' }, ko: { title: '소식' } }, mandatory: false, byDefault: 'in' } as const;
  await work.commands.declareCategory({ app: all.app, category: 'news', ...declared, digest: FIVE_MINUTES }, work.by(`app:${all.app}`));
  await work.commands.setPreferences({ person: bob, digests: [{ category: 'News', channel: 'push', rule: { kind: 'at-once' } }] }, work.by(bob));
  await work.commands.changeProfile({ person: ann, language: 'ko-KR' }, work.by(ann));
  const requested: NotificationId[] = [];
  for (let i = 1; i <= 7; i++) requested.push(await say(all, `news ${i}`));
  await work.untilIdle();
  t.is((await all.sent()).length, 7);
  const deliveries = await untilTold(all, requested);
  t.is(statusOf(deliveries.filter(({ recipient }) => recipient === bob)), Array(7).fill('accepted').join(' '));
  const [message] = (await all.sent()).filter(({ notification }) => !requested.includes(notification as NotificationId));
  t.is(message?.title, '소식 (7)');
  t.deepEqual(message?.body.split('\n').slice(-2), ['News: news 3', '외 2건']);
});

test('a window until a time of day closes by the person’s clock, which was put on that night', async (t) => {
  const closesAt = instant(Date.UTC(2030, 2, 31, 6));
  const { all, work, person } = await startOne({ kind: 'time-of-day', time: '08:00' }, {}, { startAt: plus(closesAt, -5 * MINUTE_MS) });
  await using _ = work;
  await work.commands.changeProfile({ person, timeZone: 'Europe/Berlin' }, work.by(person));
  const requested = [await say(all, 'one'), await say(all, 'two')];
  await work.untilIdle();
  t.is((await all.deliveries(requested[0] as NotificationId))[0]?.dueAt, closesAt);
  await untilTold(all, requested);
  const sent = await all.sent();
  t.deepEqual(
    sent.map(({ body, at }) => [body, at >= closesAt]),
    [['News: two\nNews: one', true]],
  );
});

test('what is withdrawn, erased or over meanwhile drops out, and the last one is told in its own words', async (t) => {
  const { all, work } = await startOne();
  await using _ = work;
  const [first, second, third, gone] = [await say(all, 'one'), await say(all, 'two', { ttlSeconds: 10 * 60 }), await say(all, 'three'), await say(all, 'gone')];
  await work.untilIdle();
  const cancel = (notification: NotificationId) => work.commands.cancelNotification({ notification, app: all.app }, work.by(`app:${all.app}`));
  await cancel(gone);
  await work.outbox.behave({ push: { does: 'be-unavailable', extent: { forMs: 12 * MINUTE_MS } } });
  await work.advanceUntil(async () => statusOf(await all.deliveries(first)) === 'digested', { stepMs: MINUTE_MS });
  const into = await intoOf(all, first);
  t.is(statusOf(await all.deliveries(gone)), 'cancelled');
  await work.advanceUntil(async () => statusOf(await all.deliveries(into)) === 'waiting', { stepMs: MINUTE_MS });
  await cancel(third); // `second` is over before the vendor is back
  await untilTold(all, [first, second, third]);
  t.deepEqual(
    (await all.sent()).map(({ notification, title, body }) => [notification, title, body]),
    [[into, 'News', 'one']],
  );
});

test('a digest of which nothing is left is not sent', async (t) => {
  const { all, work } = await startOne();
  await using _ = work;
  const requested = [await say(all, 'one'), await say(all, 'two')];
  await work.untilIdle();
  await work.outbox.behave({ push: { does: 'be-unavailable', extent: { forMs: 10 * MINUTE_MS } } });
  await work.advanceUntil(async () => statusOf(await all.deliveries(requested[0] as NotificationId)) === 'digested', { stepMs: MINUTE_MS });
  for (const notification of requested) await work.commands.cancelNotification({ notification, app: all.app }, work.by(`app:${all.app}`));
  const into = await intoOf(all, requested[0] as NotificationId);
  t.like((await untilEnded(all, [into]))[0], { status: 'suppressed', reason: 'withdrawn' });
  t.deepEqual(await all.sent(), []);
});

test('an app’s webhook is told into which notification each has gone', async (t) => {
  const { all, work } = await startOne();
  await using _ = work;
  await work.commands.setWebhook({ app: all.app, url: 'https://shop.example/tidings', events: ['delivery.digested'] }, work.by(`app:${all.app}`));
  await work.untilIdle();
  await work.time.advance(ENDPOINTS_REMEMBERED_MS);
  const requested = [await say(all, 'one'), await say(all, 'two')];
  await work.untilIdle();
  await untilTold(all, requested);
  const into = await intoOf(all, requested[0] as NotificationId);
  const messages = await work.views.find('webhook-messages', { where: { app: all.app, status: 'queued' }, order: { dueAt: 1 }, limit: 10 });
  t.deepEqual(
    messages.map(({ event, payload }) => [event, payload.notification, payload.into].join(' ')).toSorted(),
    requested.map((notification) => ['delivery.digested', notification, into].join(' ')).toSorted(),
  );
});

test('of an app that is disabled meanwhile nothing is told', async (t) => {
  const { all, work } = await startOne();
  await using _ = work;
  const requested = [await say(all, 'one'), await say(all, 'two')];
  await work.untilIdle();
  await work.commands.disableApp({ app: all.app }, work.by('admin'));
  const deliveries = await untilEnded(all, requested);
  t.deepEqual(
    deliveries.map(({ status, reason }) => [status, reason]),
    [
      ['suppressed', 'app-disabled'],
      ['suppressed', 'app-disabled'],
    ],
  );
  t.deepEqual(await all.sent(), []);
});

test('an app’s template says a digest in its own words, and a list does where it can’t', async (t) => {
  const { all, work, person } = await startOne(undefined);
  await using _ = work;
  const body = '{{ count }} in {{ category }}: {% for item in items %}{{ item.title }} {{ item.body }}; {% endfor %}{{ more }} more';
  const publish = async (text: string) => (await work.commands.publishTemplate({ app: all.app, ...inEnglish({ body: text }) }, work.by(`app:${all.app}`))).id;
  const declare = async (category: string, text: string) => {
    const declared = { app: all.app, category, defaultLocale: 'en', locales: { en: { title: category } }, mandatory: false, byDefault: 'in' } as const;
    await work.commands.declareCategory({ ...declared, digest: FIVE_MINUTES, digestTemplate: await publish(text) }, work.by(`app:${all.app}`));
  };
  await declare('news', body);
  await declare('offers', '{{ nothing.like.that }}');
  const requested = [];
  for (const category of ['news', 'news', 'offers', 'offers']) requested.push(await say(all, `of ${category}`, { category, recipients: [person] }));
  await untilTold(all, requested);
  t.deepEqual(
    (await all.sent()).map((one) => one.body).toSorted(),
    ['2 in news: News of news; News of news; 0 more', 'News: of offers\nNews: of offers'].toSorted(),
  );
});

test('a digest goes to each device once, those included that are new by then', async (t) => {
  const { all, work, person } = await startOne();
  await using _ = work;
  await work.device(person);
  const requested = [await say(all, 'one'), await say(all, 'two')];
  await work.untilIdle();
  await work.device(person);
  await untilTold(all, requested);
  const sent = await all.sent();
  t.is(new Set(sent.map(({ to }) => to)).size, 3);
  t.deepEqual(new Set(sent.map(({ body }) => body)), new Set(['News: two\nNews: one']));
  t.is(sent.length, 3);
});

test('what quiet hours or a sending time held back waits for others then, and no longer than once', async (t) => {
  const { all, work, person } = await startOne();
  await using _ = work;
  await work.commands.setPreferences({ person, quietHours: { zone: 'UTC', from: '22:00', until: '00:05' } }, work.by(person));
  const requested = [await say(all, 'at night'), await say(all, 'in the morning', { sendAt: plus(START, 7 * MINUTE_MS) })];
  await work.untilIdle();
  await untilTold(all, requested);
  t.deepEqual(
    (await all.sent()).map(({ body, at }) => [body, at >= plus(START, 10 * MINUTE_MS)]),
    [['News: in the morning\nNews: at night', true]],
  );
});

test('the id of what tells a window follows from it', (t) => {
  const of = (window: number) => digestNotificationIdOf({ digest: '6f0b9c9e-3f5a-5d0c-9c6e-0d1f6a2b7c11' as never, window });
  t.is(of(1), of(1));
  t.not(of(1), of(2));
});
