/** Requests as no honest client sends them: each has one reading, here and at any proxy in front, or is refused. */
import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'ava';
import { givenEdge } from '../test-fixture.ts';
import { echoServer } from './test-fixture.ts';

const GOOD = '{"text":"hello"}';
const GET = 'GET /v1/nothing HTTP/1.1\r\n';
const lengthOf = (body: string) => `Content-Length: ${Buffer.byteLength(body)}\r\n`;

test('a request that could be read in two ways, or has more of something than it may, is refused', async (t) => {
  await using edge = await givenEdge();
  const { server, headers } = await echoServer(edge);
  await using _ = server;
  const post = (more: string, body: string, type = 'application/json') =>
    `POST /v1/things/7 HTTP/1.1\r\nHost: a\r\nAuthorization: ${headers.authorization}\r\nContent-Type: ${type}\r\n${more}\r\n${body}`;
  const json = (body: string, type?: string) => post(lengthOf(body), body, type);
  const cases: readonly (readonly [what: string, sent: string, status: number, code?: string])[] = [
    ['a good request', json(GOOD), 200],
    ['chunks with extensions and a trailer', post('Transfer-Encoding: chunked\r\n', `10;a=b\r\n${GOOD}\r\n0\r\nX-Trailer: 1\r\n\r\n`), 200],
    ['an expectation of 100-continue', post(`Expect: 100-continue\r\n${lengthOf(GOOD)}`, GOOD), 100],
    ['an absolute target', 'GET http://elsewhere/v1/nothing HTTP/1.1\r\nHost: a\r\n\r\n', 204],

    ['a length beside chunks', post(`${lengthOf(GOOD)}Transfer-Encoding: chunked\r\n`, '0\r\n\r\n'), 400, 'bad-request'],
    ['another transfer encoding', post('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'), 400, 'bad-request'],
    ['chunks that are not the last encoding', post('Transfer-Encoding: chunked, identity\r\n', '0\r\n\r\n'), 400, 'bad-request'],
    ['an encoding under the chunks', post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'), 415, 'unsupported-media-type'],
    ['an encoding named twice', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'), 400, 'bad-request'],
    ['a space before the colon', post('Transfer-Encoding : chunked\r\n', '0\r\n\r\n'), 400, 'bad-request'],
    ['a chunk size that is no number', post('Transfer-Encoding: chunked\r\n', 'zz\r\na\r\n0\r\n\r\n'), 400, 'bad-request'],
    ['a chunk size beyond all numbers', post('Transfer-Encoding: chunked\r\n', 'ffffffffffffffffff\r\na\r\n0\r\n\r\n'), 400, 'bad-request'],
    ['a chunk extension without end', post('Transfer-Encoding: chunked\r\n', `10;${'a'.repeat(30_000)}\r\n${GOOD}\r\n0\r\n\r\n`), 400, 'bad-request'],
    ['a negative length', post('Content-Length: -1\r\n', GOOD), 400, 'bad-request'],
    ['a length with a sign', post('Content-Length: +16\r\n', GOOD), 400, 'bad-request'],
    ['two lengths in one', post('Content-Length: 16, 16\r\n', GOOD), 400, 'bad-request'],
    ['a length beyond all numbers', post('Content-Length: 99999999999999999999999\r\n', GOOD), 400, 'bad-request'],
    ['a folded header', `${GET}Host: a\r\nX-Long: a\r\n b\r\n\r\n`, 400, 'bad-request'],
    ['lines that end with a line feed only', 'GET /v1/nothing HTTP/1.1\nHost: a\n\n', 400, 'bad-request'],
    ['a header without a name', `${GET}Host: a\r\n: b\r\n\r\n`, 400, 'bad-request'],
    ['a NUL in a header', `${GET}Host: a\r\nX: a\0b\r\n\r\n`, 400, 'bad-request'],
    ['two hosts', `${GET}Host: a\r\nHost: b\r\n\r\n`, 400, 'bad-request'],
    ['a space in the target', 'GET /v1/not hing HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'bad-request'],
    ['another version of HTTP', 'GET /v1/nothing HTTP/1.2\r\nHost: a\r\n\r\n', 400, 'bad-request'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'bad-request'],

    ['a target that is too long', `GET /${'x'.repeat(17_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431, 'headers-too-large'],
    ['thousands of query parameters', `GET /v1/nothing?${'x=1&'.repeat(3_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 400, 'bad-request'],
    ['a hundred and one headers', `${GET}Host: a\r\n${'X: 1\r\n'.repeat(100)}\r\n`, 400, 'bad-request'],
    ['a query parameter of the prototype', 'GET /v1/nothing?__proto__=1 HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'bad-request'],
    ['a query parameter that is a list', 'GET /v1/nothing?a[]=1&a[]=2 HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'bad-request'],
    ['a NUL in the target', 'GET /v1/nothing%00 HTTP/1.1\r\nHost: a\r\n\r\n', 404, 'route-unknown'],

    ['HEAD', 'HEAD /v1/nothing HTTP/1.1\r\nHost: a\r\n\r\n', 204],
    ['OPTIONS that no browser sends', 'OPTIONS /v1/nothing HTTP/1.1\r\nHost: a\r\n\r\n', 405, 'method-not-allowed'],
    ['OPTIONS of the server', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', 404, 'route-unknown'],
    ['TRACE', 'TRACE /v1/nothing HTTP/1.1\r\nHost: a\r\n\r\n', 405, 'method-not-allowed'],
    ['an unknown method', 'FROB /v1/nothing HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'bad-request'],
    ['ranges of a response that has none', `${GET}Host: a\r\nRange: bytes=0-1,2-3,4-5\r\n\r\n`, 204],
    ['an upgrade that is not offered', `${GET}Host: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n`, 204],

    ['a key given twice, of which the last counts', json('{"text":7,"text":"a"}'), 200],
    ['a key of the prototype, within a list', json('{"text":"a","tags":[{"__proto__":{"x":1}}]}'), 400, 'bad-request'],
    ['a number beyond all numbers', json('{"text":1e999}'), 400, 'bad-request'],
    ['a byte order mark', json(`\uFEFF${GOOD}`), 200],
    ['another character set', json(GOOD, 'application/json; charset=utf-16'), 415, 'unsupported-media-type'],
    ['a character set that is not named', json(GOOD, 'application/json; charset='), 415, 'unsupported-media-type'],
    ['UTF-8 in quotes', json(GOOD, 'application/json; charset="UTF-8"'), 200],
    ['an encoding in capitals', post(`Content-Encoding: GZIP\r\n${lengthOf(GOOD)}`, GOOD), 415, 'unsupported-media-type'],
    ['two encodings', post(`Content-Encoding: identity\r\nContent-Encoding: gzip\r\n${lengthOf(GOOD)}`, GOOD), 415, 'unsupported-media-type'],
  ];
  for (const [what, sent, status, code] of cases) {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(sent);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    t.regex(answer.toString(), new RegExp(`^HTTP/1.1 ${status} `), what);
    if (code !== undefined) t.is(/"code":"([^"]+)"/.exec(answer.toString())?.[1], code, what);
    socket.destroy();
  }
});

test('the body of a request is never taken for the next request', async (t) => {
  await using edge = await givenEdge();
  const { server } = await echoServer(edge);
  await using _ = server;
  const inner = 'GET /v1/elsewhere HTTP/1.1\r\nHost: a\r\n\r\n';
  const socket = connect(server.port, '127.0.0.1');
  socket.write(`${GET}Host: a\r\n${lengthOf(inner)}\r\n${inner}${GET}Host: a\r\nConnection: close\r\n\r\n`);
  const answers = (await socket.toArray()).join('');
  t.deepEqual(
    Array.from(answers.matchAll(/HTTP\/1\.1 (\d+) /g), ([, status]) => status),
    ['415', '204'],
  );
});

test('a tunnel is not opened', async (t) => {
  await using edge = await givenEdge();
  const { server } = await echoServer(edge);
  await using _ = server;
  const socket = connect(server.port, '127.0.0.1');
  socket.write('CONNECT elsewhere:80 HTTP/1.1\r\nHost: a\r\n\r\n');
  t.is((await socket.toArray()).join(''), '');
});

test('bytes that are not HTTP, behind a request that is being answered, end the connection', async (t) => {
  await using edge = await givenEdge();
  const { server } = await echoServer(edge);
  await using _ = server;
  const socket = connect(server.port, '127.0.0.1');
  socket.write(`${GET}Host: a\r\n\r\nnonsense\r\n\r\n`);
  t.false((await socket.toArray()).join('').includes(' 400 '), 'a refusal would be taken for the response');
});
