/**
 * Adapts our handlers to grpc-js. A handler gets the caller and a signal that aborts when the call ends, and returns a response or a
 * refusal. Sending waits for the client, so a slow client costs what fits in the window of its connection.
 */
import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  Metadata,
  ServerDuplexStream,
  ServerWritableStream,
} from '@grpc/grpc-js';
import type { Writable } from 'node:stream';
import { refusalOfError, isRefusal, shuttingDown, type Refusal } from '../wire/refusals.ts';
import type { Caller, Authenticator } from '../access/authentication.ts';

export type CallContext = {
  readonly caller: Caller;
  readonly connectionName: string;
  readonly peer: string;
  /** Aborts when the client disconnects, its deadline passes, or the server stops. */
  readonly signal: AbortSignal;
};

/** Returns undefined when the client can take more at once, else a promise of that. Does nothing after the call has ended. */
export type Send = (message: Buffer) => Promise<void> | undefined;

export type Logger = {
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
};

export type CallAdapter = ReturnType<typeof adaptCalls>;

export function adaptCalls({ users, log, stopping }: { readonly users: Authenticator; readonly log: Logger; readonly stopping: AbortSignal }) {
  return {
    unary:
      <Request, Response>(answer: (request: Request, context: CallContext) => Promise<Response | Refusal>): handleUnaryCall<Request, Response> =>
      (call, callback) => {
        void run(call, (context) => answer(call.request, context)).then((result) =>
          isRefusal(result) ? callback(toServiceError(result)) : callback(null, result),
        );
      },

    clientStream:
      <Request, Response>(
        answer: (requests: AsyncIterable<Request>, context: CallContext) => Promise<Response | Refusal>,
      ): handleClientStreamingCall<Request, Response> =>
      (call, callback) => {
        void run(call, (context) => answer(call, context)).then((result) => (isRefusal(result) ? callback(toServiceError(result)) : callback(null, result)));
      },

    serverStream:
      <Request>(answer: (request: Request, send: Send, context: CallContext) => Promise<Refusal | void>): handleServerStreamingCall<Request, Buffer> =>
      (call) => {
        void run(call, (context) => answer(call.request, senderTo(call, context.signal), context)).then((result) => finish(call, result));
      },

    duplex:
      <Request>(
        answer: (call: ServerDuplexStream<Request, Buffer>, send: Send, context: CallContext) => Promise<Refusal | void>,
      ): handleBidiStreamingCall<Request, Buffer> =>
      (call) => {
        void run(call, (context) => answer(call, senderTo(call, context.signal), context)).then((result) => finish(call, result));
      },
  };

  async function run<Result>(call: AnyCall, answer: (context: CallContext) => Promise<Result>): Promise<Result | Refusal> {
    if (stopping.aborted) return shuttingDown();
    const caller = users.authenticate(call.metadata);
    if (isRefusal(caller)) return caller;
    const over = new AbortController();
    const stop = () => over.abort();
    call.once('cancelled', stop);
    stopping.addEventListener('abort', stop, { once: true });
    const connectionName = String(call.metadata.get('connection-name')[0] ?? '<unknown>');
    const result = await answer({ caller, connectionName, peer: call.getPeer(), signal: over.signal }).catch((error: unknown) =>
      stopping.aborted ? shuttingDown() : refusalOfError(error),
    );
    stopping.removeEventListener('abort', stop);
    const hasFailed = isRefusal(result) && result.cause !== undefined;
    if (stopping.aborted && (result === undefined || hasFailed)) return shuttingDown();
    if (hasFailed && !over.signal.aborted) log.error({ err: result.cause }, 'call failed');
    return result;
  }
}

type AnyCall = {
  readonly metadata: Metadata;
  getPeer(): string;
  once(event: 'cancelled', listener: () => void): unknown;
};

function senderTo(stream: Writable, signal: AbortSignal): Send {
  let waiting: (() => void)[] = [];
  const wake = () => {
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  };
  stream.on('drain', wake);
  signal.addEventListener('abort', wake, { once: true });
  return (message) => {
    if (signal.aborted || stream.writableEnded || stream.write(message)) return undefined;
    return new Promise((resolve) => waiting.push(resolve));
  };
}

function finish(call: ServerWritableStream<unknown, Buffer> | ServerDuplexStream<unknown, Buffer>, result: Refusal | void): void {
  if (isRefusal(result)) call.emit('error', toServiceError(result));
  else call.end();
}

const toServiceError = ({ code, details, metadata }: Refusal) => Object.assign(new Error(details), { code, details, metadata });
