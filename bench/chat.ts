/**
 * Chat from socket to socket, beside a bare `ws` relay that stores nothing, in one run: the server in one process on one core, the
 * load in another. Every message of ours is durable before it is delivered; the relay's never are, so its line is the floor, not a
 * peer. `npx node bench/chat.ts [--quick]`; the figures are goals, never assertions.
 */
import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 } from 'uuid';
import { isPinned, startChild, type Child } from './chat/child.ts';
import { closeAll, connectAll, openLoop, quantiles, type LoadSocket, type Quantiles } from './chat/load.ts';
import type { BenchAccount, BenchChannel } from './chat/server.ts';

const quick = process.argv.includes('--quick');
const SECONDS = quick ? 3 : 10;
const PAIRS = 100;
const RATES = [500, 1_000, 3_000]; // messages/s
/** What is measured is a server that has run for a while, not its compiler. */
const WARM_RATE = 1_000;
const WARM_GROUP_RATE = 200;
const WARM_SECONDS = quick ? 3 : 10;
const GROUPS = 10;
const GROUP_SIZE = 100;
const GROUP_RATES = quick ? [500, 1_000] : [500, 1_000, 1_500, 2_000]; // messages/s over all groups
const IDLE = quick ? [1_000, 3_000] : [5_000, 18_000]; // connections
const IDLE_BASE = 500; // connected before measuring, so that what is made once is not counted
const BODY_BYTES = 256;
const DRAIN_MS = 20_000;
const INDEX_DIGITS = 8;

console.log(
  `node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}; ${isPinned ? 'server and load on a core each' : 'not pinned'}; bodies of ${BODY_BYTES} bytes; ${SECONDS} s a rate\n`,
);
await benchOneToOne();
await benchGroups();
await benchIdle();

async function benchOneToOne(): Promise<void> {
  table('one to one', 'p50 ms', 'p99 ms', 'max ms', 'CPU µs a message', 'relay p50', 'relay p99', 'relay µs', 'p99 ratio', 'CPU ratio');
  await using tidings = await startChild(new URL('chat/server.ts', import.meta.url));
  await using relay = await startChild(new URL('chat/baseline-relay.ts', import.meta.url));
  const channels = await tidings.ask<readonly BenchChannel[]>('channels', { count: PAIRS, size: 2 });
  const ours = await joinTidings(tidings, channels);
  const bare = await joinRelay(relay, channels);
  for (const side of [ours, bare]) await measure(side, channels, WARM_RATE, WARM_SECONDS);
  for (const ratePerSecond of RATES) {
    const here = await measure(ours, channels, ratePerSecond, SECONDS);
    const there = await measure(bare, channels, ratePerSecond, SECONDS);
    row(
      `${ratePerSecond}/s`,
      ms(here.p50),
      ms(here.p99),
      ms(here.max),
      `${here.cpuUs.toFixed(0)}${here.missing > 0 ? ` (${here.missing} late)` : ''}`,
      ms(there.p50),
      ms(there.p99),
      there.cpuUs.toFixed(0),
      `${(here.p99 / there.p99).toFixed(1)}×`,
      `${(here.cpuUs / there.cpuUs).toFixed(1)}×`,
    );
  }
  closeAll([...ours.sockets, ...bare.sockets]);
}

/** Sockets two by two: the first of a pair sends, the second receives. */
async function measure(
  { server, sockets, say }: Side,
  channels: readonly BenchChannel[],
  ratePerSecond: number,
  seconds: number,
): Promise<Quantiles & { readonly cpuUs: number }> {
  const count = ratePerSecond * seconds;
  const arrived = new Float64Array(count).fill(NaN);
  let left = count;
  const hear = (data: Buffer) => {
    const at = data.indexOf('"text":"');
    if (at < 0) return;
    arrived[Number(data.toString('latin1', at + 8, at + 8 + INDEX_DIGITS))] = performance.now();
    left--;
  };
  sockets.forEach((socket, n) => (socket.heard = n % 2 === 1 ? hear : () => undefined));
  const before = await server.usage();
  const intended = await openLoop({ ratePerSecond, seconds }, (n) => {
    const pair = n % PAIRS;
    const { channel } = channels[pair] as BenchChannel;
    sockets[2 * pair]?.send(say(channel, bodyOf(n)));
  });
  for (const end = performance.now() + DRAIN_MS; left > 0 && performance.now() < end;) await delay(10);
  const after = await server.usage();
  return { ...quantiles(arrived.map((at, n) => at - (intended[n] ?? NaN))), cpuUs: (after.cpuUs - before.cpuUs) / count };
}

async function benchGroups(): Promise<void> {
  table(`groups of ${GROUP_SIZE}`, 'deliveries/s', 'of those intended', 'CPU µs each', 'relay deliveries/s', 'relay CPU µs each', 'CPU ratio');
  await using tidings = await startChild(new URL('chat/server.ts', import.meta.url));
  await using relay = await startChild(new URL('chat/baseline-relay.ts', import.meta.url));
  const channels = await tidings.ask<readonly BenchChannel[]>('channels', { count: GROUPS, size: GROUP_SIZE });
  const ours = await joinTidings(tidings, channels);
  const bare = await joinRelay(relay, channels);
  for (const side of [ours, bare]) await deliveries(side, channels, WARM_GROUP_RATE, WARM_SECONDS);
  for (const ratePerSecond of GROUP_RATES) {
    const here = await deliveries(ours, channels, ratePerSecond, SECONDS);
    const there = await deliveries(bare, channels, ratePerSecond, SECONDS);
    row(
      `${ratePerSecond} messages/s`,
      Math.round(here.perSecond).toLocaleString('en'),
      `${Math.round((100 * here.perSecond) / (ratePerSecond * (GROUP_SIZE - 1)))} %`,
      here.cpuUs.toFixed(2),
      Math.round(there.perSecond).toLocaleString('en'),
      there.cpuUs.toFixed(2),
      `${(here.cpuUs / there.cpuUs).toFixed(2)}×`,
    );
  }
  closeAll([...ours.sockets, ...bare.sockets]);
}

