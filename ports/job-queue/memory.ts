/** The job queue in this process. Losing it loses jobs, which the sweepers re-create from the views. */
import { Heap } from './heap.ts';
import {
  JOB_ATTEMPTS_MAX,
  JOB_DELAY_MAX_MS,
  JOB_PRIORITY_MAX,
  JOB_PRIORITY_DEFAULT,
  JOB_RETRY_FIRST_MS,
  JOB_RETRY_MAX_MS,
  QueueFull,
  type QueueDepth,
  type Job,
  type JobQueue,
  type JobQueueOptions,
} from './port.ts';

export type MemoryJobQueueOptions = JobQueueOptions & { readonly random?: () => number };

export async function startMemoryJobQueue(options: MemoryJobQueueOptions): Promise<JobQueue> {
  const queues = new Map<string, MemoryQueue>();
  let isStopped = false;

  const queueOf = (name: string) => {
    let queue = queues.get(name);
    if (queue === undefined) queues.set(name, (queue = new MemoryQueue(name, { ...DEFAULTS, ...options })));
    return queue;
  };

  return {
    add: async (queue, jobs) => {
      if (isStopped) throw new Error('The job queue has stopped.');
      for (const job of jobs) validate(job);
      queueOf(queue).add(jobs);
    },
    consume: (queue, { concurrency }, handler) => queueOf(queue).consume(concurrency, handler),
    depth: async (queue) => queues.get(queue)?.depth() ?? { waiting: 0, delayed: 0, active: 0, oldestAgeMs: 0 },
    queues: () => [...queues.keys()],
    [Symbol.asyncDispose]: async () => {
      isStopped = true;
      await Promise.all([...queues.values()].map((queue) => queue.stop()));
    },
  };
}

const DEFAULTS = { attemptsMax: JOB_ATTEMPTS_MAX, retryFirstMs: JOB_RETRY_FIRST_MS, retryMaxMs: JOB_RETRY_MAX_MS, random: Math.random };

/** `dueAt` and then `order` sort the jobs of one priority. Times are milliseconds of `performance.now`. */
type QueuedJob = { readonly job: Job; readonly priority: number; readonly order: number; readonly dueAt: number; readonly attempts: number };
type MemoryConsumer = { readonly concurrency: number; readonly handler: (job: Job) => Promise<void>; readonly running: Set<Promise<void>> };

/** One queue: a heap of due jobs for each priority, one of delayed jobs, and one timer for the next job that becomes due. */
class MemoryQueue {
  readonly #name: string;
  readonly #options: Required<MemoryJobQueueOptions>;
  /** The ids of waiting, delayed and running jobs. */
  readonly #ids = new Set<string>();
  readonly #due = Array.from({ length: JOB_PRIORITY_MAX }, () => new Heap<QueuedJob>(isSooner));
  readonly #delayed = new Heap<QueuedJob>(isSooner);
  readonly #consumers = new Set<MemoryConsumer>();
  #active = 0;
  #added = 0;
  #timer: NodeJS.Timeout | undefined;
  #dispatch: NodeJS.Immediate | undefined;

  constructor(name: string, options: Required<MemoryJobQueueOptions>) {
    this.#name = name;
    this.#options = options;
  }

