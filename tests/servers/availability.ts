/** Whether a machine has the servers that tests need. Where it lacks one, a test is skipped, which is seen; in CI it fails. */
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';

const PYTHON_PROGRAMS = resolve(import.meta.dirname, '../../.venv/bin');

export type ServerName = 'redis-server' | 'secantusd-py' | 'nginx' | 'promtool' | 'docker-compose';

const isInstalled = (program: string): boolean =>
  [PYTHON_PROGRAMS, '/usr/sbin', ...(process.env['PATH'] ?? '').split(delimiter)].some((folder) => existsSync(join(folder, program)));

/** Adds tests that need these servers. */
export function testWith(...servers: readonly ServerName[]): (title: string, body: (t: ExecutionContext) => Promise<void>) => void {
  const missing = process.env['CI'] === 'true' ? [] : servers.filter((server) => !isInstalled(server));
  return (title, body) => {
    if (missing.length === 0) test(title, body);
    else test.skip(`${title} (this machine has no ${missing.join(', no ')}; see “Servers for tests” in CONTRIBUTING.md)`, body);
  };
}
