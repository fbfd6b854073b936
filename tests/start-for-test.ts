/** Starts a complete Tidings for tests: in a temporary folder, on free ports, in this process or in a child process that can be killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { MODERATION_LIMITS } from '../commands/moderation/activity-limits.ts';
import { configFrom } from '../app/config/config.ts';
import { createLogger } from '../app/logger.ts';
import { startTidings, type Tidings } from '../app/start.ts';
import type { Addresses } from './client/call-api.ts';

const ROOT = resolve(import.meta.dirname, '..');
export const ADMIN_TOKEN = 'the-operator-of-a-test';
/** Far below the default of ten seconds, which a test need not wait for. */
const CHAT_PUSH_AFTER_MS = 300;

/** Few people do much in a test, and say the same again and again; a limit that a test names comes behind these. */
export const roomyLimits = (limits?: string): string =>
  [...MODERATION_LIMITS.map(({ name }) => `${name}=1000000/60`), ...(limits === undefined ? [] : [limits])].join(',');

const testSettings = (folder: string, overrides: Record<string, string>): Record<string, string> => ({
  TIDINGS_DATA: folder,
  TIDINGS_HOST: '127.0.0.1',
  TIDINGS_FRONT_PORT: 'off', // bundling the pages costs more than most tests
  TIDINGS_WRITE_PORT: '0',
  TIDINGS_READ_PORT: '0',
  TIDINGS_GATEWAY_PORT: '0',
  TIDINGS_OPS_PORT: '0',
  TIDINGS_ADMIN_TOKEN: ADMIN_TOKEN,
  TIDINGS_CHAT_PUSH_AFTER_MS: String(CHAT_PUSH_AFTER_MS),
  ...overrides,
  TIDINGS_RATE_LIMITS: roomyLimits(overrides['TIDINGS_RATE_LIMITS']),
});

export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'tidings-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

export async function startTidingsForTest(folder: string, overrides: Record<string, string> = {}): Promise<Tidings & { readonly addresses: Addresses }> {
  const tidings = await startTidings(configFrom(testSettings(folder, overrides)), { logger: createLogger('silent') });
  return { ...tidings, addresses: addressesOf(tidings.urls) };
}

export type TidingsProcess = AsyncDisposable & {
  readonly addresses: Addresses;
  readonly child: ChildProcess;
  /** Every log line so far. */
  readonly lines: readonly LogLine[];
  /** Resolves with the exit code, or the signal's name. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | string>;
};
export type LogLine = { readonly msg: string; readonly level: string; readonly [field: string]: unknown };

/**
 * `npx node app/main.ts` in a process of its own; without flags it runs every role but the event store.
 * Rejects with the process's output if it ends before it is ready.
 */
export async function startTidingsProcess(
  folder: string,
  overrides: Record<string, string> = {},
  flags: readonly string[] = [],
  nodeFlags: readonly string[] = [],
): Promise<TidingsProcess> {
  const child = spawn(process.execPath, [...nodeFlags, 'app/main.ts', ...flags], {
    cwd: ROOT,
    env: { ...process.env, ...testSettings(folder, overrides) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: LogLine[] = [];
  let errorOutput = '';
  child.stderr.on('data', (data: Buffer) => (errorOutput += data.toString()));
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
    ended.then((exit) => {
      throw new Error(`The process ended with ${exit} before it was ready: ${errorOutput} ${JSON.stringify(lines.slice(-3))}`);
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
