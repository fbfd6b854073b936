/** What is older than its category is kept is forgotten, and nothing else is. */
import test, { type ExecutionContext } from 'ava';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { KEPT_FOR_EVER } from '../../../domain/notifications/categories/kept-for.ts';
import type { NotificationId, PersonId } from '../../../domain/shared/ids.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, plus, type Instant } from '../../../domain/shared/instant.ts';
import { deliveryStream, notificationStream } from '../../../domain/shared/streams.ts';
import { freshContext } from '../../jobs/command-contexts.ts';
import { START, startWorkersForTest, type TestWorkers } from '../../test-fixture.ts';
import { CONFIG } from '../faults/requests.ts';
import { deliveriesIn, startDeliveriesForTest } from '../test-fixture.ts';
import { countOld, forgetOld } from './forget-old.ts';
import { documentsOf, KEPT } from './test-fixture.ts';

const TIMEOUT_MS = 5 * MINUTE_MS;
const WORDS = 'words that nobody may keep';

const allOf = async (work: TestWorkers) => (await Array.fromAsync(work.log.readAll('main'))).map(({ data }) => Buffer.from(data).toString());
const typesIn = async ({ log }: TestWorkers, stream: string) => (await Array.fromAsync(log.readStream(stream))).map(({ type }) => type);
const forgettingOf = (work: TestWorkers, now: Instant, signal = new AbortController().signal) => ({
  keptFor: KEPT,
  now,
  contextOf: (type: string, body: object) => freshContext({ ...work, worker: 'retention', type, body, at: now }),
  signal,
});
const awake = { sleep: async () => undefined };

async function withOld(
  t: ExecutionContext,
  act: (given: { readonly folder: string; readonly old: readonly NotificationId[]; readonly person: PersonId }) => Promise<void>,
) {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-retention-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const old: NotificationId[] = [];
  let person: PersonId | undefined;
  {
    await using all = await startDeliveriesForTest(2, {}, { folder });
    for (const category of ['news', 'Offers ', 'receipts'])
      old.push(await all.request({ category, channels: ['push', 'in-app'], content: { title: category, body: WORDS } }));
    // Open until it is sent, long after it was asked for.
    old.push(await all.request({ sendAt: plus(all.work.clock(), 35 * DAY_MS) }));
    await all.untilEnded(old.slice(0, 3), { count: 12 });
    person = all.recipients[0];
  }
  if (person === undefined) return t.fail();
  await act({ folder, old, person });
}

test('what is older than its category is kept leaves the views and the log, and what is younger stays; views that are built anew say the same', async (t) => {
  await withOld(t, async ({ folder, old, person }) => {
    const [news, offers, receipts, later] = old as [NotificationId, NotificationId, NotificationId, NotificationId];
    const startAt = plus(START, 34 * DAY_MS);
    let documents: unknown;
    {
      await using work = await startWorkersForTest({ keptFor: KEPT }, { folder, startAt });
      const before = await deliveriesIn(work, old);
      t.is(before.length, 14);
      await work.untilIdle();
      await work.advanceUntil(async () => (await deliveriesIn(work, [news])).length === 0 && (await work.views.get('notifications', news)) === undefined, {
        stepMs: 10 * MINUTE_MS,
      });
      await work.advanceUntil(async () => !(await allOf(work)).some((data) => data.includes(news) && data.includes('content')), { stepMs: HOUR_MS });
      for (const kept of [offers, receipts, later]) t.deepEqual((await deliveriesIn(work, [kept])).length, kept === later ? 2 : 4);
      t.is((await work.views.find('centre-items', { where: { person, archived: false }, limit: 10 })).length, 2);
      t.deepEqual(await typesIn(work, notificationStream(news)), ['notifications.forgotten.v1']);
      for (const { delivery, notification } of before)
        t.is((await typesIn(work, deliveryStream(delivery))).at(-1) === 'notifications.delivery-forgotten.v1', notification === news);
      const counted = work.reports.flatMap((report) => (report.event === 'forgotten' ? [[report.what, report.count] as const] : []));
      const sum = (what: string) => counted.reduce((all, [of, count]) => all + (of === what ? count : 0), 0);
      t.deepEqual([sum('deliveries'), sum('notifications')], [4, 1]);
    }
    {
      await using work = await startWorkersForTest({}, { folder, startAt: plus(START, 35 * DAY_MS + MINUTE_MS) });
      await work.advanceUntil(async () => (await deliveriesIn(work, [later])).every(({ status }) => status === 'accepted'), { stepMs: MINUTE_MS });
      await Array.fromAsync(forgetOld({ ...work, ...awake }, forgettingOf(work, work.clock())));
      await work.untilIdle();
      t.is((await deliveriesIn(work, [later])).length, 2, 'what was asked for long ago, and sent now, is as old as its sending');
      documents = await documentsOf(work);
    }
    await rm(join(folder, 'views.sqlite'));
    await using rebuilt = await startWorkersForTest({ keptFor: KEPT_FOR_EVER }, { folder, startAt: plus(START, 36 * DAY_MS) });
    await rebuilt.untilIdle();
    t.deepEqual(await documentsOf(rebuilt), documents);
  });
});

