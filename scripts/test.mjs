/** Runs every test, and ends with one line `N passed, N failed` that a person and a machine can both read. Arguments go to ava. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const counts = { passed: 0, failed: 0, skipped: 0 };
const ava = spawn(process.execPath, ['node_modules/ava/entrypoints/cli.js', '--tap', ...process.argv.slice(2)], { stdio: ['inherit', 'pipe', 'inherit'] });

/** ava gives up on a test that does not end, and may then wait for what that test has started. */
const OVERALL_MS = 20 * 60_000;
const ended = new Promise((resolve) => ava.on('close', resolve));
setTimeout(() => ava.kill('SIGKILL'), OVERALL_MS).unref();

for await (const line of createInterface({ input: ava.stdout })) {
  const [, failed, title = ''] = /^(not )?ok \d+ - (.*)$/.exec(line) ?? [];
  if (title === '' && !line.startsWith('ok') && !line.startsWith('not ok')) {
    if (!/^(TAP version|1\.\.\d+|# (tests|pass|fail|skip|$))/.test(line)) console.log(line);
    continue;
  }
  if (/# SKIP/.test(title)) {
    counts.skipped++;
    console.log(`skipped: ${title.replace(/ # SKIP.*/, '')}`);
  } else if (failed === undefined) {
    counts.passed++;
  } else {
    counts.failed++;
    console.log(`FAILED: ${title}`);
  }
}

const status = await ended;
if (status !== 0 && counts.failed === 0) counts.failed = 1; // it broke before any test could say so
if (counts.skipped > 0) console.log(`${counts.skipped} skipped`);
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed === 0 ? 0 : 1);
