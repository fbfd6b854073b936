/** A PostgreSQL of a test's own: in a temporary folder, at a free port of 127.0.0.1, run by a user that isn't root, for it refuses root. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.ts';

const VERSIONS = '/usr/lib/postgresql';
const STARTED_WITHIN_MS = 60_000;
const USER = 'tidings';

export type PostgresqlServer = AsyncDisposable & {
  /** As PostgreSQL's clients read it. */
  readonly environment: Readonly<Record<string, string>>;
  query(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
};

export async function startPostgresql(): Promise<PostgresqlServer> {
  await using starting = new AsyncDisposableStack();
  const [version = ''] = (await readdir(VERSIONS)).toSorted().toReversed();
  const programs = join(VERSIONS, version, 'bin');
  const folder = await mkdtemp(join(tmpdir(), 'tidings-postgresql-'));
  starting.defer(() => rm(folder, { recursive: true, force: true }));
  const as = await otherUser();
  if (as !== undefined) {
    await chown(folder, as.uid, as.gid);
    await chmod(folder, 0o700);
  }
  const data = join(folder, 'data');
  await promisify(execFile)(join(programs, 'initdb'), ['-D', data, '-U', USER, '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale', 'C'], {
    ...as,
    cwd: folder,
  });
  const port = await freePort();
  const settings = ['-c', 'fsync=off', '-c', `unix_socket_directories=${folder}`, '-c', 'listen_addresses=127.0.0.1', '-p', String(port)];
  const server = spawn(join(programs, 'postgres'), ['-D', data, ...settings], { ...as, cwd: folder, stdio: 'ignore' });
  starting.defer(async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGINT'); // a fast shutdown
    await once(server, 'exit');
  });
  const environment = { PGHOST: '127.0.0.1', PGPORT: String(port), PGUSER: USER, PGDATABASE: 'postgres' };
  const pool = new pg.Pool({ host: '127.0.0.1', port, user: USER, database: 'postgres', max: 2 });
  pool.on('error', () => undefined); // when the server stops
  starting.defer(() => pool.end());
  for (const giveUpAt = performance.now() + STARTED_WITHIN_MS; ;) {
    try {
      await pool.query('SELECT 1');
      break;
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  const started = starting.move();
  return {
    environment,
    query: async (text) => (await pool.query<Record<string, unknown>>(text)).rows,
    [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
  };
}

/** Undefined where the tests aren't root's. */
async function otherUser(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = async (flag: string) => Number((await promisify(execFile)('id', [flag, 'nobody'])).stdout);
  return { uid: await idOf('-u'), gid: await idOf('-g') };
}
