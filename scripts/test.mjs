/**
 * Runs every test, and ends with one line `N passed, N failed` that a person and a machine can both read. Arguments go to ava.
 *
 * A file in which a test failed is run once more by itself when all else is done. What passes then is told as FLAKY, with its
 * first failure above it, and counts as passed; it is a fault to be mended all the same. More than a few such files are a failure,
 * and so is a run that was cut short.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

const FLAKY_FILES_MAX = 3;
/** ava gives up on a test that does not end, and may then wait for what that test has started. */
const OVERALL_MS = 20 * 60_000;
/** What ava says where a test does not end: those that have not begun are left out then, and nothing is said of them. */
const GAVE_UP = /Exited because no new tests completed|Exiting due to process\.exit\(\)/;
/** The last thing it says of a run that it has brought to its end. Its TAP reporter may fail at a test that does not end, and not come so far. */
const PLAN = /^1\.\.\d+/;
const deadline = AbortSignal.timeout(OVERALL_MS);

/** What ava says between the results, without its own bookkeeping, is printed as it comes. */
async function run(args) {
  const ava = spawn(process.execPath, ['node_modules/ava/entrypoints/cli.js', '--tap', ...args], {
    stdio: ['inherit', 'pipe', 'inherit'],
    signal: deadline,
    killSignal: 'SIGKILL',
  });
  ava.on('error', () => undefined); // it was stopped
  const ended = new Promise((resolve) => ava.on('close', resolve));
  const found = { passed: 0, skipped: 0, failed: [], broke: false, cutShort: true };
  let gaveUp = false;
  for await (const line of createInterface({ input: ava.stdout })) {
    if (PLAN.test(line)) found.cutShort = gaveUp;
    gaveUp ||= GAVE_UP.test(line);
    const [, failed, title = ''] = /^(not )?ok \d+ - (.*)$/.exec(line) ?? [];
    if (title === '' && !line.startsWith('ok') && !line.startsWith('not ok')) {
      if (!/^(TAP version|1\.\.\d+|# (tests|pass|fail|skip|$))/.test(line)) console.log(line);
    } else if (/# SKIP/.test(title)) {
      found.skipped++;
      console.log(`skipped: ${title.replace(/ # SKIP.*/, '')}`);
    } else if (failed === undefined) {
      found.passed++;
    } else {
      found.failed.push(title);
      console.log(`FAILED: ${title}`);
    }
  }
  found.broke = (await ended) !== 0 && found.failed.length === 0; // before any test could say so
  return found;
}

/** `tests › tour › tour › a title` is in tests/tour/tour.test.ts. */
function fileOf(title) {
  const parts = title.split(' › ');
  for (let length = 1; length < parts.length; length++) {
    const file = `${parts.slice(0, length).join('/')}.test.ts`;
    if (existsSync(file)) return file;
  }
  return undefined;
}

const first = await run(process.argv.slice(2));
let { failed } = first;
const files = [...new Set(failed.map(fileOf))];
if (failed.length > 0 && !first.cutShort && files.length <= FLAKY_FILES_MAX && !files.includes(undefined)) {
  console.log(`Once more, by themselves: ${files.join(', ')}`);
  const again = await run(['--serial', '--concurrency', '1', ...files]);
  if (!again.broke && !again.cutShort) {
    // Of fewer files ava leaves out of a title what they have in common.
    const flaky = failed.filter((title) => !again.failed.some((one) => title.endsWith(one)));
    for (const title of flaky) console.log(`FLAKY: ${title}`);
    first.passed += flaky.length;
    failed = again.failed;
  }
}
const count = failed.length + (first.broke ? 1 : 0);
if (first.skipped > 0) console.log(`${first.skipped} skipped`);
console.log(`${first.passed} passed, ${count} failed`);
process.exit(count === 0 ? 0 : 1);
