/** What the job queue on Bull does when its Redis forgets, goes, comes back and hangs, and when a worker is gone. */
import { setTimeout as delay } from 'node:timers/promises';
import { testWith } from '../../tests/servers/availability.ts';
import { onceBack } from '../../tests/servers/once-back.ts';
import { ask, startRedisCluster, startRedisServer } from '../../tests/servers/redis.ts';
import { connectBull } from './bull-connections.ts';
import { bullIdOf, bullNameOf, bullScripts } from './bull-scripts.ts';
import { openBullWorker } from './bull-worker.ts';
import { LOCK_MS, startBullJobQueue, takenAgainWithinMs, type BullJobQueueOptions } from './bull.ts';
import { JobQueueUnavailable, type Job } from './port.ts';

const TIMES = { connectTimeoutMs: 5_000, commandTimeoutMs: 2_000 };
const PREFIX = 'test';
const SLOW_MACHINE_MS = 1_000;
/** After the server is back. */
const BACK_WITHIN_MS = 20_000;
const check = testWith('redis-server');

const start = (url: string, more: Partial<BullJobQueueOptions> = {}) =>
  startBullJobQueue({
    ...TIMES,
    url,
    name: 'test',
    prefix: PREFIX,
    waitingMax: 100_000,
    onDropped: () => undefined,
    onError: () => undefined,
    ...more,
  } as BullJobQueueOptions);
const job = (id: string, more: Partial<Job> = {}): Job => ({ id, data: { of: id }, ...more });

/** Resolves to how long that took, in milliseconds. */
async function until(holds: () => Promise<boolean> | boolean, withinMs = BACK_WITHIN_MS): Promise<number> {
  const began = performance.now();
  while (!(await holds())) {
    if (performance.now() - began > withinMs) throw new Error(`Not within ${withinMs} ms: ${holds.toString()}`);
    await delay(10);
  }
  return performance.now() - began;
}

check('after a flush, consumers go on, names of queues come back, and every id may be added again', async (t) => {
  await using redis = await startRedisServer();
  await using jobs = await start(redis.url);
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  await using _ = jobs.consume('work', { concurrency: 2 }, async ({ id }) => {
    if (id === 'slow' && !done.includes('slow')) await gate.promise;
    done.push(id);
  });
  await jobs.add('work', [job('slow'), job('first')]);
  await jobs.add('waiting', [job('waits')]);
  await jobs.add('work', [job('delayed', { delayMs: 60_000 })]);
  await until(() => done.includes('first'));
  await ask(redis.url, ['FLUSHALL']);
  await jobs.add('work', [job('first'), job('delayed', { delayMs: 300 })]);
  await until(() => done.filter((id) => id === 'first').length === 2 && done.includes('delayed'));
  gate.resolve();
  await until(() => done.includes('slow'));
  await delay(100); // the end of a job that the server has lost
  await jobs.add('work', [job('slow')]);
  await until(() => done.filter((id) => id === 'slow').length === 2);
  await jobs.add('waiting', [job('waits')]);
  t.is((await jobs.depth('waiting')).waiting, 1);
  t.deepEqual([...(await jobs.queues())].toSorted(), ['waiting', 'work']);
});

check('what is left of a job that was lost while it was taken does not keep its id from being added', async (t) => {
  await using redis = await startRedisServer();
  await using jobs = await start(redis.url);
  const keyOf = (id: string) => `${PREFIX}:${bullNameOf('work')}:${bullIdOf(id)}`;
  await ask(redis.url, ['HSET', keyOf('a'), 'processedOn', '1']);
  await jobs.add('work', [job('a')]);
  t.is((await jobs.depth('work')).waiting, 1);

  // Its data vanish between being popped and being taken.
  await jobs.add('work', [job('b')]);
  await ask(redis.url, ['DEL', keyOf('b')]);
  const done: string[] = [];
  await using _ = jobs.consume('work', { concurrency: 1 }, async ({ id }) => void done.push(id));
  await until(async () => done.length > 0 && (await jobs.depth('work')).waiting === 0);
  await jobs.add('work', [job('b')]);
  await until(() => done.includes('b'));
  t.deepEqual(done, ['a', 'b']);
});

