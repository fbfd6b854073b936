import test from 'ava';
import { z } from 'zod';
import { PasswordQueueFull, type Problem } from '../problem.ts';
import { ADMIN_TOKEN, givenEdge } from '../test-fixture.ts';
import { respond, route } from './routes.ts';
import { BODY_BYTES_MAX, bodiless, echoServer, problemIn } from './test-fixture.ts';

test('each bad request is refused with its status and code', async (t) => {
  await using edge = await givenEdge();
  const { server, headers } = await echoServer(edge);
  await using _ = server;
  const bearer = headers.authorization;
  const good = '{"text":"hello"}';
  type Case = readonly [name: string, path: string, init: RequestInit, status: number, code: string, at?: string];
  const post = (body: RequestInit['body'], more: Record<string, string> = {}): RequestInit => ({
    method: 'POST',
    headers: { ...headers, ...more },
    body: body ?? null,
  });
  const cases: readonly Case[] = [
    ['a body that is not JSON', '/v1/things/1', post('hello'), 400, 'bad-json'],
    ['truncated JSON', '/v1/things/1', post('{"text":"hel'), 400, 'bad-json'],
    ['two documents', '/v1/things/1', post('{"text":"a"}{"text":"b"}'), 400, 'bad-json'],
    ['a trailing comma', '/v1/things/1', post('{"text":"a",}'), 400, 'bad-json'],
    ['single quotes', '/v1/things/1', post("{'text':'a'}"), 400, 'bad-json'],
    ['NaN', '/v1/things/1', post('{"text":NaN}'), 400, 'bad-json'],
    ['bytes that are not UTF-8', '/v1/things/1', post(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])), 400, 'bad-json'],
    ['a truncated character', '/v1/things/1', post(Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0xe2, 0x82]), Buffer.from('"}')])), 400, 'bad-json'],
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
    ['a list with an item of another type', '/v1/things/1', post('{"text":"a","tags":["b",7]}'), 400, 'bad-request', '/body/tags/1'],
    ['a malformed parameter', '/v1/things/one', post(good), 400, 'bad-request', '/path/id'],
    ['a negative parameter', '/v1/things/-1', post(good), 400, 'bad-request', '/path/id'],
    ['a fraction', '/v1/things/1.5', post(good), 400, 'bad-request', '/path/id'],
    ['infinity', '/v1/things/1e999', post(good), 400, 'bad-request', '/path/id'],
    ['a parameter that does not decode', '/v1/things/%E0%A4%A', post(good), 400, 'bad-request', '/path'],
    ['an unknown query parameter', '/v1/things/1?quiet=yes', post(good), 400, 'bad-request', '/query'],
    ['a query parameter of another value', '/v1/things/1?loud=no', post(good), 400, 'bad-request', '/query/loud'],
    ['a query parameter given twice', '/v1/things/1?loud=yes&loud=yes', post(good), 400, 'bad-request', '/query/loud'],
    ['a header too long', '/v1/things/1', post(good, { 'tidings-position': '12345678901' }), 400, 'bad-request', '/header/tidings-position'],
    ['a body too large', '/v1/things/1', post(`{"text":"${' '.repeat(BODY_BYTES_MAX)}"}`), 413, 'body-too-large'],
    ['a body nested too deep', '/v1/things/1', post(`{"text":${'['.repeat(200)}${']'.repeat(200)}}`), 400, 'bad-request', '/body'],
    ['another media type', '/v1/things/1', post(good, { 'content-type': 'text/plain' }), 415, 'unsupported-media-type'],
    ['a form', '/v1/things/1', post('text=hello', { 'content-type': 'application/x-www-form-urlencoded' }), 415, 'unsupported-media-type'],
    ['a media type with the same beginning', '/v1/things/1', post(good, { 'content-type': 'application/json-seq' }), 415, 'unsupported-media-type'],
    ['a compressed body', '/v1/things/1', post(good, { 'content-encoding': 'gzip' }), 415, 'unsupported-media-type'],
    ['no token', '/v1/things/1', post(good, { authorization: '' }), 401, 'token-invalid'],
    ['another scheme', '/v1/things/1', post(good, { authorization: 'Basic YTpi' }), 401, 'token-invalid'],
    ['a malformed token', '/v1/things/1', post(good, { authorization: 'Bearer none' }), 401, 'token-invalid'],
    ['two tokens', '/v1/things/1', post(good, { authorization: `${bearer} ${bearer}` }), 401, 'token-invalid'],
    ['the operator on a route for persons', '/v1/things/1', post(good, { authorization: `Bearer ${ADMIN_TOKEN}` }), 403, 'forbidden'],
    ['an anonymous caller', '/v1/things/1', { method: 'POST', body: good, headers: { 'content-type': 'application/json' } }, 401, 'token-missing'],
    ['an anonymous caller, with a body that is not JSON', '/v1/things/1', { method: 'POST', body: 'hello' }, 401, 'token-missing'],
    ['a body where the route takes none', '/v1/nothing', { ...post(good), method: 'DELETE' }, 405, 'method-not-allowed'],
    ['another method', '/v1/things/1', { headers }, 405, 'method-not-allowed'],
    ['an unknown route', '/v1/nothings', { headers }, 404, 'route-unknown'],
    ['a route with a slash too many', '/v1/nothing/', { headers }, 404, 'route-unknown'],
    ['a route in capitals', '/V1/nothing', { headers }, 404, 'route-unknown'],
    ['a path that climbs out of the folder', '/v1/../../etc/passwd', { headers }, 404, 'route-unknown'],
    ['a refusal of the handler', '/v1/things/404', post(good), 404, 'post-unknown'],
  ];
  for (const [name, path, init, status, code, at] of cases) {
    const response = await fetch(server.url + path, init);
    const problem = await problemIn(response);
    t.deepEqual([response.status, problem.status, problem.code], [status, status, code], name);
    t.is(response.headers.get('content-type'), 'application/problem+json; charset=utf-8', name);
    t.is(problem.instance, `urn:tidings:request:${response.headers.get('x-request-id')}`, name);
    if (at !== undefined) t.is(problem.faults?.[0]?.at, at, name);
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

test('all faults of a request are reported at once', async (t) => {
  await using edge = await givenEdge();
  const { server, headers } = await echoServer(edge);
  await using _ = server;
  const response = await fetch(`${server.url}/v1/things/one?loud=no&quiet=yes`, { method: 'POST', headers, body: '{"text":7,"colour":"red"}' });
  t.deepEqual(
    (await problemIn(response)).faults?.map(({ at }) => at),
    ['/path/id', '/query/loud', '/query', '/body/text', '/body'],
  );
});

test('a body that is announced small and arrives large is cut off at the limit', async (t) => {
  await using edge = await givenEdge();
  const { server, headers } = await echoServer(edge);
  await using _ = server;
  const chunks = async function* () {
    for (let i = 0; i < 100; i++) yield Buffer.alloc(100, ' ');
  };
  const response = await fetch(`${server.url}/v1/things/7`, { method: 'POST', headers, body: chunks(), duplex: 'half' } as RequestInit);
  t.is((await problemIn(response)).code, 'body-too-large');
});

test('a body is refused where a route takes none, an empty object is not', async (t) => {
  await using edge = await givenEdge();
  await using server = await edge.serve([bodiless('delete', '/v1/nothing')]);
  const ask = (body: string) => fetch(`${server.url}/v1/nothing`, { method: 'DELETE', body, headers: { 'content-type': 'application/json' } });
  t.is((await problemIn(await ask('{"text":"hello"}'))).code, 'bad-request');
  t.is((await ask('{}')).status, 204);
});

test('an expired token doesn’t keep its owner from a public route', async (t) => {
  await using edge = await givenEdge();
  await using server = await edge.serve([bodiless('get', '/v1/nothing')]);
  t.is((await fetch(`${server.url}/v1/nothing`, { headers: { authorization: 'Bearer expired' } })).status, 204);
});

test('a refusal of a method names the allowed ones', async (t) => {
  await using edge = await givenEdge();
  await using server = await edge.serve([bodiless('get', '/v1/nothing'), bodiless('delete', '/v1/nothing')]);
  const response = await fetch(`${server.url}/v1/nothing`, { method: 'PUT' });
  t.is(response.headers.get('allow'), 'GET, DELETE');
});

test('an exception is answered with a code and reported, and its message stays inside', async (t) => {
  await using edge = await givenEdge();
  const failing = bodiless('get', '/v1/nothing', () => Promise.reject(new Error('the secret is xyzzy')));
  await using server = await edge.serve([failing]);
  const response = await fetch(`${server.url}/v1/nothing`);
  const body = await response.text();
  t.is(response.status, 500);
  t.is((JSON.parse(body) as Problem).code, 'internal-error');
  t.false(body.includes('xyzzy'));
  t.true(edge.events.some((event) => event.type === 'request-failed' && event.error instanceof Error && event.error.message.includes('xyzzy')));
});

test('a full queue is reported to the caller, and is not a failure', async (t) => {
  await using edge = await givenEdge();
  await using server = await edge.serve([bodiless('get', '/v1/nothing', () => Promise.reject(new PasswordQueueFull('passwords')))]);
  const response = await fetch(`${server.url}/v1/nothing`);
  t.deepEqual([response.status, response.headers.get('retry-after'), (await problemIn(response)).code], [429, '1', 'queue-full']);
  t.false(edge.events.some(({ type }) => type === 'request-failed'));
});

test('a route that takes bytes gets them as they came, of any media type, and one that produces a page sends it', async (t) => {
  await using edge = await givenEdge();
  const page = route({
    method: 'post',
    path: '/v1/pages',
    operationId: 'page',
    summary: 'Show what came',
    callers: ['public'],
    query: z.looseObject({}),
    takes: 'bytes',
    responses: { 200: z.string() },
    produces: 'text/html',
    refusals: [],
    handle: async ({ received }) =>
      respond(
        200,
        `<p>${received?.method} ${received?.target} ${String(received?.headers['x-from'])} ${Buffer.from(received?.bytes ?? []).toString('hex')}</p>`,
      ),
  });
  await using server = await edge.serve([page]);
  for (const type of ['application/x-www-form-urlencoded', 'application/json', 'image/png']) {
    const response = await fetch(`${server.url}/v1/pages?b=2&a=%41`, {
      method: 'POST',
      headers: { 'content-type': type, 'x-from': 'a vendor' },
      body: Buffer.from([0x7b, 0xff, 0x00]),
    });
    t.is(response.headers.get('content-type'), 'text/html; charset=utf-8');
    t.is(await response.text(), '<p>POST /v1/pages?b=2&a=%41 a vendor 7bff00</p>');
  }
});