test('what is due is counted without being forgotten; stopped in the middle, begun again, and done by two at once, it comes to the same', async (t) => {
  await withOld(t, async ({ folder, old }) => {
    await using work = await startWorkersForTest({}, { folder, startAt: plus(START, 31 * DAY_MS) });
    await work.untilIdle();
    const now = work.clock();
    const counted = async () => {
      const told = await Array.fromAsync(countOld(work, forgettingOf(work, now)));
      return told.filter(({ deliveries, notifications }) => deliveries + notifications > 0).at(-1);
    };
    t.deepEqual(await counted(), { category: 'news', days: 30, deliveries: 4, notifications: 1 });
    t.is((await deliveriesIn(work, old)).length, 14, 'nothing was forgotten');

    const stopping = new AbortController();
    const stopped = { ...work, ...awake, sleep: async () => stopping.abort() };
    await t.throwsAsync(Array.fromAsync(forgetOld(stopped, forgettingOf(work, now, stopping.signal))));
    t.is((await work.views.find('notifications', { limit: 10 })).length, 4);
    const both = await Promise.all([1, 2].map(() => Array.fromAsync(forgetOld({ ...work, ...awake }, forgettingOf(work, now)))));
    t.true(both.flat().every(({ deliveries, notifications }) => deliveries <= 4 && notifications <= 1));
    // What the views don't know yet to be without deliveries is left to the next time.
    await work.untilIdle();
    await Array.fromAsync(forgetOld({ ...work, ...awake }, forgettingOf(work, now)));
    await work.untilIdle();
    t.deepEqual((await deliveriesIn(work, old)).map(({ category }) => category).toSorted(), [
      'Offers ',
      'Offers ',
      'Offers ',
      'Offers ',
      'news',
      'news',
      'receipts',
      'receipts',
      'receipts',
      'receipts',
    ]);
    t.is(await counted(), undefined);
    for (const data of (await allOf(work)).filter((one) => one.includes(String(old[0])))) t.notRegex(data, /forgotten.*forgotten/);
    t.deepEqual(await typesIn(work, notificationStream(old[0] as NotificationId)), ['notifications.forgotten.v1']);
  });
});

/** More than are forgotten at once. */
const PEOPLE = 40;
const NEWS = 6;

test('kill -9 again and again while it is forgotten: all of it is in the end, each once, and nothing younger', async (t) => {
  t.timeout(TIMEOUT_MS);
  const folder = await mkdtemp(join(tmpdir(), 'tidings-retention-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const [old, kept]: [NotificationId[], NotificationId[]] = [[], []];
  {
    await using all = await startDeliveriesForTest(PEOPLE, CONFIG, { folder });
    for (let n = 0; n < NEWS; n++) old.push(await all.request({ content: { title: `News ${n}`, body: WORDS } }));
    for (const category of ['offers', 'receipts']) kept.push(await all.request({ category }));
    await all.untilEnded([...old, ...kept], { count: PEOPLE * (NEWS + 2) });
  }
  const startAt = plus(START, 40 * DAY_MS);
  const reached: number[] = [];
  for (const after of [1, 80, 160]) reached.push(await killedAfter(folder, { startAt, after }));
  t.true((reached[0] ?? Infinity) < PEOPLE * NEWS, `killed in the middle: ${reached.join()}`);
  let documents: unknown;
  {
    await using work = await startWorkersForTest({ keptFor: KEPT }, { folder, startAt });
    const isForgotten = async () => (await work.views.find('notifications', { limit: 100 })).length === kept.length;
    await work.advanceUntil(isForgotten, { stepMs: MINUTE_MS });
    t.is((await deliveriesIn(work, old)).length, 0);
    t.is((await deliveriesIn(work, kept)).length, PEOPLE * kept.length);
    const isScavenged = async () => (await allOf(work)).filter((data) => old.some((id) => data.includes(id))).length === (PEOPLE + 1) * NEWS;
    await work.advanceUntil(isScavenged, { stepMs: 10 * MINUTE_MS });
    for (const id of old) t.deepEqual(await typesIn(work, notificationStream(id)), ['notifications.forgotten.v1']);
    documents = await documentsOf(work);
  }
  await rm(join(folder, 'views.sqlite'));
  await using rebuilt = await startWorkersForTest({}, { folder, startAt: plus(startAt, DAY_MS) });
  await rebuilt.untilIdle();
  t.deepEqual(await documentsOf(rebuilt), documents);
});

/** Answers how many deliveries were forgotten by then, by this process and those before it. */
async function killedAfter(folder: string, { startAt, after }: { readonly startAt: Instant; readonly after: number }): Promise<number> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.resolve('../faults/retention-process.ts')), folder, startAt], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (data: Buffer) => (complaints += data.toString()));
  const exited = once(child, 'exit');
  let forgotten = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    forgotten = Number(line);
    if (forgotten < after) continue;
    child.kill('SIGKILL');
    break;
  }
  await exited;
  if (child.signalCode !== 'SIGKILL') throw new Error(`The process was not killed in the middle. ${complaints}`);
  return forgotten;
}
