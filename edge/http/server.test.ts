import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import test from 'ava';
import type { RequestHandler } from 'express';
import { Counter, Registry } from 'prom-client';
import { z } from 'zod';
import { givenEdge, ADMIN_TOKEN, type EdgeFixture } from '../test-fixture.ts';
import { TooManyWaiting, type Problem } from '../problem.ts';
import { answer, noContent, route, type Route } from './routes.ts';
import type { HttpServer } from './server.ts';

const API = { title: 'A test', version: '1', description: 'For tests.' };
const BODY_BYTES_MAX = 1_000;

/** One route of every kind. */
const echo = route({
  method: 'post',
  path: '/v1/things/:id',
  operationId: 'echo',
  summary: 'Say it again.',
  callers: ['person'],
  params: z.strictObject({ id: z.coerce.number().pipe(z.int().min(0)) }),
  query: z.strictObject({ loud: z.enum(['yes']).optional() }),
  headers: z.object({ 'tidings-position': z.string().max(10).optional() }),
  body: z.strictObject({ text: z.string().max(100), tags: z.array(z.string()).optional() }),
  bodyBytesMax: BODY_BYTES_MAX,
  answers: { 200: z.object({ id: z.int(), text: z.string(), by: z.string() }) },
  refusals: ['post-unknown'],
  handle: async ({ params, body, caller }) =>
    params.id === 404 ? { refusal: { code: 'post-unknown' } } : answer(200, { id: params.id, text: body.text, by: caller.person }),
});
const bodiless = (method: 'get' | 'delete', path: string, handle: () => Promise<void> = async () => undefined): Route =>
  route({
    method,
    path,
    operationId: `${method}Nothing`,
    summary: 'Answer nothing.',
    callers: ['anyone'],
    answers: { 204: noContent },
    refusals: [],
    handle: async () => {
      await handle();
      return answer(204);
    },
  });

async function problemOf(response: Response): Promise<Problem> {
  return (await response.json()) as Problem;
}

async function echoServer(edge: EdgeFixture) {
  const server = await edge.serve([echo, bodiless('get', '/v1/nothing')], { api: API });
  const { token } = await edge.person();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return { server, headers };
}

