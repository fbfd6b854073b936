/**
 * Calls of `firebase-admin` that make one request each, end at their deadline, and say what became of that request. The SDK sends a message
 * up to five times by itself (after a 503, or a connection that broke, when the message may have been accepted) and waits as long between
 * as the server asks; there is no switch. So every request of a call is seen when it is created: those after the first to FCM are ended
 * before they leave.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { VendorRequest } from '../vendor-https.ts';

const FCM_HOST = 'fcm.googleapis.com';

/** `status` and `retryAfter` are of the answer, where at least its head came. */
export type CallResult<T> =
  { readonly value: T } | { readonly error: Error; readonly mayHaveLeft: boolean; readonly status?: number; readonly retryAfter?: string };

type Call = {
  readonly traceparent?: string | undefined;
  request?: ClientRequest;
  mayHaveLeft: boolean;
  status?: number;
  retryAfter?: string;
  /** Nothing of this call is sent any more. */
  hasEnded: boolean;
  readonly end: (error: Error) => void;
};

export type FcmCalls = Disposable & {
  /** Resolves when the signal aborts, at the latest, and never rejects. */
  run<T>(of: Pick<VendorRequest, 'signal' | 'traceparent'>, call: () => Promise<T>): Promise<CallResult<T>>;
};

export function observeFcmCalls(): FcmCalls {
  const calls = new AsyncLocalStorage<Call>();

  const observe = (message: unknown): void => {
    const call = calls.getStore();
    if (call === undefined) return;
    const { request } = message as { readonly request: ClientRequest };
    if (request.host !== FCM_HOST) return; // for an access token
    if (call.hasEnded || call.request !== undefined) {
      const error = new Error('One attempt makes one request.');
      request.destroy(error);
      return call.end(error);
    }
    watch(call, request);
  };
  subscribe('http.client.request.created', observe);

  return {
    run: async <T>({ signal, traceparent }: Pick<VendorRequest, 'signal' | 'traceparent'>, send: () => Promise<T>): Promise<CallResult<T>> => {
      if (signal.aborted) return { error: new Error('deadline-passed'), mayHaveLeft: false };
      const { promise, resolve } = Promise.withResolvers<CallResult<T>>();
      const call: Call = {
        traceparent,
        mayHaveLeft: false,
        hasEnded: false,
        end: (error) => {
          if (call.hasEnded) return;
          call.hasEnded = true;
          resolve({ error, ...reportOf(call) });
        },
      };
      const abort = () => {
        call.end(new Error('deadline-passed'));
        call.request?.destroy();
      };
      signal.addEventListener('abort', abort);
      try {
        calls.run(call, send).then(
          (value) => {
            call.hasEnded = true;
            resolve({ value });
          },
          (error: unknown) => call.end(error instanceof Error ? error : new Error(String(error))),
        );
        return await promise;
      } finally {
        signal.removeEventListener('abort', abort);
      }
    },
    [Symbol.dispose]: () => {
      unsubscribe('http.client.request.created', observe);
    },
  };
}

function reportOf({ mayHaveLeft, status, retryAfter }: Call): { readonly mayHaveLeft: boolean; readonly status?: number; readonly retryAfter?: string } {
  return { mayHaveLeft, ...(status !== undefined && { status }), ...(retryAfter !== undefined && { retryAfter }) };
}

function watch(call: Call, request: ClientRequest): void {
  call.request = request;
  // The SDK has no way to give a request a header; none has left where it has just been made.
  if (call.traceparent !== undefined) request.setHeader('traceparent', call.traceparent);
  // Nothing is written before the handshake is over: what fails until then has not left.
  request.once('socket', (socket) => {
    const left = () => {
      call.mayHaveLeft = true;
    };
    if (socket.connecting) (socket as TLSSocket).once('secureConnect', left);
    else left();
  });
  request.once('response', (response: IncomingMessage) => {
    const retryAfter = response.headers['retry-after'];
    if (response.statusCode !== undefined) call.status = response.statusCode;
    if (retryAfter !== undefined) call.retryAfter = retryAfter;
    // The SDK would wait so long before it sends again, with a timer that nobody can stop.
    delete response.headers['retry-after'];
    // An answer that breaks off: the SDK leaves its caller without a word.
    response.once('close', () => {
      if (!response.complete) call.end(new Error('answer-incomplete'));
    });
  });
}
