/** Whether a machine has the servers that tests need. Where it lacks one, a test is skipped, which is seen; in CI it fails. */
import { existsSync, globSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';

const PYTHON_PROGRAMS = resolve(import.meta.dirname, '../../.venv/bin');

export type ServerName =
  | 'redis-server'
  | 'secantusd-py'
  | 'nginx'
  | 'promtool'
  | 'docker-compose'
  | 'kubernetes-validate'
  | 'moto_server'
  | 'ffmpeg'
  | 'chromium'
  | 'websockets'
  | 'postgres';

/** Debian keeps PostgreSQL's programs by their version. */
const postgresqlPrograms = (): readonly string[] => globSync('/usr/lib/postgresql/*/bin');

const isInstalled = (program: string): boolean =>
  [PYTHON_PROGRAMS, ...postgresqlPrograms(), '/usr/sbin', ...(process.env['PATH'] ?? '').split(delimiter)].some((folder) => existsSync(join(folder, program)));

type AddTest = (title: string, body: (t: ExecutionContext) => Promise<void>) => void;

/** Adds tests that need these servers. */
export const testWith = (...servers: readonly ServerName[]): AddTest => addWith(test, servers);

/** The same, one after the other: for what keeps something in one place for the whole process, such as the official client of EventStoreDB. */
export const testInTurnWith = (...servers: readonly ServerName[]): AddTest => addWith(test.serial, servers);

function addWith(add: typeof test.serial, servers: readonly ServerName[]): AddTest {
  const missing = process.env['CI'] === 'true' ? [] : servers.filter((server) => !isInstalled(server));
  return (title, body) => {
    if (missing.length === 0) add(title, body);
    else add.skip(`${title} (this machine has no ${missing.join(', no ')}; see “Servers for tests” in CONTRIBUTING.md)`, body);
  };
}
