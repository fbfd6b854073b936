/** Whom the listeners behind the front take for the client: each person by their own address, and nobody for what they claim. */
import test, { type ExecutionContext } from 'ava';
import { once } from 'node:events';
import { createServer, request as send, type IncomingMessage } from 'node:http';
import { connect, createServer as createSocketServer, type AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { createClientAddress } from '../edge/network/client-address.ts';
import { createOwnConnections } from '../edge/network/own-connections.ts';
import { startUnsentBytes } from '../edge/overload/unsent-bytes.ts';
import { startFront } from './front.ts';
import { CHAT_PATH } from './relay-chat.ts';

/** Another address of this machine, as of another client. */
const ELSEWHERE = '127.0.0.2';
const CLAIMED = { 'x-forwarded-for': '192.0.2.1' };

const textOf = async (url: string, options: { readonly localAddress?: string; readonly headers?: Record<string, string> }): Promise<string> => {
  const [response] = (await once(send(url, options).end(), 'response')) as [IncomingMessage];
  let text = '';
  for await (const part of response) text += String(part);
  return text;
};

const startFrontOf = async (t: ExecutionContext, stack: AsyncDisposableStack, url: string) =>
  stack.use(
    await startFront(
      {
        unsentBytes: stack.use(startUnsentBytes()),
        ownConnections: createOwnConnections(),
        reportCut: () => undefined,
        reportError: (error) => t.fail(String(error)),
      },
      { host: '127.0.0.1', port: 0, upstreams: { 'read-api': url, 'write-api': url, gateway: url.replace('http', 'ws') } },
    ),
  );

test('behind the front each person has their own address, by HTTP and by WebSocket; nobody else is believed', async (t) => {
  await using stack = new AsyncDisposableStack();
  const ownConnections = createOwnConnections();
  const clientAddressOf = createClientAddress([], ownConnections);
  const upstream = createServer((request, response) => response.end(clientAddressOf(request)));
  const sockets = new WebSocketServer({ server: upstream });
  sockets.on('connection', (socket, request) => socket.on('message', () => socket.send(clientAddressOf(request))));
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  stack.defer(() => sockets.close());
  stack.defer(() => upstream.close() && undefined);
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const unsentBytes = stack.use(startUnsentBytes());
  const front = stack.use(
    await startFront(
      { unsentBytes, ownConnections, reportCut: () => undefined, reportError: (error) => t.fail(String(error)) },
      { host: '127.0.0.1', port: 0, upstreams: { 'read-api': url, 'write-api': url, gateway: url.replace('http', 'ws') } },
    ),
  );
  for (let n = 0; n < 3; n++) {
    t.is(await textOf(`${front.url}/v1/me`, { localAddress: ELSEWHERE }), ELSEWHERE);
    t.is(await textOf(`${front.url}/v1/me`, { headers: CLAIMED }), '127.0.0.1', 'what stands before the front is what a client claims');
  }
  t.is(await textOf(`${url}/v1/me`, { headers: CLAIMED }), '127.0.0.1', 'the front alone is believed, and not its address');

  const cookie = 'tidings-session=a-token';
  const socket = new WebSocket(`${front.url.replace('http', 'ws')}${CHAT_PATH}`, { localAddress: ELSEWHERE, headers: { origin: front.url, cookie } });
  await once(socket, 'open');
  socket.send('{}');
  const [told] = (await once(socket, 'message')) as [Buffer];
  t.is(told.toString(), ELSEWHERE);
  socket.close();
});

test('what stands in the body of a request is never taken for another request', async (t) => {
  await using stack = new AsyncDisposableStack();
  const asked: string[] = [];
  const upstream = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    let body = '';
    request.on('data', (part) => void (body += String(part))).on('end', () => response.end(`told ${body}`));
  });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  stack.defer(() => upstream.close() && undefined);
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const front = await startFrontOf(t, stack, url);
  const hidden = 'GET /v1/hidden HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n';
  const logOut = `Origin: ${front.url}\r\nCookie: tidings-session=a-token\r\n`;
  for (const [line, headers] of [
    ['GET /v1/me', ''],
    ['HEAD /v1/me', ''],
    ['OPTIONS /v1/me', ''],
    ['DELETE /v1/me', ''],
    ['POST /v1/posts', ''],
    ['DELETE /session', logOut],
  ] as const) {
    const socket = connect(Number(new URL(front.url).port), '127.0.0.1');
    const framed = `Transfer-Encoding: chunked\r\n\r\n${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`;
    socket.write(`${line} HTTP/1.1\r\nHost: ${new URL(front.url).host}\r\nConnection: close\r\n${headers}${framed}`);
    await once(socket.resume(), 'close');
    // Sent after it on the same connection: whatever was hidden has been asked by then.
    await textOf(`${front.url}/v1/me`, {});
    t.false(
      asked.some((one) => one.endsWith('hidden')),
      line,
    );
  }
  t.is(asked.length, 2 * 6, asked.join());
});

test('what Connection names is of that connection alone, and goes on in neither direction', async (t) => {
  await using stack = new AsyncDisposableStack();
  const asked: string[] = [];
  const upstream = createSocketServer((socket) => {
    let text = '';
    socket
      .on('error', () => undefined)
      .on('data', (part) => {
        text += part.toString('latin1');
        if (!text.endsWith('body')) return;
        asked.push(text);
        socket.end(
          'HTTP/1.1 200 OK\r\nConnection: close, X-Inside,CONTENT-LENGTH\r\nX-Inside: 1\r\nX-Outside: 2\r\nKeep-Alive: timeout=5\r\nContent-Length: 4\r\n\r\ndone',
        );
      });
  });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  stack.defer(() => upstream.close() && undefined);
  const front = await startFrontOf(t, stack, `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`);
  const { host, port } = new URL(front.url);
  const named = 'Connection: close, X-Hop , content-length\r\nConnection: X-OTHER-HOP, Host, x-forwarded-for\r\n';
  const hops = 'X-Hop: 1\r\nx-other-hop: 2\r\nX-End: 3\r\nX-Forwarded-For: 192.0.2.1\r\n';
  for (const method of ['POST', 'DELETE', 'GET']) {
    const socket = connect(Number(port), '127.0.0.1');
    let answer = '';
    socket.on('data', (part) => void (answer += part.toString('latin1')));
    socket.write(`${method} /v1/posts HTTP/1.1\r\nHost: ${host}\r\n${named}${hops}Content-Length: 4\r\n\r\nbody`);
    await once(socket, 'close');
    const request = (asked.pop() ?? '').toLowerCase();
    t.notRegex(request, /x-hop|x-other-hop/, method);
    t.regex(request, /x-end: 3/);
    t.regex(request, /content-length: 4\r\n/, 'where the body ends is never left open');
    t.regex(request, new RegExp(`host: ${host}\r\n`));
    t.regex(request, /x-forwarded-for: 127\.0\.0\.1\r\n|x-forwarded-for: 192\.0\.2\.1, 127\.0\.0\.1\r\n/);
    t.notRegex(answer, /x-inside: 1|keep-alive: timeout=5/i, method);
    t.regex(answer, /x-outside: 2[^]*done$/i);
  }
});
