import { connect } from 'node:net';
import test from 'ava';
import { givenEdge } from '../../test-fixture.ts';
import { refusalOfClientError } from './refuse-connection.ts';
import type { HttpServer } from '../server.ts';

/** Sends the bytes unchanged and returns the whole answer. */
async function answered({ port }: HttpServer, text: string): Promise<readonly [head: string, body: string]> {
  const socket = connect(port, '127.0.0.1');
  socket.end(text);
  const [head = '', body = ''] = (await socket.toArray()).join('').split('\r\n\r\n');
  return [head, body];
}

test('bytes that are not a request are refused with a problem too, and the connection ends', async (t) => {
  await using edge = await givenEdge();
  await using server = await edge.serve([]);
  const cases = [
    ['bytes that are not HTTP', 'hello\r\n\r\n', 400, 'bad-request'],
    ['a TLS greeting', '\u0016\u0003\u0001', 400, 'bad-request'],
    ['a length and chunks', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400, 'bad-request'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n12345', 400, 'bad-request'],
    ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'bad-request'],
    ['headers too large', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`, 431, 'headers-too-large'],
    ['an unknown expectation', 'GET / HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\nConnection: close\r\n\r\n', 404, 'route-unknown'],
  ] as const;
  for (const [what, text, status, code] of cases) {
    const [head, body] = await answered(server, text);
    t.regex(head, new RegExp(`^HTTP/1.1 ${status} `), what);
    t.regex(head, /^content-type: application\/problem\+json/im, what);
    t.like(JSON.parse(body), { status, code }, what);
  }
});

test('a target that can’t be parsed is refused like every request: with a problem, with our headers, and reported', async (t) => {
  await using edge = await givenEdge();
  await using server = await edge.serve([]);
  const [head, body] = await answered(server, 'GET http://[bad/v1/nothing HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\nConnection: close\r\n\r\n');
  t.regex(head, /^HTTP\/1.1 400 /);
  for (const header of [/^content-type: application\/problem\+json/im, /^x-request-id: mine/im, /^x-content-type-options: nosniff/im]) t.regex(head, header);
  t.like(JSON.parse(body), { code: 'bad-request', instance: 'urn:tidings:request:mine' });
  t.like(edge.events, [{ type: 'request-finished', status: 400, code: 'bad-request', requestId: 'mine' }]);
});

test('a request that doesn’t arrive whole in time is refused with its code', (t) => {
  t.deepEqual(refusalOfClientError({ code: 'ERR_HTTP_REQUEST_TIMEOUT' }, 1), { code: 'request-too-slow' });
});