  add(jobs: readonly Job[]): void {
    const fresh = new Map(jobs.filter(({ id }) => !this.#ids.has(id)).map((job) => [job.id, job]));
    if (this.#ids.size - this.#active + fresh.size > this.#options.waitingMax)
      throw new QueueFull(`${this.#name} has ${this.#options.waitingMax} jobs waiting and takes no more.`);
    for (const job of fresh.values()) {
      this.#ids.add(job.id);
      this.#enqueue(job, { delayMs: job.delayMs ?? 0, attempts: 0 });
    }
  }

  consume(concurrency: number, handler: MemoryConsumer['handler']): AsyncDisposable {
    const consumer: MemoryConsumer = { concurrency, handler, running: new Set() };
    this.#consumers.add(consumer);
    this.#scheduleDispatch();
    return { [Symbol.asyncDispose]: () => this.#stopConsumer(consumer) };
  }

  depth(): QueueDepth {
    const now = performance.now();
    const oldest = Math.min(now, ...this.#due.map((heap) => heap.first()?.dueAt ?? now));
    const waiting = this.#due.reduce((sum, heap) => sum + heap.size, 0);
    return { waiting, delayed: this.#delayed.size, active: this.#active, oldestAgeMs: now - oldest };
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => this.#stopConsumer(consumer)));
    clearTimeout(this.#timer);
    clearImmediate(this.#dispatch);
  }

  async #stopConsumer(consumer: MemoryConsumer): Promise<void> {
    this.#consumers.delete(consumer);
    await Promise.all(consumer.running);
  }

  #enqueue(job: Job, { delayMs, attempts }: { readonly delayMs: number; readonly attempts: number }): void {
    const priority = job.priority ?? JOB_PRIORITY_DEFAULT;
    const waiting = { job, priority, order: this.#added++, dueAt: performance.now() + delayMs, attempts };
    if (delayMs > 0) {
      this.#delayed.push(waiting);
      if (this.#delayed.first() === waiting) this.#wakeForNext();
    } else {
      this.#due[priority - 1]?.push(waiting);
      this.#scheduleDispatch();
    }
  }

  #wakeForNext(): void {
    clearTimeout(this.#timer);
    const next = this.#delayed.first();
    this.#timer = next === undefined ? undefined : setTimeout(() => this.#release(), Math.max(1, Math.ceil(next.dueAt - performance.now())));
  }

  #release(): void {
    const now = performance.now();
    for (let next = this.#delayed.first(); next !== undefined && next.dueAt <= now; next = this.#delayed.first()) {
      this.#delayed.shift();
      this.#due[next.priority - 1]?.push(next);
    }
    this.#wakeForNext();
    this.#scheduleDispatch();
  }

  /** In a later turn of the event loop, so that the caller that adds jobs doesn't run them. */
  #scheduleDispatch(): void {
    this.#dispatch ??= setImmediate(() => {
      this.#dispatch = undefined;
      for (let hasTakenOne = true; hasTakenOne;) {
        hasTakenOne = false;
        for (const consumer of this.#consumers) {
          const next = consumer.running.size < consumer.concurrency ? this.#takeNext() : undefined;
          if (next === undefined) continue;
          hasTakenOne = true;
          this.#run(consumer, next);
        }
      }
    });
  }

  #takeNext(): QueuedJob | undefined {
    return this.#due.find((heap) => heap.size > 0)?.shift();
  }

  #run(consumer: MemoryConsumer, waiting: QueuedJob): void {
    this.#active++;
    const run = this.#attempt(consumer, waiting).finally(() => {
      this.#active--;
      consumer.running.delete(run);
      this.#scheduleDispatch();
    });
    consumer.running.add(run);
  }

  async #attempt({ handler }: MemoryConsumer, { job, attempts }: QueuedJob): Promise<void> {
    try {
      await handler(job);
      this.#ids.delete(job.id);
    } catch (error) {
      const tries = attempts + 1;
      if (tries < this.#options.attemptsMax) {
        this.#enqueue(job, { delayMs: this.#retryDelay(tries), attempts: tries });
      } else {
        this.#ids.delete(job.id);
        this.#options.onDropped(this.#name, job, error);
      }
    }
  }

  /** Full jitter: jobs that failed together don't come back together. */
  #retryDelay(tries: number): number {
    const { random, retryFirstMs, retryMaxMs } = this.#options;
    return random() * Math.min(retryMaxMs, retryFirstMs * 2 ** (tries - 1));
  }
}

const isSooner = (one: QueuedJob, other: QueuedJob): boolean => one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.order < other.order);

function validate({ id, delayMs = 0, priority = JOB_PRIORITY_DEFAULT }: Job): void {
  if (!(delayMs >= 0 && delayMs <= JOB_DELAY_MAX_MS)) throw new RangeError(`Job ${id}: a delay is between 0 and ${JOB_DELAY_MAX_MS} ms, not ${delayMs}.`);
  if (!Number.isInteger(priority) || priority < 1 || priority > JOB_PRIORITY_MAX) {
    throw new RangeError(`Job ${id}: a priority is between 1 and ${JOB_PRIORITY_MAX}, not ${priority}.`);
  }
}
