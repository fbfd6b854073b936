/**
 * A worker thread that owns a resource and handles calls one after the other, so that the calling event loop never waits for a disk.
 * Both sides are here: `startWorkerThread` is the caller's, `serveCalls` the worker's.
 */
import { parentPort, Worker } from 'node:worker_threads';

/** By name: the calls that a thread handles. Arguments and answers cross by structured clone. `close` is its last call. */
export type CallHandlers = { readonly [name: string]: (argument: never) => unknown } & { readonly close: () => void };

/** By the name of a call: handles several of them that came together, in their order. Where it throws, each is handled by itself. */
export type TogetherHandlers = { readonly [name: string]: (all: readonly never[]) => readonly unknown[] };

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
  worker.on('message', (responses: readonly CallResponse[]) => {
    for (const response of responses) {
      const one = pending.get(response.number);
      pending.delete(response.number);
      if ('error' in response) one?.reject(localError(response.error));
      else one?.resolve(response.value);
    }
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

  // A message costs more than what most calls say: those that are made in one turn of the event loop go together.
  let outgoing: CallRequest[] = [];
  const send = () => {
    const requests = outgoing;
    outgoing = [];
    try {
      worker.postMessage(requests);
    } catch (error) {
      for (const { number } of requests) {
        pending.get(number)?.reject(error);
        pending.delete(number);
      }
    }
  };
  const call = async (name: string, argument: unknown): Promise<unknown> => {
    if (ended !== undefined) throw ended;
    const number = ++calls;
    const response = responseTo(number);
    if (outgoing.push({ number, name, argument }) === 1) setImmediate(send);
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
export function serveCalls(handlers: CallHandlers, together: TogetherHandlers = {}): void {
  if (parentPort === null) throw new Error('This module only runs as a worker thread.');
  const port = parentPort;
  const answer = ({ number, name, argument }: CallRequest): CallResponse => {
    try {
      return { number, value: (handlers[name] as (argument: unknown) => unknown)(argument) };
    } catch (error) {
      return { number, error };
    }
  };
  const answerAll = (requests: readonly CallRequest[]): readonly CallResponse[] => {
    const [first, second] = requests;
    const handle = first && (together[first.name] as ((all: readonly unknown[]) => readonly unknown[]) | undefined);
    if (handle === undefined || second === undefined) return requests.map(answer);
    try {
      const values = handle(requests.map(({ argument }) => argument));
      return requests.map(({ number }, i) => ({ number, value: values[i] }));
    } catch {
      return requests.map(answer);
    }
  };
  port.on('message', (requests: readonly CallRequest[]) => {
    port.postMessage(runsOf(requests).flatMap(answerAll));
    if (requests.some(({ name }) => name === 'close')) port.close();
  });
  port.postMessage([{ number: READY, value: undefined }] satisfies readonly CallResponse[]);
}

/** Calls of one name that follow each other. */
function runsOf(requests: readonly CallRequest[]): readonly (readonly CallRequest[])[] {
  const runs: CallRequest[][] = [];
  for (const request of requests) {
    const last = runs.at(-1);
    if (last !== undefined && last[0]?.name === request.name) last.push(request);
    else runs.push([request]);
  }
  return runs;
}
