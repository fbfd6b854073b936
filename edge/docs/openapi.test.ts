import test from 'ava';
import { z } from 'zod';
import { givenEdge } from '../test-fixture.ts';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import { openApiOf } from './openapi.ts';
import { problemOf } from '../problem.ts';
import { answer, callersTable, noContent, refusalsOf, route } from '../http/routes.ts';
import { conformanceOf } from '../testing/conformance.ts';

const routes = [
  route({
    method: 'put',
    path: '/v1/things/:id/parts/:part',
    operationId: 'putPart',
    summary: 'Put a part.',
    callers: ['person', 'app'],
    limits: [{ limit: { name: 'parts', points: 3, windowSeconds: 60 }, by: 'caller' }],
    params: z.strictObject({ id: z.string(), part: z.string() }),
    body: z.strictObject({ text: z.string() }),
    answers: { 200: z.object({ id: z.string() }), 204: noContent },
    answerHeaders: z.object({ 'Tidings-Position': z.string() }),
    refusals: ['post-unknown', 'write-contention'],
    handle: async () => answer(204),
  }),
  route({
    method: 'get',
    path: '/v1/open',
    operationId: 'open',
    summary: 'Open to all.',
    callers: ['anyone'],
    answers: { 200: z.object({}) },
    refusals: [],
    handle: async () => answer(200, {}),
  }),
];

const API = { title: 'A test', version: '1', description: 'For tests.' };

test('a document says of each route who may, what it takes, and every way in which it answers', (t) => {
  const document = openApiOf(routes, API);
  t.is(document.openapi, '3.1.0');
  const put = document.paths?.['/v1/things/{id}/parts/{part}']?.put;
  t.deepEqual(put?.security, [{ person: [] }, { appKey: [], appTimestamp: [], appSignature: [] }]);
  t.deepEqual(Object.keys(put?.responses ?? {}), ['200', '204', '400', '401', '403', '404', '413', '415', '429', '500', '503']);
  t.deepEqual(document.paths?.['/v1/open']?.get?.security, [{}]);
  t.true(Object.keys(document.components?.securitySchemes ?? {}).includes('operator'));
});

test('of a stream the document says what its events are', (t) => {
  const stream = route({
    method: 'get',
    path: '/v1/live',
    operationId: 'followThings',
    summary: 'Live.',
    callers: ['anyone'],
    answers: { 200: z.object({ event: z.enum(['thing']), data: z.object({ n: z.int() }) }) },
    produces: 'text/event-stream',
    refusals: [],
    handle: async () => answer(200, { event: 'thing' as const, data: { n: 1 } }),
  });
  const document = openApiOf([stream], API);
  const { schema } = document.paths?.['/v1/live']?.get?.responses?.['200']?.content?.['text/event-stream'] ?? {};
  t.like(schema, { type: 'string', contentMediaType: 'text/event-stream' });
  t.like((schema as { contentSchema?: object }).contentSchema, { type: 'array', items: { type: 'object', required: ['event', 'data'] } });
});

test('the document is served as it is', async (t) => {
  await using edge = await givenEdge();
  await using server = await edge.serve(routes, { api: API });
  const response = await fetch(`${server.url}/openapi.json`);
  t.deepEqual(await response.json(), JSON.parse(JSON.stringify(openApiOf(routes, API))));
});

test('a route tells the codes that come with what it is, beside its own', (t) => {
  const [put, open] = routes.map(refusalsOf);
  for (const code of [
    'post-unknown',
    'write-contention',
    'bad-json',
    'bad-request',
    'token-expired',
    'signature-replayed',
    'forbidden',
    'rate-limited',
  ] as const)
    t.true(put?.includes(code), code);
  for (const code of ['token-missing', 'forbidden', 'rate-limited', 'bad-json'] as const) t.false(open?.includes(code), code);
});

test('the table of callers has one row a route', (t) => {
  t.deepEqual(callersTable(routes), [
    { operationId: 'putPart', method: 'put', path: '/v1/things/:id/parts/:part', callers: ['person', 'app'], limits: ['parts'] },
    { operationId: 'open', method: 'get', path: '/v1/open', callers: ['anyone'], limits: [] },
  ]);
});

test('holding answers against the document finds what it does not foresee', async (t) => {
  await using edge = await givenEdge();
  await using server = await edge.serve(routes, { api: API });
  const conformance = await conformanceOf(server.url);
  const faults = (status: number, body: object, type = 'application/json', path = '/v1/things/1/parts/2') =>
    conformance.faultsOf(
      { method: 'PUT', path },
      new Response(null, { status, headers: { 'content-type': type, 'tidings-position': '0.1' } }),
      JSON.stringify(body),
    ).length;
  const problem = (code: RefusalCode) => ({ ...problemOf({ code }) });
  const problemType = 'application/problem+json';
  t.is(faults(200, { id: '1' }), 0);
  t.is(faults(200, { id: 1 }), 1);
  t.is(faults(200, { id: '1', more: true }), 1);
  t.is(faults(200, {}), 1);
  t.is(faults(201, { id: '1' }), 1);
  t.is(faults(200, { id: '1' }, 'text/plain'), 1);
  t.is(faults(200, { id: '1' }, 'application/json', '/v1/elsewhere'), 1);
  t.is(faults(404, problem('post-unknown'), problemType), 0);
  t.is(faults(404, problem('channel-unknown'), problemType), 1, 'a code that is not this route’s');
  t.is(faults(404, { code: 'post-unknown' }, problemType), 1);
  t.is(conformance.faultsOf({ method: 'PUT', path: '/v1/things/1/parts/2' }, new Response(null, { status: 204 }), '').length, 1, 'a header is missing');
});
