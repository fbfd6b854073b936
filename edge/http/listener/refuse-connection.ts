/**
 * Refuses a connection on which there is no request that could be answered: bytes that are not HTTP, a request that takes too long,
 * an upgrade. The refusal is a problem like all others, and ends the connection.
 */
import { STATUS_CODES, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { PROBLEM_MEDIA_TYPE, problemOf, retryAfterSecondsOf, type EdgeRefusal } from '../../problem.ts';

export function refuseConnection(stream: Duplex, refusal: EdgeRefusal, headers: Readonly<Record<string, string>> = {}): void {
  const problem = problemOf(refusal);
  const body = JSON.stringify(problem);
  const retryAfterSeconds = retryAfterSecondsOf(refusal);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'Connection: close',
    `Content-Type: ${PROBLEM_MEDIA_TYPE}; charset=utf-8`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(retryAfterSeconds === undefined ? [] : [`Retry-After: ${retryAfterSeconds}`]),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  stream.on('error', ignore);
  stream.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** `isAwaited`: a response to a whole request is not sent yet; a refusal would be taken for it, or for a part of it. */
type RefuseConfig = { readonly headerBytesMax: number; readonly isAwaited: (stream: Duplex) => boolean };

/** Replaces Node's own answers, which have no body. */
export function refuseUnreadable(server: Server, { headerBytesMax, isAwaited }: RefuseConfig): void {
  server.on('clientError', (error: NodeJS.ErrnoException, stream) => {
    if (!stream.writable || isAwaited(stream)) return void stream.destroy();
    refuseConnection(stream, refusalOfClientError(error, headerBytesMax));
  });
}

export function refusalOfClientError({ code }: Pick<NodeJS.ErrnoException, 'code'>, headerBytesMax: number): EdgeRefusal {
  if (code === 'HPE_HEADER_OVERFLOW') return { code: 'headers-too-large', facts: { maxBytes: headerBytesMax } };
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { code: 'request-too-slow' };
  return { code: 'bad-request', facts: { detail: 'it is not HTTP/1.1' } };
}

/** The refused client may be gone already. */
function ignore(): void {}
