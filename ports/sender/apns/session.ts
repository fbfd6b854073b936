/**
 * One HTTP/2 connection to APNs, made when it is needed and made again when it is gone. A request that fails says whether APNs may have
 * taken it: not where the connection wasn't there, the stream had to wait for its turn, or APNs says that it did not look at it.
 */
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream, type OutgoingHttpHeaders } from 'node:http2';
import { once } from 'node:events';
import { NoVendorAnswer, type VendorAddress } from '../vendor-https.ts';

/** A connection on which nothing came for so long is asked whether it still stands: networks forget quiet ones without a word. */
const QUIET_MAX_MS = 60_000;
const PING_ANSWER_MAX_MS = 2_000;
/** The system itself would try for minutes, and longer apart each time. */
const CONNECT_MAX_MS = 8_000;
const ANSWER_MAX_BYTES = 64 * 1_024;

export type ApnsAnswer = { readonly status: number; readonly retryAfter?: string; readonly body: string };

export type ApnsSession = AsyncDisposable & {
  /** Throws `NoVendorAnswer`. Any status is an answer. */
  ask(request: { readonly headers: OutgoingHttpHeaders; readonly body: string; readonly signal: AbortSignal }): Promise<ApnsAnswer>;
};

type Connection = {
  readonly session: ClientHttp2Session;
  heardAtMs: number;
  /** Set once APNs has said that it takes no more: of later streams it has looked at none. */
  lastStreamId?: number;
};

export function openApnsSession({ origin, ca }: VendorAddress): ApnsSession {
  const stopping = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  let connected: Promise<Connection> | undefined;

  const forget = (gone: Promise<Connection>) => {
    if (connected === gone) connected = undefined;
  };
  const reconnect = (): Promise<Connection> => {
    const next = connectTo({ origin, ...(ca !== undefined && { ca }) }, () => forget(next));
    next.catch(() => forget(next));
    connected = next;
    return next;
  };
  const standing = async (): Promise<Connection> => {
    const known = connected;
    if (known === undefined) return await reconnect();
    const connection = await known;
    const isQuiet = performance.now() - connection.heardAtMs >= QUIET_MAX_MS;
    // One that is ending says so by an event that comes later.
    const isEnding = connection.session.closed || connection.session.destroyed;
    if (!isEnding && (!isQuiet || (await answersPing(connection)))) return connection;
    if (!isEnding) connection.session.destroy();
    forget(known);
    return await (connected ?? reconnect());
  };

  const ask: ApnsSession['ask'] = async (request) => {
    const signal = AbortSignal.any([request.signal, stopping.signal]);
    const connection = await beforeAbort(standing(), signal);
    const answer = exchange(connection, { ...request, signal });
    underWay.add(answer);
    try {
      return await answer;
    } catch (error) {
      // Others may be waiting on a connection that is gone without a word.
      if (request.signal.aborted) void answersPing(connection).then((answers) => answers || connection.session.destroy());
      throw error;
    } finally {
      underWay.delete(answer);
    }
  };

  return {
    ask,
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await Promise.allSettled(underWay);
      const last = await connected?.catch(() => undefined);
      if (last === undefined || last.session.destroyed) return;
      last.session.destroy();
      await once(last.session, 'close').catch(() => undefined);
    },
  };
}

async function connectTo({ origin, ca }: VendorAddress, onGone: () => void): Promise<Connection> {
  const session = connect(origin, ca === undefined ? {} : { ca });
  const connection: Connection = { session, heardAtMs: performance.now() };
  session.on('error', onGone);
  session.on('close', onGone);
  session.on('goaway', (_code: number, lastStreamId: number) => {
    connection.lastStreamId = lastStreamId;
    onGone();
  });
  const gone = () => {
    throw new Error('connection-closed');
  };
  const timer = setTimeout(() => session.destroy(new Error('connect-timed-out')), CONNECT_MAX_MS);
  try {
    await Promise.race([once(session, 'connect'), once(session, 'close').then(gone)]);
  } catch (error) {
    session.destroy();
    throw new NoVendorAnswer((error as NodeJS.ErrnoException).code ?? 'connection-closed', { isCertain: true });
  } finally {
    clearTimeout(timer);
  }
  return connection;
}

async function beforeAbort<T>(awaited: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(new NoVendorAnswer('deadline-passed', { isCertain: true }));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([promise, awaited]);
  } finally {
    signal.removeEventListener('abort', abort);
    awaited.catch(() => undefined);
  }
}

async function exchange(connection: Connection, { headers, body, signal }: Parameters<ApnsSession['ask']>[0]): Promise<ApnsAnswer> {
  const stream = streamOn(connection, headers);
  const { promise, resolve, reject } = Promise.withResolvers<ApnsAnswer>();
  let answer: { status: number; retryAfter?: string } | undefined;
  let text = '';
  const abort = () => stream.close(constants.NGHTTP2_CANCEL);

  stream.setEncoding('utf8');
  stream.on('response', (received) => {
    connection.heardAtMs = performance.now();
    const retryAfter = received['retry-after'];
    answer = { status: received[':status'] ?? 0, ...(typeof retryAfter === 'string' && { retryAfter }) };
  });
  stream.on('data', (chunk: string) => {
    text += chunk;
    if (text.length > ANSWER_MAX_BYTES) abort();
  });
  stream.on('end', () => answer !== undefined && resolve({ ...answer, body: text }));
  stream.on('error', () => undefined); // 'close' follows
  stream.on('close', () => {
    const isCertain = isUntouched(stream, connection);
    reject(new NoVendorAnswer(signal.aborted ? 'deadline-passed' : isCertain ? 'not-taken' : 'connection-lost', { isCertain }));
  });
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  stream.end(body);
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function streamOn({ session }: Connection, headers: OutgoingHttpHeaders): ClientHttp2Stream {
  try {
    return session.request(headers);
  } catch (error) {
    // The connection ended since it was looked at.
    throw new NoVendorAnswer((error as NodeJS.ErrnoException).code ?? 'connection-closed', { isCertain: true });
  }
}

/** A stream without an id never left; one that is refused, or younger than the last that APNs has looked at, was not taken. */
function isUntouched(stream: ClientHttp2Stream, { lastStreamId }: Connection): boolean {
  const { id, rstCode } = stream;
  return id === undefined || rstCode === constants.NGHTTP2_REFUSED_STREAM || (lastStreamId !== undefined && id > lastStreamId);
}

async function answersPing(connection: Connection): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), PING_ANSWER_MAX_MS);
  try {
    const isSent = connection.session.ping((error) => resolve(error === null));
    if (!isSent) resolve(false);
    const answers = await promise;
    if (answers) connection.heardAtMs = performance.now();
    return answers;
  } catch {
    return false; // it is closed
  } finally {
    clearTimeout(timer);
  }
}
