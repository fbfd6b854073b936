/**
 * Adapts our handlers to grpc-js. A handler gets the caller and a signal that aborts when the call ends, and returns a response or a
 * refusal. Sending waits for the client, so a slow client costs what fits in the window of its connection.
 */
import {
  status,
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type Metadata,
  type ServerDuplexStream,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import type { Writable } from 'node:stream';
import { isRefusal, refusalOfError, shuttingDown, unavailable, type Refusal } from '../wire/refusals.ts';
import { addressOf } from '../access/guess-limit.ts';
import { loginOf, type Authenticator, type Caller } from '../access/authentication.ts';
import { loggedLogin, type SecurityLog } from '../access/security-event.ts';

export type CallContext = {
  readonly caller: Caller;
  readonly connectionName: string;
  readonly peer: string;
  /** The host and port that the client connected to, as it names them. */
  readonly authority: string;
  /** Aborts when the client disconnects, its deadline passes, or the server stops; of a call that writes, only some time after the server begins to stop. */
  readonly signal: AbortSignal;
  /** Aborts when the server begins to stop. */
  readonly stopping: AbortSignal;
  /** Tells the security log of access that is denied within a call; a call refused as a whole is told of anyway. */
  readonly reportDenied: () => void;
};

/** Returns undefined when the client can take more at once, else a promise of that. Does nothing after the call has ended. */
export type Send = (message: Buffer) => Promise<void> | undefined;

export type Logger = {
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
};

export type CallAdapter = ReturnType<typeof adaptCalls>;

/** Reads end at once when the server stops, with CANCELLED. Writes get some time for their answer, and then end with UNAVAILABLE. */
type CallPurpose = 'read' | 'write';

/** Writes in progress get so long for their answer when the server stops. */
const ANSWER_GRACE_MS = 500;

type Dependencies = {
  readonly authenticator: Authenticator;
  readonly logger: Logger;
  readonly securityLog: SecurityLog;
  readonly stopping: AbortSignal;
};

export function adaptCalls({ authenticator, logger, securityLog, stopping }: Dependencies) {
  return {
    unary:
      <Request, Response>(handle: (request: Request, context: CallContext) => Promise<Response | Refusal>): handleUnaryCall<Request, Response> =>
      (call, callback) => {
        void run(call, 'write', (context) => handle(call.request, context)).then((result) =>
          isRefusal(result) ? callback(toServiceError(result)) : callback(null, result),
        );
      },

    clientStream:
      <Request, Response>(
        handle: (requests: AsyncIterable<Request>, context: CallContext) => Promise<Response | Refusal>,
      ): handleClientStreamingCall<Request, Response> =>
      (call, callback) => {
        void run(call, 'write', (context) => handle(call, context)).then((result) =>
          isRefusal(result) ? callback(toServiceError(result)) : callback(null, result),
        );
      },

    serverStream:
      <Request>(handle: (request: Request, send: Send, context: CallContext) => Promise<Refusal | void>): handleServerStreamingCall<Request, Buffer> =>
      (call) => {
        void run(call, 'read', (context) => handle(call.request, senderTo(call, context.signal), context)).then((result) => finish(call, result));
      },

    duplex:
      <Request>(
        purpose: CallPurpose,
        handle: (call: ServerDuplexStream<Request, Buffer>, send: Send, context: CallContext) => Promise<Refusal | void>,
      ): handleBidiStreamingCall<Request, Buffer> =>
      (call) => {
        void run(call, purpose, (context) => handle(call, senderTo(call, context.signal), context)).then((result) => finish(call, result));
      },
  };

  async function run<Result>(call: AnyCall, purpose: CallPurpose, handle: (context: CallContext) => Promise<Result>): Promise<Result | Refusal> {
    if (stopping.aborted) return unavailable();
    const address = addressOf(call.getPeer());
    const caller = authenticator.authenticate(call.metadata, address);
    if (isRefusal(caller)) return caller;
    const whenStopping = purpose === 'read' ? shuttingDown : unavailable;
    const reportDenied = () => securityLog({ kind: 'access-denied', login: loggedLogin(loginOf(caller)), address, method: call.getPath() });
    const over = endOf(call, stopping, purpose);
    const result = await Promise.race([
      handle({ ...contextOf(call), caller, signal: over.signal, stopping, reportDenied }).catch((error: unknown) =>
        stopping.aborted ? whenStopping() : refusalOfError(error),
      ),
      ...(purpose === 'write' ? [over.stopped.then(unavailable)] : []),
    ]);
    over.release();
    const hasFailed = isRefusal(result) && result.cause !== undefined;
    if (stopping.aborted && (result === undefined || hasFailed)) return whenStopping();
    if (hasFailed && !over.signal.aborted) logger.error({ err: result.cause }, 'call failed');
    if (isRefusal(result) && result.code === status.PERMISSION_DENIED) reportDenied();
    return result;
  }
}

type AnyCall = {
  readonly metadata: Metadata;
  getPeer(): string;
  getPath(): string;
  getHost(): string;
  once(event: 'cancelled', listener: () => void): unknown;
};

const contextOf = (call: AnyCall) => ({
  connectionName: String(call.metadata.get('connection-name')[0] ?? '<unknown>'),
  peer: call.getPeer(),
  authority: call.getHost(),
});

/** `signal` aborts when the call is over; `stopped` resolves where that is because the server stops. */
function endOf(call: AnyCall, stopping: AbortSignal, purpose: CallPurpose) {
  const over = new AbortController();
  const stopped = Promise.withResolvers<void>();
  const stop = () => {
    over.abort();
    stopped.resolve();
  };
  let grace: NodeJS.Timeout | undefined;
  const beginToStop = () => {
    if (purpose === 'read') stop();
    else grace = setTimeout(stop, ANSWER_GRACE_MS);
  };
  const release = () => {
    clearTimeout(grace);
    stopping.removeEventListener('abort', beginToStop);
  };
  call.once('cancelled', () => over.abort());
  stopping.addEventListener('abort', beginToStop, { once: true });
  return { signal: over.signal, stopped: stopped.promise, release };
}

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
