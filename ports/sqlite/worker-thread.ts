/**
 * A worker thread that owns a resource and does what it is asked, one call after the other, so that the event loop that asks
 * never waits for a disk. Both sides are here: `startThread` asks, `answerCalls` answers.
 */
import { parentPort, Worker } from 'node:worker_threads';

/** What a thread can do, by name. Arguments and answers cross by structured clone. `close` is its last call. */
export type Handlers = { readonly [name: string]: (argument: never) => unknown } & { readonly close: () => void };

export type WorkerThread<Handling extends Handlers> = AsyncDisposable & {
  /** Rejects with what the handler threw, or with the reason for which the thread is no more. */
  call<Name extends keyof Handling & string>(name: Name, argument: Parameters<Handling[Name]>[0]): Promise<ReturnType<Handling[Name]>>;
};

type CallRequest = { readonly number: number; readonly name: string; readonly argument: unknown };
type CallResponse = { readonly number: number; readonly value: unknown } | { readonly number: number; readonly error: unknown };
type PendingCall = { readonly resolve: (value: unknown) => void; readonly reject: (error: unknown) => void };

/** `ready` is the number of the answer that says that the thread's module has run to its end. */
const READY = 0;

/** Resolves once the thread's module has run; rejects with what it threw. */
export async function startWorkerThread<Handling extends Handlers>(module: URL, config: unknown): Promise<WorkerThread<Handling>> {
  const worker = new Worker(module, { workerData: config, execArgv: [] }); // what the process was started with is not meant for it
  const waiting = new Map<number, PendingCall>();
  let asked = READY;
  let gone: Error | undefined;

  const lose = (reason: unknown) => {
    gone ??= raised(reason);
    for (const { reject } of waiting.values()) reject(gone);
    waiting.clear();
  };
  worker.on('message', (answer: CallResponse) => {
    const one = waiting.get(answer.number);
    waiting.delete(answer.number);
    if ('error' in answer) one?.reject(raised(answer.error));
    else one?.resolve(answer.value);
  });
  worker.on('error', lose);
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      lose(new Error(`The thread ${module.pathname} has ended with code ${code}.`));
      resolve();
    });
  });

  const answerTo = (number: number) => new Promise<unknown>((resolve, reject) => waiting.set(number, { resolve, reject }));
  await answerTo(READY);

  const call = async (name: string, argument: unknown): Promise<unknown> => {
    if (gone !== undefined) throw gone;
    const number = ++asked;
    const answer = answerTo(number);
    worker.postMessage({ number, name, argument } satisfies CallRequest);
    return await answer;
  };
  let closing: Promise<void> | undefined;
  const close = async () => {
    if (gone === undefined) await call('close', undefined);
    await exited;
  };
  return {
    call: call as WorkerThread<Handling>['call'],
    [Symbol.asyncDispose]: () => (closing ??= close()),
  };
}

/** An error of this thread, with a stack that leads to who asked. */
const raised = (reason: unknown): Error => new Error(reason instanceof Error ? reason.message : String(reason), { cause: reason });

/** The last thing that a thread's module does. The thread ends after `close`. */
export function serveCalls(handlers: Handlers): void {
  if (parentPort === null) throw new Error('This module only runs as a worker thread.');
  const port = parentPort;
  port.on('message', ({ number, name, argument }: CallRequest) => {
    try {
      const value = (handlers[name] as (argument: unknown) => unknown)(argument);
      port.postMessage({ number, value } satisfies CallResponse);
    } catch (error) {
      port.postMessage({ number, error } satisfies CallResponse);
    } finally {
      if (name === 'close') port.close();
    }
  });
  port.postMessage({ number: READY, value: undefined } satisfies CallResponse);
}
