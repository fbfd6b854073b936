/** The command line as people start it: a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const BINARY = resolve(import.meta.dirname, 'tidings.mjs');
const WAIT_MAX_MS = 30_000;

export type CliResult = { readonly code: number | string; readonly out: readonly string[]; readonly err: string };
export type RunningCli = {
  /** What it has printed so far. */
  readonly out: readonly string[];
  readonly ended: Promise<CliResult>;
  kill(signal: 'SIGINT' | 'SIGTERM'): void;
  /** As `head` does when it has enough. */
  stopReading(): void;
};

export function startCli(folder: string, args: readonly string[]): RunningCli {
  const child = spawn(process.execPath, [BINARY, '--data', folder, ...args], { env: { PATH: process.env['PATH'] } });
  const printed: string[] = [];
  let rest = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    printed.push(...lines);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = once(child, 'close').then(([code, signal]) => ({ code: (code as number | null) ?? String(signal), out: printed, err }));
  return { out: printed, ended, kill: (signal) => void child.kill(signal), stopReading: () => void child.stdout.destroy() };
}

export const runCli = (folder: string, ...args: readonly string[]): Promise<CliResult> => startCli(folder, args).ended;

/** What it printed with `--json`. */
export const parsed = ({ out }: Pick<CliResult, 'out'>): readonly Readonly<Record<string, unknown>>[] =>
  out.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

export async function waitUntil(isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = performance.now() + WAIT_MAX_MS; !(await isSo()); await delay(20)) {
    if (performance.now() > end) throw new Error(`It did not become so within ${WAIT_MAX_MS} ms: ${isSo.toString()}`);
  }
}

export type Person = {
  /** Answers the post's id. */
  readonly post: (text: string) => Promise<string>;
  /** Answers the status. */
  readonly read: (path: string) => Promise<number>;
};

/** A person of a running house, who is logged in. */
export async function signUp({ write, read }: { readonly write: string; readonly read: string }): Promise<Person> {
  const ask = async (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Readonly<Record<string, string>>> => {
    const response = await fetch(write + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Readonly<Record<string, string>>;
  };
  const who = { loginName: 'ann', password: 'correct horse battery' };
  await ask('/v1/people', { ...who, name: 'Ann' });
  const { token = '' } = await ask('/v1/sessions', who);
  const authorization = `Bearer ${token}`;
  return {
    post: async (text) => (await ask('/v1/me/feed', { text }, { authorization }))['id'] ?? '',
    read: async (path) => {
      const response = await fetch(read + path, { headers: { authorization } });
      await response.body?.cancel();
      return response.status;
    },
  };
}
