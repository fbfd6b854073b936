/** Jobs on Bull that its Redis loses: the sweepers make every job that should exist again, and everything is done once. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { campaign, RANGE_MAX } from '../domain/notifications/lists/campaign.ts';
import type { NotificationId } from '../domain/shared/ids.ts';
import { SECOND_MS } from '../domain/shared/instant.ts';
import { campaignStream } from '../domain/shared/streams.ts';
import { startBullJobQueue } from '../ports/job-queue/bull.ts';
import type { JobQueueOptions } from '../ports/job-queue/port.ts';
import { testWith } from '../tests/servers/availability.ts';
import { onceBack } from '../tests/servers/once-back.ts';
import { ask, startRedisServer } from '../tests/servers/redis.ts';
import type { TestServer } from '../tests/servers/server-process.ts';
import type { WorkersEvent } from './telemetry-events.ts';
import { LOST_JOB_FOUND_WITHIN_MS } from './notifications/deliver/sweep-deliveries.ts';
import { listOf, memberNumbered } from './notifications/faults/campaigns.ts';
import { vendorQueueOf } from './notifications/vendors/vendor-queue.ts';
import { startDeliveriesForTest } from './notifications/test-fixture.ts';

/** More than a reactor plans by itself: the rest is planned by a job. */
const PEOPLE = 60;
/** Stalled planning is found first, and the deliveries that it makes may lose their jobs as well. */
const DONE_WITHIN_MS = 60 * SECOND_MS + LOST_JOB_FOUND_WITHIN_MS;
const LOCKS = { lockMs: 5_000, lockRenewMs: 1_000, stalledCheckMs: 1_000 };

const QUEUE = vendorQueueOf({ channel: 'push', vendor: 'outbox-push', priority: 'normal' });

const check = testWith('redis-server');

/** Requests notifications, lets the server lose the jobs again and again while they are planned and sent, and then lets time pass. */
async function loseJobs(t: ExecutionContext, lose: (redis: TestServer) => Promise<void>): Promise<readonly WorkersEvent[]> {
  await using redis = await startRedisServer();
  const startJobs = (options: JobQueueOptions) =>
    startBullJobQueue({ ...options, ...LOCKS, url: redis.url, name: 'test', connectTimeoutMs: 5_000, commandTimeoutMs: 2_000, onError: () => undefined });
  await using all = await startDeliveriesForTest(PEOPLE, { attemptDeadlineMs: 20 * SECOND_MS, deliverConcurrency: 4 }, { startJobs });
  const { work } = all;
  await work.outbox.behave({ push: { does: 'accept-slowly', latencyMs: 20 } });
  const notifications: NotificationId[] = [];
  for (let round = 0; round < 4; round++) {
    notifications.push(await all.request());
    // While they are planned, and then while they wait to be sent.
    const waiting = 10 * round;
    while ((await onceBack(() => work.jobs.depth(QUEUE))).waiting < waiting) await delay(1);
    await lose(redis);
    await onceBack(() => work.jobs.queues());
  }
  const count = notifications.length * PEOPLE;
  const ended = async () => {
    const deliveries = (await Promise.all(notifications.map((one) => all.deliveries(one)))).flat();
    return deliveries.length === count && deliveries.every(({ status }) => status === 'accepted');
  };
  const tookMs = await work.advanceUntil(ended, { stepMs: SECOND_MS });
  t.log(`${count} deliveries were done within ${tookMs / SECOND_MS} s`);
  t.true(tookMs <= DONE_WITHIN_MS);
  t.is(new Set((await all.sent()).map(({ delivery }) => delivery)).size, count);
  t.is((await all.sent()).length, count);
  return work.reports;
}

check('jobs that a flush has lost are made again by the sweepers, and nothing is sent twice', async (t) => {
  const reports = await loseJobs(t, async ({ url }) => void (await ask(url, ['FLUSHALL'])));
  t.true(reports.some(({ event }) => event === 'sweep-found'));
});

check('jobs that were lost with a killed server are made again by the sweepers, and nothing is sent twice', async (t) => {
  const reports = await loseJobs(t, async (redis) => {
    await redis.kill();
    await delay(300);
    await redis.start();
  });
  t.true(reports.some(({ event }) => event === 'sweep-found'));
});

check('jobs are done while the server hangs now and then, and nothing is sent twice', async (t) => {
  await loseJobs(t, async (redis) => {
    redis.hang();
    await delay(1_500);
    redis.resume();
  });
});

check('a notification to a list whose job is lost between two ranges is planned to its end, each member once', async (t) => {
  await using redis = await startRedisServer();
  const startJobs = (options: JobQueueOptions) =>
    startBullJobQueue({ ...options, ...LOCKS, url: redis.url, name: 'test', connectTimeoutMs: 5_000, commandTimeoutMs: 2_000, onError: () => undefined });
  await using all = await startDeliveriesForTest(0, {}, { startJobs });
  const { work } = all;
  const members = Array.from({ length: 2 * RANGE_MAX + 1 }, (_, n) => memberNumbered(n));
  const notification = await all.request({ recipients: [], list: await listOf(all, members) });
  const progress = async () => (await work.loadState(campaign, campaignStream(notification))).state;
  for (let planned = 0; planned < RANGE_MAX; await delay(1)) {
    const state = await progress();
    planned = state.status === 'none' ? 0 : state.planned;
  }
  await ask(redis.url, ['FLUSHALL']);
  await onceBack(() => work.jobs.queues());
  await work.advanceUntil(async () => (await progress()).status === 'finished', { stepMs: SECOND_MS });
  t.like(await progress(), { total: members.length, planned: members.length, ranges: 3 });
  await work.untilIdle();
  t.is(await work.views.count('deliveries', { notification }), members.length);
});
