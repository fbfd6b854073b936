/** The log on an output that takes nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { temporaryFolder } from '../tests/start-for-test.ts';
import { openLogOutput } from './log-output.ts';

const ROOT = resolve(import.meta.dirname, '..');

const failing = (code: string) => Object.assign(new Error(code), { code });

test('drops and counts a line that can’t be written, and goes on with the next', (t) => {
  let written = '';
  let error: Error | undefined = failing('ENOSPC');
  const output = openLogOutput(1, (_, bytes) => {
    if (error !== undefined) throw error;
    written += Buffer.from(bytes).toString();
    return bytes.length;
  });
  for (const code of ['ENOSPC', 'EPIPE', 'EIO']) {
    error = failing(code);
    output.write(`${code}\n`);
  }
  error = undefined;
  output.write('again\n');
  t.deepEqual([written, output.droppedLines()], ['again\n', 3]);
});

test('writes on where a busy pipe took a part, and begins a new line where the rest was lost', (t) => {
  let written = '';
  const steps: (number | Error)[] = [3, failing('EAGAIN'), 100, 4, failing('ENOSPC'), 100];
  const output = openLogOutput(1, (_, bytes) => {
    const step = steps.shift() ?? 100;
    if (step instanceof Error) throw step;
    written += Buffer.from(bytes.subarray(0, step)).toString();
    return Math.min(step, bytes.length);
  });
  output.write('whole\n');
  output.write('torn line\n');
  output.write('next\n');
  t.deepEqual([written, output.droppedLines()], ['whole\ntorn\nnext\n', 1]);
});

test('waits only briefly for a reader that takes nothing', (t) => {
  const output = openLogOutput(1, () => {
    throw failing('EAGAIN');
  });
  const startedMs = performance.now();
  output.write('a line\n');
  t.is(output.droppedLines(), 1);
  t.true(performance.now() - startedMs < 2_000);
});

for (const format of ['json', 'text']) {
  test(`a process whose output is a full disk goes on, counts its lost lines, and stops with 0 (${format})`, async (t) => {
    await using folder = await temporaryFolder();
    const full = openSync('/dev/full', 'w');
    const port = await freePort();
    const settings = { TIDINGS_DATA: folder.path, TIDINGS_OPS_PORT: String(port), TIDINGS_LOG_FORMAT: format };
    const ports = { TIDINGS_FRONT_PORT: 'off', TIDINGS_WRITE_PORT: '0', TIDINGS_READ_PORT: '0', TIDINGS_GATEWAY_PORT: '0' };
    const child = spawn(process.execPath, ['app/main.ts'], { cwd: ROOT, env: { ...process.env, ...ports, ...settings }, stdio: ['ignore', full, full] });
    closeSync(full);
    const exited = once(child, 'exit');
    const metrics = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const lost = async () => Number(/^tidings_log_lines_dropped_total (\d+)$/m.exec(await metrics().catch(() => ''))?.[1] ?? 0);
    for (let tries = 0; tries < 600 && child.exitCode === null && (await lost()) === 0; tries++) await delay(50);
    t.is(child.exitCode, null, 'the process runs');
    t.true((await lost()) > 0);
    child.kill('SIGTERM');
    t.deepEqual(await exited, [0, null]);
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
