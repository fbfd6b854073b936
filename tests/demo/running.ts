/** The Tidings that is filled: the one that runs on the data folder, or one that is started there. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Config } from '../../app/config/config.ts';
import { connectToFolder } from '../../cli/control-client.ts';
import { CliFailure } from '../../cli/failure.ts';
import type { Target } from './filling.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const EVERY_ADDRESS = ['0.0.0.0', '::'];

export type RunningTidings = AsyncDisposable & {
  readonly target: Target;
  /** The operations listener. */
  readonly ops: string;
  /** Undefined: it was running before. Resolves when the one that was started has ended. */
  readonly ended: Promise<unknown> | undefined;
};

export type Joining = {
  /** Of its front, where the settings don't tell. */
  readonly address?: string | undefined;
  readonly signal: AbortSignal;
  /** Of the Tidings that is started, beside those of this process. */
  readonly settings?: Readonly<Record<string, string>>;
};

/** Throws `CliFailure`. */
export async function joinOrStart(config: Config, { address, signal, settings = {} }: Joining): Promise<RunningTidings> {
  await using starting = new AsyncDisposableStack();
  const connect = () => connectToFolder({ config, needs: 'running-process', say: () => undefined, signal, reason: 'npm run demo' });
  let client = await connect().catch((error: unknown) => {
    if (error instanceof CliFailure) return undefined; // nothing runs there
    throw error;
  });
  const started = client === undefined ? starting.use(await startTidings(config, settings)) : undefined;
  client ??= await connect();
  starting.use(client);
  const front = address ?? started?.urls['front'] ?? frontOf(config);
  const ops = started?.urls['operations'] ?? reachedAt(config, config.ports.ops);
  const adminToken = config.adminToken ?? readFileSync(join(config.dataFolder, 'admin-token'), 'utf8').trim();
  const all = starting.move();
  return { target: { client, front, adminToken }, ops, ended: started?.ended, [Symbol.asyncDispose]: () => all[Symbol.asyncDispose]() };
}

function frontOf(config: Config): string {
  const { ports, publicUrl } = config;
  if (publicUrl !== undefined) return new URL(publicUrl).origin;
  if (ports.front === undefined)
    throw new CliFailure(1, 'This Tidings has no pages (TIDINGS_FRONT_PORT is off): name one address for both APIs with --address.');
  return reachedAt(config, ports.front);
}

function reachedAt({ host, tls }: Config, port: number): string {
  const reached = EVERY_ADDRESS.includes(host) ? '127.0.0.1' : host;
  return `${tls === undefined ? 'http' : 'https'}://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}

/** `urls`: of its listeners, by role. */
type Started = AsyncDisposable & { readonly urls: Readonly<Record<string, string>>; readonly ended: Promise<unknown> };

/** Rejects with what it said where it ends before it is ready. */
async function startTidings({ dataFolder }: Config, settings: Readonly<Record<string, string>>): Promise<Started> {
  const child = spawn(process.execPath, ['app/main.ts', '--data', resolve(dataFolder)], {
    cwd: ROOT,
    env: { ...process.env, ...settings, TIDINGS_LOG_FORMAT: 'json', TIDINGS_PROFILE: 'embedded' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // Ctrl-C at the terminal is for the demo, which stops it in order
  });
  const said: string[] = [];
  const ready = Promise.withResolvers<void>();
  const urls: Record<string, string> = {};
  child.stderr.on('data', (data: Buffer) => void said.push(data.toString()));
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = (text.startsWith('{') ? JSON.parse(text) : { msg: text }) as Readonly<Record<string, string | undefined>>;
    if (line['msg'] === 'listening') urls[line['role'] ?? ''] = line['url'] ?? '';
    if (line['msg'] === 'ready') ready.resolve();
    if (line['level'] === 'error') said.push(`${line['msg'] ?? ''} ${line['reason'] ?? line['error'] ?? ''}\n`);
  });
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  await Promise.race([
    ready.promise,
    ended.then(() => {
      throw new CliFailure(1, `Tidings has not started on ${dataFolder}. ${said.join('').trim()}`);
    }),
  ]);
  return { urls, ended, [Symbol.asyncDispose]: stop };
}
