/**
 * Runs every test, and ends with one line `N passed, N failed` for people and machines. Arguments go to ava.
 *
 * A file in which a test failed is run once more by itself when all else is done. A test that passes then is reported as FLAKY, with
 * its first failure above it, and counts as passed; it is a fault to be mended all the same. More than a few such files are a
 * failure, and so is a run that was cut short.
 */
import { spawn } from 'node:child_process';
import { glob } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileOf } from './file-of-title.ts';

const FLAKY_FILES_MAX = 3;
/** ava gives up on a test that does not end, and may then wait for processes that the test has started. */
const OVERALL_MS = 20 * 60_000;
/** ava's message where a test does not end: it leaves out the tests that have not begun, without a word about them. */
const GAVE_UP = /Exited because no new tests completed|Exiting due to process\.exit\(\)/;
/** ava's last line of a complete run. Its TAP reporter may fail at a test that does not end, and never print it. */
const PLAN = /^1\.\.\d+/;
/** Suites of their own: by the configuration of ava that picks them, how the names of their files end. */
const SUITES = { 'ava.distributed.config.mjs': '.distributed.test.ts', 'ava.web.config.mjs': '.web.test.ts', 'ava.long.config.mjs': '.long.test.ts' };
const suiteOf = (file) => Object.keys(SUITES).find((config) => file.endsWith(SUITES[config]));
/** On two cores, in minutes. */
const TAKES = { 'ava.distributed.config.mjs': 'up to twenty', 'ava.web.config.mjs': 'six or seven', 'ava.long.config.mjs': 'up to ten' };
/** What modules are compiled to. Each file of tests runs in a thread of its own, where half of the time goes into compiling what others have compiled. */
const COMPILED_FOLDER = resolve(import.meta.dirname, '..', 'node_modules', '.cache', 'compiled');
const DOTS_A_LINE = 50;
const REDRAW_EVERY_MS = 500;
const CLEAR_LINE = '\r\u001b[K';
const deadline = AbortSignal.timeout(OVERALL_MS);

const isTerminal = process.stdout.isTTY === true;

/** Shows that the run goes on: on a terminal one line that is written over, elsewhere a dot for each file of tests. */
function createProgress(filesMax) {
  const startedMs = performance.now();
  const files = new Set();
  let [passed, failed] = [0, 0];
  let isLineOpen = false;
  const endLine = () => {
    if (isLineOpen) process.stdout.write(isTerminal ? CLEAR_LINE : '\n');
    isLineOpen = false;
  };
  const write = (text) => {
    process.stdout.write(text);
    isLineOpen = true;
  };
  const status = () => `${files.size} of ${filesMax} files, ${passed} tests passed, ${failed} failed, ${Math.round((performance.now() - startedMs) / 1_000)} s`;
  const timer = isTerminal ? setInterval(() => write(CLEAR_LINE + status()), REDRAW_EVERY_MS) : undefined;
  return {
    print: (line) => {
      endLine();
      console.log(line);
    },
    testEnded: (title, { isFailure }) => {
      if (isFailure) failed++;
      else passed++;
      const isFirstOfFile = files.size < files.add(title.split(' › ').slice(0, -1).join('/')).size;
      if (isTerminal || !isFirstOfFile) return;
      write('.');
      if (files.size % DOTS_A_LINE !== 0) return;
      write(` ${status()}`);
      endLine();
    },
    end: () => {
      clearInterval(timer);
      endLine();
    },
  };
}

/** ava's own lines between the results are printed as they come, except for its bookkeeping. */
async function run(args, progress) {
  const ava = spawn(process.execPath, ['node_modules/ava/entrypoints/cli.js', '--tap', ...args], {
    stdio: ['inherit', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILED_FOLDER },
    signal: deadline,
    killSignal: 'SIGKILL',
  });
  ava.on('error', () => undefined); // it was stopped
  const ended = new Promise((resolve) => ava.on('close', resolve));
  /** @type {{ passed: number; skipped: number; failed: string[]; broke: boolean; cutShort: boolean }} */
  const found = { passed: 0, skipped: 0, failed: [], broke: false, cutShort: true };
  let gaveUp = false;
  for await (const line of createInterface({ input: ava.stdout })) {
    if (PLAN.test(line)) found.cutShort = gaveUp;
    gaveUp ||= GAVE_UP.test(line);
    const [, failed, title = ''] = /^(not )?ok \d+ - (.*)$/.exec(line) ?? [];
    if (title === '' && !line.startsWith('ok') && !line.startsWith('not ok')) {
      if (!/^(TAP version|1\.\.\d+|# (tests|pass|fail|skip|$))/.test(line)) progress.print(line);
    } else if (/# SKIP/.test(title)) {
      found.skipped++;
      progress.print(`skipped: ${title.replace(/ # SKIP.*/, '')}`);
    } else if (failed === undefined) {
      found.passed++;
      progress.testEnded(title, { isFailure: false });
    } else {
      found.failed.push(title);
      progress.print(`FAILED: ${title}`);
      progress.testEnded(title, { isFailure: true });
    }
  }
  progress.end();
  found.broke = (await ended) !== 0 && found.failed.length === 0; // it ended before any test could fail
  return found;
}

/** The files that the arguments name, or all of the suite. */
async function listFiles(args) {
  const named = args.filter((arg) => arg.endsWith('.test.ts'));
  const patterns = named.length > 0 ? named : [`**/*${suite === undefined ? '.test.ts' : SUITES[suite]}`];
  const files = [];
  for await (const file of glob(patterns, { exclude: (path) => /^(node_modules|data|coverage)$/.test(String(path.name ?? path)) }))
    if (suiteOf(file) === suite) files.push(file);
  return files;
}

const args = process.argv.slice(2);
const suite = Object.keys(SUITES).find((config) => args.includes(config));
const all = await listFiles(args);
const filesMax = all.length;
console.log(`Running ${filesMax} ${filesMax === 1 ? 'file' : 'files'} of tests. All of them take ${TAKES[suite] ?? 'about nine'} minutes on two cores.`);
const first = await run(args, createProgress(filesMax));
let { failed } = first;
const files = [...new Set(failed.map((title) => fileOf(title, all)))];
if (failed.length > 0 && !first.cutShort && files.length <= FLAKY_FILES_MAX && !files.includes(undefined)) {
  console.log(`Once more, by themselves: ${files.join(', ')}`);
  const again = await run([...(suite === undefined ? [] : ['--config', suite]), '--serial', '--concurrency', '1', ...files], createProgress(files.length));
  if (!again.broke && !again.cutShort) {
    // With few files ava leaves out of a title what the files have in common.
    const flaky = failed.filter((title) => !again.failed.some((one) => title.endsWith(one)));
    for (const title of flaky) console.log(`FLAKY: ${title}`);
    first.passed += flaky.length;
    failed = again.failed;
  }
}
const count = failed.length + (first.broke ? 1 : 0);
// Once more where people look first: what failed stands far above by now.
for (const title of failed) console.log(`FAILED: ${title}`);
if (first.broke) console.log('FAILED: the run ended before all tests had answered');
if (first.skipped > 0) console.log(`${first.skipped} skipped`);
console.log(`${first.passed} passed, ${count} failed`);
process.exit(count === 0 ? 0 : 1);
