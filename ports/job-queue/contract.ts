/** The contract of a job queue: each job runs at least once, retried, and queues that share a consumer get what they should. */
import test, { type ExecutionContext } from 'ava';
import { setTimeout as after } from 'node:timers/promises';
import { depthContract } from './depth-contract.ts';
import { JOB_DELAY_MAX_MS, JOBS_AT_ONCE_MAX, QueueFull, type Job, type JobQueue, type JobQueueOptions } from './port.ts';
import { collect, job, jobs, queue, until, type Dropped, type QueueCheck } from './test-fixture.ts';

/** Starts an empty queue with these options. */
export type StartJobQueue = (options: JobQueueOptions) => Promise<JobQueue>;

/** Long enough for a queue on a server, short enough for a test that something doesn't happen. */
const QUIET_MS = 100;

type AddTest = (title: string, body: (t: ExecutionContext) => Promise<void>) => void;

/** Each adapter's test file is one call: `jobQueueContract('memory', startMemoryJobQueue)`. */
export function jobQueueContract(adapter: string, start: StartJobQueue, addTest: AddTest = test): void {
  const check: QueueCheck = (title, body, options = {}) =>
    addTest(`${adapter}: ${title}`, async (t) => {
      const dropped: Dropped[] = [];
      await using jobQueue = await start({
        waitingMax: 10_000,
        attemptsMax: 3,
        retryFirstMs: 5,
        retryMaxMs: 20,
        onDropped: (name, failed, error) => dropped.push({ queue: name, job: failed, error }),
        ...options,
      });
      await body(t, { jobQueue, dropped });
    });

  check('a job is handed to a consumer with its data', async (t, { jobQueue }) => {
    const done = collect<Job>(1);
    await using _ = jobQueue.consume(queue, { concurrency: 1 }, done.take);
    await jobQueue.add(queue, [job('a', { data: { delivery: 'd1', attempt: 2, late: false, vendor: null } })]);
    const [{ id, data }] = (await done.all) as [Job];
    t.deepEqual({ id, data }, { id: 'job-a', data: { delivery: 'd1', attempt: 2, late: false, vendor: null } });
  });

  check('every job added before or after a consumer starts is done once', async (t, { jobQueue }) => {
    await jobQueue.add(queue, jobs(500));
    const done = collect<Job>(1_000);
    await using _ = jobQueue.consume(queue, { concurrency: 20 }, done.take);
    await jobQueue.add(
      queue,
      Array.from({ length: 500 }, (_, i) => job(500 + i)),
    );
    const ids = new Set((await done.all).map(({ id }) => id));
    await after(QUIET_MS);
    t.deepEqual([ids.size, done.count()], [1_000, 1_000]);
  });

  check('queues don’t affect each other', async (t, { jobQueue }) => {
    const done = collect<Job>(1);
    await using _ = jobQueue.consume('other', { concurrency: 1 }, done.take);
    await jobQueue.add(queue, [job('a')]);
    await jobQueue.add('other', [job('b')]);
    t.deepEqual(
      (await done.all).map(({ id }) => id),
      ['job-b'],
    );
    t.is((await jobQueue.depth(queue)).waiting, 1);
    t.deepEqual([...(await jobQueue.queues())].toSorted(), [queue, 'other']);
  });

  check('a job that waits or runs is not added again; a job that is done can be', async (t, { jobQueue }) => {
    await jobQueue.add(queue, [job('a'), job('a')]);
    await jobQueue.add(queue, [job('a', { delayMs: 1 })]);
    t.is((await jobQueue.depth(queue)).waiting, 1);
    const gate = Promise.withResolvers<void>();
    const started = collect<Job>(1);
    const again = collect<Job>(2);
    await using _ = jobQueue.consume(queue, { concurrency: 5 }, async (one) => {
      await started.take(one);
      await again.take(one);
      await gate.promise;
    });
    await started.all;
    await jobQueue.add(queue, [job('a')]);
    await after(QUIET_MS);
    t.is(again.count(), 1);
    gate.resolve();
    await until(async () => (await jobQueue.depth(queue)).active === 0);
    await jobQueue.add(queue, [job('a')]);
    t.is((await again.all).length, 2);
  });

  check('the job that came first is done first', async (t, { jobQueue }) => {
    await jobQueue.add(queue, [job('a'), job('b')]);
    await jobQueue.add(queue, [job('c'), job('d')]);
    const done = collect<Job>(4);
    await using _ = jobQueue.consume(queue, { concurrency: 1 }, done.take);
    t.is((await done.all).map(({ id }) => id.slice(-1)).join(''), 'abcd');
  });

  check('while all queues of a consumer have work, jobs start in proportion to the shares, and none starves', async (t, { jobQueue }) => {
    for (const name of ['high', 'normal', 'low']) await jobQueue.add(name, jobs(500, { data: { name } }));
    const started = collect<Job>(400);
    await using _ = jobQueue.consume({ low: 1, high: 6, normal: 3 }, { concurrency: 10 }, async (one) => {
      await started.take(one);
      await after(1);
    });
    const names = (await started.all).slice(100).map(({ data }) => data['name']);
    const share = (name: string) => names.filter((one) => one === name).length / names.length;
    const shares = [share('high'), share('normal'), share('low')] as const;
    t.true(Math.abs(shares[0] - 0.6) < 0.1 && Math.abs(shares[1] - 0.3) < 0.1 && Math.abs(shares[2] - 0.1) < 0.05, shares.join(' '));
  });

  check('a queue has the whole concurrency while the others that share it have nothing', async (t, { jobQueue }) => {
    const gate = Promise.withResolvers<void>();
    const started = collect<Job>(8);
    await using _ = jobQueue.consume({ high: 6, low: 1 }, { concurrency: 8 }, async (one) => {
      await started.take(one);
      await gate.promise;
    });
    await jobQueue.add('low', jobs(20));
    t.is((await started.all).length, 8);
    await after(QUIET_MS);
    t.is(started.count(), 8);
    gate.resolve();
  });

  check('a job of a queue that was empty starts while another queue keeps the consumer busy', async (t, { jobQueue }) => {
    await jobQueue.add('high', jobs(1_000));
    const low = collect<Job>(1);
    let high = 0;
    await using _ = jobQueue.consume({ high: 6, low: 1 }, { concurrency: 2 }, async (one) => {
      if (one.data['late'] === true) return await low.take(one);
      high++;
      await after(2);
    });
    await until(async () => high >= 20);
    await jobQueue.add('low', [job('late', { data: { late: true } })]);
    await low.all;
    t.true(high < 1_000);
  });

  check('a delayed job is done when it is due, and other jobs meanwhile', async (t, { jobQueue }) => {
    const done = collect<{ readonly id: string; readonly at: number }>(3);
    await using _ = jobQueue.consume(queue, { concurrency: 1 }, ({ id }) => done.take({ id, at: performance.now() }));
    const begin = performance.now();
    await jobQueue.add(queue, [job('c', { delayMs: 300 }), job('b', { delayMs: 100 }), job('a')]);
    const order = await done.all;
    const afterMs = new Map(order.map(({ id, at }) => [id, at - begin]));
    t.is(order[0]?.id, 'job-a');
    t.true(Number(afterMs.get('job-b')) >= 100 && Number(afterMs.get('job-c')) >= 300, JSON.stringify([...afterMs]));
  });

  check('a delay that is too long, and too many jobs at once, are errors', async (t, { jobQueue }) => {
    for (const wrong of [{ delayMs: JOB_DELAY_MAX_MS + 1 }, { delayMs: -1 }, { delayMs: NaN }]) {
      await t.throwsAsync(jobQueue.add(queue, [job('a'), job('b', wrong)]), { instanceOf: RangeError });
    }
    await t.throwsAsync(jobQueue.add(queue, jobs(JOBS_AT_ONCE_MAX + 1)), { instanceOf: RangeError });
    t.is((await jobQueue.depth(queue)).waiting, 0);
    await t.notThrowsAsync(jobQueue.add(queue, [job('a', { delayMs: JOB_DELAY_MAX_MS })]));
    await t.notThrowsAsync(jobQueue.add(queue, jobs(JOBS_AT_ONCE_MAX)));
    t.deepEqual((await jobQueue.depth(queue)).waiting, JOBS_AT_ONCE_MAX);
  });

  check('no more jobs run at once than the consumer’s concurrency', async (t, { jobQueue }) => {
    let [running, most] = [0, 0];
    const done = collect<Job>(60);
    await using _ = jobQueue.consume(queue, { concurrency: 4 }, async (one) => {
      most = Math.max(most, ++running);
      await after(2);
      running--;
      await done.take(one);
    });
    await jobQueue.add(queue, jobs(60));
    await done.all;
    t.is(most, 4);
  });

  check('a job whose handler throws is tried again', async (t, { jobQueue, dropped }) => {
    const tries = collect<Job>(3);
    await using _ = jobQueue.consume(queue, { concurrency: 1 }, async (one) => {
      await tries.take(one);
      if (tries.count() < 3) throw new Error('not yet');
    });
    await jobQueue.add(queue, [job('a')]);
    for (const { id, data } of await tries.all) t.deepEqual([id, data], ['job-a', { delivery: 'da' }]);
    await until(async () => (await jobQueue.depth(queue)).active === 0);
    t.deepEqual(dropped, []);
  });

  check('a job that keeps failing is dropped and reported, and can be added again', async (t, { jobQueue, dropped }) => {
    const tries = collect<Job>(3);
    const failing = jobQueue.consume(queue, { concurrency: 1 }, async (one) => {
      await tries.take(one);
      throw new Error('never');
    });
    await jobQueue.add(queue, [job('a')]);
    await until(async () => dropped.length > 0);
    await failing[Symbol.asyncDispose]();
    t.is(tries.count(), 3);
    t.deepEqual(
      dropped.map(({ job: failed, error, ...rest }) => ({ ...rest, id: failed.id, message: (error as Error).message })),
      [{ queue, id: 'job-a', message: 'never' }],
    );
    await jobQueue.add(queue, [job('a')]);
    t.is((await jobQueue.depth(queue)).waiting, 1);
  });

  check(
    'an add that would overfill a queue adds nothing; jobs that the queue has already don’t count',
    async (t, { jobQueue }) => {
      await jobQueue.add(queue, [...jobs(8), job(8, { delayMs: 60_000 })]);
      await t.throwsAsync(jobQueue.add(queue, [job(9), job(10)]), { instanceOf: QueueFull });
      await jobQueue.add(queue, [job(9), job(1)]);
      await t.throwsAsync(jobQueue.add(queue, [job(10)]), { instanceOf: QueueFull });
      await jobQueue.add('other', [job(10)]);
      const { waiting, delayed } = await jobQueue.depth(queue);
      t.deepEqual({ waiting, delayed }, { waiting: 9, delayed: 1 });
    },
    { waitingMax: 10 },
  );

  depthContract(check);

  check('stopping a consumer waits for its running jobs and leaves the rest to other consumers', async (t, { jobQueue }) => {
    const gate = Promise.withResolvers<void>();
    const [started, done, rest] = [collect<Job>(2), collect<Job>(2), collect<Job>(8)];
    const worker = jobQueue.consume(queue, { concurrency: 2 }, async (one) => {
      await started.take(one);
      await gate.promise;
      await done.take(one);
    });
    await jobQueue.add(queue, jobs(10));
    await started.all;
    const stopped = worker[Symbol.asyncDispose]().then(() => done.count());
    await after(QUIET_MS);
    gate.resolve();
    t.is(await stopped, 2);
    t.is(started.count(), 2);
    await using _ = jobQueue.consume(queue, { concurrency: 2 }, rest.take);
    t.is((await rest.all).length, 8);
  });

  check('stopping the queue waits for running jobs', async (t, { jobQueue }) => {
    const [started, done] = [collect<Job>(3), collect<Job>(3)];
    jobQueue.consume(queue, { concurrency: 3 }, async (one) => {
      await started.take(one);
      await after(50);
      await done.take(one);
    });
    await jobQueue.add(queue, jobs(30));
    await started.all;
    await jobQueue[Symbol.asyncDispose]();
    t.deepEqual([started.count(), done.count()], [3, 3]);
    await t.throwsAsync(jobQueue.add(queue, [job('a')]));
  });
}
