/** The job queue on Bull, in a Redis that all processes share. Losing it loses jobs, which the sweepers re-create from the views. */
import { connectBull, within, type BullConnectionOptions } from './bull-connections.ts';
import { BullConsumer } from './bull-consumer.ts';
import { bullScripts, queuesKey } from './bull-scripts.ts';
import { bullJobOptions, openBullWorker, type BullLocks } from './bull-worker.ts';
import { checkJobs, withDefaults } from './job-limits.ts';
import { QueueFull, type JobQueue, type JobQueueOptions } from './port.ts';
import { createTurns, sharesOf } from './turns.ts';

export type BullJobQueueOptions = JobQueueOptions &
  BullConnectionOptions &
  Partial<BullLocks> & {
    /** What all keys begin with. */
    readonly prefix?: string;
  };

/** Longer than a hang of the server is likely to last, for the locks go on running out meanwhile. */
export const LOCK_MS = 30_000;
const LOCK_RENEW_MS = 5_000;
const STALLED_CHECK_MS = 10_000;
/** A job whose worker was killed is taken again within so long: 50 seconds, by default. */
export const takenAgainWithinMs = ({ lockMs, stalledCheckMs }: Pick<BullLocks, 'lockMs' | 'stalledCheckMs'>): number => lockMs + 2 * stalledCheckMs;
const PREFIX = 'tidings-jobs';

/** Rejects with JobQueueUnavailable if no server answers. At most two connections, and one more for each queue that is consumed. */
export async function startBullJobQueue(options: BullJobQueueOptions): Promise<JobQueue> {
  const { prefix = PREFIX, commandTimeoutMs, onError, onDropped, waitingMax } = options;
  const locks = { lockMs: LOCK_MS, lockRenewMs: LOCK_RENEW_MS, stalledCheckMs: STALLED_CHECK_MS, ...options };
  const limits = withDefaults(options);
  await using starting = new AsyncDisposableStack();
  const connections = starting.use(await connectBull(options));
  const { client } = connections;
  const scripts = bullScripts(client, prefix);
  const consumers = starting.use(new AsyncDisposableStack());
  const opts = JSON.stringify(bullJobOptions(limits.attemptsMax));
  const consumed = new Set<string>();
  let isStopped = false;

  /** Whoever uses a queue names it, each time: a server that was flushed knows none. */
  const nameQueue = (queue: string) => client.sadd(queuesKey(prefix), queue);

  const started = starting.move();
  return {
    add: async (queue, jobs) => {
      if (isStopped) throw new Error('The job queue has stopped.');
      checkJobs(jobs);
      if (jobs.length === 0) return;
      const asAdded = jobs.map(({ id, data, delayMs = 0 }) => ({ id, data: JSON.stringify(data), delayMs }));
      const [added] = await within(commandTimeoutMs, () => Promise.all([scripts.add(queue, { waitingMax, opts, jobs: asAdded }), nameQueue(queue)]));
      if (added === 'full') throw new QueueFull(`${queue} has ${waitingMax} jobs waiting and takes no more.`);
    },
    consume: (queues, { concurrency }, handler) => {
      const shares = sharesOf(queues);
      const its = Object.keys(shares);
      for (const queue of its) consumed.add(queue);
      const workers = new Map(its.map((queue) => [queue, openBullWorker({ connections, scripts, onError }, queue, { ...limits, ...locks, prefix })]));
      const consumer = new BullConsumer(workers, { ...locks, turns: createTurns(shares), concurrency, handler, onDropped, onError });
      consumers.use(consumer);
      return consumer;
    },
    depth: (queue) => within(commandTimeoutMs, () => scripts.depth(queue)),
    queues: async () => [...new Set([...consumed, ...(await within(commandTimeoutMs, () => client.smembers(queuesKey(prefix))))])],
    [Symbol.asyncDispose]: async () => {
      isStopped = true;
      await started.disposeAsync();
    },
  };
}
