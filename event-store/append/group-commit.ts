/**
 * Group commit. One commit is in progress at a time; requests that arrive meanwhile join the next, are decided in order of
 * arrival, and are acknowledged when the disk has them. So no decision rests on a write that may still fail.
 */
import { planRequest, startPlan, writePlan, type CommitPlan, type WriteRequest, type WrittenPlan } from './commit-plan.ts';
import { isCurrent } from '../storage/data-file.ts';
import { eventStoreError, isEventStoreError } from '../errors.ts';
import { decodeHead, HEAD_FACT, isSameHead, type Head } from '../storage/head-record.ts';
import type { AppendResult } from '../store.ts';
import { rememberState } from '../storage/stream-state.ts';
import type { Log } from '../storage/log.ts';

export const COMMIT_EVENTS_MAX = 4_096; // approximate; the rest of the queue goes into the next commit
const COMMIT_BYTES_MAX = 16 * 1_048_576; // of event data, approximate, so that a commit stays short
const QUEUED_BYTES_MAX = 256 * 1_048_576; // of event data, in appends that are not decided yet

type QueuedRequest = WriteRequest & { readonly bytes: number; readonly resolve: (result: AppendResult) => void; readonly reject: (error: unknown) => void };

/** Work that runs while no commit is in progress. It returns the head afterwards. */
type ExclusiveWork = { readonly kind: 'exclusive'; readonly run: () => Promise<Head>; readonly resolve: () => void; readonly reject: (error: unknown) => void };

export class GroupCommit {
  readonly #log: Log;
  #queue: (QueuedRequest | ExclusiveWork)[] = [];
  #queuedBytes = 0;
  #running: Promise<void> | undefined;
  #closed = false;
  #failure: Error | undefined; // the answer to every request once the file is in doubt
  #createdMs = 0; // of the last commit, milliseconds since the Unix epoch

  constructor(log: Log) {
    this.#log = log;
  }

  /** Resolves with the decision, once what it appends is on the disk. */
  submit(request: WriteRequest, bytes: number): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      if (this.#queuedBytes + bytes > QUEUED_BYTES_MAX) {
        reject(eventStoreError('overloaded', `More than ${QUEUED_BYTES_MAX} bytes are already waiting to be written. Try again later.`));
        return;
      }
      this.#enqueue({ ...request, bytes, resolve, reject });
      this.#queuedBytes += bytes;
    });
  }

  runExclusively(run: () => Promise<Head>): Promise<void> {
    return new Promise((resolve, reject) => this.#enqueue({ kind: 'exclusive', run, resolve, reject }));
  }

  /** Refuses new requests, and resolves when the queued ones are answered. */
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
        await new Promise((resolve) => setImmediate(resolve)); // so that callers answered just now, or calling in this turn, join the commit
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

  /** The queue up to a commit's limits, or up to exclusive work. */
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
        request.reject(error); // for example a damaged record; a request that throws has planned nothing
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
    let written: WrittenPlan | undefined;
    for (const position of plan.setAside) this.#log.setAside.add(position); // before readers can meet the hole
    try {
      await this.#log.tables.root.batch(() => {
        written = writePlan(plan);
      });
      if ((await written?.areAppended) !== true)
        throw eventStoreError('store-corrupted', `The log has a record beyond its head, at or after position ${plan.log.flushed.head.nextPosition}.`);
    } catch (error) {
      for (const position of plan.setAside) this.#log.setAside.delete(position);
      throw await this.#writeFailed(error, { allPut: written !== undefined, before: this.#log.flushed.head });
    }
    return written!.head;
  }

  #publish(plan: CommitPlan, head: Head): void {
    for (const [name, { state }] of plan.streams) rememberState(this.#log, name, state);
    if (plan.setAside.size === 0) this.#log.tailCache.add(plan.events.map(({ record }) => record));
    else this.#log.tailCache.clear(head.nextPosition); // so that the event is not served from memory either
    if (plan.setAside.size > 0) this.#log.states.clear(); // in case it was a stream's metadata
    this.#log.flushed.publish(head, plan.streams.keys(), new Set(plan.events.map(({ type }) => type)));
  }

  async #runExclusive(work: ExclusiveWork): Promise<void> {
    const before = this.#log.flushed.head;
    try {
      this.#throwIfFailed();
      const head = await work.run();
      this.#log.tailCache.clear(head.nextPosition); // so that removed events are not served from memory either
      this.#log.flushed.publish(head, [], new Set());
      work.resolve();
    } catch (error) {
      work.reject(isEventStoreError(error) ? error : await this.#writeFailed(error, { allPut: true, before }));
    }
  }

  /**
   * LMDB drops a commit that fails, and a failed compaction leaves the file it copied. Where a part of it is visible all the same,
   * or another file is current, the file is in doubt and the store must be opened again.
   */
  async #writeFailed(error: unknown, { allPut, before }: { readonly allPut: boolean; readonly before: Head }): Promise<Error> {
    const cause = await commitError(error);
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (!allPut || !this.#isStillHead(before)) {
      this.#failure = eventStoreError(
        'write-failed',
        `The disk failed (${reason}) and the data file is in doubt. The store refuses writes until it is opened again.`,
        cause,
      );
      return this.#failure;
    }
    this.#log.flushed.expectScavenged(before.scavengedBelow);
    return eventStoreError('write-failed', `The write failed and nothing was appended: ${reason}`, cause);
  }

  /** Whether opening the store now would find this head in the open file. */
  #isStillHead(head: Head): boolean {
    try {
      if (!isCurrent(this.#log.tables.file)) return false;
      const stored = this.#log.tables.facts.get(HEAD_FACT);
      return stored !== undefined && isSameHead(decodeHead(stored), head);
    } catch {
      return false;
    }
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

/** lmdb rejects with 'Commit failed', and gives the reason in a promise on the error that rejects a moment later. */
async function commitError(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && 'commitError' in error)) return error;
  const told = Promise.resolve(error.commitError).catch((cause: unknown) => cause);
  const late = new Promise((resolve) => setTimeout(resolve, COMMIT_ERROR_WAIT_MS, error).unref());
  return Promise.race([told, late]);
}

const COMMIT_ERROR_WAIT_MS = 100;
