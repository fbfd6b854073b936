import test from 'ava';
import { join } from 'node:path';
import { event, histories, plan } from '../../../domain/notifications/delivery/test-fixture.ts';
import type { DeliveryId, PersonId } from '../../../domain/shared/ids.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, plus, type Instant } from '../../../domain/shared/instant.ts';
import { deliveryStream } from '../../../domain/shared/streams.ts';
import { startMemoryJobQueue } from '../../../ports/job-queue/memory.ts';
import { temporaryFolder } from '../../../ports/sqlite/test-fixture.ts';
import type { DocumentQuery } from '../../../ports/views/port.ts';
import { startSqliteViews } from '../../../ports/views/sqlite.ts';
import { deliveries, dueDeliveryIn } from '../../../projections/read-models/deliveries.ts';
import { foldBatch, type ProjectEvent } from '../../../projections/folding/fold.ts';
import { recordedEvents } from '../../../projections/test-fixture.ts';
import { START } from '../../test-fixture.ts';
import { startDeliveriesForTest } from '../test-fixture.ts';
import { createDeliveryJobs } from './delivery-jobs.ts';
import { ROUND_SWEEPS } from './rotating-scan.ts';
import { LOST_JOB_FOUND_WITHIN_MS, SWEEP_EVERY_MS, sweepDeliveries } from './sweep-deliveries.ts';
import { vendorQueueSharesOf } from '../vendors/vendor-queue.ts';

test('any number of deliveries that are due at the same moment are advanced by one sweep, and not a page at a sweep', async (t) => {
  const count = 1_000;
  await using all = await startDeliveriesForTest(0);
  const { work } = all;
  const recipients = Array.from({ length: count }, (_, i) => `nobody-${i}` as PersonId);
  const sendAt = plus(work.clock(), HOUR_MS);
  const notification = await all.request({ recipients, sendAt });
  await work.untilIdle();
  await work.time.advance(HOUR_MS - MINUTE_MS);
  const changed = async () => (await all.deliveries(notification)).map(({ changedAt }) => changedAt).filter((changedAt) => changedAt >= sendAt);
  await work.advanceUntil(async () => (await changed()).length === count, { stepMs: SECOND_MS });
  t.is(new Set(await changed()).size, 1);
});

const WAITING = 2_000;
/** Attempts at each delivery before the vendor's breaker opened. */
const ATTEMPTS = 5;
const VENDOR = { channel: 'push', vendor: 'fcm' } as const;
const QUEUES = vendorQueueSharesOf(VENDOR);

/** A delivery that waits for an unavailable vendor, since then. */
const lifeOf = (delivery: DeliveryId, { queuedAt, priority }: { readonly queuedAt: Instant; readonly priority: 'high' | 'normal' }) => {
  const refused = Array.from({ length: ATTEMPTS }, () => histories.waiting.slice(1)).flat();
  const planned = event('delivery-planned', { ...plan, expiresAt: plus(START, DAY_MS), priority });
  return [planned, ...refused, event('delivery-queued', { vendor: VENDOR.vendor, at: queuedAt })].map((one, revision) => ({
    stream: deliveryStream(delivery),
    revision,
    event: { ...one, data: { ...one.data, delivery } } as typeof one,
  }));
};

