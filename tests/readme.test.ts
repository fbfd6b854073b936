/** The README's five minutes, as they are printed. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { startTidingsProcess, temporaryFolder } from './start-for-test.ts';

const ROOT = resolve(import.meta.dirname, '..');

test('the lines of the five minutes run as they are printed', async (t) => {
  t.timeout(120_000);
  await using folder = await temporaryFolder();
  await using house = await startTidingsProcess(folder.path);
  const readme = await readFile(resolve(ROOT, 'README.md'), 'utf8');
  const minutes = readme.slice(readme.indexOf('## Five minutes'), readme.indexOf('## Where to go from here'));
  const script = Array.from(minutes.matchAll(/```sh\n([\s\S]*?)```/g), ([, lines]) => lines).join('\n');
  const { write, read, ops } = house.addresses;
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: ROOT,
    env: { ...process.env, WRITE: write, READ: read, OPS: ops },
    timeout: 100_000,
  });
  t.regex(stdout, /Good morning from the harbour!/);
  t.regex(stdout, /"type":"ack"/);
  t.regex(stdout, /The boat leaves at nine\./);
});
