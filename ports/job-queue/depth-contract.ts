/** The part of a job queue's contract that is about what an operator sees of it. */
import { setTimeout as after } from 'node:timers/promises';
import { job, jobs, queue, until, WAIT_MAX_MS, type QueueCheck } from './test-fixture.ts';

export function depthContract(check: QueueCheck): void {
  check('the depth counts waiting, delayed and active jobs, and says the age of the oldest', async (t, { jobQueue }) => {
    t.deepEqual(await jobQueue.depth(queue), { waiting: 0, delayed: 0, active: 0, oldestAgeMs: 0, finished: 0 });
    await jobQueue.add(queue, [job('a'), job('b'), job('c', { delayMs: 60_000 })]);
    await after(50);
    await jobQueue.add(queue, [job('d')]);
    const before = await jobQueue.depth(queue);
    t.deepEqual([before.waiting, before.delayed, before.active], [3, 1, 0]);
    t.true(before.oldestAgeMs >= 45 && before.oldestAgeMs < WAIT_MAX_MS);
    const gate = Promise.withResolvers<void>();
    await using _ = jobQueue.consume(queue, { concurrency: 2 }, () => gate.promise);
    await until(async () => (await jobQueue.depth(queue)).active === 2);
    const { waiting, delayed, active } = await jobQueue.depth(queue);
    t.deepEqual({ waiting, delayed, active }, { waiting: 1, delayed: 1, active: 2 });
    gate.resolve();
    await until(async () => (await jobQueue.depth(queue)).waiting === 0);
    t.is((await jobQueue.depth(queue)).oldestAgeMs, 0);
  });

  check('the jobs that were done or dropped are counted, each once, and those that are tried again are not', async (t, { jobQueue, dropped }) => {
    const finished = async () => (await jobQueue.depth(queue)).finished;
    await jobQueue.add(queue, [job('waits', { delayMs: 60_000 })]);
    t.is(await finished(), 0);
    let tries = 0;
    await using _ = jobQueue.consume(queue, { concurrency: 2 }, async ({ id }) => {
      if (id === 'job-fails') throw new Error('never');
      if (id === 'job-again' && ++tries < 3) throw new Error('not yet');
    });
    await jobQueue.add(queue, [...jobs(3), job('again'), job('fails')]);
    await until(async () => (await finished()) >= 5 && dropped.length === 1);
    t.deepEqual([tries, await finished()], [3, 5]);
    await jobQueue.add(queue, [job(0)]); // the id of one that is done
    await until(async () => (await finished()) >= 6);
    t.is(await finished(), 6);
    t.is((await jobQueue.depth('other')).finished, 0);
  });
}
