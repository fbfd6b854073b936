/** A recommended gateway is reachable: nginx, as docs/behind-nginx.md configures it for several gateways, takes a client to the one that it was told. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { testWith } from './servers/availability.ts';
import { freePort } from './servers/free-port.ts';
import { temporaryFolder } from './start-for-test.ts';
import { recommendGateway } from '../write-api/recommend-gateway.ts';
import { givenGateways } from '../gateway/test-fixture.ts';
import { connectClient } from '../gateway/testing/client.ts';

const PAGE = resolve(import.meta.dirname, '..', 'docs', 'behind-nginx.md');
const NAMES = ['gateway-1', 'gateway-2'];
const STARTED_WITHIN_MS = 10_000;

testWith('nginx')('a client that connects through nginx to the gateway that it is recommended is on it', async (t) => {
  await using given = await givenGateways();
  const port = await freePort();
  const urlOf = (name: string) => `ws://127.0.0.1:${port}/gateway/${name}`;
  const gateways = await Promise.all(NAMES.map((name) => given.gateway({ publicUrl: urlOf(name) })));
  await using folder = await temporaryFolder();
  await using _ = await startNginx(folder.path, port, new Map(NAMES.map((name, i) => [name, new URL(gateways[i]?.url ?? '').host])));

  const alive = await given.registry.alive();
  t.deepEqual(new Set(alive.map(({ url }) => url)), new Set(NAMES.map(urlOf)));
  for (const chance of [0, 0.999]) {
    const recommended = recommendGateway(alive, { region: alive[0]?.region ?? '', chance });
    await using client = await connectClient(recommended?.url ?? '', await given.person());
    t.is((client.frames[0] as { readonly gateway?: string }).gateway, recommended?.id);
  }
  const nowhere = new WebSocket(urlOf('gateway-3'));
  const [, response] = (await once(nowhere, 'unexpected-response')) as [unknown, { readonly statusCode: number }];
  t.is(response.statusCode, 404);
  t.deepEqual(given.failures, []);
});

/** `gateways`: where each listens, by the name in its address. */
async function startNginx(folder: string, port: number, gateways: ReadonlyMap<string, string>): Promise<AsyncDisposable> {
  const [, block = ''] = /## Several gateways\n[\s\S]*?```\n([\s\S]*?)```/.exec(await readFile(PAGE, 'utf8')) ?? [];
  const [map = '', location = ''] = block.split(/# In the server.*\n/);
  const addressed = map.replaceAll(/(gateway-\d) [\d.:]+;/g, (_, name: string) => `${name} ${gateways.get(name) ?? ''};`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${join(folder, kind)};`).join(' ');
  const config = join(folder, 'nginx.conf');
  await writeFile(
    config,
    `daemon off; pid ${join(folder, 'pid')}; error_log stderr; events {}
     http { access_log off; ${temporary} ${addressed} server { listen 127.0.0.1:${port}; ${location} } }`,
  );
  const nginx = spawn('nginx', ['-c', config, '-p', folder, '-e', 'stderr'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  nginx.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  for (const untilMs = performance.now() + STARTED_WITHIN_MS; !(await accepts(port)); await delay(20)) {
    if (nginx.exitCode !== null || performance.now() > untilMs) throw new Error(`nginx does not serve: ${errors}`);
  }
  return {
    [Symbol.asyncDispose]: async () => {
      const exited = once(nginx, 'exit');
      nginx.kill('SIGTERM');
      await exited;
    },
  };
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isOpen = await new Promise<boolean>((done) => socket.once('connect', () => done(true)).once('error', () => done(false)));
  socket.destroy();
  return isOpen;
}
