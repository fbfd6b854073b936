/** Resident memory of idle connections, each authenticated as another person. */
import { formatRatio } from '../shared/statistics.ts';
import { closeAll, connectAll, type LoadSocket } from './load.ts';
import { startServerProcess, type ServerProcess } from './server-process.ts';
import { IDLE_BASE_CONNECTIONS, IDLE_CONNECTIONS } from './sizes.ts';
import { printHeader, printRow } from './table.ts';
import { BASELINE_FILE, helloOf, isWelcome, TIDINGS_FILE } from './target.ts';
import type { BenchAccount } from './tidings-server.ts';

export async function benchIdle(): Promise<void> {
  printHeader('idle connections', 'KB each', 'relay KB each', 'ratio');
  const ours = await measure({
    file: TIDINGS_FILE,
    firstFrames: async (server, count) => (await server.call<readonly BenchAccount[]>('createAccounts', { count })).map(helloOf),
    isReady: isWelcome,
  });
  const relay = await measure({
    file: BASELINE_FILE,
    firstFrames: (_, count) => Promise.resolve(Array.from({ length: count }, (__, n) => ({ join: `${n}` }))),
  });
  IDLE_CONNECTIONS.forEach((count, n) => {
    const [from, our, its] = [IDLE_CONNECTIONS[n - 1] ?? IDLE_BASE_CONNECTIONS, ours[n] ?? NaN, relay[n] ?? NaN];
    printRow(`from ${from.toLocaleString('en')} to ${count.toLocaleString('en')}`, our.toFixed(1), its.toFixed(1), `${formatRatio(our, its)}×`);
  });
}

type IdleServer = {
  readonly file: URL;
  readonly firstFrames: (server: ServerProcess, count: number) => Promise<readonly object[]>;
  readonly isReady?: (frame: Buffer) => boolean;
};

/** KB a connection for each count, of the connections opened since the previous count. */
async function measure({ file, firstFrames, ...options }: IdleServer): Promise<readonly number[]> {
  await using server = await startServerProcess(file);
  const frames = await firstFrames(server, Math.max(...IDLE_CONNECTIONS));
  const sockets: LoadSocket[] = [];
  const growTo = async (count: number) => {
    sockets.push(...(await connectAll(server.url, frames.slice(sockets.length, count), options)));
    await server.call('collectGarbage');
    return { count, rssBytes: (await server.usage()).rssBytes };
  };
  const kilobytesEach: number[] = [];
  let last = await growTo(IDLE_BASE_CONNECTIONS);
  for (const count of IDLE_CONNECTIONS) {
    const grown = await growTo(count);
    kilobytesEach.push((grown.rssBytes - last.rssBytes) / (grown.count - last.count) / 1024);
    last = grown;
  }
  closeAll(sockets);
  return kilobytesEach;
}
