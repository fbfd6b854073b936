/** docs/behind-nginx.md against the code, and against nginx itself where it is installed. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import test from 'ava';
import { WebSocket } from 'ws';
import { configFrom } from '../app/config/config.ts';
import type { Urls } from '../app/listeners.ts';
import { makeCertificates } from '../event-store/grpc/certificates.ts';
import { whichApi } from '../front/which-api.ts';
import { READ_LIMITS } from '../read-api/limits.ts';
import { readRoutes } from '../read-api/read-api.ts';
import { WRITE_LIMITS } from '../write-api/limits.ts';
import { writeRoutes } from '../write-api/write-api.ts';
import { startTidingsForTest, temporaryFolder } from './start-for-test.ts';

const page = readFileSync(resolve(import.meta.dirname, '..', 'docs', 'behind-nginx.md'), 'utf8');
const blockOf = (language: string) => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(page)?.[1] ?? '';
const nginx = blockOf('nginx');

test('sends every route to its listener', (t) => {
  const rules = Array.from(/map "\$request_method \$uri" \$tidings_api \{(.*?)\n\}/s.exec(nginx)?.[1]?.matchAll(/"~(.+)" +(\w+);/g) ?? []);
  const listenerOf = (method: string, path: string) =>
    rules.find(([, pattern = '']) => new RegExp(pattern).test(`${method.toUpperCase()} ${path}`))?.[2] ?? 'tidings_write';
  // Only the declarations are used, so the routes need no dependencies.
  const [write, read] = [writeRoutes({ limits: WRITE_LIMITS } as never), readRoutes({ limits: READ_LIMITS } as never)];
  for (const { method, path } of [...write, ...read])
    t.is(whichApi(method.toUpperCase(), path), listenerOf(method, path) === 'tidings_write' ? 'write-api' : 'read-api');
  for (const { method, path } of write) t.is(listenerOf(method, path), 'tidings_write', `${method} ${path}`);
  for (const { method, path } of read) t.is(listenerOf(method, path), 'tidings_read', `${method} ${path}`);
  const live = read.filter(({ produces }) => produces === 'text/event-stream').map(({ path }) => path);
  const unbuffered = new RegExp(/location ~ (\S+) \{\n[^}]*proxy_buffering off/.exec(nginx)?.[1] ?? '^$');
  t.true(live.length > 0 && live.every((path) => unbuffered.test(path)), live.join(', '));
});

test('names the listeners by their default ports, and passes on what they need', (t) => {
  const { ports } = configFrom({});
  t.deepEqual(
    Array.from(nginx.matchAll(/server 127\.0\.0\.1:(\d+);/g), ([, port]) => Number(port)),
    [ports.write, ports.read, ports.gateway],
  );
  for (const directive of ['proxy_http_version 1.1', 'X-Forwarded-For $proxy_add_x_forwarded_for', 'Upgrade $http_upgrade', 'Connection "upgrade"'])
    t.true(nginx.includes(directive), directive);
});

test('its settings are ones that Tidings takes', (t) => {
  const settings = Object.fromEntries(Array.from(blockOf('sh').matchAll(/^(TIDINGS_\w+)=(.+)$/gm), ([, name = '', value]) => [name, value]));
  t.notThrows(() => configFrom(settings));
  t.deepEqual(configFrom(settings).trustedProxies, ['127.0.0.1']);
});

const isInstalled = spawnSync('nginx', ['-v']).status === 0;
(isInstalled ? test : test.skip)('commands, queries, live events and chat pass through nginx as configured', async (t) => {
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(join(folder.path, 'data'), { TIDINGS_TRUSTED_PROXIES: '127.0.0.1', TIDINGS_RATE_LIMITS: 'sign-ups=1/60' });
  const port = await freePort();
  const site = `https://localhost:${port}`;
  const { authority, ...files } = makeCertificates(['localhost'], Date.now());
  await using _ = await startNginx(folder.path, { port, files, urls: tidings.urls });
  const client = new Agent({ ca: authority, family: 4, localAddress: '127.0.0.2' }); // another address than the proxy’s
  const call = (method: string, path: string, options: Options = {}) => callThrough(client, `${site}${path}`, method, options);

  const ann = { loginName: 'ann', name: 'Ann', password: 'correct horse battery' };
  t.is((await call('POST', '/v1/people', { body: ann })).status, 201);
  const again = { body: { ...ann, loginName: 'eve' }, headers: { 'X-Forwarded-For': '203.0.113.9', Forwarded: 'for=203.0.113.9' } };
  t.is((await call('POST', '/v1/people', again)).status, 429, 'the address is the one that nginx sees');
  const { token } = (await call('POST', '/v1/sessions', { body: { loginName: ann.loginName, password: ann.password } })).body;
  const headers = { authorization: `Bearer ${String(token)}` };
  t.is((await call('GET', '/v1/gateway', { headers })).status, 200);
  t.is((await call('GET', '/v1/me', { headers })).status, 200);
  t.regex(await firstBytesOf(client, `${site}/v1/me/feed/live`, headers), /^retry: /, 'not held back');

  const socket = new WebSocket(`wss://localhost:${port}/chat`, { agent: client });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'hello', token, device: 'laptop', cursors: {} }));
  const [data] = (await once(socket, 'message')) as [Buffer];
  t.is((JSON.parse(data.toString()) as { readonly type: string }).type, 'welcome');
  socket.terminate();
});

type Options = { readonly body?: object; readonly headers?: Readonly<Record<string, string>> };

async function callThrough(agent: Agent, url: string, method: string, { body, headers = {} }: Options) {
  const sent = request(url, { agent, method, headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) } });
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const text = Buffer.concat(await response.toArray()).toString();
  return { status: response.statusCode, body: (text === '' ? {} : JSON.parse(text)) as Readonly<Record<string, unknown>> };
}

async function firstBytesOf(agent: Agent, url: string, headers: Readonly<Record<string, string>>): Promise<string> {
  const sent = request(url, { agent, headers });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const [first] = (await once(response, 'data')) as [Buffer];
  response.destroy();
  return first.toString();
}

type NginxConfig = { readonly port: number; readonly files: { readonly certificate: string; readonly key: string }; readonly urls: Urls };

/** As an ordinary user, in a folder of its own, on other ports. */
async function startNginx(folder: string, { port, files, urls }: NginxConfig): Promise<AsyncDisposable> {
  const portOf = (role: keyof Urls) => new URL(String(urls[role])).port;
  const server = nginx
    .replace(/listen \[::\].*\n/, '')
    .replace('listen 443', `listen 127.0.0.1:${port}`)
    .replace('127.0.0.1:8081', `127.0.0.1:${portOf('write-api')}`)
    .replace('127.0.0.1:8082', `127.0.0.1:${portOf('read-api')}`)
    .replace('127.0.0.1:8083', `127.0.0.1:${portOf('gateway')}`)
    .replaceAll('/etc/nginx/', `${folder}/`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
  const file = join(folder, 'nginx.conf');
  await Promise.all([
    writeFile(join(folder, 'tidings.crt'), files.certificate),
    writeFile(join(folder, 'tidings.key'), files.key),
    writeFile(file, `daemon off; master_process off; pid ${folder}/pid; error_log stderr; events {} http { access_log off; ${temporary}\n${server}\n}`),
  ]);
  const { status, stderr } = spawnSync('nginx', ['-t', '-p', folder, '-c', file], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const child = spawn('nginx', ['-p', folder, '-c', file], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  while (!(await isListening(port))) await new Promise((resolve) => setTimeout(resolve, 20));
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
