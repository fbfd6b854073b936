/** A whole Tidings for tests: in a temporary folder, on free ports, in this process or in one of its own that can be killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { configFrom } from '../app/config.ts';
import { createLogger } from '../app/logger.ts';
import { startTidings, type Tidings } from '../app/start.ts';
import type { Addresses } from './tour/client.ts';

const ROOT = resolve(import.meta.dirname, '..');
export const ADMIN_TOKEN = 'the-operator-of-a-test';
/** Nobody waits ten seconds for a push in a test. */
const CHAT_PUSH_AFTER_MS = 300;

const settings = (folder: string): Record<string, string> => ({
  TIDINGS_DATA: folder,
  TIDINGS_HOST: '127.0.0.1',
  TIDINGS_WRITE_PORT: '0',
  TIDINGS_READ_PORT: '0',
  TIDINGS_GATEWAY_PORT: '0',
  TIDINGS_OPS_PORT: '0',
  TIDINGS_ADMIN_TOKEN: ADMIN_TOKEN,
  TIDINGS_CHAT_PUSH_AFTER_MS: String(CHAT_PUSH_AFTER_MS),
});

export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'tidings-house-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

export async function startHouse(folder: string, more: Record<string, string> = {}): Promise<Tidings & { readonly addresses: Addresses }> {
  const tidings = await startTidings(configFrom({ ...settings(folder), ...more }), { logger: createLogger('silent') });
  return { ...tidings, addresses: addressesOf(tidings.urls) };
}

export type HouseProcess = AsyncDisposable & {
  readonly addresses: Addresses;
  readonly child: ChildProcess;
  /** Every line it has logged. */
  readonly lines: readonly LogLine[];
  /** Resolves with the exit code, or the signal's name. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | string>;
};
export type LogLine = { readonly msg: string; readonly level: string; readonly [field: string]: unknown };

/** All roles but the event store in a process of its own. */
export const startHouseProcess = (folder: string, more: Record<string, string> = {}): Promise<HouseProcess> => startProcess(folder, more, []);

/** `npx node app/main.ts` as a process of its own. Rejects with what it said where it does not become ready. */
export async function startProcess(folder: string, more: Record<string, string>, flags: readonly string[]): Promise<HouseProcess> {
  const child = spawn(process.execPath, ['app/main.ts', ...flags], {
    cwd: ROOT,
    env: { ...process.env, ...settings(folder), ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: LogLine[] = [];
  let complaints = '';
  child.stderr.on('data', (data: Buffer) => (complaints += data.toString()));
  const ended = once(child, 'exit').then(([code, signal]) => (code as number | null) ?? String(signal));
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      if (!text.startsWith('{')) return;
      const line = JSON.parse(text) as LogLine;
      lines.push(line);
      if (line.msg === 'ready') resolve();
    });
  });
  await Promise.race([
    ready,
    ended.then((how) => {
      throw new Error(`ended with ${how} before it was ready: ${complaints} ${JSON.stringify(lines.slice(-3))}`);
    }),
  ]);
  const urls = Object.fromEntries(lines.filter(({ msg }) => msg === 'listening').map(({ role, url }) => [String(role), String(url)]));
  const stop = (signal: 'SIGTERM' | 'SIGKILL') => {
    child.kill(signal);
    return ended;
  };
  return {
    addresses: addressesOf(urls),
    child,
    lines,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop('SIGKILL');
    },
  };
}

function addressesOf(urls: Readonly<Record<string, string | undefined>>): Addresses {
  return { write: urls['write-api'] ?? '', read: urls['read-api'] ?? '', ops: urls['operations'] ?? '' };
}
