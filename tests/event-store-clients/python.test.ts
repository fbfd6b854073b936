/** The Python client, in a process of its own. It is no dependency of ours: `.ci/run` installs it, and there it must be. */
import test from 'ava';
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { startForClients } from './test-fixture.ts';

const script = new URL('smoke.py', import.meta.url).pathname;
const isInstalled = spawnSync('python3', ['-c', 'import esdbclient']).status === 0;
const TIMEOUT_MS = 60_000;

for (const mode of ['insecure', 'over TLS'] as const) {
  (isInstalled || process.env['CI'] === 'true' ? test.serial : test.skip)(`the Python esdbclient works with the server, ${mode}`, async (t) => {
    await using fixture = await startForClients(mode);
    const { connectionString, authorityFile } = fixture;
    const run = promisify(execFile)('python3', [script, connectionString, mode === 'insecure' ? '-' : authorityFile], { timeout: TIMEOUT_MS });
    t.is((await run).stdout, 'ok\n');
  });
}
