import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { delivery } from '../../../domain/notifications/delivery/delivery.ts';
import type { DeliveryState } from '../../../domain/notifications/delivery/delivery-state.ts';
import { anyCommands, commands, event, eventsAfter, histories, later, plan, start } from '../../../domain/notifications/delivery/test-fixture.ts';
import type { DeliveryEvent } from '../../../domain/notifications/events.ts';
import type { DeliveryId, ListId, NotificationId, PersonId, TemplateId } from '../../../domain/shared/ids.ts';
import { plus, type Day } from '../../../domain/shared/instant.ts';
import { deliveryStream, notificationStream } from '../../../domain/shared/streams.ts';
import { emptyViews, foldedDocuments, inStreamOrder, interleaved, type DocumentsByCollection } from '../../test-fixture.ts';
import type { History } from '../../testing/history.ts';
import { deliveries } from '../deliveries.ts';
import { notifications } from '../notifications.ts';
import { DELIVERY_COUNTS, ENDS, STAGES } from './count-delivery.ts';
import { countedKeyIn, reasonIn } from './counted-key.ts';

const stack = new AsyncDisposableStack();
const { views } = stack.use(await emptyViews());
test.after.always(() => stack.disposeAsync());

/** The same deliveries under other ids. */
const historyOf = (lives: readonly (readonly DeliveryEvent[])[]): History =>
  Object.fromEntries(
    lives.map((events, n) => {
      const id = `d${n}` as DeliveryId;
      return [deliveryStream(id), events.map((one) => ({ ...one, data: { ...one.data, delivery: id } }) as DeliveryEvent)];
    }),
  );

/** The counts of all slices, those that are 0 left out. */
function countsIn({ 'funnel-deliveries': documents = {}, 'funnel-reasons': reasons = {} }: DocumentsByCollection): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  const add = (name: string, amount: unknown) => (sums[name] = (sums[name] ?? 0) + Number(amount));
  for (const document of Object.values(documents)) for (const count of DELIVERY_COUNTS) add(count, document[count]);
  for (const [id, { deliveries: amount }] of Object.entries(reasons)) add(`${reasonIn(id).end}: ${reasonIn(id).reason}`, amount);
  return Object.fromEntries(Object.entries(sums).filter(([, amount]) => amount !== 0));
}

const counted = async (...lives: readonly (readonly DeliveryEvent[])[]) =>
  countsIn(await foldedDocuments(views, deliveries, [inStreamOrder(historyOf(lives))]));

test('a delivery counts at every stage that it came to', async (t) => {
  const opened = event('engagement-seen', { what: 'opened' });
  const clicked = event('engagement-seen', { what: 'clicked' });
  t.deepEqual(await counted(histories.planned), { planned: 1 });
  t.deepEqual(await counted(histories.accepted), { planned: 1, sent: 1 });
  t.deepEqual(await counted(histories.delivered), { planned: 1, sent: 1, delivered: 1 });
  t.deepEqual(await counted([...histories.delivered, opened, clicked]), { planned: 1, sent: 1, delivered: 1, opened: 1, clicked: 1 });
  t.deepEqual(await counted([...histories.accepted, clicked]), { planned: 1, sent: 1, delivered: 1, opened: 1, clicked: 1 }, 'who clicks has it');
  t.deepEqual(await counted([...histories.accepted, event('engagement-seen', { what: 'complained' })]), { planned: 1, sent: 1, delivered: 1, complained: 1 });
});

test('what a program opened is opened by nobody', async (t) => {
  t.deepEqual(await counted([...histories.accepted, event('engagement-seen', { what: 'opened', machine: true })]), { planned: 1, sent: 1 });
});

test('a delivery that nobody gets is counted by how it ended and why', async (t) => {
  t.deepEqual(await counted(histories.suppressed, histories.suppressed), { planned: 2, suppressed: 2, 'suppressed: opted-out': 2 });
  t.deepEqual(await counted(histories.failed), { planned: 1, failed: 1, 'failed: bad': 1 });
  t.deepEqual(await counted(histories.undelivered), { planned: 1, sent: 1, undelivered: 1, 'undelivered: 30003': 1 });
  t.deepEqual(await counted(histories.cancelled, histories.expired, histories.digested), { planned: 3, cancelled: 1, expired: 1, digested: 1 });
});

test('an end that a later report corrects is taken back', async (t) => {
  t.deepEqual(await counted([...histories.undelivered, event('delivery-confirmed', {})]), { planned: 1, sent: 1, delivered: 1 });
  const opened = event('engagement-seen', { what: 'opened' });
  t.deepEqual(await counted([...histories.failed, opened]), { planned: 1, sent: 1, delivered: 1, opened: 1 });
  const rerouted = event('delivery-rerouted', { vendor: 'pushy' });
  t.deepEqual(await counted([...histories.failed.slice(0, -1), rerouted]), { planned: 1 });
});

test('a delivery counts for its day, its source, its category and its template', async (t) => {
  const template = 'receipt' as TemplateId;
  const of = [event('delivery-planned', { ...plan, category: 'a|"b', template, day: '2026-07-01' as Day, at: plus(start, 1) })];
  const old = [event('delivery-planned', { ...plan, source: { kind: 'feed', post: 'p' as never } })];
  const { 'funnel-deliveries': documents = {} } = await foldedDocuments(views, deliveries, [inStreamOrder(historyOf([of, old]))]);
  t.deepEqual(Object.keys(documents).map(countedKeyIn), [
    { day: '1970-01-01' as Day, source: 'feed', category: 'news', template: null, channel: 'push' },
    { day: '2026-07-01' as Day, source: 'app:shop', category: 'a|"b', template, channel: 'push' },
  ]);
});

