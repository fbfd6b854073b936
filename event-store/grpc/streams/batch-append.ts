/**
 * BatchAppend: many appends over one call, each answered exactly once, in the order in which they become durable. Large batches come in
 * parts. A call with too many appends in flight is not read until some are done, so its client waits.
 */
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { isEventStoreError } from '../../errors.ts';
import type { AppendResult, EventStore, EventStoreErrorCode, ExpectedRevision } from '../../store.ts';
import type { AccessControl } from '../access/acl.ts';
import type { CallContext, Logger, Send } from '../calls/calls.ts';
import { sizeOf } from './append.ts';
import { encodeBatchAppended, encodeBatchFailed, type BatchFailure, type BatchOptions, type BatchRequest } from '../wire/batch-append.ts';

/** Appends of one call that the store has not finished, plus answers that the client has not taken. */
const IN_FLIGHT_MAX = 4_096;
/** Batches of one call with parts still to come; each is bounded by the maximum append size. */
const INCOMPLETE_MAX = 128;
/** The deadline of an append that names none, or a later one. */
const WRITE_TIMEOUT_MS = 10_000;
const DEADLINE_CHECK_MS = 500;

type Dependencies = {
  readonly store: Pick<EventStore, 'append'>;
  readonly access: AccessControl;
  readonly maxAppendBytes: number;
  readonly now: () => number;
  readonly monotonicMs: () => number;
  readonly logger: Logger;
};

type Batch = {
  readonly correlation: Buffer;
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly deadlineMs: number;
  events: BatchRequest['events'];
  bytes: number;
};

export function handleBatchAppend(dependencies: Dependencies) {
  return async (call: Call, send: Send, context: CallContext): Promise<void> => {
    const session = new BatchAppendSession(dependencies, call, send, context);
    await session.run();
  };
}

type Call = ServerDuplexStream<BatchRequest, Buffer>;

class BatchAppendSession {
  readonly #dependencies: Dependencies;
  readonly #call: Call;
  readonly #send: Send;
  readonly #context: CallContext;
  readonly #incomplete = new Map<string, Batch>();
  /** Batches without an answer. A batch that times out is removed, and the store's late result is dropped. */
  readonly #open = new Set<Batch>();
  #inFlight = 0;
  #hasEnded = false;
  #finish = () => {};

  constructor(dependencies: Dependencies, call: Call, send: Send, context: CallContext) {
    this.#dependencies = dependencies;
    this.#call = call;
    this.#send = send;
    this.#context = context;
  }

  /** Resolves when the client has half-closed, or the server stops, and every answer is sent; or when the call is over. */
  async run(): Promise<void> {
    const { signal, stopping } = this.#context;
    const deadlines = setInterval(() => this.#timeOut(), DEADLINE_CHECK_MS).unref();
    await new Promise<void>((resolve) => {
      this.#finish = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
      this.#call.on('data', (part: BatchRequest) => this.#take(part));
      this.#call.on('end', () => this.#end());
      stopping.addEventListener('abort', () => this.#end(), { once: true });
    });
    clearInterval(deadlines);
  }

  /** Takes no more batches. */
  #end(): void {
    this.#hasEnded = true;
    this.#finishIfIdle();
  }

  #take(part: BatchRequest): void {
    if (this.#hasEnded) return;
    const key = part.correlation.toString('latin1');
    const batch = this.#incomplete.get(key) ?? this.#begin(part);
    if (batch === undefined) return;
    const failure = this.#add(batch, part);
    if (failure !== undefined) return this.#fail(batch, failure);
    if (part.isFinal) {
      this.#incomplete.delete(key);
      void this.#append(batch);
    } else if (this.#incomplete.size >= INCOMPLETE_MAX && !this.#incomplete.has(key)) this.#fail(batch, TOO_MANY);
    else this.#incomplete.set(key, batch);
  }

  /** Parts of a batch that is already answered have no batch to join, and are dropped. */
  #begin({ correlation, options }: BatchRequest): Batch | undefined {
    if (options === undefined) return undefined;
    const { now, monotonicMs } = this.#dependencies;
    const { stream, expected } = options;
    const deadlineMs = monotonicMs() + timeLeftMs(options, now());
    const failure = invalidOptions(options) ?? this.#accessFailure(stream) ?? (deadlineMs <= monotonicMs() ? TIMEOUT : undefined);
    if (failure !== undefined || expected === undefined) {
      this.#reply(encodeBatchFailed({ correlation, stream }, failure ?? NO_EXPECTATION));
      return undefined;
    }
    const batch: Batch = { correlation, stream, expected, deadlineMs, events: [], bytes: 0 };
    this.#open.add(batch);
    return batch;
  }

  #accessFailure(stream: string): BatchFailure | undefined {
    if (this.#dependencies.access.mayUse(this.#context.caller, 'write', stream)) return undefined;
    this.#context.reportDenied();
    return DENIED;
  }

  #add(batch: Batch, { events, fault }: BatchRequest): BatchFailure | undefined {
    if (fault !== undefined) return { type: 'BadRequest', message: fault };
    for (const event of events) batch.bytes += sizeOf(event);
    const maxBytes = this.#dependencies.maxAppendBytes;
    if (batch.bytes > maxBytes) return { type: 'MaximumAppendSizeExceeded', maxBytes };
    batch.events = batch.events.length === 0 ? events : [...batch.events, ...events];
    return undefined;
  }

