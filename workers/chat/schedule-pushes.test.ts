import test from 'ava';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChannelId } from '../../domain/shared/ids.ts';
import { HOUR_MS, MINUTE_MS, plus } from '../../domain/shared/instant.ts';
import { QueueFull, type Job } from '../../ports/job-queue/port.ts';
import { START } from '../test-fixture.ts';
import { duePushes, sweepDuePushes, type DuePush } from './schedule-pushes.ts';
import { dropJobs, post, pushesTo, startChatForTest } from './test-fixture.ts';

test('a message whose job was lost is pushed by the sweep', async (t) => {
  const { work, ann, bob, channel } = await startChatForTest();
  await using _ = work;
  const keepJobs = dropJobs(work);
  const seq = await post(work, channel, ann);
  await work.advanceUntil(async () => (await work.stored.get<DuePush>('due-pushes', channel))?.seq === seq, { stepMs: 0 });
  keepJobs();
  await work.advanceUntil(async () => (await pushesTo(work, bob)).length === 1);
  t.is((await pushesTo(work, bob)).length, 1);
});

/** Documents in memory; the range is taken at its word. */
function givenDue(due: readonly DuePush[], { roomFor = Infinity, lookedAt = new Map<string, number>() } = {}) {
  const added: string[] = [];
  const find = async (_: string, { range, limit }: { readonly range: { readonly from: string; readonly until: string }; readonly limit: number }) =>
    due.filter(({ postedAt }) => postedAt >= range.from && postedAt <= range.until).slice(0, limit);
  const getMany = async (_: string, ids: readonly string[]) => ids.map((channel) => ({ channel, seq: lookedAt.get(channel) ?? -1 }));
  const add = async (_: string, jobs: readonly Job[]) => {
    if (added.length + jobs.length > roomFor) throw new QueueFull('chat-push');
    added.push(...jobs.map(({ id }) => id));
  };
  const views = { find, getMany } as unknown as Parameters<typeof sweepDuePushes>[0]['views'];
  const { sweep } = sweepDuePushes({ views, clock: () => START, jobs: { add }, report: () => undefined }, { chatPushAfterMs: MINUTE_MS });
  return { sweep, added };
}

const dueAgo = (ms: number, name = `c${ms}`): DuePush => ({ channel: name as ChannelId, seq: 7, postedAt: plus(START, -ms) });

test('the sweep takes up what should have been looked at for 20 seconds, is no older than an hour, and was not looked at', async (t) => {
  const tooNew = dueAgo(MINUTE_MS + 19_999);
  const [lost, oldest] = [dueAgo(MINUTE_MS + 20_000), dueAgo(HOUR_MS + MINUTE_MS + 20_000)];
  const tooOld = dueAgo(HOUR_MS + MINUTE_MS + 20_001);
  const done = dueAgo(2 * MINUTE_MS);
  const { sweep, added } = givenDue([tooOld, oldest, done, lost, tooNew], {
    lookedAt: new Map([
      [done.channel, 7],
      [lost.channel, 6],
    ]),
  });
  t.is(await sweep(), 2);
  t.deepEqual(added, [`${oldest.channel}:7`, `${lost.channel}:7`]);
});

test('the sweep goes on page by page, and ends where the queue is full', async (t) => {
  const many = Array.from({ length: 1_500 }, (_, n) => dueAgo(HOUR_MS - n, `c${n}`));
  const all = givenDue(many);
  await all.sweep();
  t.is(new Set(all.added).size, 1_500);
  const few = givenDue(many, { roomFor: 10 });
  t.is(await few.sweep(), 1_000, 'the second page is left to the next sweep');
  t.is(few.added.length, 10);
});

test('messages of a channel that are due already when their turn comes share a job, which looks at all of them', async (t) => {
  const added: Job[] = [];
  const views = { getMany: async () => [] };
  const add = async (_: string, jobs: readonly Job[]) => void added.push(...jobs);
  const late = 5 * MINUTE_MS;
  const { react } = duePushes({ views, clock: () => START, jobs: { add }, report: () => undefined }, { chatPushAfterMs: MINUTE_MS });
  for (let seq = 0; seq < 50; seq++)
    await react({ data: { channel: 'c', at: plus(START, seq - late) }, revision: seq } as unknown as Parameters<typeof react>[0]);
  t.is(new Set(added.map(({ id }) => id)).size, 1);
  t.true(added.length < 10, 'it is not added for each');
  const [job] = added;
  t.true((job?.data['dueUntil'] as string) >= plus(START, 49 - late), 'the newest of them is due by then');
  t.true((job?.delayMs ?? 0) > 0 && (job?.delayMs ?? Infinity) <= 1_000);
});

test('a job is added again once it may have run, and where the queue was full', async (t) => {
  const added: string[] = [];
  let isFull = true;
  const add = async (_: string, jobs: readonly Job[]) => {
    if (isFull) throw new QueueFull('chat-push');
    added.push(...jobs.map(({ id }) => id));
  };
  const views = { getMany: async () => [] };
  const { react } = duePushes({ views, clock: () => START, jobs: { add }, report: () => undefined }, { chatPushAfterMs: 100 });
  const posted = (seq: number) => react({ data: { channel: 'c', at: START }, revision: seq } as unknown as Parameters<typeof react>[0]);
  await posted(1);
  t.deepEqual(added, []);
  isFull = false;
  await posted(2);
  t.is(added.length, 1);
  await delay(200);
  await posted(3);
  t.is(added.length, 2);
});

test('jobs of many channels whose messages come at once are spread over a second', async (t) => {
  const added: Job[] = [];
  const add = async (_: string, jobs: readonly Job[]) => void added.push(...jobs);
  const { react } = duePushes({ views: { getMany: async () => [] }, clock: () => START, jobs: { add }, report: () => undefined }, { chatPushAfterMs: 10_000 });
  for (let n = 0; n < 1_000; n++) await react({ data: { channel: randomUUID(), at: START }, revision: 1 } as unknown as Parameters<typeof react>[0]);
  const delays = added.map(({ delayMs = 0 }) => delayMs);
  t.true(delays.every((delayMs) => delayMs >= 10_000 && delayMs <= 11_000));
  const inTenths = Map.groupBy(delays, (delayMs) => Math.floor(delayMs / 100));
  t.true([...inTenths.values()].every(({ length }) => length < 200));
});