/** The members of each group send in turn; everyone else receives. Per second of the time until the last delivery. */
async function deliveries({ server, sockets, say }: Side, channels: readonly BenchChannel[], ratePerSecond: number, seconds: number) {
  const expected = ratePerSecond * seconds * (GROUP_SIZE - 1);
  let count = 0;
  let lastAt = 0;
  const hear = (data: Buffer) => {
    if (!data.includes('"text":"')) return;
    count++;
    lastAt = performance.now();
  };
  for (const socket of sockets) socket.heard = hear;
  const before = await server.usage();
  const intended = await openLoop({ ratePerSecond, seconds }, (n) => {
    const group = n % GROUPS;
    const { channel } = channels[group] as BenchChannel;
    sockets[group * GROUP_SIZE + (Math.floor(n / GROUPS) % GROUP_SIZE)]?.send(say(channel, bodyOf(n)));
  });
  for (const end = performance.now() + DRAIN_MS; count < expected && performance.now() < end;) await delay(10);
  const after = await server.usage();
  return { perSecond: (1_000 * count) / (lastAt - (intended[0] ?? 0)), cpuUs: (after.cpuUs - before.cpuUs) / count };
}

async function benchIdle(): Promise<void> {
  table('idle connections', 'KB each', 'relay KB each', 'ratio');
  const ours = await idle(new URL('chat/server.ts', import.meta.url), async (server, count) =>
    (await server.ask<readonly BenchAccount[]>('accounts', { count })).map(helloOf),
  );
  const bare = await idle(new URL('chat/baseline-relay.ts', import.meta.url), async (_, count) => Array.from({ length: count }, (__, n) => ({ join: `${n}` })));
  IDLE.forEach((count, n) =>
    row(
      `from ${(IDLE[n - 1] ?? IDLE_BASE).toLocaleString('en')} to ${count.toLocaleString('en')}`,
      (ours[n] ?? NaN).toFixed(1),
      (bare[n] ?? NaN).toFixed(1),
      `${((ours[n] ?? NaN) / (bare[n] ?? NaN)).toFixed(2)}×`,
    ),
  );
}

/** Resident memory a connection, authenticated, each of another person; counted are those that came since the last look. */
async function idle(file: URL, greet: (server: Child, count: number) => Promise<readonly object[]>): Promise<readonly number[]> {
  await using server = await startChild(file);
  const greetings = await greet(server, Math.max(...IDLE));
  const sockets: LoadSocket[] = [];
  const grow = async (count: number) => {
    const options = file.pathname.endsWith('server.ts') ? { ready: isWelcome } : {};
    sockets.push(...(await connectAll(server.url, greetings.slice(sockets.length, count), options)));
    await server.ask('collect');
    return (await server.usage()).rssBytes;
  };
  const before = await grow(IDLE_BASE);
  const each: number[] = [];
  let last = { count: IDLE_BASE, rssBytes: before };
  for (const count of IDLE) {
    const rssBytes = await grow(count);
    each.push((rssBytes - last.rssBytes) / (count - last.count) / 1024);
    last = { count, rssBytes };
  }
  closeAll(sockets);
  return each;
}

/** A server with everyone connected to it: the members of each channel one after the other. */
type Side = { readonly server: Child; readonly sockets: readonly LoadSocket[]; readonly say: (channel: string, text: string) => string };

async function joinTidings(server: Child, channels: readonly BenchChannel[]): Promise<Side> {
  await server.ask('settle');
  const hellos = channels.flatMap(({ channel, members }) => members.map((member) => ({ ...helloOf(member), cursors: { [channel]: -1 } })));
  const sockets = await connectAll(server.url, hellos, { ready: isWelcome });
  return { server, sockets, say: (channel, text) => JSON.stringify({ type: 'send', channel, id: v7(), text }) };
}

async function joinRelay(server: Child, channels: readonly BenchChannel[]): Promise<Side> {
  const joins = channels.flatMap(({ channel, members }) => members.map(() => ({ join: channel })));
  return { server, sockets: await connectAll(server.url, joins), say: (to, text) => JSON.stringify({ to, id: v7(), text }) };
}

function helloOf({ token }: BenchAccount): object {
  return { type: 'hello', token, device: 'bench' };
}
function isWelcome(data: Buffer): boolean {
  return data.includes('"type":"welcome"');
}
function bodyOf(n: number): string {
  return String(n).padStart(INDEX_DIGITS, '0').padEnd(BODY_BYTES, 'x');
}
function ms(value: number): string {
  return value.toFixed(2);
}

function table(title: string, ...columns: readonly string[]): void {
  console.log(`\n| ${[title, ...columns].join(' | ')} |\n|${' --- |'.repeat(columns.length + 1)}`);
}
function row(...cells: readonly string[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}