  async #append(batch: Batch): Promise<void> {
    const { store, maxAppendBytes, logger } = this.#dependencies;
    this.#hold();
    const answer = await store.append(batch.stream, batch.events, batch.expected).then(
      (result) => answerTo(batch, result),
      (error: unknown) => encodeBatchFailed(batch, failureIn(error, maxAppendBytes, logger)),
    );
    if (this.#open.delete(batch)) this.#reply(answer);
    this.#release();
  }

  #fail(batch: Batch, failure: BatchFailure): void {
    this.#incomplete.delete(batch.correlation.toString('latin1'));
    if (this.#open.delete(batch)) this.#reply(encodeBatchFailed(batch, failure));
  }

  #reply(answer: Buffer): void {
    const wait = this.#send(answer);
    if (wait === undefined) return;
    this.#hold();
    void wait.then(() => this.#release());
  }

  #hold(): void {
    if (++this.#inFlight === IN_FLIGHT_MAX) this.#call.pause();
  }

  #release(): void {
    if (this.#inFlight-- === IN_FLIGHT_MAX) this.#call.resume();
    this.#finishIfIdle();
  }

  #timeOut(): void {
    const nowMs = this.#dependencies.monotonicMs();
    for (const batch of this.#open) if (batch.deadlineMs <= nowMs) this.#fail(batch, TIMEOUT);
  }

  #finishIfIdle(): void {
    if (this.#hasEnded && this.#inFlight === 0) this.#finish();
  }
}

const TIMEOUT: BatchFailure = { type: 'Timeout' };
const DENIED: BatchFailure = { type: 'AccessDenied' };
const TOO_MANY: BatchFailure = { type: 'BadRequest', message: `At most ${INCOMPLETE_MAX} batches of a call may be incomplete at once.` };
const NO_EXPECTATION: BatchFailure = { type: 'BadRequest', message: 'The expected stream position is not set.' };

function invalidOptions({ stream }: BatchOptions): BatchFailure | undefined {
  return stream === '' ? { type: 'BadRequest', message: 'Required field StreamIdentifier not set.' } : undefined;
}

/** A deadline is a time of the client's clock, or a duration. */
function timeLeftMs({ deadline }: BatchOptions, nowMs: number): number {
  if (deadline === undefined) return WRITE_TIMEOUT_MS;
  return Math.min('at' in deadline ? deadline.at - nowMs : deadline.in, WRITE_TIMEOUT_MS);
}

function answerTo(batch: Batch, result: AppendResult): Buffer {
  switch (result.outcome) {
    case 'appended':
      return encodeBatchAppended(batch, result);
    case 'wrong-expected-revision':
      return encodeBatchFailed(batch, { type: 'WrongExpectedVersion', expected: batch.expected, current: result.current });
    case 'stream-deleted':
      return encodeBatchFailed(batch, { type: 'StreamDeleted' });
  }
}

const BAD_REQUESTS: ReadonlySet<string> = new Set<EventStoreErrorCode>([
  'event-invalid',
  'stream-name-invalid',
  'metadata-invalid',
  'expected-revision-invalid',
]);

function failureIn(error: unknown, maxBytes: number, logger: Logger): BatchFailure {
  if (isEventStoreError(error)) {
    if (error.code === 'append-too-large') return { type: 'MaximumAppendSizeExceeded', maxBytes };
    if (BAD_REQUESTS.has(error.code)) return { type: 'BadRequest', message: error.message };
  }
  logger.error({ err: error }, 'append failed');
  return { type: 'Unknown' };
}
