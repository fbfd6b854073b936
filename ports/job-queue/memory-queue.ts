/** One queue in this process: a heap of due jobs, one of delayed jobs, and one timer for the next job that becomes due. */
import { Heap } from './heap.ts';
import { retryDelayMs } from './job-limits.ts';
import { QueueFull, type Job, type JobQueueOptions, type QueueDepth } from './port.ts';

/** `dueAt` and then `order` sort the jobs. Times are milliseconds of `performance.now`. */
export type QueuedJob = { readonly job: Job; readonly order: number; readonly dueAt: number; readonly attempts: number };

export class MemoryQueue {
  readonly #name: string;
  readonly #options: Required<JobQueueOptions>;
  /** The ids of waiting, delayed and running jobs. */
  readonly #ids = new Set<string>();
  readonly #due = new Heap<QueuedJob>(isSooner);
  readonly #delayed = new Heap<QueuedJob>(isSooner);
  /** Called when there is work. */
  readonly #wakes = new Set<() => void>();
  #active = 0;
  #added = 0;
  #finished = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(name: string, options: Required<JobQueueOptions>) {
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

  onWork(wake: () => void): Disposable {
    this.#wakes.add(wake);
    return { [Symbol.dispose]: () => void this.#wakes.delete(wake) };
  }

  hasWork(): boolean {
    return this.#due.size > 0;
  }

  /** Takes the job that has been due for longest; `attempt` must follow. */
  take(): QueuedJob | undefined {
    const next = this.#due.shift();
    if (next !== undefined) this.#active++;
    return next;
  }

  async attempt({ job, attempts }: QueuedJob, handler: (job: Job) => Promise<void>): Promise<void> {
    try {
      await handler(job);
      this.#finish(job);
    } catch (error) {
      const tries = attempts + 1;
      if (tries < this.#options.attemptsMax) {
        this.#enqueue(job, { delayMs: retryDelayMs(tries, this.#options), attempts: tries });
      } else {
        this.#finish(job);
        this.#options.onDropped(this.#name, job, error);
      }
    } finally {
      this.#active--;
    }
  }

  depth(): QueueDepth {
    const now = performance.now();
    const oldest = Math.min(now, this.#due.first()?.dueAt ?? now);
    return { waiting: this.#due.size, delayed: this.#delayed.size, active: this.#active, oldestAgeMs: now - oldest, finished: this.#finished };
  }

  #finish({ id }: Job): void {
    this.#ids.delete(id);
    this.#finished++;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #enqueue(job: Job, { delayMs, attempts }: { readonly delayMs: number; readonly attempts: number }): void {
    const queued = { job, order: this.#added++, dueAt: performance.now() + delayMs, attempts };
    if (delayMs > 0) {
      this.#delayed.push(queued);
      if (this.#delayed.first() === queued) this.#wakeForNext();
    } else {
      this.#due.push(queued);
      this.#wake();
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
      this.#due.push(next);
    }
    this.#wakeForNext();
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#wakes) wake();
  }
}

const isSooner = (one: QueuedJob, other: QueuedJob): boolean => one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.order < other.order);
