/** Clients that take what others need: they are held back or disconnected, and the others are answered. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { z } from 'zod';
import { WAITING_REQUESTS_MAX } from '../../overload/answer-in-turn.ts';
import { startUnsentBytes } from '../../overload/unsent-bytes.ts';
import { givenEdge, type EdgeFixture } from '../../test-fixture.ts';
import { respond, route } from '../routes.ts';
import type { HttpServer } from '../server.ts';
import { bodiless, echoServer, problemIn } from '../test-fixture.ts';

const KIB = 1_024;
const TEXT = 'x'.repeat(900 * KIB);
/** More than the operating system takes for a client that reads nothing. */
const MANY = 12;
const GET_LARGE = 'GET /v1/large HTTP/1.1\r\nHost: a\r\n\r\n';

/** Counts its calls, and answers with nearly as much as one response may have. */
function largeRoute() {
  const calls = { count: 0 };
  const large = route({
    method: 'get',
    path: '/v1/large',
    operationId: 'getLarge',
    summary: 'Get a large text',
    callers: ['public'],
    limits: [],
    responses: { 200: z.object({ text: z.string() }) },
    refusals: [],
    handle: async () => {
      calls.count++;
      return respond(200, { text: TEXT });
    },
  });
  return { calls, large };
}

async function connectTo({ port }: HttpServer): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined); // a reset is one way to be disconnected
  await once(socket, 'connect');
  return socket;
}

const closeOf = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

const cutsOf = ({ events }: EdgeFixture) => events.flatMap((event) => (event.type === 'connection-cut' ? [event.reason] : []));

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await delay(10);
}

test('requests that are sent ahead are answered one after the other, and in order', async (t) => {
  await using edge = await givenEdge();
  let running = 0;
  const order: number[] = [];
  const slow = route({
    method: 'get',
    path: '/v1/slow/:n',
    operationId: 'slow',
    summary: 'Wait',
    callers: ['public'],
    params: z.strictObject({ n: z.coerce.number() }),
    responses: { 200: z.object({ n: z.number() }) },
    refusals: [],
    handle: async ({ params: { n } }) => {
      t.is(++running, 1);
      await delay(10 - n);
      running--;
      order.push(n);
      return respond(200, { n });
    },
  });
  await using server = await edge.serve([slow]);
  await using socket = await connectTo(server);
  socket.write(Array.from({ length: 8 }, (_, n) => `GET /v1/slow/${n} HTTP/1.1\r\nHost: a\r\n${n === 7 ? 'Connection: close\r\n' : ''}\r\n`).join(''));
  const answers = (await socket.toArray()).join('');
  t.deepEqual(order, [0, 1, 2, 3, 4, 5, 6, 7]);
  t.deepEqual(
    Array.from(answers.matchAll(/"n":(\d)/g), ([, n]) => Number(n)),
    order,
  );
});

test('a connection whose client reads nothing gets no further request handled', async (t) => {
  await using edge = await givenEdge();
  const { calls, large } = largeRoute();
  await using server = await edge.serve([large]);
  await using socket = await connectTo(server);
  socket.pause();
  socket.write(GET_LARGE.repeat(WAITING_REQUESTS_MAX));
  await until(() => calls.count > 0);
  await delay(300);
  t.true(calls.count <= MANY, `${calls.count} were handled`);
  const { count } = calls;
  await delay(200);
  t.is(calls.count, count);
  socket.resume();
  await until(() => calls.count === WAITING_REQUESTS_MAX);
});

test('a connection with too many requests waiting is ended, and none of them is handled any more', async (t) => {
  await using edge = await givenEdge();
  const { calls, large } = largeRoute();
  await using server = await edge.serve([large]);
  const socket = await connectTo(server);
  const closed = closeOf(socket);
  socket.write(GET_LARGE.repeat(2_000));
  await closed;
  t.is(calls.count, 1);
  t.deepEqual(cutsOf(edge), ['pipelined']);
  t.is((await fetch(`${server.url}/v1/large`)).status, 200);
});

