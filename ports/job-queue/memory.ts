/** The job queue in this process. Losing it loses jobs, which the sweepers re-create from the views. */
import { checkJobs, withDefaults } from './job-limits.ts';
import { MemoryQueue } from './memory-queue.ts';
import type { Job, JobQueue, JobQueueOptions } from './port.ts';
import { createTurns, sharesOf, type Turns } from './turns.ts';

export async function startMemoryJobQueue(options: JobQueueOptions): Promise<JobQueue> {
  const queues = new Map<string, MemoryQueue>();
  const consumers = new Set<MemoryConsumer>();
  let isStopped = false;

  const queueOf = (name: string) => {
    let queue = queues.get(name);
    if (queue === undefined) queues.set(name, (queue = new MemoryQueue(name, withDefaults(options))));
    return queue;
  };

  return {
    add: async (queue, jobs) => {
      if (isStopped) throw new Error('The job queue has stopped.');
      checkJobs(jobs);
      queueOf(queue).add(jobs);
    },
    consume: (consumed, { concurrency }, handler) => {
      const shares = sharesOf(consumed);
      const its = new Map(Object.keys(shares).map((name) => [name, queueOf(name)]));
      const consumer = new MemoryConsumer(its, { turns: createTurns(shares), concurrency, handler });
      consumers.add(consumer);
      return consumer;
    },
    depth: async (queue) => queues.get(queue)?.depth() ?? { waiting: 0, delayed: 0, active: 0, oldestAgeMs: 0, finished: 0 },
    queues: async () => [...queues.keys()],
    [Symbol.asyncDispose]: async () => {
      isStopped = true;
      await Promise.all([...consumers].map((consumer) => consumer[Symbol.asyncDispose]()));
      for (const queue of queues.values()) queue.stop();
    },
  };
}

type Consuming = { readonly turns: Turns; readonly concurrency: number; readonly handler: (job: Job) => Promise<void> };

/** Takes jobs of its queues in turn, while fewer than its concurrency run. */
class MemoryConsumer implements AsyncDisposable {
  readonly #queues: ReadonlyMap<string, MemoryQueue>;
  readonly #consuming: Consuming;
  readonly #running = new Set<Promise<void>>();
  readonly #listening = new DisposableStack();
  #dispatch: NodeJS.Immediate | undefined;

  constructor(queues: ReadonlyMap<string, MemoryQueue>, consuming: Consuming) {
    this.#queues = queues;
    this.#consuming = consuming;
    for (const queue of queues.values()) this.#listening.use(queue.onWork(() => this.#scheduleDispatch()));
    this.#scheduleDispatch();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listening.dispose();
    clearImmediate(this.#dispatch);
    await Promise.all(this.#running);
  }

  /** In a later turn of the event loop, so that the caller that adds jobs doesn't run them. */
  #scheduleDispatch(): void {
    if (this.#listening.disposed) return;
    this.#dispatch ??= setImmediate(() => {
      this.#dispatch = undefined;
      while (this.#running.size < this.#consuming.concurrency) {
        const name = this.#consuming.turns.next((queue) => this.#queues.get(queue)?.hasWork() ?? false);
        const queue = name === undefined ? undefined : this.#queues.get(name);
        const next = queue?.take();
        if (queue === undefined || next === undefined) return;
        const run = queue.attempt(next, this.#consuming.handler).finally(() => {
          this.#running.delete(run);
          this.#scheduleDispatch();
        });
        this.#running.add(run);
      }
    });
  }
}
