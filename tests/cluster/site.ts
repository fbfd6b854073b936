/** nginx before a cluster, as docs/behind-nginx.md configures it but for TLS: one address for all APIs, and one below it for each gateway. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../servers/free-port.ts';
import type { ClusterProcess, ProcessName } from './cluster-process.ts';

const PAGE = resolve(import.meta.dirname, '../../docs/behind-nginx.md');
const POLL_MS = 20;
const STARTED_WITHIN_MS = 10_000;

export type Site = AsyncDisposable & {
  readonly url: string;
  /** What a gateway tells its clients to connect to. */
  gatewayUrl(name: ProcessName): string;
  /** Serves what these listen on. */
  route(processes: readonly ClusterProcess[]): Promise<void>;
};

export const isNginxInstalled = (): boolean => spawnSync('nginx', ['-v']).status === 0;

/** Nothing is served until it is told the routes. */
export async function startSite({ folder }: { readonly folder: string }): Promise<Site> {
  const port = await freePort();
  let child: ChildProcess | undefined;
  const stop = async () => {
    if (child === undefined || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    gatewayUrl: (name) => `ws://127.0.0.1:${port}/gateway/${name}`,
    route: async (processes) => {
      await stop();
      const file = join(folder, 'nginx.conf');
      await writeFile(file, configOf(processes, { folder, port }));
      const { status, stderr } = spawnSync('nginx', ['-t', '-p', folder, '-c', file], { encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
      child = spawn('nginx', ['-p', folder, '-c', file], { stdio: 'ignore', detached: true });
      await untilListening(port);
    },
    [Symbol.asyncDispose]: stop,
  };
}

function configOf(processes: readonly ClusterProcess[], { folder, port }: { readonly folder: string; readonly port: number }): string {
  const hostsOf = (role: 'write-api' | 'read-api') => processes.flatMap(({ urls }) => (urls[role] === undefined ? [] : [new URL(urls[role]).host]));
  const upstream = (name: string, hosts: readonly string[]) =>
    `upstream ${name} { ${hosts.map((host) => `server ${host} max_fails=0;`).join(' ')} keepalive 64; }`;
  const gateways = processes.flatMap(({ name, urls }) => (urls.gateway === undefined ? [] : [{ name, host: new URL(urls.gateway).host }]));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `${of}_temp_path ${folder}/${of};`).join(' ');
  const [map = ''] = /map "\$request_method \$uri" \$tidings_api \{.*?\n\}/s.exec(readFileSync(PAGE, 'utf8')) ?? [];
  return `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/nginx.log; worker_processes 1;
events { worker_connections 4096; }
http {
access_log off; ${temporary}
${upstream('tidings_write', hostsOf('write-api'))}
${upstream('tidings_read', hostsOf('read-api'))}
${map}
server {
  listen 127.0.0.1:${port};
  proxy_http_version 1.1;
  proxy_set_header Host $host;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header Forwarded "";
  proxy_set_header Connection "";
  proxy_connect_timeout 2s;
  proxy_next_upstream error timeout;
  client_max_body_size 1m;
  location / { proxy_pass http://$tidings_api; }
  location ~ ^/v1/(me/(feed|notifications)|projections/[^/]+/changes)/live$ { proxy_pass http://tidings_read; proxy_buffering off; proxy_read_timeout 60s; }
${gateways.map(({ name, host }) => `  location = /gateway/${name} { proxy_pass http://${host}/; ${UPGRADE} }`).join('\n')}
}
}
`;
}

const UPGRADE = [
  'proxy_set_header Host $host;',
  'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
  'proxy_set_header Forwarded "";',
  'proxy_set_header Upgrade $http_upgrade;',
  'proxy_set_header Connection "upgrade";',
  'proxy_read_timeout 75s; proxy_send_timeout 75s;',
].join(' ');

async function untilListening(port: number): Promise<void> {
  for (const until = performance.now() + STARTED_WITHIN_MS; !(await isListening(port)); await delay(POLL_MS)) {
    if (performance.now() > until) throw new Error('nginx does not listen.');
  }
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((listens) => {
    const socket = connect(port, '127.0.0.1', () => listens(true)).once('error', () => listens(false));
    socket.once('connect', () => socket.destroy());
  });