check('nothing is left of jobs that are done or dropped, and nothing that an error said is ever stored', async (t) => {
  await using redis = await startRedisServer();
  const dropped: string[] = [];
  await using jobs = await start(redis.url, {
    attemptsMax: 2,
    retryFirstMs: 2_000,
    retryMaxMs: 2_000,
    random: () => 1,
    onDropped: (_, { id }) => void dropped.push(id),
  });
  await using _ = jobs.consume('work', { concurrency: 4 }, async ({ id }) => {
    if (id === 'fails') throw new Error('the secret of ann');
  });
  await jobs.add('work', [...Array.from({ length: 20 }, (_unused, i) => job(String(i))), job('fails')]);
  await until(async () => (await jobs.depth('work')).delayed === 1);
  const key = `${PREFIX}:${bullNameOf('work')}:${bullIdOf('fails')}`;
  t.is(await ask(redis.url, ['HGET', key, 'attemptsMade']), '1');
  t.notRegex(String(await ask(redis.url, ['HVALS', key])), /secret/);
  await until(() => dropped.length === 1);
  await until(async () => (await onceBack(() => jobs.depth('work'))).active === 0);
  const keys = (await ask(redis.url, ['KEYS', '*'])) as readonly string[];
  t.deepEqual(
    // The queue's counts of what has finished have no job in them.
    keys.filter((name) => !/:(queues|id|stalled-check|metrics:completed|metrics:failed)$/.test(name)),
    [],
    keys.join(' '),
  );
});

check('a process holds two connections, and one more for each queue that it consumes', async (t) => {
  await using redis = await startRedisServer();
  await using jobs = await start(redis.url);
  const queues = { high: 6, normal: 3, low: 1 };
  await using _ = jobs.consume(queues, { concurrency: 4 }, async () => undefined);
  for (const queue of Object.keys(queues)) await jobs.add(queue, [job('a')]);
  const connections = async () => String(await ask(redis.url, ['CLIENT', 'LIST'])).match(/name=test /g)?.length ?? 0;
  await until(async () => (await connections()) === 5);
  await delay(300);
  t.is(await connections(), 5);
});

check('while the server is gone, it is unavailable at once; when it is back, consumers go on by themselves', async (t) => {
  await using redis = await startRedisServer();
  await using jobs = await start(redis.url);
  const done: string[] = [];
  await using _ = jobs.consume({ work: 1, other: 1 }, { concurrency: 4 }, async ({ id }) => void done.push(id));
  await jobs.add('work', [job('before')]);
  await until(() => done.includes('before'));
  await redis.kill();
  for (const use of [() => jobs.add('work', [job('a')]), () => jobs.depth('work'), () => jobs.queues()]) {
    const began = performance.now();
    await t.throwsAsync(use(), { instanceOf: JobQueueUnavailable });
    t.true(performance.now() - began < 2 * TIMES.commandTimeoutMs);
  }
  await delay(3_000);
  await redis.start();
  await onceBack(() => jobs.add('work', [job('after')]), JobQueueUnavailable);
  await onceBack(() => jobs.add('other', [job('delayed', { delayMs: 200 })]), JobQueueUnavailable);
  t.log(`${Math.round(await until(() => done.includes('after') && done.includes('delayed')))} ms after the server was back`);
});

check('while the server hangs, calls end in time, and a job that ends meanwhile is done once', async (t) => {
  await using redis = await startRedisServer();
  await using jobs = await start(redis.url);
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  await using _ = jobs.consume('work', { concurrency: 2 }, async ({ id }) => {
    if (id === 'runs') await gate.promise;
    done.push(id);
  });
  await jobs.add('work', [job('runs')]);
  await until(async () => (await jobs.depth('work')).active === 1);
  redis.hang();
  const began = performance.now();
  await t.throwsAsync(jobs.add('work', [job('meanwhile')]), { instanceOf: JobQueueUnavailable });
  t.true(performance.now() - began < 2 * TIMES.commandTimeoutMs);
  gate.resolve();
  await delay(3_000);
  redis.resume();
  await onceBack(() => jobs.add('work', [job('after')]), JobQueueUnavailable);
  await until(() => done.includes('after'));
  await until(async () => (await onceBack(() => jobs.depth('work'))).active === 0);
  t.deepEqual(done.toSorted(), ['after', 'meanwhile', 'runs']);
});

