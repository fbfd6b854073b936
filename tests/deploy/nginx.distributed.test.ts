/** deploy/nginx, which docker-compose and Kubernetes share: nginx itself takes it, and leads to processes by their names. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { WebSocket } from 'ws';
import { testWith } from '../servers/availability.ts';
import { freePort } from '../servers/free-port.ts';
import { startServerProcess } from '../servers/server-process.ts';
import { startTidingsForTest, startTidingsProcess, temporaryFolder } from '../start-for-test.ts';
import { run, textOf } from './deployment.ts';

const TEMPLATE = 'deploy/nginx/tidings.conf.template';
const SUFFIXES = { NGINX_SERVICE_DOMAIN: '.tidings.test', NGINX_GATEWAY_DOMAIN: '.gateway.tidings.test' };
/** 127.0.0.1, where the processes listen, and 127.0.0.2, where none does. */
const ADDRESSES = [1, 2];
const MAP = /map "\$request_method \$uri" \$tidings_api \{\n([\s\S]*?)\n\}/;

/** What the image of nginx makes of the template: it knows these variables, and leaves all others to nginx. */
const rendered = (environment: Readonly<Record<string, string>>): string =>
  textOf(TEMPLATE).replaceAll(/\$\{(NGINX_\w+)\}/g, (_, name: string) => environment[name] ?? `{${name} is not given}`);

test('routes go where docs/behind-nginx.md sends them', (t) => {
  const patterns = (text: string) =>
    Array.from((MAP.exec(text)?.[1] ?? '').matchAll(/^\s+(".*"|default)\s+(?:tidings_)?(write|read)[_-]?(?:api)?/gm), ([, pattern, api]) => [pattern, api]);
  t.is(patterns(textOf(TEMPLATE)).length, 3);
  t.deepEqual(patterns(textOf(TEMPLATE)), patterns(textOf('docs/behind-nginx.md')));
});

testWith('nginx')('nginx takes the configuration as docker-compose and Kubernetes give it', async (t) => {
  for (const domains of [{ NGINX_SERVICE_DOMAIN: '', NGINX_GATEWAY_DOMAIN: '' }, SUFFIXES]) {
    await using folder = await temporaryFolder();
    const file = placeIn(folder.path, rendered({ ...domains, NGINX_LOCAL_RESOLVERS: '127.0.0.11', NGINX_TRUSTED_PROXIES: '10.0.0.0/8' }));
    const { status, output } = run('nginx', ['-t', '-p', folder.path, '-c', file, '-e', 'stderr']);
    t.is(status, 0, output);
  }
});

testWith('nginx')('commands, queries, events and chat come to the processes of these names, past one that is gone, with the client’s address', async (t) => {
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(join(folder.path, 'data'), { TIDINGS_TRUSTED_PROXIES: '127.0.0.1', TIDINGS_RATE_LIMITS: 'sign-ups=1/60' });
  const portOf = (role: 'write-api' | 'read-api' | 'gateway') => new URL(tidings.urls[role] ?? '').port;
  const upstreams = {
    TIDINGS_FRONT_WRITE_URL: tidings.urls['write-api'] ?? '',
    TIDINGS_FRONT_READ_URL: tidings.urls['read-api'] ?? '',
    TIDINGS_FRONT_GATEWAY_URL: tidings.urls.gateway ?? '',
  };
  const ofFront = { ...upstreams, TIDINGS_FRONT_PORT: '0', TIDINGS_TRUSTED_PROXIES: '127.0.0.1' };
  await using front = await startTidingsProcess(join(folder.path, 'front'), ofFront, ['--role', 'front']);
  const frontUrl = front.lines.find(({ msg, role }) => msg === 'listening' && role === 'front')?.['url'];
  const asked = new Set<string>();
  await using names = await startNameServer(asked);
  const port = await freePort();
  const config = rendered({ ...SUFFIXES, NGINX_LOCAL_RESOLVERS: `127.0.0.1:${names.port}`, NGINX_TRUSTED_PROXIES: '127.0.0.1' })
    .replace('listen 8080 default_server', `listen 127.0.0.1:${port}`)
    .replaceAll(':8080', `:${new URL(String(frontUrl)).port}`)
    .replaceAll(':8081', `:${portOf('write-api')}`)
    .replaceAll(':8082', `:${portOf('read-api')}`)
    .replaceAll(':8083', `:${portOf('gateway')}`);
  const file = placeIn(folder.path, config);
  const url = `http://127.0.0.1:${port}`;
  const args = ['-p', folder.path, '-c', file, '-e', 'stderr', '-g', 'daemon off; master_process off;'];
  await using _ = await startServerProcess({ command: 'nginx', args, port, url, onDispose: async () => undefined });

  const call = async (method: string, path: string, { body, headers = {} }: { body?: object; headers?: Record<string, string> } = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: body === undefined ? null : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json().catch(() => ({}))) as Readonly<Record<string, string>> };
  };
  const ann = { loginName: 'ann', name: 'Ann', password: 'correct horse battery' };
  const from = (address: string) => ({ headers: { 'X-Forwarded-For': address } });
  t.is((await call('POST', '/v1/people', { body: ann, ...from('203.0.113.7') })).status, 201);
  t.is((await call('POST', '/v1/people', { body: { ...ann, loginName: 'bob' }, ...from('203.0.113.7') })).status, 429, 'the same address');
  t.is((await call('POST', '/v1/people', { body: { ...ann, loginName: 'cid' }, ...from('203.0.113.8') })).status, 201, 'the balancer is believed');
  const { token = '' } = (await call('POST', '/v1/sessions', { body: { loginName: 'ann', password: ann.password } })).body;
  const headers = { authorization: `Bearer ${token}` };
  for (let i = 0; i < 4; i += 1) t.is((await call('GET', '/v1/me', { headers })).status, 200, 'whichever is asked first');
  t.is((await call('GET', '/v1/gateway', { headers })).status, 200);
  t.is((await call('GET', '/metrics')).status, 404);

  const enough = new AbortController();
  const live = await fetch(`${url}/v1/me/feed/live`, { headers, signal: enough.signal });
  const first = await live.body?.getReader().read();
  t.regex(Buffer.from(first?.value ?? '').toString(), /^retry: /, 'not held back');
  enough.abort();

  const socket = new WebSocket(`${url.replace('http', 'ws')}/gateway/gateway-1`);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'hello', token, device: 'laptop', cursors: {} }));
  const [data] = (await once(socket, 'message')) as [Buffer];
  t.is((JSON.parse(data.toString()) as { readonly type: string }).type, 'welcome');
  socket.terminate();
  await pagesAreServed(t, url);
  for (const [elsewhere, status] of Object.entries({ 'gateway-9': 502, redis: 404, 'gateway-1.evil': 404 }))
    t.is((await call('GET', `/gateway/${elsewhere}`)).status, status, elsewhere);
  t.deepEqual([...asked].toSorted(), [
    'front.tidings.test',
    'gateway-1.gateway.tidings.test',
    'gateway-9.gateway.tidings.test',
    'read-api.tidings.test',
    'write-api.tidings.test',
  ]);
});

