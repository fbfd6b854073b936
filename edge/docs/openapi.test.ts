import test from 'ava';
import { z } from 'zod';
import { givenEdge } from '../test-fixture.ts';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import { openApiOf } from './openapi.ts';
import { problemOf } from '../problem.ts';
import { respond, accessTable, noContent, refusalsOf, route } from '../http/routes.ts';
import { createResponseChecker, schemaIn } from '../testing/response-checker.ts';

const routes = [
  route({
    method: 'put',
    path: '/v1/things/:id/parts/:part',
    operationId: 'putPart',
    summary: 'Put a part',
    description: 'Replaces the part.',
    tag: 'parts',
    example: { body: { text: 'hello' }, response: { id: '1' } },
    callers: ['person', 'app'],
    limits: [{ limit: { name: 'parts', points: 3, windowSeconds: 60 }, by: 'caller' }],
    params: z.strictObject({ id: z.string(), part: z.string() }),
    body: z.strictObject({ text: z.string() }),
    responses: { 200: z.object({ id: z.string() }), 204: noContent },
    responseHeaders: z.object({ 'Tidings-Position': z.string() }),
    refusals: ['post-unknown', 'write-contention'],
    handle: async () => respond(204),
  }),
  route({
    method: 'get',
    path: '/v1/open',
    operationId: 'open',
    summary: 'Open to all',
    callers: ['public'],
    responses: { 200: z.object({}) },
    refusals: [],
    handle: async () => respond(200, {}),
  }),
];

const API = { title: 'A test', version: '1', description: 'For tests.', tags: [{ name: 'parts', description: 'Parts of things.' }] };

test('a document names the callers, the parameters and every response of each route', (t) => {
  const document = openApiOf(routes, API);
  t.is(document.openapi, '3.1.0');
  const put = document.paths?.['/v1/things/{id}/parts/{part}']?.put;
  t.deepEqual(put?.security, [{ person: [] }, { appKey: [], appTimestamp: [], appSignature: [] }]);
  t.deepEqual(Object.keys(put?.responses ?? {}), ['200', '204', '400', '401', '403', '404', '413', '415', '429', '500', '503']);
  t.is(put?.description, 'Replaces the part.\n\nLimit `parts`: 3 requests in 60 seconds.');
  t.deepEqual(document.paths?.['/v1/open']?.get?.security, [{}]);
  t.deepEqual(Object.keys(document.components?.securitySchemes ?? {}), ['person', 'appKey', 'appTimestamp', 'appSignature'], 'those that a route uses');
});

test('a document describes the events of a stream', (t) => {
  const stream = route({
    method: 'get',
    path: '/v1/live',
    operationId: 'followThings',
    summary: 'Follow things',
    callers: ['public'],
    responses: { 200: z.object({ event: z.enum(['thing']), data: z.object({ n: z.int() }) }) },
    produces: 'text/event-stream',
    refusals: [],
    handle: async () => respond(200, { event: 'thing' as const, data: { n: 1 } }),
  });
  const document = openApiOf([stream], API);
  const { schema } = document.paths?.['/v1/live']?.get?.responses?.['200']?.content?.['text/event-stream'] ?? {};
  t.like(schema, { type: 'string', contentMediaType: 'text/event-stream' });
  t.like((schema as { contentSchema?: object }).contentSchema, { type: 'array', items: { type: 'object', required: ['event', 'data'] } });
});

test('a document names its licence, its server and its tags, and has the examples of its routes', (t) => {
  const document = openApiOf(routes, API);
  t.deepEqual(document.info.license, { name: 'Apache License 2.0', identifier: 'Apache-2.0' });
  t.is(document.servers?.[0]?.url, '/');
  t.deepEqual(document.tags, API.tags);
  const put = document.paths?.['/v1/things/{id}/parts/{part}']?.put;
  t.deepEqual(put?.tags, ['parts']);
  type Documented = { readonly content: Readonly<Record<string, { readonly schema?: object; readonly example?: object }>> };
  const body = put?.requestBody as Documented;
  t.like(body.content['application/json'], { schema: { type: 'object', required: ['text'] }, example: { text: 'hello' } });
  const response = put?.responses?.['200'] as Documented;
  t.deepEqual(response.content['application/json']?.example, { id: '1' });
});

test('the examples of problems conform to their schema', (t) => {
  const document = openApiOf(routes, API);
  const { Problem: problem } = document.components?.schemas ?? {};
  const { examples = [], ...schema } = problem as { readonly examples?: readonly unknown[] };
  t.is(examples.length, 1);
  for (const example of examples) t.is(schemaIn(document, schema).safeParse(example).error, undefined);
});

test('a document is served unchanged', async (t) => {
  await using edge = await givenEdge();
  await using server = await edge.serve(routes, { document: openApiOf(routes, API) });
  const response = await fetch(`${server.url}/openapi.json`);
  t.deepEqual(await response.json(), JSON.parse(JSON.stringify(openApiOf(routes, API))));
});

test('a route has the codes that follow from its declaration, besides its own', (t) => {
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

test('the access table has one row a route', (t) => {
  t.deepEqual(accessTable(routes), [
    { operationId: 'putPart', method: 'put', path: '/v1/things/:id/parts/:part', callers: ['person', 'app'], limits: ['parts'] },
    { operationId: 'open', method: 'get', path: '/v1/open', callers: ['public'], limits: [] },
  ]);
});

test('the response checker finds each difference from the document', async (t) => {
  await using edge = await givenEdge();
  await using server = await edge.serve(routes, { document: openApiOf(routes, API) });
  const checker = await createResponseChecker(server.url);
  const faults = (status: number, body: object, type = 'application/json', path = '/v1/things/1/parts/2') =>
    checker.faultsOf(
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
  t.is(checker.faultsOf({ method: 'PUT', path: '/v1/things/1/parts/2' }, new Response(null, { status: 204 }), '').length, 1, 'a header is missing');
});
