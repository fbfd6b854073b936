import test from 'ava';
import { startMemoryJobQueue } from '../../ports/job-queue/memory.ts';
import type { Job, JobQueue } from '../../ports/job-queue/port.ts';
import { measureQueues, watchQueues } from './queue-rates.ts';

const never = new AbortController().signal;
const jobs = (count: number, first = 0): readonly Job[] => Array.from({ length: count }, (_, n) => ({ id: `job-${first + n}`, data: {} }));
const start = () => startMemoryJobQueue({ waitingMax: 10_000, attemptsMax: 1, onDropped: () => undefined });

/** Works so many jobs of the queue off, and leaves the rest. */
async function workOffSome(queue: JobQueue, name: string, count: number): Promise<void> {
  const done = Promise.withResolvers<void>();
  let worked = 0;
  const consumer = queue.consume(name, { concurrency: 1 }, async () => {
    if (++worked === count) done.resolve();
  });
  await done.promise;
  await consumer[Symbol.asyncDispose]();
}

test('the queues of a vendor’s priorities are one line, and other queues have their own', async (t) => {
  await using queue = await start();
  await queue.add('deliver-sms-twilio-eu-high', jobs(2));
  await queue.add('deliver-sms-twilio-eu-low', jobs(3));
  await queue.add('deliver-push-fcm-normal', [{ id: 'later', data: {}, delayMs: 60_000 }]);
  await queue.add('plan-notifications', jobs(1));
  const lines = await measureQueues(queue, { overMs: 1, signal: never });
  t.deepEqual(
    lines.map(({ queue: name, channel, vendor, waiting, delayed }) => [name, channel, vendor, waiting, delayed]),
    [
      ['deliver-push-fcm', 'push', 'fcm', 0, 1],
      ['deliver-sms-twilio-eu', 'sms', 'twilio-eu', 5, 0],
      ['plan-notifications', null, null, 1, 0],
    ],
  );
});

test('what waits is done in the time that it takes at the rate of now, and never where nothing goes on', async (t) => {
  await using queue = await start();
  await queue.add('deliver-sms-vonage-normal', jobs(100));
  await queue.add('deliver-email-sendgrid-normal', jobs(10));
  const measuring = measureQueues(queue, { overMs: 200, signal: never });
  await workOffSome(queue, 'deliver-sms-vonage-normal', 40);
  const [still, working] = await measuring;
  t.like(still, { queue: 'deliver-email-sendgrid', waiting: 10, perSecond: 0, drainSeconds: null });
  t.true(working?.perSecond !== null && working?.perSecond !== undefined && working.perSecond > 0);
  t.is(working?.drainSeconds, (working?.waiting ?? 0) / (working?.perSecond ?? 0));
  await using unused = await start();
  t.deepEqual(await measureQueues(unused, { overMs: 60_000, signal: never }), [], 'there is nothing to wait for');
});

test('a queue that is empty is drained, whatever its rate', async (t) => {
  await using queue = await start();
  await queue.add('deliver-sms-vonage-normal', jobs(1));
  await workOffSome(queue, 'deliver-sms-vonage-normal', 1);
  const [line] = await measureQueues(queue, { overMs: 1, signal: never });
  t.like(line, { waiting: 0, perSecond: 0, drainSeconds: 0 });
});

test('a watch knows no rate until it has been asked twice, and then by the readings before', async (t) => {
  await using queue = await start();
  let ms = 0;
  const watch = watchQueues(queue, () => ms);
  await queue.add('deliver-sms-vonage-high', jobs(30));
  t.like((await watch.read()).lines[0], { waiting: 30, perSecond: null, drainSeconds: null });
  await workOffSome(queue, 'deliver-sms-vonage-high', 20);
  const { waiting } = await queue.depth('deliver-sms-vonage-high');
  ms += 10_000;
  t.like((await watch.read()).lines[0], { perSecond: (30 - waiting) / 10, drainSeconds: waiting / ((30 - waiting) / 10) });
  ms += 10 * 60_000;
  t.like((await watch.read()).lines[0], { perSecond: null }, 'what was long ago says nothing of now');
});

test('measuring ends when nobody waits for it any more', async (t) => {
  await using queue = await start();
  await queue.add('plan-notifications', jobs(1));
  const gone = new AbortController();
  const measuring = measureQueues(queue, { overMs: 600_000, signal: gone.signal });
  gone.abort();
  await t.throwsAsync(measuring, { name: 'AbortError' });
});
