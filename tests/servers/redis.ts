/** Redis servers for tests, which persist nothing: one alone, or a cluster of three. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'redis';
import { freePort } from './free-port.ts';
import { startServerProcess, type TestServer } from './server-process.ts';

const CLUSTER_NODES = 3;
const SLOTS = 16_384;
/** The nodes of a cluster talk on a port that lies this far above their own. */
const BUS_PORT_ABOVE = 10_000;
const CLUSTER_READY_WITHIN_MS = 30_000;

/** `config`: directives of redis.conf, as `{ maxmemory: '1mb' }`. It evicts nothing unless they say so. */
export async function startRedisServer({ config = {} }: { readonly config?: Readonly<Record<string, string>> } = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-redis-'));
  const port = await freePort({ alsoAbove: BUS_PORT_ABOVE });
  const directives = { bind: '127.0.0.1', port: String(port), dir: folder, save: '', appendonly: 'no', 'maxmemory-policy': 'noeviction', ...config };
  const url = `redis://127.0.0.1:${port}`;
  return await startServerProcess({
    command: 'redis-server',
    args: Object.entries(directives).flatMap(([name, value]) => [`--${name}`, value]),
    port,
    url,
    isReady: () => ask(url, ['PING']).then(() => undefined),
    onDispose: () => rm(folder, { recursive: true, force: true }),
  });
}

export type TestCluster = AsyncDisposable & { readonly nodes: readonly TestServer[]; readonly urls: readonly string[] };

/** Three nodes, each with a third of the slots, and no replicas. */
export async function startRedisCluster(config: Readonly<Record<string, string>> = {}): Promise<TestCluster> {
  await using starting = new AsyncDisposableStack();
  const nodes: TestServer[] = [];
  for (let node = 0; node < CLUSTER_NODES; node++) nodes.push(starting.use(await startRedisServer({ config: { 'cluster-enabled': 'yes', ...config } })));
  const urls = nodes.map(({ url }) => url);
  const [first = '', ...others] = urls;
  for (const [node, url] of urls.entries()) {
    const from = Math.ceil((SLOTS * node) / CLUSTER_NODES);
    const until = Math.ceil((SLOTS * (node + 1)) / CLUSTER_NODES) - 1;
    await ask(url, ['CLUSTER', 'ADDSLOTSRANGE', String(from), String(until)]);
  }
  for (const url of others) await ask(first, ['CLUSTER', 'MEET', '127.0.0.1', new URL(url).port]);
  const deadline = performance.now() + CLUSTER_READY_WITHIN_MS;
  for (const url of urls)
    while (!(await knowsAll(url))) {
      if (performance.now() > deadline) throw new Error('The nodes did not become a cluster.');
      await delay(50);
    }
  const started = starting.move();
  return { nodes, urls, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

const knowsAll = async (url: string): Promise<boolean> => {
  const info = String(await ask(url, ['CLUSTER', 'INFO']));
  return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${CLUSTER_NODES}`) && info.includes(`cluster_slots_ok:${SLOTS}`);
};

/** One command over a connection of its own. */
export async function ask(url: string, command: readonly string[]): Promise<unknown> {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => undefined); // it rejects as well
  await client.connect();
  try {
    return await client.sendCommand(command);
  } finally {
    client.destroy();
  }
}
