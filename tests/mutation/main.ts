/**
 * Changes the code in small ways and runs the nearest tests of each change: a mutant that no test notices shows an assertion that is
 * missing. Works on a copy of the tree. A tool for developers: `npm run mutate -- --sample 200 gateway workers`.
 */
/* oxlint-disable no-console -- a tool that prints */
import { spawn, execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { mutantsOf, type Mutant } from './mutants.ts';
import { importersOf, nearestTests } from './nearest-tests.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const ROOMS = ['domain', 'commands', 'gateway', 'workers', 'edge'];
const MUTANT_TIMEOUT_MS = 90_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sample: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' }, help: { type: 'boolean', default: false } },
});
if (values.help) {
  console.log(
    'npm run mutate -- [--sample 200] [--seed 1] [folders or files…]\n\nMutates the named code, by default of domain, commands, gateway, workers and edge.',
  );
  process.exit(0);
}

const tracked = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).split('\n').filter(Boolean);
const copy = mkdtempSync(join(tmpdir(), 'tidings-mutation-'));
for (const file of tracked) cpSync(join(ROOT, file), join(copy, file));
symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));

const isTestCode = (file: string) =>
  /\.test\.ts$|(^|\/)(test-fixture|given-when-then|contract)\.ts$|(^|\/)(faults|testing|golden|fault-injection)\//.test(file);
const sources = tracked.filter((file) => file.endsWith('.ts'));
const chosen = positionals.length === 0 ? ROOMS : positionals;
const subjects = sources.filter((file) => !isTestCode(file) && chosen.some((part) => file === part || file.startsWith(`${part.replace(/\/$/, '')}/`)));
const importers = importersOf(copy, sources);
const all = subjects.flatMap((file) => mutantsOf(file, readFileSync(join(copy, file), 'utf8')).map((mutant) => ({ file, mutant })));
const sample = shuffled(all, Number(values.seed)).slice(0, Number(values.sample));
console.log(`${all.length} mutants in ${subjects.length} files; ${sample.length} of them are tried, seed ${values.seed}.`);

const counts = { caught: 0, survived: 0, untested: 0, broken: 0 };
/** Whether tests pass without any mutant; where they don't, they say nothing about one. */
const sound = new Map<string, Promise<boolean>>();
try {
  for (const [i, { file, mutant }] of sample.entries()) {
    const tests = nearestTests(importers, file);
    const outcome = tests.length === 0 ? 'untested' : (await areSound(tests)) ? await tryMutant(file, mutant, tests) : 'broken';
    counts[outcome]++;
    if (outcome !== 'caught') console.log(`${outcome}: ${describe(file, mutant)}  [${tests.join(' ')}]`);
    if ((i + 1) % 25 === 0) console.log(`${i + 1} of ${sample.length}: ${counts.caught} caught`);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
const percent = Math.round((counts.caught / Math.max(1, sample.length - counts.broken)) * 1_000) / 10;
console.log(
  `${counts.caught} caught by the nearest tests, ${counts.survived} survived, ${counts.untested} have no test, ${counts.broken} have tests that fail anyway: ${percent} %`,
);

function areSound(tests: readonly string[]): Promise<boolean> {
  const key = tests.join(' ');
  const known = sound.get(key) ?? pass(tests);
  sound.set(key, known);
  return known;
}

async function tryMutant(file: string, { start, end, replacement }: Mutant, tests: readonly string[]): Promise<'caught' | 'survived'> {
  const path = join(copy, file);
  const source = readFileSync(path, 'utf8');
  writeFileSync(path, source.slice(0, start) + replacement + source.slice(end));
  try {
    return (await pass(tests)) ? 'survived' : 'caught';
  } finally {
    writeFileSync(path, source);
  }
}

/** A test run that does not end in time counts as one that fails: the mutant hangs. */
function pass(tests: readonly string[]): Promise<boolean> {
  const ava = spawn(process.execPath, ['node_modules/ava/entrypoints/cli.js', '--fail-fast', '--concurrency', '2', ...tests], {
    cwd: copy,
    stdio: 'ignore',
    detached: true,
  });
  const stop = () => {
    try {
      process.kill(-(ava.pid ?? 0), 'SIGKILL');
    } catch {
      // it has ended
    }
  };
  const timer = setTimeout(stop, MUTANT_TIMEOUT_MS);
  return new Promise((done) =>
    ava.on('close', (code) => {
      clearTimeout(timer);
      stop();
      done(code === 0);
    }),
  );
}

function describe(file: string, { start, end, replacement, kind }: Mutant): string {
  const source = readFileSync(join(copy, file), 'utf8');
  const line = source.slice(0, start).split('\n').length;
  return `${file}:${line} ${kind}: ${source.slice(start, end).replaceAll(/\s+/g, ' ').slice(0, 80)} → ${replacement.slice(0, 40)}`;
}

/** Fisher and Yates, by a small generator with a seed (mulberry32), so that a run can be repeated. */
function shuffled<Item>(items: readonly Item[], seed: number): readonly Item[] {
  const shuffledItems = [...items];
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  for (let i = shuffledItems.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [shuffledItems[i], shuffledItems[j]] = [shuffledItems[j] as Item, shuffledItems[i] as Item];
  }
  return shuffledItems;
}