test('what a request is refused for, each with its status and code', async (t) => {
  await using edge = await givenEdge();
  const { server, headers } = await echoServer(edge);
  await using _ = server;
  const bearer = headers.authorization;
  const good = '{"text":"hello"}';
  type Case = readonly [what: string, path: string, init: RequestInit, status: number, code: string, at?: string];
  const post = (body: RequestInit['body'], more: Record<string, string> = {}): RequestInit => ({
    method: 'POST',
    headers: { ...headers, ...more },
    body: body ?? null,
  });
  const cases: readonly Case[] = [
    ['no JSON at all', '/v1/things/1', post('hello'), 400, 'bad-json'],
    ['JSON that is cut off', '/v1/things/1', post('{"text":"hel'), 400, 'bad-json'],
    ['two documents', '/v1/things/1', post('{"text":"a"}{"text":"b"}'), 400, 'bad-json'],
    ['a trailing comma', '/v1/things/1', post('{"text":"a",}'), 400, 'bad-json'],
    ['single quotes', '/v1/things/1', post("{'text':'a'}"), 400, 'bad-json'],
    ['NaN', '/v1/things/1', post('{"text":NaN}'), 400, 'bad-json'],
    ['bytes that are no UTF-8', '/v1/things/1', post(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])), 400, 'bad-json'],
    ['half a character', '/v1/things/1', post(Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0xe2, 0x82]), Buffer.from('"}')])), 400, 'bad-json'],
    ['white space', '/v1/things/1', post('   '), 400, 'bad-json'],
    ['no body', '/v1/things/1', post(null), 400, 'bad-request', '/body'],
    ['null', '/v1/things/1', post('null'), 400, 'bad-request', '/body'],
    ['a list', '/v1/things/1', post('[]'), 400, 'bad-request', '/body'],
    ['a text', '/v1/things/1', post('"text"'), 400, 'bad-request', '/body'],
    ['a number', '/v1/things/1', post('7'), 400, 'bad-request', '/body'],
    ['a missing field', '/v1/things/1', post('{}'), 400, 'bad-request', '/body/text'],
    ['a field of another type', '/v1/things/1', post('{"text":7}'), 400, 'bad-request', '/body/text'],
    ['a field that is null', '/v1/things/1', post('{"text":null}'), 400, 'bad-request', '/body/text'],
    ['an unknown field', '/v1/things/1', post('{"text":"a","colour":"red"}'), 400, 'bad-request', '/body'],
    ['a field of the prototype', '/v1/things/1', post('{"text":"a","__proto__":{"admin":true}}'), 400, 'bad-request', '/body'],
    ['a constructor', '/v1/things/1', post('{"text":"a","constructor":{}}'), 400, 'bad-request', '/body'],
    ['a text too long', '/v1/things/1', post(`{"text":"${'a'.repeat(101)}"}`), 400, 'bad-request', '/body/text'],
    ['a list with something else in it', '/v1/things/1', post('{"text":"a","tags":["b",7]}'), 400, 'bad-request', '/body/tags/1'],
    ['a parameter of another form', '/v1/things/one', post(good), 400, 'bad-request', '/path/id'],
    ['a negative parameter', '/v1/things/-1', post(good), 400, 'bad-request', '/path/id'],
    ['a fraction', '/v1/things/1.5', post(good), 400, 'bad-request', '/path/id'],
    ['infinity', '/v1/things/1e999', post(good), 400, 'bad-request', '/path/id'],
    ['a parameter that does not decode', '/v1/things/%E0%A4%A', post(good), 400, 'bad-request', '/path'],
    ['an unknown query parameter', '/v1/things/1?quiet=yes', post(good), 400, 'bad-request', '/query'],
    ['a query parameter of another value', '/v1/things/1?loud=no', post(good), 400, 'bad-request', '/query/loud'],
    ['a query parameter given twice', '/v1/things/1?loud=yes&loud=yes', post(good), 400, 'bad-request', '/query/loud'],
    ['a header too long', '/v1/things/1', post(good, { 'tidings-position': '12345678901' }), 400, 'bad-request', '/header/tidings-position'],
    ['a body too large', '/v1/things/1', post(`{"text":"${' '.repeat(BODY_BYTES_MAX)}"}`), 413, 'body-too-large'],
    ['a body nested without end', '/v1/things/1', post(`{"text":${'['.repeat(200)}${']'.repeat(200)}}`), 400, 'bad-request', '/body'],
    ['another media type', '/v1/things/1', post(good, { 'content-type': 'text/plain' }), 415, 'unsupported-media-type'],
    ['a form', '/v1/things/1', post('text=hello', { 'content-type': 'application/x-www-form-urlencoded' }), 415, 'unsupported-media-type'],
    ['a media type that only begins so', '/v1/things/1', post(good, { 'content-type': 'application/json-seq' }), 415, 'unsupported-media-type'],
    ['a compressed body', '/v1/things/1', post(good, { 'content-encoding': 'gzip' }), 415, 'unsupported-media-type'],
    ['no token', '/v1/things/1', post(good, { authorization: '' }), 401, 'token-invalid'],
    ['another scheme', '/v1/things/1', post(good, { authorization: 'Basic YTpi' }), 401, 'token-invalid'],
    ['a token that is none', '/v1/things/1', post(good, { authorization: 'Bearer none' }), 401, 'token-invalid'],
    ['two tokens', '/v1/things/1', post(good, { authorization: `${bearer} ${bearer}` }), 401, 'token-invalid'],
    ['the operator, who is no person', '/v1/things/1', post(good, { authorization: `Bearer ${ADMIN_TOKEN}` }), 403, 'forbidden'],
    ['nobody at all', '/v1/things/1', { method: 'POST', body: good, headers: { 'content-type': 'application/json' } }, 401, 'token-missing'],
    ['nobody, with a body that is no JSON', '/v1/things/1', { method: 'POST', body: 'hello' }, 401, 'token-missing'],
    ['a body where none is taken', '/v1/nothing', { ...post(good), method: 'DELETE' }, 405, 'method-not-allowed'],
    ['another method', '/v1/things/1', { headers }, 405, 'method-not-allowed'],
    ['no such route', '/v1/nothings', { headers }, 404, 'route-unknown'],
    ['a route with a slash too many', '/v1/nothing/', { headers }, 404, 'route-unknown'],
    ['a route in capitals', '/V1/nothing', { headers }, 404, 'route-unknown'],
    ['a way out of the folder', '/v1/../../etc/passwd', { headers }, 404, 'route-unknown'],
    ['what the handler refuses', '/v1/things/404', post(good), 404, 'post-unknown'],
  ];
  for (const [what, path, init, status, code, at] of cases) {
    const response = await fetch(server.url + path, init);
    const problem = await problemOf(response);
    t.deepEqual([response.status, problem.status, problem.code], [status, status, code], what);
    t.is(response.headers.get('content-type'), 'application/problem+json; charset=utf-8', what);
    t.is(problem.instance, `urn:tidings:request:${response.headers.get('x-request-id')}`, what);
    if (at !== undefined) t.is(problem.faults?.[0]?.at, at, what);
  }
});

