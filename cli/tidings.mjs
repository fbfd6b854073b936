#!/usr/bin/env node
/** Starts the command line on the project's own Node: the machine's may be too old to run TypeScript, and must be able to run this. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR_MIN = 26;
/** Of 19: what a command computes beside a process that serves people, such as tables of an export, waits for that process. */
const NICENESS = 10;
const main = new URL('main.ts', import.meta.url);
/** What modules are compiled to: a command starts in half of the time. Where it can't be written, Node does without. */
const compiled = fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));

try {
  setPriority(NICENESS); // and so does what it starts
} catch {
  // whoever may not is as urgent as before
}

if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) {
  (await import('node:module')).enableCompileCache(compiled);
  await import(main.href);
} else {
  const node = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
  if (!existsSync(node)) {
    console.error(`Tidings needs Node ${NODE_MAJOR_MIN}, which comes with it: run npm install.`);
    process.exit(3);
  }
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: compiled, ...process.env },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
  });
}