test('a request counts once, with each of its recipients, for the day for which it was asked', async (t) => {
  const request = {
    source: plan.source,
    subject: 'shop',
    category: 'news',
    critical: false,
    atMostOnce: false,
    channels: ['push'],
    priority: 'normal',
  } as const;
  const requested = (id: string, recipients: readonly string[], more: object = {}): History => ({
    [notificationStream(id as NotificationId)]: [
      {
        type: 'notifications.requested.v1',
        data: { ...request, notification: id as NotificationId, recipients: recipients as readonly PersonId[], expiresAt: later, at: start, ...more },
      },
      { type: 'notifications.cancelled.v1', data: { notification: id as NotificationId } },
    ],
  });
  const history = { ...requested('n1', ['ann', 'bob', 'ann']), ...requested('n2', ['ann'], { sendAt: '2026-07-01T09:00:00.000Z' }) };
  const events = inStreamOrder(history);
  const { 'funnel-requests': documents = {} } = await foldedDocuments(views, notifications, [events, events]);
  const byDay = Object.entries(documents).map(([id, counts]) => [countedKeyIn(id).day as string, counts] as const);
  t.deepEqual(byDay, [
    ['1970-01-01', { requested: 1, created: 2 }],
    ['2026-07-01', { requested: 1, created: 1 }],
  ]);
});

test('a notification to a list counts its recipients as they are planned, whichever of its streams is read first', async (t) => {
  const request = {
    source: plan.source,
    subject: 'shop',
    category: 'news',
    critical: false,
    atMostOnce: false,
    channels: ['push'],
    priority: 'normal',
  } as const;
  const notification = 'n1' as NotificationId;
  const list = { list: 'crew' as ListId, revision: 0 };
  const range = (number: number, recipients: number) =>
    ({
      type: 'notifications.campaign-range-planned.v1',
      data: { notification, range: number, recipients, until: 'zoe' as PersonId, dueAt: start, at: start },
    }) as const;
  const requested: History = {
    'notification-n1': [{ type: 'notifications.requested.v1', data: { ...request, notification, list, recipients: [], expiresAt: later, at: start } }],
  };
  const ranges: History = { 'campaign-n1': [range(0, 500), range(1, 20)] };
  const orders = [
    { ...requested, ...ranges },
    { ...ranges, ...requested },
  ].map(inStreamOrder);
  for (const events of orders) {
    const mixed = [events.slice(0, 2), events.slice(1), events];
    const { 'funnel-requests': documents = {} } = await foldedDocuments(views, notifications, mixed);
    const sums = Object.values(documents).map(({ requested: requests, created }) => [requests, created].map(Number));
    t.deepEqual(
      [0, 1].map((at) => sums.reduce((sum, one) => sum + (one[at] ?? 0), 0)),
      [1, 520],
    );
  }
});

/** What the deciders' states say, without a document. */
function expectedOf(lives: readonly (readonly DeliveryEvent[])[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  const add = (name: string) => (sums[name] = (sums[name] ?? 0) + 1);
  for (const events of lives) {
    const state = events.reduce<DeliveryState>(delivery.evolve, delivery.initialState);
    if (state.status === 'none') continue; // forgotten
    const did = (what: string) => state.engagements.some((one) => one === what);
    const came = did('clicked') ? 5 : did('opened') ? 4 : state.status === 'delivered' ? 3 : state.receipt === undefined ? 1 : 2;
    for (const stage of STAGES.slice(0, came)) add(stage);
    const end = came > 2 ? undefined : ENDS.find((one) => one === state.status);
    if (end !== undefined) add(end);
  }
  return sums;
}

const withoutReasons = (counts: Readonly<Record<string, number>>) => Object.fromEntries(Object.entries(counts).filter(([name]) => !name.includes(':')));
const choices = fc.array(fc.nat(), { minLength: 5, maxLength: 40 });

test('whatever happens to deliveries, in any order and however often it is seen, the counts are those of their states', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyCommands, { minLength: 1, maxLength: 3 }),
      choices,
      choices,
      fc.integer({ min: 1, max: 30 }),
      async (drawn, first, again, size) => {
        const lives = drawn.map((others) => eventsAfter({ ...commands.plan, at: start }, others));
        const history = historyOf(lives);
        const seen = [...interleaved(history, first), ...interleaved(history, again)];
        const batches = Array.from({ length: Math.ceil(seen.length / size) }, (_, n) => seen.slice(n * size, (n + 1) * size));
        const counts = countsIn(await foldedDocuments(views, deliveries, batches));
        t.deepEqual(withoutReasons(counts), expectedOf(lives));
        assertReasons(t, counts);
      },
    ),
    { numRuns: 60 },
  );
});

/** No end has more reasons than deliveries, and none is left of one that was corrected. */
function assertReasons(t: ExecutionContext, counts: Readonly<Record<string, number>>): void {
  for (const end of ENDS) {
    const reasons = Object.entries(counts).filter(([name]) => name.startsWith(`${end}: `));
    t.true(reasons.every(([, amount]) => amount > 0));
    t.true(reasons.reduce((sum, [, amount]) => sum + amount, 0) <= (counts[end] ?? 0), JSON.stringify(counts));
  }
}
