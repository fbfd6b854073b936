/** A server of another maker in a process of its own, which a test may kill, start again and let hang. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const STARTED_WITHIN_MS = 30_000;
const POLL_MS = 20;
const STOPPED_WITHIN_MS = 5_000;

export type TestServer = AsyncDisposable & {
  readonly url: string;
  /** Undefined while it is stopped. */
  readonly pid: () => number | undefined;
  /** Starts it again on the same port, with what its folder has. */
  start(): Promise<void>;
  /** Asks it to stop, and waits until it has. */
  stop(): Promise<void>;
  /** Ends it with SIGKILL. */
  kill(): Promise<void>;
  /** It accepts connections and never answers, until `resume`. */
  hang(): void;
  resume(): void;
};

export type ServerCommand = {
  readonly command: string;
  readonly args: readonly string[];
  readonly port: number;
  readonly url: string;
  /** Resolves once the server serves: a port that accepts may belong to a server that loads. Rejects while it doesn't. */
  readonly isReady?: () => Promise<void>;
  /** What is left to do when it is gone for good. */
  readonly onDispose: () => Promise<void>;
};

/** Rejects with what the server has printed if it doesn't serve within 30 seconds. */
export async function startServerProcess({ command, args, port, url, isReady, onDispose }: ServerCommand): Promise<TestServer> {
  let child: ChildProcess | undefined;

  const start = async () => {
    const started = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    let output = '';
    const keep = (data: Buffer) => (output = (output + data.toString()).slice(-4_000));
    started.stdout.on('data', keep);
    started.stderr.on('data', keep);
    started.on('error', (error) => (output += String(error)));
    const until = performance.now() + STARTED_WITHIN_MS;
    for (;;) {
      if (await answers(port, isReady)) return;
      if (started.exitCode !== null || started.pid === undefined || performance.now() > until) throw new Error(`${command} does not serve: ${output}`);
      await delay(POLL_MS);
    }
  };
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const exited = once(ending, 'exit');
    ending.kill(signal);
    ending.kill('SIGCONT');
    await exited;
  };

  try {
    await start();
  } catch (error) {
    await end('SIGKILL');
    await onDispose();
    throw error;
  }
  return {
    url,
    pid: () => child?.pid,
    start,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    hang: () => {
      child?.kill('SIGSTOP');
      if (child?.pid !== undefined) waitUntilStopped(child.pid);
    },
    resume: () => void child?.kill('SIGCONT'),
    [Symbol.asyncDispose]: async () => {
      await end('SIGKILL');
      await onDispose();
    },
  };
}

async function answers(port: number, isReady: (() => Promise<void>) | undefined): Promise<boolean> {
  const accepts = await new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
  if (!accepts) return false;
  try {
    await isReady?.();
    return true;
  } catch {
    return false;
  }
}

/** The signal is on its way while its sender goes on: a thread that still runs would answer once more. */
function waitUntilStopped(pid: number): void {
  const tasks = `/proc/${pid}/task`;
  const untilMs = performance.now() + STOPPED_WITHIN_MS;
  while (existsSync(tasks) && performance.now() < untilMs) {
    if (readdirSync(tasks).every((task) => isStopped(`${tasks}/${task}/stat`))) return;
  }
}

/** A thread that has ended meanwhile answers no more either. */
function isStopped(file: string): boolean {
  const stat = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return stat === '' || stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
}