test('a good request is answered, with parameters, header and body parsed', async (t) => {
  await using edge = await givenEdge();
  const { server, headers } = await echoServer(edge);
  await using _ = server;
  const response = await fetch(`${server.url}/v1/things/7?loud=yes`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json; charset=utf-8' },
    body: '{"text":"hello"}',
  });
  t.is(response.status, 200);
  t.like(await response.json(), { id: 7, text: 'hello' });
});

test('all faults of a request are told at once', async (t) => {
  await using edge = await givenEdge();
  const { server, headers } = await echoServer(edge);
  await using _ = server;
  const response = await fetch(`${server.url}/v1/things/one?loud=no&quiet=yes`, { method: 'POST', headers, body: '{"text":7,"colour":"red"}' });
  t.deepEqual(
    (await problemOf(response)).faults?.map(({ at }) => at),
    ['/path/id', '/query/loud', '/query', '/body/text', '/body'],
  );
});

test('a body that is announced small and comes large is cut off at the limit', async (t) => {
  await using edge = await givenEdge();
  const { server, headers } = await echoServer(edge);
  await using _ = server;
  const chunks = async function* () {
    for (let i = 0; i < 100; i++) yield Buffer.alloc(100, ' ');
  };
  const response = await fetch(`${server.url}/v1/things/7`, { method: 'POST', headers, body: chunks(), duplex: 'half' } as RequestInit);
  t.is((await problemOf(response)).code, 'body-too-large');
});

test('a body where none is taken is refused, an empty object is not', async (t) => {
  await using edge = await givenEdge();
  await using server = await edge.serve([bodiless('delete', '/v1/nothing')]);
  const ask = (body: string) => fetch(`${server.url}/v1/nothing`, { method: 'DELETE', body, headers: { 'content-type': 'application/json' } });
  t.is((await problemOf(await ask('{"text":"hello"}'))).code, 'bad-request');
  t.is((await ask('{}')).status, 204);
});

test('an expired token doesn’t keep one from what anyone may do', async (t) => {
  await using edge = await givenEdge();
  await using server = await edge.serve([bodiless('get', '/v1/nothing')]);
  t.is((await fetch(`${server.url}/v1/nothing`, { headers: { authorization: 'Bearer expired' } })).status, 204);
});

test('a refused method says which there are', async (t) => {
  await using edge = await givenEdge();
  await using server = await edge.serve([bodiless('get', '/v1/nothing'), bodiless('delete', '/v1/nothing')]);
  const response = await fetch(`${server.url}/v1/nothing`, { method: 'PUT' });
  t.is(response.headers.get('allow'), 'GET, DELETE');
});

test('an exception is an answer too: coded, reported, and nothing of it told', async (t) => {
  await using edge = await givenEdge();
  const failing = bodiless('get', '/v1/nothing', () => Promise.reject(new Error('the secret is xyzzy')));
  await using server = await edge.serve([failing]);
  const response = await fetch(`${server.url}/v1/nothing`);
  const body = await response.text();
  t.is(response.status, 500);
  t.is((JSON.parse(body) as Problem).code, 'internal');
  t.false(body.includes('xyzzy'));
  t.true(edge.events.some((event) => event.type === 'request-failed' && event.error instanceof Error && event.error.message.includes('xyzzy')));
});

test('a queue of ours that is full is told to the caller, and is no failure', async (t) => {
  await using edge = await givenEdge();
  await using server = await edge.serve([bodiless('get', '/v1/nothing', () => Promise.reject(new TooManyWaiting('passwords')))]);
  const response = await fetch(`${server.url}/v1/nothing`);
  t.deepEqual([response.status, response.headers.get('retry-after'), (await problemOf(response)).code], [429, '1', 'queue-full']);
  t.false(edge.events.some(({ type }) => type === 'request-failed'));
});

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

