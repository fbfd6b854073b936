/**
 * A worker thread that owns a resource and handles calls one after the other, so that the calling event loop never waits for a disk.
 * Both sides are here: `startWorkerThread` is the caller's, `serveCalls` the worker's.
 */
import { parentPort, Worker } from 'node:worker_threads';

/** By name: the calls that a thread handles. Arguments and answers cross by structured clone. `close` is its last call. */
export type CallHandlers = { readonly [name: string]: (argument: never) => unknown } & { readonly close: () => void };

export type WorkerThread<Handling extends CallHandlers> = AsyncDisposable & {
  /** Rejects with the handler's error, or with the reason why the thread has ended. */
  call<Name extends keyof Handling & string>(name: Name, argument: Parameters<Handling[Name]>[0]): Promise<ReturnType<Handling[Name]>>;
};

type CallRequest = { readonly number: number; readonly name: string; readonly argument: unknown };
type CallResponse = { readonly number: number; readonly value: unknown } | { readonly number: number; readonly error: unknown };
type PendingCall = { readonly resolve: (value: unknown) => void; readonly reject: (error: unknown) => void };

/** The number of the response that says that the thread's module has run to its end. */
const READY = 0;

/** Resolves once the thread's module has run; rejects with its error. */
export async function startWorkerThread<Handling extends CallHandlers>(module: URL, config: unknown): Promise<WorkerThread<Handling>> {
  const worker = new Worker(module, { workerData: config, execArgv: [] }); // the process's own flags are not for the worker
  const pending = new Map<number, PendingCall>();
  let calls = READY;
  let ended: Error | undefined;

  const rejectAll = (reason: unknown) => {
    ended ??= localError(reason);
    for (const { reject } of pending.values()) reject(ended);
    pending.clear();
  };
  worker.on('message', (response: CallResponse) => {
    const one = pending.get(response.number);
    pending.delete(response.number);
    if ('error' in response) one?.reject(localError(response.error));
    else one?.resolve(response.value);
  });
  worker.on('error', rejectAll);
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      rejectAll(new Error(`The thread ${module.pathname} has ended with code ${code}.`));
      resolve();
    });
  });

  const responseTo = (number: number) => new Promise<unknown>((resolve, reject) => pending.set(number, { resolve, reject }));
  await responseTo(READY);

  const call = async (name: string, argument: unknown): Promise<unknown> => {
    if (ended !== undefined) throw ended;
    const number = ++calls;
    const response = responseTo(number);
    worker.postMessage({ number, name, argument } satisfies CallRequest);
    return await response;
  };
  let closing: Promise<void> | undefined;
  const close = async () => {
    if (ended === undefined) await call('close', undefined);
    await exited;
  };
  return {
    call: call as WorkerThread<Handling>['call'],
    [Symbol.asyncDispose]: () => (closing ??= close()),
  };
}

/** An error of this thread, with a stack that leads to the caller. */
const localError = (reason: unknown): Error => new Error(reason instanceof Error ? reason.message : String(reason), { cause: reason });

/** The last thing that a thread's module does. The thread ends after `close`. */
export function serveCalls(handlers: CallHandlers): void {
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
