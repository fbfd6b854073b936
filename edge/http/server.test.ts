import test from 'ava';
import type { RequestHandler } from 'express';
import { Counter, Registry } from 'prom-client';
import { givenEdge } from '../test-fixture.ts';
import type { HttpServer } from './server.ts';
import { bodiless, echoServer, problemIn } from './test-fixture.ts';

test('every request is reported once, by its pattern and never by its path', async (t) => {
  await using edge = await givenEdge();
  const { server, headers } = await echoServer(edge);
  await using _ = server;
  await fetch(`${server.url}/v1/things/404`, { method: 'POST', headers: { ...headers, 'x-request-id': 'mine-1' }, body: '{"text":"hello"}' });
  await fetch(`${server.url}/somewhere/else`, { headers: { 'x-request-id': 'not an id' } });
  const finished = edge.events.filter((event) => event.type === 'request-finished');
  t.like(finished[0], { method: 'POST', route: '/v1/things/:id', operationId: 'echo', status: 404, code: 'post-unknown', requestId: 'mine-1' });
  t.like(finished[1], { route: undefined, status: 404, code: 'route-unknown' });
  t.not(finished[1]?.requestId, 'not an id');
  t.is(finished.length, 2);
  t.false(JSON.stringify(edge.events).includes('somewhere'));
});

test('a request belongs to its sender’s trace, or has the id that its sender gave it', async (t) => {
  await using edge = await givenEdge();
  const { server } = await echoServer(edge);
  await using _ = server;
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const answered = await fetch(server.url, { headers: { traceparent } });
  await fetch(server.url, { headers: { traceparent, 'x-request-id': 'mine-1' } });
  const [ofTrace, ofOwn] = edge.events.filter((event) => event.type === 'request-finished');
  t.like(ofTrace, { requestId: '4bf92f35-77b3-4da6-a3ce-929d0e0e4736-00f067aa0ba902b7', parentSpan: '00f067aa0ba902b7' });
  t.is(answered.headers.get('x-request-id'), ofTrace?.requestId ?? '');
  t.is(ofOwn?.requestId, 'mine-1');
  t.is(ofOwn?.parentSpan, undefined, 'that span is of another trace');
});

test('health, readiness and metrics are served', async (t) => {
  await using edge = await givenEdge();
  const metrics = new Registry();
  new Counter({ name: 'things_total', help: 'Things.', registers: [metrics] }).inc();
  let status: 'ok' | 'failed' = 'ok';
  const checks = async () => [
    { name: 'log', status: 'ok' as const },
    { name: 'views', status, reason: '/data/views.sqlite is damaged' },
  ];
  await using server = await edge.serve([], { metrics, checks });
  t.deepEqual(await (await fetch(`${server.url}/health/live`)).json(), { status: 'live' });
  t.is((await fetch(`${server.url}/health/ready`)).status, 200);
  status = 'failed';
  const notReady = await fetch(`${server.url}/health/ready`);
  t.is(notReady.status, 503);
  t.deepEqual(await notReady.json(), {
    status: 'not-ready',
    checks: [
      { name: 'log', status: 'ok' },
      { name: 'views', status: 'failed' },
    ],
  });
  await using forOperators = await edge.serve([], { checks, checksTell: 'reasons' });
  t.like((await (await fetch(`${forOperators.url}/health/ready`)).json()) as object, { checks: { 1: { reason: '/data/views.sqlite is damaged' } } });
  t.is((await fetch(`${forOperators.url}/metrics`)).status, 404);
  t.regex(await (await fetch(`${server.url}/metrics`)).text(), /things_total 1/);
});

test('pages of this machine and of named origins may call, and no others', async (t) => {
  await using edge = await givenEdge();
  await using local = await edge.serve([bodiless('get', '/v1/nothing')]);
  await using named = await edge.serve([bodiless('get', '/v1/nothing')], { origins: ['https://tidings.example'] });
  const allowed = async (server: HttpServer, origin: string) =>
    (await fetch(`${server.url}/v1/nothing`, { headers: { origin } })).headers.get('access-control-allow-origin');
  t.is(await allowed(local, 'http://localhost:5173'), 'http://localhost:5173');
  t.is(await allowed(local, 'http://127.0.0.1:8082'), 'http://127.0.0.1:8082');
  for (const origin of ['http://localhost.evil.example', 'https://evil.example', 'null', 'http://127.0.0.1.evil.example:80'])
    t.is(await allowed(local, origin), null, origin);
  t.is(await allowed(named, 'https://tidings.example'), 'https://tidings.example');
  t.is(await allowed(named, 'http://localhost:5173'), null);

  const answer = await fetch(`${local.url}/v1/nothing`, { headers: { origin: 'http://localhost:1' } });
  t.regex(answer.headers.get('access-control-expose-headers') ?? '', /\bDate\b.*\bRetry-After\b/, 'what clients go by');

  const preflight = await fetch(`${local.url}/v1/nothing`, {
    method: 'OPTIONS',
    headers: { origin: 'http://localhost:1', 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization,idempotency-key' },
  });
  t.is(preflight.status, 204);
  t.regex(preflight.headers.get('access-control-allow-headers') ?? '', /authorization/i);
  t.regex(preflight.headers.get('access-control-allow-methods') ?? '', /PUT/);
});

test('responses name no software, and may not be stored, sniffed or framed', async (t) => {
  await using edge = await givenEdge();
  await using server = await edge.serve([bodiless('get', '/v1/nothing')]);
  const { headers } = await fetch(`${server.url}/v1/nothing`);
  t.is(headers.get('x-powered-by'), null);
  t.is(headers.get('cache-control'), 'no-store');
  t.is(headers.get('x-content-type-options'), 'nosniff');
  t.regex(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
});

test('a site is served where no route matches, and may run its own scripts', async (t) => {
  await using edge = await givenEdge();
  const site: RequestHandler = (request, response, next) => {
    if (request.path !== '/') return next();
    response.type('html').send('<!doctype html>');
  };
  await using server = await edge.serve([bodiless('get', '/v1/nothing')], { site });
  const page = await fetch(`${server.url}/`);
  t.regex(page.headers.get('content-security-policy') ?? '', /default-src 'self'/);
  t.is((await fetch(`${server.url}/v1/nothing`)).status, 204);
  t.is((await problemIn(await fetch(`${server.url}/elsewhere`))).code, 'route-unknown');
});

test('starting on a taken port fails', async (t) => {
  await using edge = await givenEdge();
  await using server = await edge.serve([]);
  await t.throwsAsync(edge.serve([], { port: server.port }), { code: 'EADDRINUSE' });
});
