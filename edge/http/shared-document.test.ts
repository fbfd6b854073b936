import test from 'ava';
import { givenEdge } from '../test-fixture.ts';

const document = { openapi: '3.1.0', paths: Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`/v1/things/${n}`, { get: {} }])) };

test('a document is served whole, compressed to clients that take it, and not at all to those that have it', async (t) => {
  await using edge = await givenEdge();
  await using server = await edge.serve([], { document });
  const get = (headers: Record<string, string>) => fetch(`${server.url}/openapi.json`, { headers: { 'accept-encoding': 'identity', ...headers } });
  const whole = await get({});
  t.deepEqual(await whole.json(), document);
  t.is(whole.headers.get('content-encoding'), null);
  t.is(whole.headers.get('content-type'), 'application/json; charset=utf-8');
  t.regex(whole.headers.get('vary') ?? '', /Accept-Encoding/);

  const compressed = await get({ 'accept-encoding': 'br;q=0.5, gzip' });
  t.is(compressed.headers.get('content-encoding'), 'gzip');
  t.deepEqual(await compressed.json(), document);
  t.is((await get({ 'accept-encoding': 'gzip;q=0' })).headers.get('content-encoding'), null);

  const tag = whole.headers.get('etag') ?? '';
  const known = await get({ 'if-none-match': `"other", ${tag}` });
  t.deepEqual([known.status, await known.text()], [304, '']);
  t.is((await get({ 'if-none-match': '"other"' })).status, 200);
  const head = await fetch(`${server.url}/openapi.json`, { method: 'HEAD' });
  t.deepEqual([head.status, await head.text()], [200, '']);
});

test('the document of another version has another tag', async (t) => {
  await using edge = await givenEdge();
  await using one = await edge.serve([], { document });
  await using other = await edge.serve([], { document: { ...document, info: {} } });
  const tagOf = async (url: string) => (await fetch(`${url}/openapi.json`)).headers.get('etag');
  t.not(await tagOf(one.url), await tagOf(other.url));
});
