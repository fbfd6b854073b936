/**
 * One queue of Bull, as a consumer works it: jobs are taken one by one by whoever has room for them, and given back when done. Bull
 * itself sees to delayed jobs that come due, and to those whose worker is gone.
 */
import Bull from 'bull';
import { setTimeout as delay } from 'node:timers/promises';
import type { BullClient, BullConnections } from './bull-connections.ts';
import { bullNameOf, dueKey, jobIdOf, type BullScripts } from './bull-scripts.ts';
import { retryDelayMs } from './job-limits.ts';
import type { Job, JobQueueOptions } from './port.ts';

export type BullLocks = {
  /** A job whose worker has not prolonged its lock for so long is taken again, by another worker or this one. */
  readonly lockMs: number;
  readonly lockRenewMs: number;
  /** How often jobs without a lock are looked for; one is taken again at the second look. */
  readonly stalledCheckMs: number;
};

export type BullWorkerOptions = BullLocks & { readonly prefix: string } & Required<
    Pick<JobQueueOptions, 'attemptsMax' | 'retryFirstMs' | 'retryMaxMs' | 'random'>
  >;

export type BullWorkerDependencies = { readonly connections: BullConnections; readonly scripts: BullScripts; readonly onError: (error: unknown) => void };

export type TakenJob = { readonly job: Job; readonly taken: Bull.Job };

export type BullWorker = AsyncDisposable & {
  /** The next job, if one waits. */
  take(): Promise<TakenJob | undefined>;
  /** The next job, whenever it comes; undefined where none comes for a while. Not to be called again before it is answered. */
  wait(): Promise<TakenJob | undefined>;
  /** Ends `wait`. */
  interrupt(): void;
  /** Rejects while the server doesn't answer: what was asked of it then it may do when it is back, and nobody hears of it. */
  probe(): Promise<void>;
  complete(job: TakenJob): Promise<void>;
  /** Whether it is tried again, or was dropped after its last attempt. */
  fail(job: TakenJob, error: unknown): Promise<'retried' | 'dropped'>;
  prolong(job: TakenJob): Promise<void>;
  /** It was not begun, and is the next one for any worker. */
  putBack(job: TakenJob): Promise<void>;
};

const STRATEGY = 'jittered';
/** How long one `wait` takes at most. */
const WAIT_SECONDS = 5;
/** Delayed jobs are looked for so often even when no message about them has come. */
const DELAYED_CHECK_MS = 2_000;
/** Bull closes a queue in a moment; where the server is gone, it isn't waited for longer. */
const CLOSE_MAX_MS = 1_000;
/** Of the jobs that finish, Bull keeps a sum, and so many minutes' counts beside it, of which nobody asks. */
const COUNTED_MINUTES = 1;
/** Attempts are counted by handlers that threw; that a worker was lost is no fault of the job. */
const STALLED_MAX = 1_000_000;

/** `removeOnComplete` and `removeOnFail`: a job that is kept when it has ended takes the place of the next one of its id. */
export const bullJobOptions = (attemptsMax: number): Bull.JobOptions => ({
  attempts: attemptsMax,
  backoff: { type: STRATEGY },
  removeOnComplete: true,
  removeOnFail: true,
});

/** What Bull asks a strategy with: the failure that `fail` gave it. */
type Failure = { readonly message: string; readonly retryInMs: number };

export function openBullWorker({ connections, scripts, onError }: BullWorkerDependencies, queue: string, options: BullWorkerOptions): BullWorker {
  const blocking = connections.connectBlocking(WAIT_SECONDS * 1_000);
  const bull = openBull({ connections, blocking }, queue, options);
  let isClosing = false;
  // With a concurrency of 0 it takes no jobs, and sees to delayed and stalled ones.
  bull.process(0, () => undefined).catch((error: unknown) => (isClosing ? undefined : onError(error)));

  const take = async (how: { readonly waits: boolean }): Promise<TakenJob | undefined> => {
    for (;;) {
      bull.drained = how.waits; // by this Bull decides whether to wait
      const taken = await bull.getNextJob();
      if (taken === null || taken === undefined) return undefined;
      if (taken.opts.removeOnComplete === true) return { taken, job: { id: jobIdOf(String(taken.id)), data: taken.data as Job['data'] } };
      // The server lost the job's data after its id was taken.
      await scripts.forget(queue, String(taken.id));
    }
  };
  const due = dueKey(options.prefix, queue);

  return {
    take: () => take({ waits: false }),
    wait: () => take({ waits: true }),
    interrupt: () => {
      isClosing = true;
      blocking.disconnect();
    },
    probe: async () => void (await Promise.all([connections.client.ping(), blocking.ping()])),
    complete: async ({ taken }) => {
      await Promise.all([connections.client.zrem(due, String(taken.id)), taken.moveToCompleted(undefined, false, true)]);
    },
    fail: async ({ taken }, error) => {
      const tries = taken.attemptsMade + 1;
      // Of the error only its kind: its message may speak of a person, and belongs in no store.
      const failure: Failure = { message: error instanceof Error ? error.name : 'thrown', retryInMs: Math.max(1, Math.ceil(retryDelayMs(tries, options))) };
      const isLast = tries >= options.attemptsMax;
      const noteDue = isLast ? connections.client.zrem(due, String(taken.id)) : connections.client.zadd(due, Date.now() + failure.retryInMs, String(taken.id));
      try {
        await Promise.all([noteDue, taken.moveToFailed(failure)]);
      } catch (failed) {
        taken.attemptsMade = tries - 1; // Bull has counted it already
        throw failed;
      }
      return isLast ? 'dropped' : 'retried';
    },
    putBack: ({ taken }) => scripts.putBack(queue, String(taken.id), bull.token),
    prolong: async ({ taken }) => void (await taken.extendLock(options.lockMs)),
    [Symbol.asyncDispose]: async () => {
      isClosing = true;
      blocking.disconnect();
      bull.bclientInitialized = false; // else Bull connects it once more, to disconnect it
      await Promise.race([bull.close(true), delay(CLOSE_MAX_MS, undefined, { ref: false })]);
    },
  };
}

type BullQueue = Bull.Queue & { drained: boolean; bclientInitialized: boolean; readonly token: string; setWorkerName(): Promise<void> };

function openBull(
  { connections: { client, subscriber }, blocking }: { readonly connections: BullConnections; readonly blocking: BullClient },
  queue: string,
  { prefix, lockMs, lockRenewMs, stalledCheckMs }: BullWorkerOptions,
): BullQueue {
  const options: Bull.QueueOptions & { readonly skipVersionCheck: true } = {
    prefix,
    createClient: (type) => ({ client, subscriber, bclient: blocking })[type],
    skipVersionCheck: true,
    metrics: { maxDataPoints: COUNTED_MINUTES },
    settings: {
      lockDuration: lockMs,
      lockRenewTime: lockRenewMs,
      stalledInterval: stalledCheckMs,
      maxStalledCount: STALLED_MAX,
      guardInterval: DELAYED_CHECK_MS,
      drainDelay: WAIT_SECONDS,
      backoffStrategies: { [STRATEGY]: (_tries: number, failure: unknown) => (failure as Failure).retryInMs },
    },
  };
  const bull = new Bull(bullNameOf(queue), options) as BullQueue;
  // Bull would name the connection, and leave a failure of that to whoever handles what nobody handles. It has a name already.
  bull.setWorkerName = async () => undefined;
  return bull;
}
