/**
 * Refusals where no request has come to be that could be answered: what can't be read as HTTP, what takes too long, and an upgrade.
 * They are the same problems as all others, and end the connection.
 */
import { STATUS_CODES, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { PROBLEM_MEDIA_TYPE, problemOf, retryAfterSecondsOf, type EdgeRefusal } from '../problem.ts';

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

/** In place of the answers without a body that Node itself gives. */
export function refuseUnreadable(server: Server, { headerBytesMax }: { readonly headerBytesMax: number }): void {
  const answering = new WeakMap<Duplex, ServerResponse>();
  server.on('request', (request, response) => void answering.set(request.socket, response));
  server.on('clientError', (error: NodeJS.ErrnoException, stream) => {
    const answered = answering.get(stream);
    // In the midst of an answer another one would be taken for a part of it.
    if (!stream.writable || (answered?.headersSent === true && !answered.writableFinished)) return void stream.destroy();
    refuseConnection(stream, refusalOfClientError(error, headerBytesMax));
  });
}

export function refusalOfClientError({ code }: Pick<NodeJS.ErrnoException, 'code'>, headerBytesMax: number): EdgeRefusal {
  if (code === 'HPE_HEADER_OVERFLOW') return { code: 'headers-too-large', facts: { maxBytes: headerBytesMax } };
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { code: 'request-too-slow' };
  return { code: 'bad-request', facts: { detail: 'it is not HTTP/1.1' } };
}

/** Whoever is refused may be gone already. */
function ignore(): void {}
