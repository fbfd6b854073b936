/** Starts the writer process, waits until it is under load, and kills it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const READY_MS_MAX = 60_000; // on a very busy machine

export type WriterOptions = {
  readonly folder: string;
  readonly report: string;
  readonly loadMs: number;
  readonly mode?: 'sync' | 'noSync';
  readonly env?: NodeJS.ProcessEnv;
};

/** Kills the writer with -9 `loadMs` after it is ready. */
export async function runAndKill({ folder, report, loadMs, mode = 'sync', env }: WriterOptions): Promise<void> {
  const before = readIfThere(report).length;
  const args = [fileURLToPath(import.meta.resolve('./writer.ts')), folder, report, mode];
  const writer = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = once(writer, 'exit');
  let said = '';
  writer.stderr.on('data', (text) => (said += String(text)));
  const deadline = Date.now() + READY_MS_MAX;
  while (!readIfThere(report).includes('ready\n', before) && writer.exitCode === null && Date.now() < deadline) await sleep(5);
  await Promise.race([sleep(loadMs), gone]);
  writer.kill('SIGKILL');
  await gone;
  if (writer.signalCode !== 'SIGKILL') throw new Error(`The writer ended by itself: ${said}`);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
