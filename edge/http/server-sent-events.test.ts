import test from 'ava';
import { z } from 'zod';
import { givenEdge } from '../test-fixture.ts';
import { route } from './routes.ts';
import type { ServerSentEvent } from './server-sent-events.ts';

const streaming = (events: (signal: AbortSignal) => AsyncIterable<ServerSentEvent>) =>
  route({
    method: 'get',
    path: '/v1/live',
    operationId: 'live',
    summary: 'Live.',
    callers: ['public'],
    responses: { 200: z.object({ n: z.int() }) },
    produces: 'text/event-stream',
    refusals: [],
    handle: async ({ signal }) => ({ events: events(signal) }),
  });

test('events arrive as they come, each with its name, its id and its data on one line', async (t) => {
  await using edge = await givenEdge();
  const events = async function* () {
    yield { event: 'post', data: { n: 1 }, id: '0.7' };
    yield { event: 'post', data: { text: 'two\nlines' } };
  };
  await using server = await edge.serve([streaming(events)]);
  const response = await fetch(`${server.url}/v1/live`);
  t.is(response.headers.get('content-type'), 'text/event-stream');
  const text = await response.text();
  t.is(text, 'retry: 2000\n\nid: 0.7\nevent: post\ndata: {"n":1}\n\nevent: post\ndata: {"text":"two\\nlines"}\n\n');
});

test('a stream ends when the server stops, even one whose source is silent', async (t) => {
  await using edge = await givenEdge();
  const events = async function* () {
    yield { event: 'post', data: { n: 1 } };
    await new Promise(() => undefined);
  };
  const server = await edge.serve([streaming(events)]);
  const response = await fetch(`${server.url}/v1/live`);
  const text = response.text();
  await server[Symbol.asyncDispose]();
  t.true((await text).endsWith('data: {"n":1}\n\n'));
});

test('a source is stopped when its client disconnects', async (t) => {
  await using edge = await givenEdge();
  const { promise: told, resolve: tell } = Promise.withResolvers<AbortSignal>();
  const events = async function* (signal: AbortSignal) {
    signal.addEventListener('abort', () => tell(signal), { once: true });
    yield { event: 'post', data: { n: 1 } };
    await new Promise(() => undefined);
  };
  await using server = await edge.serve([streaming(events)]);
  const reading = new AbortController();
  const response = await fetch(`${server.url}/v1/live`, { signal: reading.signal });
  await response.body?.getReader().read();
  reading.abort();
  t.true((await told).aborted);
});

test('a source is read no faster than the client reads', async (t) => {
  await using edge = await givenEdge();
  let made = 0;
  const events = async function* () {
    for (; ; made++) yield { event: 'post', data: { n: made, text: 'x'.repeat(10_000) } };
  };
  await using server = await edge.serve([streaming(events)], { stopDeadlineMs: 100 });
  const reading = new AbortController();
  const response = await fetch(`${server.url}/v1/live`, { signal: reading.signal });
  t.is(response.status, 200);
  let before = -1;
  while (before !== made) {
    before = made;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  t.true(made < 10_000, `${made} were made`);
  reading.abort();
});

test('a HEAD request ends with the headers, and begins no stream', async (t) => {
  await using edge = await givenEdge();
  const events = async function* () {
    t.fail('The stream has begun.');
    yield { event: 'post', data: { n: 1 } };
  };
  await using server = await edge.serve([streaming(events)]);
  const response = await fetch(`${server.url}/v1/live`, { method: 'HEAD' });
  t.is(response.headers.get('content-type'), 'text/event-stream');
  t.is(await response.text(), '');
});

test('an error in the middle of a stream cuts it, and is reported', async (t) => {
  await using edge = await givenEdge();
  const events = async function* () {
    yield { event: 'post', data: { n: 1 } };
    throw new Error('no more');
  };
  await using server = await edge.serve([streaming(events)]);
  const response = await fetch(`${server.url}/v1/live`);
  await response.text().catch(() => '');
  t.true(edge.events.some((event) => event.type === 'request-failed'));
});
