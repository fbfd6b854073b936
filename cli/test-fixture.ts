/** Runs the command line: in a process of its own, as operators do, or in this one, where starting Node for each of many calls would be most of a test. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from './run.ts';
import { createTerminal } from './terminal.ts';

const BINARY = resolve(import.meta.dirname, 'tidings.mjs');
const WAIT_MAX_MS = 30_000;

export type CliResult = { readonly code: number | string; readonly out: readonly string[]; readonly err: string };
export type RunningCli = {
  /** The lines printed so far. */
  readonly out: readonly string[];
  readonly ended: Promise<CliResult>;
  kill(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void;
  hasEnded(): boolean;
  /** Closes the output, as `head` does. */
  stopReading(): void;
};

export const startCli = (folder: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): RunningCli =>
  spawnCli(['--data', folder, ...args], environment);

/** Of the installation that the environment names. */
export const startCliOn = (environment: Readonly<Record<string, string>>, args: readonly string[]): RunningCli => spawnCli(args, environment);

function spawnCli(args: readonly string[], environment: Readonly<Record<string, string>>): RunningCli {
  const child = spawn(process.execPath, [BINARY, ...args], { env: { PATH: process.env['PATH'], ...environment } });
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
  return {
    out: printed,
    ended,
    kill: (signal) => void child.kill(signal),
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    stopReading: () => void child.stdout.destroy(),
  };
}

/** In this process. */
export const runCli = (folder: string, ...args: readonly string[]): Promise<CliResult> => runHere(['--data', folder, ...args]);

/** In this process; it asks the process with this operations listener. */
export const runCliAt = (url: string, token: string, args: readonly string[]): Promise<CliResult> =>
  runHere(['--url', url, ...args], { [token.startsWith('tidings-operator_') ? 'TIDINGS_OPERATOR_TOKEN' : 'TIDINGS_ADMIN_TOKEN']: token });

async function runHere(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<CliResult> {
  const [out, err] = [collecting(), collecting()];
  const interrupted = new AbortController();
  const terminal = createTerminal({ out: out.stream, err: err.stream }, interrupted);
  const code = await run(args, { terminal, environment, interrupted: interrupted.signal });
  return { code, out: out.text().split('\n').slice(0, -1), err: err.text() };
}

function collecting() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

/** The lines printed with `--json`. */
export const parsed = ({ out }: Pick<CliResult, 'out'>): readonly Readonly<Record<string, unknown>>[] =>
  out.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

export async function waitUntil(condition: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = performance.now() + WAIT_MAX_MS; !(await condition()); await delay(20)) {
    if (performance.now() > end) throw new Error(`Not within ${WAIT_MAX_MS} ms: ${condition.toString()}`);
  }
}

export type Person = {
  readonly id: string;
  readonly token: string;
  /** Gives a command, and answers its body. */
  readonly give: (method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => Promise<Readonly<Record<string, string>>>;
  /** Answers the post's id. */
  readonly post: (text: string) => Promise<string>;
  /** Answers the status. */
  readonly read: (path: string) => Promise<number>;
};

/** Signs a person up at a running Tidings, and logs in. */
export async function signUp({ write, read }: { readonly write: string; readonly read: string }, loginName = 'ann'): Promise<Person> {
  const give = async (
    method: string,
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Readonly<Record<string, string>>> => {
    const response = await fetch(write + path, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? null : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Readonly<Record<string, string>>;
  };
  const login = { loginName, password: 'correct horse battery' };
  const { id = '' } = await give('POST', '/v1/people', { ...login, name: loginName });
  const { token = '' } = await give('POST', '/v1/sessions', login);
  const authorization = `Bearer ${token}`;
  return {
    id,
    token,
    give: (method, path, body) => give(method, path, body, { authorization }),
    post: async (text) => (await give('POST', '/v1/me/feed', { text }, { authorization }))['id'] ?? '',
    read: async (path) => {
      const response = await fetch(read + path, { headers: { authorization } });
      await response.body?.cancel();
      return response.status;
    },
  };
}
