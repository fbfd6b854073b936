/** Works several queues of Bull with one concurrency: a queue is asked for jobs only while there is room for them, in turn by its share. */
import { setTimeout as delay } from 'node:timers/promises';
import { isLostJob, isOutage } from './bull-connections.ts';
import type { BullWorker, TakenJob } from './bull-worker.ts';
import type { Job, JobQueueOptions } from './port.ts';
import type { Turns } from './turns.ts';

/** Takes of one queue under way at once. It begins with one, for a queue that had nothing has mostly one job when it has some. */
const TAKES_AT_ONCE_MAX = 16;
/** After failures, a queue is left alone for a random time of up to so long. */
const PAUSE_FIRST_MS = 20;
const PAUSE_MAX_MS = 1_000;
/** A finished job is given back again and again while its lock may hold. */
const GIVE_BACK_PAUSE_MS = 200;

export type BullConsumerOptions = {
  readonly turns: Turns;
  readonly concurrency: number;
  readonly handler: (job: Job) => Promise<void>;
  readonly lockMs: number;
  readonly lockRenewMs: number;
  readonly onDropped: JobQueueOptions['onDropped'];
  readonly onError: (error: unknown) => void;
};

/** One queue of the consumer. */
type Lane = {
  readonly queue: string;
  readonly worker: BullWorker;
  /** A take may find something. */
  mayHaveWork: boolean;
  taking: number;
  takesMax: number;
  /** Came while all were busy. */
  readonly held: TakenJob[];
};

export class BullConsumer implements AsyncDisposable {
  readonly #options: BullConsumerOptions;
  readonly #lanes: ReadonlyMap<string, Lane>;
  readonly #stopping = new AbortController();
  /** Everything under way. */
  readonly #tasks = new Set<Promise<void>>();
  /** Jobs whose locks are to be prolonged. */
  readonly #locked = new Map<TakenJob, BullWorker>();
  readonly #renewal: NodeJS.Timeout;
  #room: number;

  constructor(workers: ReadonlyMap<string, BullWorker>, options: BullConsumerOptions) {
    this.#options = options;
    this.#room = options.concurrency;
    this.#lanes = new Map([...workers].map(([queue, worker]) => [queue, { queue, worker, mayHaveWork: false, taking: 0, takesMax: 1, held: [] }]));
    this.#renewal = setInterval(() => this.#prolongLocks(), options.lockRenewMs);
    for (const lane of this.#lanes.values()) this.#resumeAfter(lane, this.#untilServed(lane));
  }

  /** Jobs that have begun are done, and the others left to other consumers. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    for (const { worker } of this.#lanes.values()) worker.interrupt();
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
    clearInterval(this.#renewal);
    for (const { worker, held } of this.#lanes.values()) await Promise.all(held.splice(0).map((taken) => worker.putBack(taken).catch(this.#options.onError))); // else it is taken again when its lock has run out
    await Promise.all([...this.#lanes.values()].map(({ worker }) => worker[Symbol.asyncDispose]()));
  }

  #dispatch(): void {
    while (this.#room > 0) {
      const lane = this.#lanes.get(this.#options.turns.next((queue) => this.#canTake(queue)) ?? '');
      if (lane === undefined) return;
      this.#room--;
      const held = lane.held.shift();
      this.#track(held === undefined ? this.#takeAndRun(lane) : this.#run(lane, held));
    }
  }

  #canTake(queue: string): boolean {
    const lane = this.#lanes.get(queue);
    if (lane === undefined) return false;
    if (this.#stopping.signal.aborted) return false;
    return lane.held.length > 0 || (lane.mayHaveWork && lane.taking < lane.takesMax);
  }

  #track(task: Promise<void>): void {
    const tracked = task.finally(() => this.#tasks.delete(tracked));
    this.#tasks.add(tracked);
  }

  async #takeAndRun(lane: Lane): Promise<void> {
    const taken = await this.#take(lane);
    if (taken !== undefined && this.#stopping.signal.aborted) lane.held.push(taken);
    else if (taken !== undefined) {
      this.#dispatch(); // more may be taken at once now
      return await this.#run(lane, taken);
    }
    this.#options.turns.giveBack(lane.queue);
    this.#room++;
    this.#dispatch();
  }

  async #take(lane: Lane): Promise<TakenJob | undefined> {
    lane.taking++;
    try {
      const taken = await lane.worker.take();
      if (taken === undefined) this.#rest(lane, () => this.#waitForWork(lane));
      else lane.takesMax = Math.min(2 * lane.takesMax, TAKES_AT_ONCE_MAX);
      return taken;
    } catch (error) {
      this.#options.onError(error);
      this.#rest(lane, () => this.#untilServed(lane));
      return undefined;
    } finally {
      lane.taking--;
    }
  }

  /** Nothing is taken from the queue until there may be work again. */
  #rest(lane: Lane, until: () => Promise<void>): void {
    if (!lane.mayHaveWork) return; // another take has seen to it
    lane.mayHaveWork = false;
    lane.takesMax = 1;
    this.#resumeAfter(lane, until());
  }

  #resumeAfter(lane: Lane, rested: Promise<void>): void {
    this.#track(
      rested.then(() => {
        lane.mayHaveWork = true;
        this.#dispatch();
      }),
    );
  }

  async #waitForWork(lane: Lane): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        const taken = await lane.worker.wait();
        if (taken === undefined) continue;
        this.#locked.set(taken, lane.worker);
        lane.held.push(taken);
        return;
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.#options.onError(error);
        await this.#untilServed(lane);
      }
    }
  }

  async #untilServed({ worker }: Lane): Promise<void> {
    const { signal } = this.#stopping;
    for (let tries = 0; !signal.aborted; tries++) {
      try {
        return await worker.probe();
      } catch {
        const pauseMs = Math.random() * Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** Math.min(tries, 10)); // the connections tell of what failed
        await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #run({ queue, worker }: Lane, taken: TakenJob): Promise<void> {
    this.#locked.set(taken, worker);
    let giveBack: () => Promise<void>;
    try {
      await this.#options.handler(taken.job);
      giveBack = () => worker.complete(taken);
    } catch (error) {
      giveBack = async () => {
        if ((await worker.fail(taken, error)) === 'dropped') this.#options.onDropped(queue, taken.job, error);
      };
    }
    await this.#giveBack(giveBack);
    this.#locked.delete(taken);
    this.#room++;
    this.#dispatch();
  }

  /** While the server is gone the job stays ours, for as long as nobody else can have it. */
  async #giveBack(giveBack: () => Promise<void>): Promise<void> {
    for (const until = performance.now() + this.#options.lockMs; ;) {
      try {
        return await giveBack();
      } catch (error) {
        if (isLostJob(error)) return; // with the server's memory, or to a worker that took it for stalled
        this.#options.onError(error);
        if (!isOutage(error) || this.#stopping.signal.aborted || performance.now() > until) return;
      }
      await delay(GIVE_BACK_PAUSE_MS);
    }
  }

  #prolongLocks(): void {
    for (const [taken, worker] of this.#locked) worker.prolong(taken).catch(() => undefined); // the next one may succeed
  }
}
