/**
 * Group commit. One commit is on its way at a time; all that is asked for meanwhile joins the next, is decided together in
 * the order it came, and is acknowledged when the disk has it. So no decision ever rests on something that may still fail.
 */
import { planRequest, startPlan, writePlan, type CommitPlan, type WriteRequest } from './commit-plan.ts';
import { isCurrent } from '../storage/data-file.ts';
import { eventStoreError, isEventStoreError } from '../errors.ts';
import { encodeHead, HEAD_FACT, type Head } from '../storage/flushed-head.ts';
import type { AppendResult } from '../store.ts';
import { rememberState, type Log } from '../storage/stream-state.ts';

export const COMMIT_EVENTS_MAX = 4_096; // about; what waits longer goes with the next commit
const COMMIT_BYTES_MAX = 16 * 1_048_576; // of event data, about, so that a commit stays short
const QUEUED_BYTES_MAX = 256 * 1_048_576; // of event data, in appends that aren't decided yet

type QueuedRequest = WriteRequest & { readonly bytes: number; readonly resolve: (result: AppendResult) => void; readonly reject: (error: unknown) => void };

/** Work that needs the log to itself: nothing is on its way while it runs. It says what the head is afterwards. */
type ExclusiveWork = { readonly kind: 'exclusive'; readonly run: () => Promise<Head>; readonly resolve: () => void; readonly reject: (error: unknown) => void };

export class GroupCommit {
  readonly #log: Log;
  #queue: (QueuedRequest | ExclusiveWork)[] = [];
  #queuedBytes = 0;
  #running: Promise<void> | undefined;
  #closed = false;
  #failure: Error | undefined; // what every request is answered once the file is in doubt
  #createdMs = 0; // of the last commit, milliseconds since the Unix epoch

  constructor(log: Log) {
    this.#log = log;
  }

  /** Resolves when what was decided is on the disk. */
  submit(request: WriteRequest, bytes: number): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      if (this.#queuedBytes + bytes > QUEUED_BYTES_MAX) {
        reject(eventStoreError('overloaded', `More than ${QUEUED_BYTES_MAX} bytes wait to be written already.`));
        return;
      }
      this.#enqueue({ ...request, bytes, resolve, reject });
      this.#queuedBytes += bytes;
    });
  }

  runExclusively(run: () => Promise<Head>): Promise<void> {
    return new Promise((resolve, reject) => this.#enqueue({ kind: 'exclusive', run, resolve, reject }));
  }

  /** Takes nothing more, and resolves when all that was taken is answered. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  #enqueue(request: QueuedRequest | ExclusiveWork): void {
    if (this.#closed) {
      request.reject(eventStoreError('store-closed', 'The event store is closed.'));
      return;
    }
    this.#queue.push(request);
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    try {
      while (true) {
        await new Promise((resolve) => setImmediate(resolve)); // whoever was just answered, or comes in the same turn, joins
        const [first] = this.#queue;
        if (first === undefined) return;
        if (first.kind === 'exclusive') {
          this.#queue.shift();
          await this.#runExclusive(first);
        } else await this.#commit(this.#takeBatch());
      }
    } finally {
      this.#running = undefined;
    }
  }

  /** What waits, up to a commit's limits or to work that wants the log to itself. */
  #takeBatch(): QueuedRequest[] {
    const taken: QueuedRequest[] = [];
    let events = 0;
    let bytes = 0;
    for (const request of this.#queue) {
      if (request.kind === 'exclusive' || events >= COMMIT_EVENTS_MAX || bytes >= COMMIT_BYTES_MAX) break;
      taken.push(request);
      events += request.kind === 'append' ? request.events.length : 1;
      bytes += request.bytes;
    }
    this.#queue = this.#queue.length === taken.length ? [] : this.#queue.slice(taken.length);
    this.#queuedBytes -= bytes;
    return taken;
  }

  async #commit(requests: readonly QueuedRequest[]): Promise<void> {
    this.#createdMs = Math.max(this.#createdMs, this.#log.now());
    const plan = startPlan(this.#log, this.#createdMs);
    const answers: { readonly request: QueuedRequest; readonly result: AppendResult }[] = [];
    for (const request of requests) {
      try {
        this.#throwIfFailed();
        answers.push({ request, result: planRequest(plan, request) });
      } catch (error) {
        request.reject(error); // a damaged record, say; deciding plans nothing before it can no longer fail
      }
    }
    try {
      if (plan.events.length > 0) this.#publish(plan, await this.#write(plan));
    } catch (error) {
      for (const { request } of answers) request.reject(error);
      return;
    }
    for (const { request, result } of answers) request.resolve(result);
  }

  async #write(plan: CommitPlan): Promise<Head> {
    let head: Head | undefined;
    try {
      await this.#log.tables.root.batch(() => {
        head = writePlan(plan);
      });
    } catch (error) {
      throw await this.#writeFailed(error, { allPut: head !== undefined, before: this.#log.flushed.head });
    }
    return head!;
  }

  #publish(plan: CommitPlan, head: Head): void {
    for (const [name, { state }] of plan.streams) rememberState(this.#log, name, state);
    this.#log.tailCache.add(plan.events.map(({ record }) => record));
    this.#log.flushed.publish(head, plan.streams.keys());
  }

  async #runExclusive(work: ExclusiveWork): Promise<void> {
    const before = this.#log.flushed.head;
    try {
      this.#throwIfFailed();
      const head = await work.run();
      this.#log.tailCache.clear(head.nextPosition); // what was removed is not shown from memory either
      this.#log.flushed.publish(head, []);
      work.resolve();
    } catch (error) {
      work.reject(isEventStoreError(error) ? error : await this.#writeFailed(error, { allPut: true, before }));
    }
  }

  /**
   * LMDB drops a commit that fails, and a compaction that fails leaves the file it copied. Should a part of it show all the same,
   * or another file be named, the file is in doubt, and the store must be opened again.
   */
  async #writeFailed(error: unknown, { allPut, before }: { readonly allPut: boolean; readonly before: Head }): Promise<Error> {
    const cause = await commitError(error);
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (!allPut || !this.#isStillHead(before)) {
      this.#failure = eventStoreError(
        'write-failed',
        `The disk failed (${reason}) and its file is in doubt; the store takes no more until it is opened again.`,
        cause,
      );
      return this.#failure;
    }
    this.#log.flushed.expectScavenged(before.scavengedBelow);
    return eventStoreError('write-failed', `It could not be written, and nothing of it was: ${reason}`, cause);
  }

  /** Whether an opening would find this head, in the file that is open. */
  #isStillHead(head: Head): boolean {
    try {
      if (!isCurrent(this.#log.tables.file)) return false;
      return this.#log.tables.facts.get(HEAD_FACT)?.equals(encodeHead(head)) === true;
    } catch {
      return false;
    }
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

/** lmdb rejects with 'Commit failed', and says why in a promise that it hangs on the error and rejects a moment later. */
async function commitError(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && 'commitError' in error)) return error;
  const told = Promise.resolve(error.commitError).catch((cause: unknown) => cause);
  const late = new Promise((resolve) => setTimeout(resolve, COMMIT_ERROR_WAIT_MS, error).unref());
  return Promise.race([told, late]);
}

const COMMIT_ERROR_WAIT_MS = 100;
