import test from 'ava';
import { z } from 'zod';
import { givenEdge } from '../test-fixture.ts';
import { respond, route } from './routes.ts';

const LONG = 'tide and time '.repeat(400);
const lookUp = (path: string, answer: () => string, options: { readonly revalidates?: true } = {}) =>
  route({
    method: 'get',
    path,
    operationId: `get${path.replaceAll('/', '_')}`,
    summary: 'Get a text',
    callers: ['public'],
    ...options,
    responses: { 200: z.object({ text: z.string() }) },
    refusals: ['post-unknown'],
    handle: async () => {
      const text = answer();
      return text === '' ? { refusal: { code: 'post-unknown' } } : respond(200, { text });
    },
  });

async function givenTexts(config: { readonly compressedFromBytes?: number } = {}) {
  const edge = await givenEdge();
  const state = { text: 'Hello' };
  const text = () => state.text;
  const server = await edge.serve([lookUp('/v1/kept', text, { revalidates: true }), lookUp('/v1/passing', text)], config);
  return {
    state,
    get: (path: string, headers: Record<string, string> = {}, method = 'GET') =>
      fetch(server.url + path, { method, headers: { 'accept-encoding': 'identity', ...headers } }),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await edge[Symbol.asyncDispose]();
    },
  };
}

test('who has the content still is told so and nothing more, until it is another', async (t) => {
  await using given = await givenTexts();
  const first = await given.get('/v1/kept');
  const tag = first.headers.get('etag') ?? '';
  t.regex(tag, /^W\/"[\w-]+"$/);
  t.is(first.headers.get('cache-control'), 'private, no-cache');
  t.regex(first.headers.get('vary') ?? '', /Authorization/);
  for (const named of [tag, `"other", ${tag}`, tag.replace('W/', ''), '*']) {
    const again = await given.get('/v1/kept', { 'if-none-match': named });
    t.deepEqual([again.status, again.headers.get('etag'), again.headers.get('content-type'), await again.text()], [304, tag, null, ''], named);
  }
  given.state.text = 'Hello, world';
  const changed = await given.get('/v1/kept', { 'if-none-match': tag });
  t.deepEqual([changed.status, await changed.json()], [200, { text: 'Hello, world' }]);
  t.not(changed.headers.get('etag'), tag);
  given.state.text = '';
  const gone = await given.get('/v1/kept', { 'if-none-match': '*' });
  t.deepEqual([gone.status, gone.headers.get('etag'), gone.headers.get('cache-control')], [404, null, 'no-store'], 'a refusal is never taken for the content');
});

test('what has no tag may not be kept', async (t) => {
  await using given = await givenTexts();
  const response = await given.get('/v1/passing', { 'if-none-match': '*' });
  t.deepEqual([response.status, response.headers.get('etag'), response.headers.get('cache-control')], [200, null, 'no-store']);
});

test('long responses are compressed for those that take it, under the same tag', async (t) => {
  await using given = await givenTexts();
  t.is((await given.get('/v1/kept', { 'accept-encoding': 'gzip' })).headers.get('content-encoding'), null, 'a short one is not');
  given.state.text = LONG;
  const whole = await given.get('/v1/kept');
  t.deepEqual([whole.headers.get('content-encoding'), await whole.json()], [null, { text: LONG }]);
  t.regex(whole.headers.get('vary') ?? '', /Accept-Encoding/);
  const compressed = await given.get('/v1/kept', { 'accept-encoding': 'br, gzip;q=0.8' });
  t.is(compressed.headers.get('content-encoding'), 'gzip');
  t.true(Number(compressed.headers.get('content-length')) < LONG.length / 4);
  t.is(compressed.headers.get('etag'), whole.headers.get('etag'));
  t.deepEqual(await compressed.json(), { text: LONG });
  for (const refused of ['gzip;q=0', 'gzip ; q=0.0', 'deflate', 'br, gzip;q=0.000']) {
    t.is((await given.get('/v1/kept', { 'accept-encoding': refused })).headers.get('content-encoding'), null, refused);
  }
  const head = await given.get('/v1/kept', { 'accept-encoding': 'gzip' }, 'HEAD');
  t.deepEqual([head.status, await head.text()], [200, '']);
});

test('nothing is compressed where an operator says so', async (t) => {
  await using given = await givenTexts({ compressedFromBytes: 0 });
  given.state.text = LONG;
  const response = await given.get('/v1/passing', { 'accept-encoding': 'gzip' });
  t.deepEqual([response.headers.get('content-encoding'), await response.json()], [null, { text: LONG }]);
});
