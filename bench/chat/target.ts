/** A server under load, with every member of the channels connected to it, and how a message is written for it. */
import { v7 } from 'uuid';
import { connectAll, type LoadSocket } from './load.ts';
import { startServerProcess, type ServerProcess } from './server-process.ts';
import type { BenchAccount, BenchChannel } from './tidings-server.ts';

/** The sockets are those of each channel's members, one channel after the other. */
export type Target = {
  readonly server: ServerProcess;
  readonly sockets: readonly LoadSocket[];
  readonly encodeMessage: (channel: string, text: string) => string;
};

export const TIDINGS_FILE = new URL('./tidings-server.ts', import.meta.url);
export const BASELINE_FILE = new URL('./baseline-relay.ts', import.meta.url);

export type Targets = AsyncDisposable & { readonly channels: readonly BenchChannel[]; readonly tidings: Target; readonly baseline: Target };

export async function startTargets({ count, size }: { readonly count: number; readonly size: number }): Promise<Targets> {
  await using starting = new AsyncDisposableStack();
  const tidings = starting.use(await startServerProcess(TIDINGS_FILE));
  const baseline = starting.use(await startServerProcess(BASELINE_FILE));
  const channels = await tidings.call<readonly BenchChannel[]>('createChannels', { count, size });
  const targets = { channels, tidings: await connectToTidings(tidings, channels), baseline: await connectToBaseline(baseline, channels) };
  const started = starting.move();
  return { ...targets, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
}

async function connectToTidings(server: ServerProcess, channels: readonly BenchChannel[]): Promise<Target> {
  await server.call('waitUntilCaughtUp');
  const hellos = channels.flatMap(({ channel, members }) => members.map((member) => ({ ...helloOf(member), cursors: { [channel]: -1 } })));
  const sockets = await connectAll(server.url, hellos, { isReady: isWelcome });
  return { server, sockets, encodeMessage: (channel, text) => JSON.stringify({ type: 'send', channel, id: v7(), text }) };
}

async function connectToBaseline(server: ServerProcess, channels: readonly BenchChannel[]): Promise<Target> {
  const joins = channels.flatMap(({ channel, members }) => members.map(() => ({ join: channel })));
  return { server, sockets: await connectAll(server.url, joins), encodeMessage: (to, text) => JSON.stringify({ to, id: v7(), text }) };
}

export const helloOf = ({ token }: BenchAccount): object => ({ type: 'hello', token, device: 'bench' });
export const isWelcome = (data: Buffer): boolean => data.includes('"type":"welcome"');
