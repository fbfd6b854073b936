/** Runs the five minutes of the README as they are printed. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { startTidingsProcess, temporaryFolder } from './start-for-test.ts';

const ROOT = resolve(import.meta.dirname, '..');
const README = await readFile(resolve(ROOT, 'README.md'), 'utf8');

const section = README.slice(README.indexOf('## Five minutes'), README.indexOf('## Where to go from here'));
const script = Array.from(section.matchAll(/```sh\n([\s\S]*?)```/g), ([, lines]) => lines).join('\n');

/** Answers the standard output. */
const run = async (addresses: { readonly write: string; readonly read: string; readonly ops: string }): Promise<string> => {
  const { write, read, ops } = addresses;
  const env = { ...process.env, WRITE: write, READ: read, OPS: ops };
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: ROOT, env, timeout: 100_000 });
  return stdout;
};

test('the five minutes can be run twice on the same Tidings', async (t) => {
  t.timeout(180_000);
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsProcess(folder.path);
  for (const turn of ['first', 'second']) {
    const stdout = await run(tidings.addresses);
    t.regex(stdout, /Good morning from the harbour!/, turn);
    t.regex(stdout, /"type":"ack"/, turn);
    t.regex(stdout, /The boat of \d+ leaves at nine\./, turn);
  }
});

test('the five minutes end at the first failure, and say what failed', async (t) => {
  const nowhere = 'http://127.0.0.1:1';
  const error = await t.throwsAsync<Error & { readonly code: number; readonly stderr: string }>(run({ write: nowhere, read: nowhere, ops: nowhere }));
  t.is(error.code, 1);
  t.regex(error.stderr, /no id in:/);
  t.regex(error.stderr, /Failed to connect|Could not connect/);
});
