import test from 'ava';
import type { Plan } from '../../../domain/notifications/delivery-plan.ts';
import type { AppId, DeliveryId, NotificationId, PersonId } from '../../../domain/shared/ids.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, plus, SECOND_MS, type Instant } from '../../../domain/shared/instant.ts';
import { ViewsUnavailable } from '../../../ports/views/port.ts';
import { acceptedSince, acceptedTextOf } from '../../../projections/read-models/caps/accepted-text.ts';
import { deliveriesIn, startDeliveriesForTest } from '../test-fixture.ts';
import { createFrequencyCaps } from './frequency-caps.ts';

const START = '2025-01-15T12:00:00.000Z' as Instant;
const [shop, other] = ['shop', 'other'] as unknown as readonly [AppId, AppId];
const ann = 'ann' as PersonId;

const planOf = (delivery: string, of: Partial<Plan> = {}): Plan => ({
  delivery: delivery as DeliveryId,
  notification: 'n' as NotificationId,
  recipient: ann,
  channel: 'push',
  endpoint: null,
  source: { kind: 'app', app: shop },
  category: 'news',
  critical: false,
  atMostOnce: false,
  priority: 'normal',
  expiresAt: plus(START, DAY_MS),
  ...of,
});

/** A view that shows what it is told to. */
function given(perDayMax: number) {
  let now = START;
  let elapsedMs = 0;
  let away = false;
  const texts: string[] = [];
  const views = {
    pluck: async (_collection: string, _field: string, { range }: { readonly range?: { readonly after?: unknown; readonly before?: unknown } }) => {
      if (away) throw new ViewsUnavailable('away');
      return texts.filter((text) => text > String(range?.after) && text < String(range?.before));
    },
  };
  const start = () => createFrequencyCaps({ views: views as never, clock: () => now, monotonicMs: () => elapsedMs }, { perDayMax });
  const caps = start();
  return {
    start,
    caps,
    frequencyOf: (plan: Plan, categoryMax?: number) =>
      caps.frequencyOf(plan, categoryMax === undefined ? undefined : { mandatory: false, byDefault: 'in', perDayMax: categoryMax }),
    show: (plan: Plan) => void texts.push(acceptedTextOf(plan, now) ?? ''),
    advance: (ms: number) => {
      now = plus(now, ms);
      elapsedMs += ms;
    },
    setClock: (byMs: number) => (now = plus(now, byMs)),
    hide: () => (away = true),
  };
}

test('what is under way counts at once, and what the view shows is counted once', async (t) => {
  const { caps, frequencyOf, show, advance } = given(2);
  const [first, second, third] = ['a', 'b', 'c'].map((id) => planOf(id)) as [Plan, Plan, Plan];
  const answers = await Promise.all([first, second, third].map((plan) => frequencyOf(plan)));
  t.deepEqual(
    answers.map((one) => one?.sent),
    [undefined, undefined, 2],
  );
  for (const plan of [first, second]) caps.settle(plan.delivery, 'accepted');
  for (const plan of [first, second]) show(plan);
  t.deepEqual(await frequencyOf(third), { sent: 2, max: 2, resetsAt: plus(START, DAY_MS) });
  advance(DAY_MS);
  t.is(await frequencyOf(third), undefined);
});

test('a delivery doesn’t stand in its own way, and one that was not accepted in nobody’s', async (t) => {
  const { caps, frequencyOf } = given(1);
  t.is(await frequencyOf(planOf('a')), undefined);
  t.is(await frequencyOf(planOf('a')), undefined);
  t.is((await frequencyOf(planOf('b')))?.resetsAt, plus(START, MINUTE_MS));
  caps.settle('a' as DeliveryId, 'not-accepted');
  t.is(await frequencyOf(planOf('b')), undefined);
});

test('what was let go by a job that was interrupted is counted for a minute, and what was accepted until the view shows it', async (t) => {
  const { caps, frequencyOf, advance } = given(1);
  await frequencyOf(planOf('a'));
  advance(MINUTE_MS);
  t.is(await frequencyOf(planOf('b')), undefined);
  caps.settle('b' as DeliveryId, 'accepted');
  advance(2 * MINUTE_MS);
  t.truthy(await frequencyOf(planOf('c')));
  advance(HOUR_MS);
  t.is(await frequencyOf(planOf('c')), undefined, 'a view that stands still for so long holds nobody back');
});

test('a process that has just started knows what earlier ones have sent', async (t) => {
  const { show, start } = given(1);
  show(planOf('earlier'));
  t.deepEqual(await start().frequencyOf(planOf('a'), undefined), { sent: 1, max: 1, resetsAt: plus(START, DAY_MS) });
});

test('a clock that is set back keeps nothing under way for longer', async (t) => {
  const { frequencyOf, advance, setClock } = given(1);
  await frequencyOf(planOf('a'));
  setClock(-HOUR_MS);
  t.truthy(await frequencyOf(planOf('b')));
  advance(MINUTE_MS);
  t.is(await frequencyOf(planOf('b')), undefined);
});

test('each person, each app and each category has room of its own', async (t) => {
  const { frequencyOf } = given(5);
  t.is(await frequencyOf(planOf('a'), 1), undefined);
  t.truthy(await frequencyOf(planOf('b'), 1));
  t.is(await frequencyOf(planOf('c', { category: 'offers' }), 1), undefined);
  t.is(await frequencyOf(planOf('d', { source: { kind: 'app', app: other } }), 1), undefined);
  t.is(await frequencyOf(planOf('e', { recipient: 'bob' as PersonId }), 1), undefined);
});

test('while the views are away, a cap counts what this process knows', async (t) => {
  const { caps, frequencyOf, show, hide } = given(1);
  show(planOf('earlier'));
  t.truthy(await frequencyOf(planOf('a')));
  hide();
  t.is(await frequencyOf(planOf('a')), undefined);
  caps.settle('a' as DeliveryId, 'accepted');
  t.truthy(await frequencyOf(planOf('b')));
});

test('caps count neither what had to be read nor what our own products sent', (t) => {
  t.is(acceptedTextOf(planOf('a', { critical: true }), START), null);
  t.is(acceptedTextOf(planOf('a', { source: { kind: 'chat', channel: 'c' as never, seq: 1 } }), START), null);
  const { after } = acceptedSince(ann, shop, START);
  t.true((acceptedTextOf(planOf('a'), START) ?? '') < after, 'what was accepted at that very moment is a day old');
  t.true((acceptedTextOf(planOf('a'), plus(START, 1)) ?? '') > after);
});

test('a vendor’s outage fills no cap: when it is over, no more is sent than the cap allows, and the rest waits a day', async (t) => {
  await using all = await startDeliveriesForTest(1, { notificationsPerDayMax: 2 });
  const { work } = all;
  await work.outbox.behave({ push: { does: 'be-unavailable', extent: { forMs: MINUTE_MS / 2 } } });
  const asked: NotificationId[] = [];
  for (let i = 0; i < 4; i++) asked.push(await all.request({ ttlSeconds: (5 * DAY_MS) / SECOND_MS }));
  const inStatus = async (status: string) => (await deliveriesIn(work, asked)).filter((one) => one.status === status);
  await work.advanceUntil(async () => (await inStatus('accepted')).length === 2 && (await inStatus('deferred')).length === 2);
  t.deepEqual(
    (await inStatus('deferred')).map(({ reason }) => reason),
    ['frequency-cap', 'frequency-cap'],
  );
  t.is((await all.sent()).length, 2);
  work.time.setBy(DAY_MS);
  await work.advanceUntil(async () => (await inStatus('accepted')).length === 4);
  t.is((await all.sent()).length, 4);
});
