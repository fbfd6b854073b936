/** What the front lets through, and what it keeps from pages of elsewhere. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { bundlePages } from '../../front/bundle.ts';
import { testInBrowser } from './browser.ts';
import { startPages } from './pages.ts';

/** What a page loads before it shows anything. */
const FIRST_LOAD_MAX_BYTES = 120 * 1_024;

testInBrowser('a page on another port of this machine can neither act nor read nor connect with the cookie, and can log nobody in', async (t) => {
  t.timeout(120_000);
  await using pages = await startPages(t);
  const ann = await pages.person('Ann');
  const [cookie] = await ann.context().cookies();
  t.like(cookie, { httpOnly: true, sameSite: 'Strict', secure: false });
  t.is(await ann.evaluate('document.cookie'), '');

  await using elsewhere = await startElsewhere();
  const page = await ann.context().newPage(); // in the same browser, so that it has the cookie
  await page.goto(elsewhere.url);
  const asked = (code: string) => page.evaluate(`(async () => { ${code} })()`);
  const call = (path: string, init: string) => asked(`return fetch('${pages.front}${path}', ${init}).then(({ status }) => status, () => 'refused')`);
  const post = `method: 'POST', credentials: 'include', body: '{"text":"By somebody else"}'`;
  t.is(await call('/v1/me/feed', `{ ${post}, mode: 'no-cors' }`), 0, 'sent, and not answered to it');
  t.is(await call('/v1/me/feed', `{ ${post}, headers: { authorization: 'Bearer cookie', 'content-type': 'application/json' } }`), 'refused');
  t.is(await call('/v1/me', `{ credentials: 'include', headers: { authorization: 'Bearer cookie' } }`), 'refused');
  t.is(await call('/v1/me/feed/live', `{ credentials: 'include' }`), 'refused');
  t.is(await call('/session', `{ method: 'DELETE', credentials: 'include' }`), 'refused');
  t.is(
    await asked(
      `const socket = new WebSocket('${pages.front.replace('http', 'ws')}/chat/socket'); return new Promise((resolve) => { socket.onopen = () => resolve('open'); socket.onclose = () => resolve('closed'); })`,
    ),
    'closed',
  );
  // Beyond the browser's own rules: the front refuses by the cookie and the origin alone.
  const headers = { cookie: `tidings-session=${cookie?.value}`, authorization: 'Bearer cookie', 'content-type': 'application/json' };
  const status = async (path: string, init: RequestInit = {}, origin?: string) =>
    (await fetch(pages.front + path, { ...init, headers: { ...headers, ...(origin === undefined ? {} : { origin }) } })).status;
  const publish = { method: 'POST', body: '{"text":"hello"}' };
  t.is(await status('/v1/me'), 200, 'read by a page of ours, of which browsers tell no origin');
  t.is(await status('/v1/me', {}, elsewhere.url), 403);
  t.is(await status('/v1/me/feed/live', {}, elsewhere.url), 403);
  t.is(await status('/v1/me/feed', publish), 403, 'without an origin');
  t.is(await status('/v1/me/feed', publish, elsewhere.url), 403);
  t.is(await status('/v1/me/feed', publish, pages.front.replace('http:', 'https:')), 403);
  t.is(await status('/v1/me/feed', publish, 'null'), 403);
  t.is(await status('/session', { method: 'POST', body: '{"loginName":"ann","password":"violet staple horse"}' }, elsewhere.url), 403);
  t.is(await status('/session/authentication', { method: 'POST', body: '{"password":"violet staple horse"}' }, elsewhere.url), 403);
  t.is((await fetch(`${pages.front}/v1/me`, { headers: { cookie: headers.cookie } })).status, 401, 'the cookie counts where the request asks for it');

  await ann.reload();
  await ann.getByText('Nothing here yet').waitFor();
});

testInBrowser('serves the pages small and strictly, passes bearers on, and nothing of the operators', async (t) => {
  t.timeout(120_000);
  await using pages = await startPages(t);
  const answer = await fetch(`${pages.front}/`);
  const policy = answer.headers.get('content-security-policy') ?? '';
  t.regex(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
  t.notRegex(policy, /unsafe|\*/);
  const html = await answer.text();
  t.notRegex(html, /<script(?![^>]* src=)|<style| on[a-z]+=| style=/);

  for (const path of ['/service-worker.js', '/manifest.json']) t.is((await fetch(pages.front + path)).headers.get('cache-control'), 'no-cache', path);
  for (const path of ['/metrics', '/outbox', '/health/ready', '/v1x', '/control', '/nothing', '//metrics', '/v1/../metrics'])
    t.is((await fetch(pages.front + path)).status, 404, path);
  t.is((await fetch(`${pages.front}/v1/me`)).status, 401);
  t.is((await fetch(`${pages.front}/`, { method: 'POST' })).status, 405);

  const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() };
  const ann = { loginName: 'ann', name: 'Ann', password: 'violet staple horse' };
  t.is((await fetch(`${pages.front}/v1/people`, { method: 'POST', headers, body: JSON.stringify(ann) })).status, 201);
  const login = await fetch(`${pages.front}/v1/sessions`, { method: 'POST', headers, body: JSON.stringify({ ...ann, name: undefined }) });
  const { token } = (await login.json()) as { readonly token: string };
  t.is((await fetch(`${pages.front}/v1/me`, { headers: { authorization: `Bearer ${token}` } })).status, 200);

  const { document, assets } = await bundlePages();
  const first = [document, ...[...assets].filter(([path]) => document.body.includes(path)).map(([, asset]) => asset)];
  const bytes = first.reduce((sum, { compressed }) => sum + compressed.length, 0);
  t.log(`${bytes} bytes compressed`);
  t.true(first.length >= 4 && bytes <= FIRST_LOAD_MAX_BYTES, `${bytes} bytes`);
  for (const { body } of first)
    for (const [, name = ''] of body.toString().matchAll(/(?:from|import)"\.\/([\w-]+\.js)"/g)) t.true(document.body.includes(name), `${name} is counted`);
  for (const { body, compressed } of first) t.true(gunzipSync(compressed).equals(body));
  t.deepEqual(pages.faults, []);
});

async function startElsewhere(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Elsewhere</title>'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
