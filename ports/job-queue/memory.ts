/** The job queue in this process. Losing it loses jobs, which the sweepers make again from the views. */
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
  const lines = new Map<string, MemoryQueue>();
  let isStopped = false;

  const lineOf = (queue: string) => {
    let line = lines.get(queue);
    if (line === undefined) lines.set(queue, (line = new MemoryQueue(queue, { ...UNLESS_SAID, ...options })));
    return line;
  };

  return {
    add: async (queue, jobs) => {
      if (isStopped) throw new Error('The job queue has stopped.');
      for (const job of jobs) check(job);
      lineOf(queue).add(jobs);
    },
    consume: (queue, { concurrency }, handler) => lineOf(queue).work(concurrency, handler),
    depth: async (queue) => lines.get(queue)?.depth() ?? { waiting: 0, delayed: 0, active: 0, oldestAgeMs: 0 },
    queues: () => [...lines.keys()],
    [Symbol.asyncDispose]: async () => {
      isStopped = true;
      await Promise.all([...lines.values()].map((line) => line.stop()));
    },
  };
}

const UNLESS_SAID = { attemptsMax: JOB_ATTEMPTS_MAX, retryFirstMs: JOB_RETRY_FIRST_MS, retryMaxMs: JOB_RETRY_MAX_MS, random: Math.random };

/** `dueAt` and `order` together are the order of one priority. Times are milliseconds of `performance.now`. */
type QueuedJob = { readonly job: Job; readonly priority: number; readonly order: number; readonly dueAt: number; readonly attempts: number };
type Consumer = { readonly concurrency: number; readonly handler: (job: Job) => Promise<void>; readonly running: Set<Promise<void>> };

/** One queue: what is due in a heap for each priority, what is delayed in another, and one timer for the next that becomes due. */
class MemoryQueue {
  readonly #name: string;
  readonly #options: Required<MemoryJobQueueOptions>;
  /** The ids of what waits, is delayed or runs. */
  readonly #known = new Set<string>();
  readonly #due = Array.from({ length: JOB_PRIORITY_MAX }, () => new Heap<QueuedJob>(isSooner));
  readonly #delayed = new Heap<QueuedJob>(isSooner);
  readonly #hands = new Set<Consumer>();
  #active = 0;
  #added = 0;
  #timer: NodeJS.Timeout | undefined;
  #nextTurn: NodeJS.Immediate | undefined;

  constructor(name: string, options: Required<MemoryJobQueueOptions>) {
    this.#name = name;
    this.#options = options;
  }

  add(jobs: readonly Job[]): void {
    const fresh = new Map(jobs.filter(({ id }) => !this.#known.has(id)).map((job) => [job.id, job]));
    if (this.#known.size - this.#active + fresh.size > this.#options.waitingMax) throw new QueueFull(`${this.#name} has ${this.#options.waitingMax} waiting.`);
    for (const job of fresh.values()) {
      this.#known.add(job.id);
      this.#enqueue(job, { delayMs: job.delayMs ?? 0, attempts: 0 });
    }
  }

  work(concurrency: number, handler: Consumer['handler']): AsyncDisposable {
    const hand: Consumer = { concurrency, handler, running: new Set() };
    this.#hands.add(hand);
    this.#takeSoon();
    return { [Symbol.asyncDispose]: () => this.#dismiss(hand) };
  }

  depth(): QueueDepth {
    const now = performance.now();
    const oldest = Math.min(now, ...this.#due.map((heap) => heap.first()?.dueAt ?? now));
    const waiting = this.#due.reduce((sum, heap) => sum + heap.size, 0);
    return { waiting, delayed: this.#delayed.size, active: this.#active, oldestAgeMs: now - oldest };
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#hands].map((hand) => this.#dismiss(hand)));
    clearTimeout(this.#timer);
    clearImmediate(this.#nextTurn);
  }

  async #dismiss(hand: Consumer): Promise<void> {
    this.#hands.delete(hand);
    await Promise.all(hand.running);
  }

  #enqueue(job: Job, { delayMs, attempts }: { readonly delayMs: number; readonly attempts: number }): void {
    const priority = job.priority ?? JOB_PRIORITY_DEFAULT;
    const waiting = { job, priority, order: this.#added++, dueAt: performance.now() + delayMs, attempts };
    if (delayMs > 0) {
      this.#delayed.push(waiting);
      if (this.#delayed.first() === waiting) this.#wakeForNext();
    } else {
      this.#due[priority - 1]?.push(waiting);
      this.#takeSoon();
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
    this.#takeSoon();
  }

  /** In a turn of the event loop of its own, so that whoever adds jobs doesn't run them. */
  #takeSoon(): void {
    this.#nextTurn ??= setImmediate(() => {
      this.#nextTurn = undefined;
      for (let tookOne = true; tookOne;) {
        tookOne = false;
        for (const hand of this.#hands) {
          const next = hand.running.size < hand.concurrency ? this.#take() : undefined;
          if (next === undefined) continue;
          tookOne = true;
          this.#run(hand, next);
        }
      }
    });
  }

  #take(): QueuedJob | undefined {
    return this.#due.find((heap) => heap.size > 0)?.shift();
  }

  #run(hand: Consumer, waiting: QueuedJob): void {
    this.#active++;
    const run = this.#attempt(hand, waiting).finally(() => {
      this.#active--;
      hand.running.delete(run);
      this.#takeSoon();
    });
    hand.running.add(run);
  }

  async #attempt({ handler }: Consumer, { job, attempts }: QueuedJob): Promise<void> {
    try {
      await handler(job);
      this.#known.delete(job.id);
    } catch (error) {
      const tried = attempts + 1;
      if (tried < this.#options.attemptsMax) {
        this.#enqueue(job, { delayMs: this.#retryDelay(tried), attempts: tried });
      } else {
        this.#known.delete(job.id);
        this.#options.onDropped(this.#name, job, error);
      }
    }
  }

  /** Full jitter: many that failed together don't come back together. */
  #retryDelay(tried: number): number {
    const { random, retryFirstMs, retryMaxMs } = this.#options;
    return random() * Math.min(retryMaxMs, retryFirstMs * 2 ** (tried - 1));
  }
}

const isSooner = (one: QueuedJob, other: QueuedJob): boolean => one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.order < other.order);

function check({ id, delayMs = 0, priority = JOB_PRIORITY_DEFAULT }: Job): void {
  if (!(delayMs >= 0 && delayMs <= JOB_DELAY_MAX_MS)) throw new RangeError(`Job ${id}: a delay is between 0 and ${JOB_DELAY_MAX_MS} ms, not ${delayMs}.`);
  if (!Number.isInteger(priority) || priority < 1 || priority > JOB_PRIORITY_MAX) {
    throw new RangeError(`Job ${id}: a priority is between 1 and ${JOB_PRIORITY_MAX}, not ${priority}.`);
  }
}
