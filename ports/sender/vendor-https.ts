/**
 * Requests to a vendor over HTTPS: one connection pool an account, one deadline a request, no retries, no redirects followed, no proxy. A
 * request that fails says whether the vendor may have seen it, which is what decides between `retry` and `unknown`.
 */
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Instant } from '../../domain/shared/instant.ts';

/** What every sender over HTTPS takes beside its account. */
export type VendorOptions = {
  readonly clock: () => Instant;
  /** Of this installation, without a slash at its end: where vendors call back. Absent: they are asked for no callbacks. */
  readonly publicUrl?: string;
  /** Where the vendor is; absent: at its own address. */
  readonly connect?: VendorAddress;
};

/** `origin` is `https://host:port`; `ca` the authority of its certificate as PEM, where it isn't a public one. */
export type VendorAddress = { readonly origin: string; readonly ca?: string };

export type VendorRequest = {
  readonly method: 'GET' | 'POST';
  /** With the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the request stands in a trace. */
  readonly traceparent?: string | undefined;
  readonly body?: string;
  readonly signal: AbortSignal;
};

export type VendorAnswer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string };

/** No whole answer came. `isCertain`: nor has the vendor got the request. */
export class NoVendorAnswer extends Error {
  override readonly name = 'NoVendorAnswer';
  readonly isCertain: boolean;

  constructor(reason: string, { isCertain }: { readonly isCertain: boolean }) {
    super(reason);
    this.isCertain = isCertain;
  }
}

export type VendorHttps = AsyncDisposable & {
  /** Throws `NoVendorAnswer`. Any status is an answer. */
  ask(request: VendorRequest): Promise<VendorAnswer>;
};

/** Requests under way to one account; more wait within their deadlines. */
const CONNECTIONS_MAX = 64;
/** Shorter than vendors' load balancers leave connections open (60 s and more): one that they close under a request makes it `unknown`. */
const IDLE_MAX_MS = 15_000;
/** An answer to a message has some 2 kB, a page of a list some 50. */
const ANSWER_MAX_BYTES = 1_024 * 1_024;

export function openVendorHttps({ origin, ca }: VendorAddress): VendorHttps {
  const { hostname, port, protocol } = new URL(origin);
  if (protocol !== 'https:') throw new TypeError(`A vendor is reached over https:, not ${protocol}`);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX, timeout: IDLE_MAX_MS, ...(ca !== undefined && { ca }) });
  const stopping = new AbortController();
  const underWay = new Set<Promise<unknown>>();

  const ask = async (request: VendorRequest): Promise<VendorAnswer> => {
    const signal = AbortSignal.any([request.signal, stopping.signal]);
    if (signal.aborted) throw new NoVendorAnswer('deadline-passed', { isCertain: true });
    const answer = exchange({ hostname, port, agent, method: request.method, path: request.path, headers: headersOf(request), signal }, request.body);
    underWay.add(answer);
    try {
      return await answer;
    } finally {
      underWay.delete(answer);
    }
  };

  return {
    ask,
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await Promise.allSettled(underWay);
      agent.destroy();
    },
  };
}

function headersOf({ headers, traceparent, body }: VendorRequest): Readonly<Record<string, string>> {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return { ...headers, ...traceHeaders(traceparent), ...length };
}

export const traceHeaders = (traceparent: string | undefined): { readonly traceparent?: string } => (traceparent === undefined ? {} : { traceparent });

/** One request, over the agent of whoever asks. Throws `NoVendorAnswer`. */
export async function exchange(options: RequestOptions & { readonly signal: AbortSignal }, body: string | Buffer | undefined): Promise<VendorAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<VendorAnswer>();
  const { signal } = options;
  let mayHaveLeft = false;
  const fail = (error: Error) =>
    reject(new NoVendorAnswer(signal.aborted ? 'deadline-passed' : ((error as NodeJS.ErrnoException).code ?? error.message), { isCertain: !mayHaveLeft }));
  // A request that still waits for a connection tells nothing when it is aborted, and is never sent.
  const abort = () => fail(new Error('deadline-passed'));
  signal.addEventListener('abort', abort, { once: true });
  const request = httpsRequest(options, (response) => {
    readWhole(response).then((text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }), fail);
  });
  request.on('error', fail);
  // Nothing is written before the handshake is over: what fails until then has not left.
  request.on('socket', (socket) => {
    const left = () => {
      mayHaveLeft = true;
    };
    if (socket.connecting) (socket as TLSSocket).once('secureConnect', left);
    else left();
  });
  request.end(body);
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function readWhole(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > ANSWER_MAX_BYTES) throw new Error('answer-too-large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