test('a connection whose client takes nothing for too long is ended', async (t) => {
  await using edge = await givenEdge();
  const { large } = largeRoute();
  using unsentBytes = startUnsentBytes({ responseStalledMs: 200, checkMs: 20 });
  await using server = await edge.serve([large], { unsentBytes });
  const socket = await connectTo(server);
  socket.pause();
  socket.write(GET_LARGE.repeat(WAITING_REQUESTS_MAX));
  await until(() => cutsOf(edge).length > 0);
  t.deepEqual(cutsOf(edge), ['stalled']);
});

test('where too much waits for all clients, the connections with the most are ended', async (t) => {
  await using edge = await givenEdge();
  const { large } = largeRoute();
  using unsentBytes = startUnsentBytes({ unsentBytesMax: 2_000 * KIB, checkMs: 20 });
  await using server = await edge.serve([large], { unsentBytes });
  const sockets = await Promise.all(Array.from({ length: 8 }, () => connectTo(server)));
  for (const socket of sockets) {
    socket.pause();
    socket.write(GET_LARGE.repeat(WAITING_REQUESTS_MAX));
  }
  await until(() => cutsOf(edge).length >= 6);
  await delay(100);
  t.deepEqual(new Set(cutsOf(edge)), new Set(['unsent-bytes']));
  t.true(unsentBytes.waitingBytes() <= 2_000 * KIB);
  t.is((await fetch(`${server.url}/v1/large`)).status, 200);
  for (const socket of sockets) socket.destroy();
});

test('an address has no more connections than it may, unless it is a trusted proxy', async (t) => {
  await using edge = await givenEdge();
  await using server = await edge.serve([], { addressConnectionsMax: 3 });
  const sockets = await Promise.all([connectTo(server), connectTo(server), connectTo(server)]);
  const fourth = await connectTo(server);
  await closeOf(fourth);
  t.deepEqual(cutsOf(edge), ['address-connections']);
  for (const socket of sockets) socket.destroy();
  await delay(50);
  t.is((await fetch(`${server.url}/health/live`)).status, 200);

  await using behindProxy = await edge.serve([], { addressConnectionsMax: 1, trustedProxies: ['127.0.0.1'] });
  await using _one = await connectTo(behindProxy);
  t.is((await fetch(`${behindProxy.url}/health/live`)).status, 200);
});

test('a body is not read before the caller is known, unless it is signed', async (t) => {
  await using edge = await givenEdge();
  const { server } = await echoServer(edge);
  await using _ = server;
  await using socket = await connectTo(server);
  socket.write('POST /v1/things/7 HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{');
  const [head] = (await once(socket, 'data')) as [Buffer];
  t.regex(head.toString(), /^HTTP\/1.1 401 /);
});

test('where too many bytes of bodies are being received, the bodies that began first are given up', async (t) => {
  await using edge = await givenEdge();
  const posting = route({
    method: 'post',
    path: '/v1/post',
    operationId: 'post',
    summary: 'Post',
    callers: ['public'],
    body: z.object({ text: z.string() }),
    responses: { 200: z.object({ length: z.int() }) },
    refusals: [],
    handle: async ({ body }) => respond(200, { length: body.text.length }),
  });
  await using server = await edge.serve([posting], { receivedBytesMax: 300 * KIB });
  const begin = async () => {
    const socket = await connectTo(server);
    socket.write(`POST /v1/post HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${110 * KIB}\r\n\r\n${'x'.repeat(100 * KIB)}`);
    return socket;
  };
  const oldest = await begin();
  const closed = closeOf(oldest);
  await delay(50);
  const others = [await begin(), await begin()];
  await closed;
  t.deepEqual(cutsOf(edge), ['received-bytes']);
  const whole = await fetch(`${server.url}/v1/post`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"text":"hello"}' });
  t.deepEqual(await whole.json(), { length: 5 });
  for (const socket of others) socket.destroy();
});