check('a server that hangs for longer than connections and locks last: every job is done at last', async (t) => {
  await using redis = await startRedisServer();
  await using jobs = await start(redis.url, { lockMs: 2_000, lockRenewMs: 400, stalledCheckMs: 500 });
  const done = new Set<string>();
  await using _ = jobs.consume({ work: 1, other: 1 }, { concurrency: 4 }, async ({ id }) => {
    await delay(50);
    done.add(id);
  });
  const all = Array.from({ length: 400 }, (_unused, i) => String(i));
  await jobs.add(
    'work',
    all.map((id) => job(id)),
  );
  await until(() => done.size > 40);
  redis.hang();
  await delay(12_000);
  redis.resume();
  await onceBack(() => jobs.add('other', [job('after')]), JobQueueUnavailable);
  await until(() => done.has('after') && all.every((id) => done.has(id)), 3 * BACK_WITHIN_MS);
  await until(async () => (await onceBack(() => jobs.depth('work'))).active === 0);
  t.is((await onceBack(() => jobs.depth('work'))).waiting, 0);
});

check('a job whose worker is gone is taken again when its lock has run out, and not while a worker prolongs it', async (t) => {
  await using redis = await startRedisServer();
  const locks = { lockMs: 1_000, lockRenewMs: 200, stalledCheckMs: 300 };
  await using jobs = await start(redis.url, locks);
  await jobs.add('work', [job('a')]);
  {
    using connections = await connectBull({ ...TIMES, url: redis.url, name: 'gone', onError: () => undefined });
    const limits = { attemptsMax: 1, retryFirstMs: 1, retryMaxMs: 1, random: Math.random };
    const scripts = bullScripts(connections.client, PREFIX);
    await using gone = openBullWorker({ connections, scripts, onError: () => undefined }, 'work', { ...locks, ...limits, prefix: PREFIX });
    t.is((await gone.take())?.job.id, 'a');
  }
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  await using _ = jobs.consume('work', { concurrency: 2 }, async ({ id }) => {
    done.push(id);
    await gate.promise;
  });
  const tookMs = await until(() => done.length > 0);
  t.true(tookMs < takenAgainWithinMs(locks) + SLOW_MACHINE_MS, `${tookMs} ms`);
  await delay(locks.lockMs + 3 * locks.stalledCheckMs);
  gate.resolve();
  t.deepEqual(done, ['a']);
});

check('stopping ends in time while the server is gone, and leaves locks to run out', async (t) => {
  await using redis = await startRedisServer();
  const jobs = await start(redis.url);
  const started = Promise.withResolvers<void>();
  jobs.consume('work', { concurrency: 1 }, async () => {
    started.resolve();
    await delay(1_000);
  });
  await jobs.add('work', [job('a')]);
  await started.promise;
  await redis.kill();
  const began = performance.now();
  await jobs[Symbol.asyncDispose]();
  t.true(performance.now() - began < 5_000 && LOCK_MS > 5_000);
});

check('it does not start where no server answers', async (t) => {
  await using redis = await startRedisServer();
  redis.hang();
  const began = performance.now();
  await t.throwsAsync(start(redis.url), { instanceOf: JobQueueUnavailable });
  await redis.kill();
  await t.throwsAsync(start(redis.url), { instanceOf: JobQueueUnavailable });
  t.true(performance.now() - began < 3 * TIMES.connectTimeoutMs);
});

check('it works on a cluster, whose nodes hold the queues between them', async (t) => {
  await using cluster = await startRedisCluster();
  await using jobs = await start('', { urls: cluster.urls, url: undefined } as unknown as Partial<BullJobQueueOptions>);
  const queues = Array.from({ length: 8 }, (_, i) => `queue-${i}`);
  const done: string[] = [];
  await using _ = jobs.consume(Object.fromEntries(queues.map((queue) => [queue, 1])), { concurrency: 8 }, async ({ id }) => void done.push(id));
  for (const queue of queues) await jobs.add(queue, [job(`${queue}-a`), job(`${queue}-b`, { delayMs: 100 })]);
  await until(() => done.length === 16);
  t.deepEqual([...(await jobs.queues())].toSorted(), queues);
  for (const queue of queues) await until(async () => (await jobs.depth(queue)).active === 0);
});
