/** A server of MongoDB's protocol for tests: SecantusDB, which presents itself as a replica set of one node and has transactions. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { MongoClient } from 'mongodb';
import { freePort } from './free-port.ts';
import { startServerProcess, type TestServer } from './server-process.ts';

const INSTALLED = resolve(import.meta.dirname, '../../.venv/bin/secantusd-py');
const READY_WITHIN_MS = 1_000;

/** Its commits last only with `isDurable`: what is killed may have lost the newest, as no MongoDB with majority and journal does. */
export async function startMongoServer({
  isDurable = false,
  args = [],
}: { readonly isDurable?: boolean; readonly args?: readonly string[] } = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-mongodb-'));
  const port = await freePort();
  const url = `mongodb://127.0.0.1:${port}/?directConnection=true`;
  return await startServerProcess({
    command: existsSync(INSTALLED) ? INSTALLED : 'secantusd-py',
    args: [
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--storage-path',
      folder,
      '--log-level',
      'WARNING',
      ...(isDurable ? ['--sync-on-commit'] : []),
      ...args,
    ],
    port,
    url,
    isReady: () => ping(url),
    onDispose: () => rm(folder, { recursive: true, force: true }),
  });
}

async function ping(url: string): Promise<void> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: READY_WITHIN_MS });
  try {
    await client.db('admin').command({ ping: 1 });
  } finally {
    await client.close();
  }
}