test('a client without credentials is limited by its address, on whatever it asks for', async (t) => {
  await using edge = await givenEdge();
  const { server, headers } = await echoServer(edge, { limits: { 'anonymous-requests': { points: 4, windowSeconds: 60 } }, document: {} });
  await using _ = server;
  const statuses: number[] = [];
  for (const path of ['/openapi.json', '/nowhere', '/v1/nothing', '/v1/nothing', '/v1/nothing']) statuses.push((await fetch(server.url + path)).status);
  t.deepEqual(statuses, [200, 404, 204, 204, 429]);
  const over = await fetch(`${server.url}/openapi.json`);
  t.like(await problemIn(over), { code: 'rate-limited', facts: { limit: 'anonymous-requests' } });
  t.truthy(over.headers.get('retry-after'));
  const badToken = { ...headers, authorization: 'Bearer none' };
  t.is((await fetch(`${server.url}/v1/things/1`, { method: 'POST', headers: badToken, body: '{"text":"a"}' })).status, 429);
  t.is((await fetch(`${server.url}/v1/things/1`, { method: 'POST', headers, body: '{"text":"a"}' })).status, 200, 'who is known is not counted with them');
  t.is((await fetch(`${server.url}/health/live`)).status, 200);
});

test('answers count by their size: a caller that was answered too much is refused, and others are not', async (t) => {
  await using edge = await givenEdge();
  const { large } = largeRoute();
  const ofPerson = { ...large, callers: ['person'] as const };
  await using server = await edge.serve([ofPerson], { limits: { 'response-kilobytes': { points: 1_500, windowSeconds: 60 } } });
  const [ann, bob] = [await edge.person(), await edge.person()];
  const statusFor = async ({ token }: { readonly token: string }) => {
    const response = await fetch(`${server.url}/v1/large`, { headers: { authorization: `Bearer ${token}` } });
    await response.arrayBuffer();
    return response.status;
  };
  t.deepEqual([await statusFor(ann), await statusFor(ann), await statusFor(ann)], [200, 200, 429]);
  t.is(await statusFor(bob), 200);
});

test('a caller has no more requests under way than it may', async (t) => {
  await using edge = await givenEdge();
  const { promise: finish, resolve: finishNow } = Promise.withResolvers<void>();
  const slow = { ...bodiless('get', '/v1/nothing', () => finish), callers: ['person'] as const };
  await using server = await edge.serve([slow]);
  const { token } = await edge.person();
  const ask = () => fetch(`${server.url}/v1/nothing`, { headers: { authorization: `Bearer ${token}` } });
  const running = Array.from({ length: 100 }, ask);
  const refused = await Promise.race([...running, ...Array.from({ length: 5 }, ask)]);
  t.like(await problemIn(refused), { code: 'rate-limited', facts: { limit: 'requests-at-once' } });
  finishNow();
  await Promise.all(running);
  t.is((await ask()).status, 204);
});

test('a response that is larger than any may be is a failure of ours, and is not sent', async (t) => {
  await using edge = await givenEdge();
  const { large } = largeRoute();
  await using server = await edge.serve([large], { responseBytesMax: 100 * KIB });
  const response = await fetch(`${server.url}/v1/large`);
  t.is((await problemIn(response)).code, 'internal-error');
  t.true(edge.events.some((event) => event.type === 'request-failed'));
});

test('a stop doesn’t wait for clients that send half a request, or don’t read their response', async (t) => {
  await using edge = await givenEdge();
  const { calls, large } = largeRoute();
  const { server, headers } = await echoServer(edge, {}, [large]);
  const half = await connectTo(server);
  half.write('GET /v1/large HTTP/1.1\r\nHost: a\r\nX-Half');
  const slowBody = await connectTo(server);
  slowBody.write(
    `POST /v1/things/7 HTTP/1.1\r\nHost: a\r\nAuthorization: ${headers.authorization}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
  );
  const unread = await connectTo(server);
  unread.pause();
  unread.write(GET_LARGE.repeat(WAITING_REQUESTS_MAX));
  await until(() => calls.count > 0);
  await delay(200);
  const startedMs = performance.now();
  await server[Symbol.asyncDispose]();
  t.true(performance.now() - startedMs < 5_000);
});
