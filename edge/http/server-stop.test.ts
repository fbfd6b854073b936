/** How a request ends before its response: the server stops, or the client disconnects. */
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import test from 'ava';
import { givenEdge } from '../test-fixture.ts';
import { noContent, route } from './routes.ts';
import { bodiless, echoServer } from './test-fixture.ts';

test('stopping lets running requests finish, accepts no new ones, and closes idle connections', async (t) => {
  await using edge = await givenEdge();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: finish, resolve: finishNow } = Promise.withResolvers<void>();
  const slow = bodiless('get', '/v1/nothing', async () => {
    begin();
    await finish;
  });
  const server = await edge.serve([slow]);
  const idle = connect(server.port, '127.0.0.1');
  const idleEnded = once(idle, 'close');
  await once(idle, 'connect');
  const running = fetch(`${server.url}/v1/nothing`);
  await begun;
  const stopped = server[Symbol.asyncDispose]();
  await t.throwsAsync(fetch(`${server.url}/v1/nothing`));
  finishNow();
  t.is((await running).status, 204);
  await stopped;
  await idleEnded;
});

test('stopping cuts the remaining connections at the deadline', async (t) => {
  await using edge = await givenEdge();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const stuck = bodiless('get', '/v1/nothing', () => {
    begin();
    return new Promise<void>(() => undefined);
  });
  const server = await edge.serve([stuck], { stopDeadlineMs: 50 });
  const running = t.throwsAsync(fetch(`${server.url}/v1/nothing`));
  await begun;
  await server[Symbol.asyncDispose]();
  await running;
});

test('a client that disconnects aborts its request, and that is not a failure', async (t) => {
  await using edge = await givenEdge();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: aborted, resolve: abort } = Promise.withResolvers<void>();
  const slow = route({
    method: 'get',
    path: '/v1/slow',
    operationId: 'slow',
    summary: 'Wait',
    callers: ['public'],
    responses: { 204: noContent },
    refusals: [],
    handle: async ({ signal }) => {
      begin();
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      abort();
      throw signal.reason;
    },
  });
  await using server = await edge.serve([slow]);
  const client = httpRequest(`${server.url}/v1/slow`).on('error', () => undefined);
  client.end();
  await begun;
  client.destroy();
  await aborted;
  while (!edge.events.some((event) => event.type === 'request-finished')) await new Promise(setImmediate);
  t.like(edge.events[0], { type: 'request-finished', operationId: 'slow', aborted: true });
  t.false(edge.events.some((event) => event.type === 'request-failed'));
});

test('a client that disconnects in the middle of a body is not a failure of ours', async (t) => {
  await using edge = await givenEdge();
  const { server, headers } = await echoServer(edge);
  await using _ = server;
  const client = connect(server.port, '127.0.0.1');
  const head = ['POST /v1/things/7 HTTP/1.1', 'Host: test', `Authorization: ${headers.authorization}`, 'Content-Type: application/json', 'Content-Length: 100'];
  await new Promise((sent) => client.write(`${head.join('\r\n')}\r\n\r\n{"text":"hel`, sent));
  client.destroy();
  while (!edge.events.some((event) => event.type === 'request-finished')) await new Promise(setImmediate);
  t.like(edge.events[0], { type: 'request-finished', aborted: true });
  t.false(edge.events.some((event) => event.type === 'request-failed'));
});
