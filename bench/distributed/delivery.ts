/**
 * Deliveries a second to a vendor that takes 20 ms, beside a bare Bull worker that posts from a queue to the same vendor, as many at once,
 * and one that only waits 20 ms. What the outbox costs MongoDB is in the first two.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import Bull from 'bull';
import type { AppId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { bareAttempt } from '../delivery/bare-attempt.ts';
import { settingsSchema } from '../../app/config/settings.ts';
import { secondsSince } from '../shared/statistics.ts';
import { readFootprint, tellFootprint } from './footprint.ts';
import { createPeople } from './people.ts';
import { startCounting, tellCalls } from './port-counts.ts';
import type { Report } from './report.ts';
import type { Sizes } from './sizes.ts';
import type { BenchSystem } from './system.ts';
import { addUp, tellCpu } from './usage.ts';
import { inParallel, waitFor } from './waiting.ts';

const VENDOR_MS = 20;
const GOAL_RATIO = 0.5;
const CONCURRENCY = settingsSchema.shape.TIDINGS_DELIVERY_CONCURRENCY.parse(undefined);
const AT_ONCE = 8;
const PLANNED_WITHIN_MS = 90_000;
const DELIVERED_WITHIN_MS = 90_000;
/** Counting costs MongoDB something too. */
const POLL_MS = 100;
/** Deliveries before and after these are left out of the rate: they wait for the workers to start, and for the last ones. */
const [FROM_SHARE, UNTIL_SHARE] = [0.1, 0.9];

export async function benchDelivery(system: BenchSystem, report: Report, sizes: Sizes): Promise<void> {
  const { adapters, cluster } = system;
  const { app, recipients } = await prepareRecipients(system, sizes.recipients);
  await adapters.outbox.behave({ push: { does: 'accept-slowly', latencyMs: VENDOR_MS } });
  await system.settle();
  const footprint = await readFootprint(system);
  const outbox = system.database.collection('outbox');
  const before = await outbox.countDocuments({ channel: 'push' });

  // Everything is planned first, so that the deliveries are measured and not what leads to them.
  const workers = system.cluster.withRole('delivery');
  await Promise.all(workers.map((worker) => worker.stop()));
  const notifications = Math.ceil(sizes.deliveries / recipients.length);
  const count = notifications * recipients.length;
  const calls = await startCounting(cluster);
  const planning = await system.measureCpuMeanwhile(async () => {
    await inParallel(notifications, AT_ONCE, () => request(system, app, recipients));
    await waitFor('all deliveries planned', async () => (await plannedIn(system)) >= count, { withinMs: PLANNED_WITHIN_MS, pollMs: POLL_MS });
  });
  report.progress(`${count} deliveries planned`);
  let perSecond = Number.NaN;
  await Promise.all(workers.map((worker) => worker.start())); // what starting takes is nobody's delivery
  const delivering = await system.measureCpu(async () => {
    perSecond = await rateOf(async () => (await outbox.countDocuments({ channel: 'push' })) - before, count);
  });
  const called = await calls();
  const { url } = cluster.servers.redis;
  const posting = await measureBull(url, sizes.deliveries, () => postTo(system));
  const waiting = await measureBull(url, sizes.deliveries, () => delay(VENDOR_MS));
  report.progress(`a bare Bull worker that waits ${VENDOR_MS} ms: ${Math.round(waiting)}/s, ratio ${(perSecond / waiting).toFixed(2)}`);
  report.figure({
    name: `deliveries to a vendor of ${VENDOR_MS} ms, ${CONCURRENCY} at once`,
    value: perSecond,
    unit: 'deliveries/s',
    peer: { name: 'a bare Bull worker that posts to the same vendor', value: posting },
    goal: { of: 'ratio', least: GOAL_RATIO },
  });
  const work = { id: 'notification-delivery', name: 'a delivery', units: count };
  tellCpu(report, addUp(planning, delivering), work);
  tellCalls(report, called, work);
  await tellFootprint(report, system, footprint, work);
}

/** The name of the collection tells its build. */
async function plannedIn({ database }: BenchSystem): Promise<number> {
  const collections = await database.listCollections({}, { nameOnly: true }).toArray();
  const name = collections.map((collection) => collection.name).find((one) => one.startsWith('deliveries@'));
  return name === undefined ? 0 : await database.collection(name).countDocuments({ live: true });
}

async function prepareRecipients(system: BenchSystem, count: number): Promise<{ readonly app: AppId; readonly recipients: readonly PersonId[] }> {
  const { commands, contextOf } = system;
  const { id: app } = await commands.registerApp({ name: 'Bench' }, contextOf('admin'));
  const people = await createPeople(system, count);
  await inParallel(count, AT_ONCE, async (n) => {
    const { person } = people[n] as (typeof people)[number];
    await commands.registerDevice({ person, device: 'phone' as DeviceId, platform: 'fcm', token: randomUUID() }, contextOf(person));
    await commands.enrol({ person, app }, contextOf(person));
  });
  return { app, recipients: people.map(({ person }) => person) };
}

async function request({ commands, contextOf }: BenchSystem, app: AppId, recipients: readonly PersonId[]): Promise<void> {
  const { handled } = await commands.requestNotification(
    { source: { kind: 'app', app }, recipients, category: 'bench', channels: ['push'], content: { title: 'Bench', body: 'The ferry leaves from gate 3.' } },
    contextOf(`app:${app}`),
  );
  if (handled.outcome === 'refused') throw new Error(`A notification was refused: ${handled.refusal.code}.`);
}

/** Between the tenth and the ninetieth of a hundred. */
async function rateOf(countDone: () => Promise<number> | number, count: number): Promise<number> {
  let from: { readonly done: number; readonly at: number } | undefined;
  let until: { readonly done: number; readonly at: number } | undefined;
  await waitFor(
    'all deliveries',
    async () => {
      const done = await countDone();
      if (done >= count * FROM_SHARE) from ??= { done, at: performance.now() };
      if (done >= count * UNTIL_SHARE) until ??= { done, at: performance.now() };
      return done >= count;
    },
    { withinMs: DELIVERED_WITHIN_MS, pollMs: POLL_MS },
  );
  if (from === undefined || until === undefined) return Number.NaN;
  return (1_000 * (until.done - from.done)) / (until.at - from.at);
}

async function postTo({ adapters: { outbox } }: BenchSystem): Promise<void> {
  const sender = outbox.senders.find(({ channel }) => channel === 'push');
  if (sender === undefined) throw new Error('The outbox has no vendor of pushes.');
  const outcome = await sender.send(bareAttempt(randomUUID()));
  if (outcome.outcome !== 'accepted') throw new Error(`The vendor answered ${outcome.outcome}.`);
}

async function measureBull(url: string, count: number, post: () => Promise<void>): Promise<number> {
  const queue = new Bull(`bench-${randomUUID()}`, url, { prefix: 'bench' });
  try {
    queue.on('error', () => undefined); // what waits for a job rejects as well
    const options = { removeOnComplete: true, removeOnFail: true };
    await queue.addBulk(Array.from({ length: count }, (_, n) => ({ data: { n }, opts: options })));
    let done = 0;
    const startedAt = performance.now();
    void queue.process(CONCURRENCY, async () => {
      await post();
      done++;
    });
    await waitFor('all jobs of the bare worker', () => done >= count, { withinMs: DELIVERED_WITHIN_MS, pollMs: 1 });
    return count / secondsSince(startedAt);
  } finally {
    await queue.close();
  }
}