/** Many deliveries wait for an unavailable vendor, those of `first` with a high priority; real views and a real queue, and the deliveries that a sweep reads are counted. */
async function startOutage({ first = [] }: { readonly first?: readonly number[] } = {}) {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder());
  const views = starting.use(await startSqliteViews(join(folder.path, 'views.sqlite')));
  const collections = Object.keys(deliveries.indexes);
  await views.prepare(Object.fromEntries(Object.entries(deliveries.indexes).map(([collection, indexes]) => [collection, { indexes }])));
  const fold = { project: deliveries.project as ProjectEvent, collections, physical: (collection: string) => collection };
  const ids = Array.from({ length: WAITING }, (_, n) => `waiting-${String(n).padStart(5, '0')}` as DeliveryId);
  const lives = ids.flatMap(
    (delivery, n) => lifeOf(delivery, { queuedAt: plus(START, Math.floor(n / 10)), priority: first.includes(n) ? 'high' : 'normal' }), // ten at one moment
  );
  const { writes } = await foldBatch(views, fold, recordedEvents(lives));
  let shown = 'all';
  await views.commit({ projection: 'deliveries', from: undefined, to: shown, writes });

  const lost: string[] = [];
  const jobs = starting.use(
    await startMemoryJobQueue({ waitingMax: 10_000, attemptsMax: 1, onDropped: (_, { data }) => void lost.push(String(data['delivery'])) }),
  );
  let now = START;
  let read: string[] = [];
  const counting = {
    pluck: async (collection: string, field: string, query: DocumentQuery) => {
      const texts = await views.pluck(collection, field, query);
      read.push(...texts);
      return texts as never;
    },
  };
  const deliveryJobs = createDeliveryJobs({ jobs, report: () => undefined }, { delayMaxMs: MINUTE_MS });
  const { sweep } = sweepDeliveries({ views: counting, deliveryJobs, senders: [VENDOR], clock: () => now });
  const running = starting.move();
  return {
    ids,
    jobs,
    lost,
    /** The view tells only now of one that was queued so long before the last sweep. */
    addLate: async (delivery: DeliveryId, beforeMs: number) => {
      const late = recordedEvents(lifeOf(delivery, { queuedAt: plus(now, -beforeMs), priority: 'normal' }));
      const { writes: more } = await foldBatch(views, fold, late);
      await views.commit({ projection: 'deliveries', from: shown, to: (shown = delivery), writes: more });
    },
    /** How many jobs there are, waiting and active. */
    jobCount: async () => {
      const depths = await Promise.all(Object.keys(QUEUES).map((queue) => jobs.depth(queue)));
      return depths.reduce((sum, { waiting, active }) => sum + waiting + active, 0);
    },
    /** Sweeps at the next time; returns the deliveries that it read. */
    sweep: async (): Promise<readonly DeliveryId[]> => {
      now = plus(now, SWEEP_EVERY_MS);
      read = [];
      await sweep();
      return read.map((text) => dueDeliveryIn(text).delivery);
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

test('while a vendor is unavailable, a sweep reads a share of its waiting deliveries, and a round reads all of them', async (t) => {
  await using outage = await startOutage();
  const counts = [];
  for (let n = 0; n < 5 * ROUND_SWEEPS; n++) counts.push((await outage.sweep()).length);
  t.log(`of ${WAITING}: ${counts.join(' ')}`);
  t.is(await outage.jobCount(), WAITING);
  const round = new Set<DeliveryId>();
  for (let n = 0; n < ROUND_SWEEPS; n++) {
    const looked = await outage.sweep();
    t.true(looked.length <= Math.ceil(WAITING / ROUND_SWEEPS), `${looked.length} at once`);
    for (const delivery of looked) round.add(delivery);
  }
  t.deepEqual([...round].sort(), outage.ids);
  t.is(await outage.jobCount(), WAITING);
});

test('a delivery that the view tells of only seconds after it came due is looked at by the next sweep, and not in its turn', async (t) => {
  await using outage = await startOutage();
  for (let n = 0; n < 5 * ROUND_SWEEPS; n++) await outage.sweep();
  for (let n = 0; n < ROUND_SWEEPS; n++) {
    const late = `late-${n}` as DeliveryId;
    await outage.addLate(late, 40 * SECOND_MS);
    t.true((await outage.sweep()).includes(late), late);
  }
});

test('of many deliveries that wait for an unavailable vendor, each whose job was lost has it again in time, wherever it stands', async (t) => {
  const first = [0, 777, WAITING - 1];
  await using outage = await startOutage({ first });
  const { jobs, lost, ids } = outage;
  for (let n = 0; n < 5 * ROUND_SWEEPS; n++) await outage.sweep();

  const back = Promise.withResolvers<void>();
  await using _ = jobs.consume(QUEUES, { concurrency: 20 }, async ({ data }) => {
    const delivery = data['delivery'] as DeliveryId;
    if (first.includes(ids.indexOf(delivery)) && !lost.includes(delivery)) throw new Error('Its job is lost.');
    await back.promise;
  });
  while (lost.length < first.length) await new Promise((resolve) => setImmediate(resolve));
  t.is(await outage.jobCount(), WAITING - first.length);

  let sweeps = 0;
  for (; (await outage.jobCount()) < WAITING; sweeps++) await outage.sweep();
  t.log(`found again after ${(sweeps * SWEEP_EVERY_MS) / SECOND_MS} s`);
  t.true(sweeps * SWEEP_EVERY_MS <= LOST_JOB_FOUND_WITHIN_MS);
  back.resolve();
});