/** Pages, a session in a cookie, and the chat of a page: by the front, and under the address of nginx alone. */
async function pagesAreServed(t: ExecutionContext, url: string): Promise<void> {
  const page = await fetch(url);
  t.is(page.status, 200);
  t.regex(page.headers.get('content-security-policy') ?? '', /default-src 'none'/);
  const json = { 'content-type': 'application/json', 'X-Forwarded-For': '203.0.113.9' };
  const logIn = (origin: string) =>
    fetch(`${url}/session`, { method: 'POST', headers: { ...json, origin }, body: JSON.stringify({ loginName: 'ann', password: 'correct horse battery' }) });
  t.is((await logIn('http://127.0.0.1')).status, 403, 'the port is part of the origin');
  const login = await logIn(url);
  t.is(login.status, 201);
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  const headers = { cookie, authorization: 'Bearer cookie' };
  t.is((await fetch(`${url}/v1/me`, { headers })).status, 200);
  t.is((await fetch(`${url}/v1/gateway`, { headers })).status, 200);
  const post = (origin: string) =>
    fetch(`${url}/v1/me/feed`, { method: 'POST', headers: { ...json, ...headers, origin }, body: '{"text":"Through nginx and the front"}' });
  t.is((await post('http://elsewhere.example')).status, 403);
  t.is((await post(url)).status, 201);
  const enough = new AbortController();
  const live = await fetch(`${url}/v1/me/feed/live`, { headers, signal: enough.signal });
  t.regex(Buffer.from((await live.body?.getReader().read())?.value ?? '').toString(), /^retry: /, 'not held back');
  enough.abort();
  const socket = new WebSocket(`${url.replace('http', 'ws')}/chat/socket`, { headers: { cookie, origin: url } });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'hello', token: 'cookie', device: 'browser', cursors: {} }));
  const [data] = (await once(socket, 'message')) as [Buffer];
  t.is((JSON.parse(data.toString()) as { readonly type: string }).type, 'welcome');
  socket.terminate();
}

/** Where the image has its files, but below a folder and with its temporary files there. */
function placeIn(folder: string, config: string): string {
  mkdirSync(join(folder, 'conf.d'), { recursive: true });
  writeFileSync(join(folder, 'conf.d/tidings.conf'), config.replace('/dev/stdout', `${folder}/access.log`)); // a socket of this test can't be opened again
  const frame = textOf('deploy/nginx/nginx.conf')
    .replaceAll('/tmp/', `${folder}/`)
    .replace('/etc/nginx/conf.d/', `${folder}/conf.d/`)
    .replace('worker_processes auto', 'worker_processes 1');
  writeFileSync(join(folder, 'nginx.conf'), frame.replace(/worker_rlimit_nofile.*\n/, '').replace(/worker_connections \d+/, 'worker_connections 512'));
  return join(folder, 'nginx.conf');
}

/** Answers that every name but gateway-9 is of two processes, of which the second doesn’t listen, and remembers who was asked for. RFC 1035, as far as it is needed for that. */
async function startNameServer(asked: Set<string>): Promise<AsyncDisposable & { readonly port: number }> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.toString('ascii', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const name = labels.join('.');
    asked.add(name);
    const isAddress = query.readUInt16BE(at + 1) === 1;
    const isKnown = !name.startsWith('gateway-9');
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(isKnown ? 0x8180 : 0x8183, 2);
    header.writeUInt16BE(isKnown && isAddress ? ADDRESSES.length : 0, 6);
    header.writeUInt32BE(0, 8);
    const answers = isKnown && isAddress ? ADDRESSES.map((last) => Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 127, 0, 0, last])) : [];
    socket.send(Buffer.concat([header, query.subarray(12, at + 5), ...answers]), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    [Symbol.asyncDispose]: async () => {
      socket.close();
      await delay(0);
    },
  };
}
