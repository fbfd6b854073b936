/** What is due is found in the views, however much of it is of the same moment, nothing more is asked for, and the log is scavenged of it. */
import test from 'ava';
import { v7 } from 'uuid';
import type { TidingsEvent } from '../../../domain/events.ts';
import type { AppId, NotificationId, PersonId } from '../../../domain/shared/ids.ts';
import { DAY_MS, instant, plus, type Instant } from '../../../domain/shared/instant.ts';
import { notificationStream } from '../../../domain/shared/streams.ts';
import type { Position } from '../../../ports/event-log/port.ts';
import { deliveries } from '../../../projections/read-models/deliveries.ts';
import { notifications } from '../../../projections/read-models/notifications.ts';
import { emptyViews, foldInto, recordedEvents } from '../../../projections/test-fixture.ts';
import { KEPT } from './test-fixture.ts';
import { FORGETTING_MAX_MS, retentionWorkers } from './workers.ts';
import { countOld, forgetOld, PAGE_DOCUMENTS, type ForgettingDependencies } from './forget-old.ts';

const START = instant(0);
const DAYS = 30;
const now = plus(START, 100 * DAY_MS);
const signal = new AbortController().signal;
const keptFor = { days: DAYS, daysByCategory: {} };

const requested = (notification: NotificationId, expiresAt: Instant): TidingsEvent => ({
  type: 'notifications.requested.v1',
  data: {
    notification,
    source: { kind: 'app', app: 'shop' as AppId },
    recipients: ['ann' as PersonId],
    subject: 'ann',
    category: 'news',
    critical: false,
    atMostOnce: false,
    channels: ['push'],
    content: { body: 'Ahoy' },
    priority: 'normal',
    expiresAt,
    at: START,
  },
});

/** More than two pages of one moment, and some before and after. */
const MOMENTS = [
  [plus(START, DAY_MS), 3],
  [plus(START, 2 * DAY_MS), 1_100],
  [plus(now, -DAYS * DAY_MS), 3],
] as const;
const YOUNGER = 3;

async function viewsOf({ views }: Awaited<ReturnType<typeof emptyViews>>, all: readonly (readonly [NotificationId, Instant])[]) {
  const lives = all.map(([id, expiresAt]) => ({ stream: notificationStream(id), revision: 0, event: requested(id, expiresAt) }));
  const physical = await foldInto(views, notifications, [recordedEvents(lives)]);
  const physicalOfDeliveries = await foldInto(views, deliveries, []);
  const nameOf = (collection: string) => (collection === 'notifications' ? physical : physicalOfDeliveries)(collection);
  return {
    find: async (collection, query) => await views.find(nameOf(collection), query),
    findPage: async (collection, query) => await views.findPage(nameOf(collection), query),
  } as ForgettingDependencies['views'];
}

test('notifications that expire in the same moment are all counted, and all forgotten in one go', async (t) => {
  await using given = await emptyViews();
  const old = MOMENTS.flatMap(([expiresAt, count]) => Array.from({ length: count }, () => [v7() as NotificationId, expiresAt] as const));
  const younger = Array.from({ length: YOUNGER }, () => [v7() as NotificationId, plus(now, 1 - DAYS * DAY_MS)] as const);
  const views = await viewsOf(given, [...old, ...younger]);

  const counted = await Array.fromAsync(countOld({ views }, { keptFor, now, signal }));
  t.like(counted.at(-1), { category: 'news', deliveries: 0, notifications: old.length });

  const asked: string[] = [];
  const dependencies: ForgettingDependencies = {
    views,
    waitForViews: async () => true,
    commands: {
      commandDelivery: () => t.fail() as never,
      forgetNotification: async ({ notification, upTo }) => {
        t.is(upTo, plus(now, -DAYS * DAY_MS));
        asked.push(notification);
        return { outcome: 'appended', position: '0' as Position, revision: 1 } as never;
      },
    },
    monotonicMs: () => 0,
    sleep: async () => undefined,
  };
  const told = await Array.fromAsync(forgetOld(dependencies, { keptFor, now, contextOf: () => ({}) as never, signal }));
  t.like(told.at(-1), { notifications: old.length });
  t.deepEqual(asked.toSorted(), old.map(([id]) => id).toSorted());
});

for (const [what, pages, msEach] of [
  ['so long that a page takes all its time', 1, FORGETTING_MAX_MS / PAGE_DOCUMENTS],
  ['a little less', 2, FORGETTING_MAX_MS / PAGE_DOCUMENTS - 1],
] as const)
  test(`forgetting ends with the page in which its time is over, and leaves the rest to the next time: each takes ${what}`, async (t) => {
    await using given = await emptyViews();
    const ids = Array.from({ length: 3 * PAGE_DOCUMENTS }, () => v7() as NotificationId);
    const active = await viewsOf(
      given,
      ids.map((id) => [id, START] as const),
    );
    let [asked, elapsedMs] = [0, 0];
    const forgetNotification = async () => {
      asked += 1;
      elapsedMs += msEach;
      return { outcome: 'unchanged' };
    };
    const dependencies = {
      reader: {},
      commandGiver: { contextFor: () => ({}), commands: { forgetNotification } },
      views: { active, waitForViews: async () => true },
      work: { report: () => undefined, clock: () => plus(now, elapsedMs) },
      runtime: { monotonicMs: () => elapsedMs, sleep: async () => undefined },
      stop: signal,
    };
    const { sweeps } = retentionWorkers(dependencies as never, KEPT);
    const sweep = () => sweeps.find(({ name }) => name === 'old-notifications')?.sweep();
    await sweep(); // which looks at the clock
    await sweep();
    t.is(asked, pages * PAGE_DOCUMENTS);
  });

test('the log is scavenged where something was truncated, again where that failed, and not while there is nothing to do', async (t) => {
  const outcomes: (() => Promise<void>)[] = [];
  let scavenged = 0;
  const scavenge = async () => {
    scavenged += 1;
    await outcomes.shift()?.();
  };
  const log = { truncate: async () => undefined };
  const given = { reader: { log }, commandGiver: {}, views: {}, work: {}, runtime: {}, scavenge, stop: signal } as never;
  const { projections, sweeps } = retentionWorkers(given, KEPT);
  const truncating = projections[0] as unknown as { readonly react: (event: object) => Promise<void> };
  const truncate = () => truncating.react({ stream: 'notification-n1', revision: 1 });
  const sweep = () => sweeps.find(({ name }) => name === 'scavenge-forgotten')?.sweep();

  outcomes.push(() => Promise.reject(new Error('another runs')), truncate);
  await t.throwsAsync(async () => await sweep(), { message: 'another runs' });
  await sweep();
  t.is(scavenged, 2, 'tried again');
  await sweep();
  t.is(scavenged, 3, 'something was truncated while it ran');
  await sweep();
  t.is(scavenged, 3);
});
