/** Runs operations that read much on threads of their own, beside the one that serves. */
import { Worker } from 'node:worker_threads';
import { setTimeout as delay } from 'node:timers/promises';
import { ControlFailure, type EncodedLines } from '../protocol.ts';
import type { FromThread, Reading, ThreadConfig, ToThread } from './messages.ts';

/** A thread that has nothing to do ends then; several operations often follow each other. */
const IDLE_MS = 5_000;
/** Each needs some 50 MB. */
const THREADS_MAX = 4;
/** A thread closes its files first. */
const CLOSING_MAX_MS = 5_000;

export type ReadingThreads = AsyncDisposable & {
  /** Throws `ControlFailure`. */
  run(reading: Reading, signal: AbortSignal): AsyncIterable<EncodedLines>;
};

export function createReadingThreads(config: ThreadConfig): ReadingThreads {
  const idle = new Set<Thread>();
  const all = new Set<Thread>();
  const take = (): Thread => {
    const [waiting] = idle;
    if (waiting !== undefined) {
      idle.delete(waiting);
      return waiting;
    }
    if (all.size >= THREADS_MAX) throw new ControlFailure('failed', `${THREADS_MAX} exports, backups and the like run already; try again when one has ended.`);
    const thread = startThread(config);
    all.add(thread);
    void thread.ended.then(() => {
      all.delete(thread);
      idle.delete(thread);
    });
    return thread;
  };
  const leave = (thread: Thread) => {
    if (!all.has(thread)) return;
    idle.add(thread);
    setTimeout(() => void (idle.delete(thread) && thread.close()), IDLE_MS).unref();
  };
  return {
    run: async function* (reading, signal) {
      const thread = take();
      try {
        yield* thread.run(reading, signal);
      } finally {
        leave(thread);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(Array.from(all, (thread) => thread.close()));
    },
  };
}

type Thread = {
  run(reading: Reading, signal: AbortSignal): AsyncIterable<EncodedLines>;
  close(): Promise<void>;
  readonly ended: Promise<void>;
};

function startThread(config: ThreadConfig): Thread {
  const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: config, execArgv: [] }); // the process's own flags are not for the worker
  const tell = (message: ToThread) => worker.postMessage(message);
  const inbox = inboxOf(worker);
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  return {
    ended,
    run: async function* (reading, signal) {
      const cancel = () => tell({ is: 'cancel' });
      let isOver = false;
      const next = async () => {
        const message = await inbox.next();
        isOver = message.is !== 'lines';
        return message;
      };
      tell({ is: 'run', reading });
      signal.addEventListener('abort', cancel, { once: true });
      if (signal.aborted) cancel();
      try {
        for (let message = await next(); ; message = await next()) {
          if (message.is === 'ended') return;
          if (message.is === 'failed') throw new ControlFailure(message.code, message.message);
          yield message.lines;
          tell({ is: 'more' });
        }
      } finally {
        signal.removeEventListener('abort', cancel);
        if (!isOver) cancel(); // nobody takes the rest
        while (!isOver) await next();
      }
    },
    close: async () => {
      tell({ is: 'close' });
      await Promise.race([ended, delay(CLOSING_MAX_MS, undefined, { ref: false })]);
      await worker.terminate();
    },
  };
}

/** What a thread has said, in order; a failure when it has ended. */
function inboxOf(worker: Worker): { next(): Promise<FromThread> } {
  const said: FromThread[] = [];
  let wake = () => {};
  let failure: FromThread | undefined;
  const put = (message: FromThread) => {
    said.push(message);
    wake();
  };
  const fail = (reason: string) => put((failure ??= { is: 'failed', code: 'failed', message: reason }));
  worker.on('message', put);
  worker.on('error', (error: Error) => fail(`The thread that read has failed: ${error.message}`));
  worker.once('exit', (code) => fail(`The thread that read has ended with code ${code}.`));
  return {
    next: async () => {
      while (said.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return said.shift() ?? failure ?? { is: 'ended' };
    },
  };
}