test('health, readiness and metrics are there for who runs it', async (t) => {
  await using edge = await givenEdge();
  const metrics = new Registry();
  new Counter({ name: 'things_total', help: 'Things.', registers: [metrics] }).inc();
  let missing: readonly string[] = [];
  await using server = await edge.serve([], { metrics, notReady: async () => missing });
  t.deepEqual(await (await fetch(`${server.url}/health/live`)).json(), { status: 'live' });
  t.is((await fetch(`${server.url}/health/ready`)).status, 200);
  missing = ['projections'];
  const notReady = await fetch(`${server.url}/health/ready`);
  t.is(notReady.status, 503);
  t.deepEqual(await notReady.json(), { status: 'not-ready', missing: ['projections'] });
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

  const preflight = await fetch(`${local.url}/v1/nothing`, {
    method: 'OPTIONS',
    headers: { origin: 'http://localhost:1', 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization,idempotency-key' },
  });
  t.is(preflight.status, 204);
  t.regex(preflight.headers.get('access-control-allow-headers') ?? '', /authorization/i);
  t.regex(preflight.headers.get('access-control-allow-methods') ?? '', /PUT/);
});

test('answers name no software, may not be stored, sniffed or framed', async (t) => {
  await using edge = await givenEdge();
  await using server = await edge.serve([bodiless('get', '/v1/nothing')]);
  const { headers } = await fetch(`${server.url}/v1/nothing`);
  t.is(headers.get('x-powered-by'), null);
  t.is(headers.get('cache-control'), 'no-store');
  t.is(headers.get('x-content-type-options'), 'nosniff');
  t.regex(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
});

test('stopping lets what runs finish, takes nothing new, and closes idle connections', async (t) => {
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

test('stopping does not wait for ever: at the deadline connections are cut', async (t) => {
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

test('a caller who goes away aborts what was being done for them, and that is no failure', async (t) => {
  await using edge = await givenEdge();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: aborted, resolve: abort } = Promise.withResolvers<void>();
  const slow = route({
    method: 'get',
    path: '/v1/slow',
    operationId: 'slow',
    summary: 'Wait.',
    callers: ['anyone'],
    answers: { 204: noContent },
    refusals: [],
    handle: async ({ signal }) => {
      begin();
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      abort();
      throw signal.reason;
    },
  });
  await using server = await edge.serve([slow]);
  const asking = httpRequest(`${server.url}/v1/slow`).on('error', () => undefined);
  asking.end();
  await begun;
  asking.destroy();
  await aborted;
  while (!edge.events.some((event) => event.type === 'request-finished')) await new Promise(setImmediate);
  t.like(edge.events[0], { type: 'request-finished', operationId: 'slow', aborted: true });
  t.false(edge.events.some((event) => event.type === 'request-failed'));
});

test('a caller who goes away in the middle of a body is no failure of ours', async (t) => {
  await using edge = await givenEdge();
  const { server, headers } = await echoServer(edge);
  await using _ = server;
  const asking = connect(server.port, '127.0.0.1');
  const head = ['POST /v1/things/7 HTTP/1.1', 'Host: test', `Authorization: ${headers.authorization}`, 'Content-Type: application/json', 'Content-Length: 100'];
  await new Promise((sent) => asking.write(`${head.join('\r\n')}\r\n\r\n{"text":"hel`, sent));
  asking.destroy();
  while (!edge.events.some((event) => event.type === 'request-finished')) await new Promise(setImmediate);
  t.like(edge.events[0], { type: 'request-finished', aborted: true });
  t.false(edge.events.some((event) => event.type === 'request-failed'));
});

test('a site is served where no route answers, and may run its own scripts', async (t) => {
  await using edge = await givenEdge();
  const site: RequestHandler = (request, response, next) => {
    if (request.path !== '/') return next();
    response.type('html').send('<!doctype html>');
  };
  await using server = await edge.serve([bodiless('get', '/v1/nothing')], { site });
  const page = await fetch(`${server.url}/`);
  t.regex(page.headers.get('content-security-policy') ?? '', /default-src 'self'/);
  t.is((await fetch(`${server.url}/v1/nothing`)).status, 204);
  t.is((await problemOf(await fetch(`${server.url}/elsewhere`))).code, 'route-unknown');
});

test('a port that is taken is an error of starting', async (t) => {
  await using edge = await givenEdge();
  await using server = await edge.serve([]);
  await t.throwsAsync(edge.serve([], { port: server.port }), { code: 'EADDRINUSE' });
});
