/** One process of a cluster: `app/main.ts` with its roles, on ports that stay the same however often it is started. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Role } from '../../app/config/settings.ts';
import { freePort } from '../servers/free-port.ts';
import type { LogLine } from '../start-for-test.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const HOST = '127.0.0.1';
/** Kept of each process, for a test that fails to tell of. */
const LINES_MAX = 2_000;
const READY_WITHIN_MS = 120_000;

export type ProcessName = string;

export type ClusterProcess = AsyncDisposable & {
  /** `gateway-2`. */
  readonly name: ProcessName;
  readonly roles: readonly Role[];
  /** The listeners that its roles have, and `operations`. */
  readonly urls: Readonly<Partial<Record<Role | 'operations', string>>>;
  readonly pid: () => number | undefined;
  /** Neither killed nor stopped, and not ended by itself. It may hang. */
  isRunning(): boolean;
  /** Its newest log lines, over all its starts. */
  lines(): readonly LogLine[];
  /** Starts it again, on the same ports; resolves when it is ready. Does nothing where it runs. Rejects with its last lines if it ends before. */
  start(flags?: readonly string[]): Promise<void>;
  /** With SIGTERM; resolves with the exit code, or the signal's name. */
  stop(): Promise<number | string>;
  /** With SIGKILL. */
  kill(): Promise<void>;
  /** `stop`, then `start`. */
  restart(): Promise<void>;
  /** It keeps its connections and does nothing, until `resume`. */
  hang(): void;
  resume(): void;
};

export type ProcessOptions = {
  readonly name: ProcessName;
  readonly roles: readonly Role[];
  readonly settings: Readonly<Record<string, string>>;
  /** Before `app/main.ts`, such as `--import` of a module that sets the clock wrong. */
  readonly nodeArguments?: readonly string[];
  readonly onLine?: (name: ProcessName, line: LogLine) => void;
};

const PORTS = {
  'write-api': 'TIDINGS_WRITE_PORT',
  'read-api': 'TIDINGS_READ_PORT',
  gateway: 'TIDINGS_GATEWAY_PORT',
  operations: 'TIDINGS_OPS_PORT',
  'event-store': 'TIDINGS_EVENT_STORE_PORT',
} as const satisfies Partial<Record<Role | 'operations', string>>;
type Listening = keyof typeof PORTS;

/** Doesn't start it yet. */
export async function prepareProcess({ name, roles, settings, nodeArguments = [], onLine }: ProcessOptions): Promise<ClusterProcess> {
  const listening = (Object.keys(PORTS) as Listening[]).filter((role) => role === 'operations' || roles.includes(role));
  const ports = new Map<Listening, number>();
  for (const role of listening) ports.set(role, await freePort());
  const environment = {
    PATH: process.env['PATH'],
    TIDINGS_HOST: HOST,
    TIDINGS_FRONT_PORT: 'off',
    TIDINGS_ROLES: roles.join(','),
    TIDINGS_LOG_FORMAT: 'json',
    ...Object.fromEntries([...ports].map(([role, port]) => [PORTS[role], String(port)])),
    ...settings,
  };
  const lines: LogLine[] = [];
  let running: Running | undefined;

  const keep = (line: LogLine) => {
    lines.push(line);
    if (lines.length > LINES_MAX) lines.shift();
    onLine?.(name, line);
  };
  const start = async (flags: readonly string[] = []) => {
    if (running?.isOver() === false) return;
    running = spawnTidings([...nodeArguments, 'app/main.ts', ...flags], environment, keep);
    const { ended, ready, child } = running;
    const late = setTimeout(() => child.kill('SIGKILL'), READY_WITHIN_MS);
    try {
      await Promise.race([
        ready,
        ended.then((exit) => {
          throw new Error(`${name} ended with ${exit} before it was ready: ${JSON.stringify(lines.slice(-5))}`);
        }),
      ]);
    } finally {
      clearTimeout(late);
    }
  };
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<number | string> => {
    if (running === undefined) return 0;
    if (!running.isOver()) {
      running.child.kill(signal);
      running.child.kill('SIGCONT');
    }
    return await running.ended;
  };
  return {
    name,
    roles,
    urls: Object.fromEntries([...ports].map(([role, port]) => [role, `${PROTOCOLS[role]}://${HOST}:${port}`])),
    pid: () => running?.child.pid,
    isRunning: () => running?.isOver() === false,
    lines: () => lines,
    start,
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
    restart: async () => {
      await end('SIGTERM');
      await start();
    },
    hang: () => void running?.child.kill('SIGSTOP'),
    resume: () => void running?.child.kill('SIGCONT'),
    [Symbol.asyncDispose]: async () => void (await end('SIGKILL')),
  };
}

const PROTOCOLS: { readonly [Role in Listening]: string } = {
  'write-api': 'http',
  'read-api': 'http',
  operations: 'http',
  gateway: 'ws',
  'event-store': 'esdb',
};

type Running = {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  /** The exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
  isOver(): boolean;
};

function spawnTidings(args: readonly string[], environment: Readonly<Record<string, string | undefined>>, onLine: (line: LogLine) => void): Running {
  // A group of its own: Ctrl-C at the terminal is for whoever started the cluster, who stops it in order.
  const child = spawn(process.execPath, args, { cwd: ROOT, env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const { promise: ready, resolve: isReady } = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = lineOf(text);
    onLine(line);
    if (line.msg === 'ready') isReady();
  });
  createInterface({ input: child.stderr }).on('line', (text) => onLine({ level: 'error', msg: text }));
  let isOver = false;
  const ended = once(child, 'exit').then(([code, signal]) => {
    isOver = true;
    return (code as number | null) ?? String(signal);
  });
  return { child, ready, ended, isOver: () => isOver };
}

const lineOf = (text: string): LogLine => (text.startsWith('{') ? (JSON.parse(text) as LogLine) : { level: 'info', msg: text });
