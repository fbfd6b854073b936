/** Starting the writer, waiting until it is under load, and killing it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const READY_MS_MAX = 60_000; // a machine that is very busy

export type WriterOptions = {
  readonly folder: string;
  readonly witness: string;
  readonly loadMs: number;
  readonly mode?: 'sync' | 'noSync';
  readonly env?: NodeJS.ProcessEnv;
};

/** Lets the writer write for so long after it is ready, and kills it with -9. */
export async function runAndKill({ folder, witness, loadMs, mode = 'sync', env }: WriterOptions): Promise<void> {
  const before = readIfThere(witness).length;
  const args = [fileURLToPath(import.meta.resolve('./writer.ts')), folder, witness, mode];
  const writer = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = once(writer, 'exit');
  let said = '';
  writer.stderr.on('data', (text) => (said += String(text)));
  const deadline = Date.now() + READY_MS_MAX;
  while (!readIfThere(witness).includes('ready\n', before) && writer.exitCode === null && Date.now() < deadline) await sleep(5);
  await Promise.race([sleep(loadMs), gone]);
  writer.kill('SIGKILL');
  await gone;
  if (writer.signalCode !== 'SIGKILL') throw new Error(`The writer died by itself: ${said}`);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
