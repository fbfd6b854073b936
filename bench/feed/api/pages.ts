/** Pages of feeds over HTTP: warm ones beside a bare HTTP server that answers the same bytes, and cold ones while others read theirs. */
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { isPinned, SERVER_CORE } from '../../chat/server-process.ts';
import { runOpenLoop } from '../../chat/load.ts';
import type { Report } from '../../distributed/report.ts';
import { quantile, secondsSince } from '../../shared/statistics.ts';
import { openClient, type Client } from './requests.ts';
import type { Sizes } from './sizes.ts';
import type { Target } from './target.ts';
import type { Account, World } from './world.ts';

const PAGE = '/v1/me/feed?limit=20';
const AT_ONCE = 16;
const GOAL_PAGES_PER_SECOND = 3_500;
const GOAL_WARM_MS = 0.5;
const GOAL_COLD_MS = 10;
/** Of those who read warm pages meanwhile. */
const PROBE_PER_SECOND = 50;
const PROBE_SECONDS = 5;

type Measured = { readonly times: readonly number[]; readonly perSecond: number; readonly cpuUs: number };

export async function benchWarmPages(target: Target, world: World, report: Report, { warmPages }: Sizes): Promise<void> {
  using client = openClient(AT_ONCE);
  const pageOf = (n: number) => client.call('GET', target.readUrl + PAGE, { as: world.readers[n % world.readers.length] as Account });
  for (let n = 0; n < 2 * world.readers.length; n++) await pageOf(n);
  const { body } = await pageOf(0);
  await using bare = await startBareServer(body);
  const bareOf = () => client.call('GET', bare.url);
  for (const atOnce of [1, AT_ONCE]) {
    const ours = await closedLoop(warmPages, atOnce, pageOf, () => target.cpuUs());
    const theirs = await closedLoop(warmPages, atOnce, bareOf, async () => 0);
    const name = `warm page of 20, ${atOnce === 1 ? 'one reader' : `${atOnce} at a time`}`;
    const peer = (value: number) => ({ name: 'a bare HTTP server with the same bytes', value });
    if (atOnce === 1) {
      for (const share of [0.5, 0.99]) {
        const value = quantile(ours.times, share);
        const goal = share === 0.5 ? { goal: { of: 'value', most: GOAL_WARM_MS } as const } : {};
        report.figure({ name: `${name}, p${share * 100}`, value, unit: 'ms', peer: peer(quantile(theirs.times, share)), ...goal });
      }
    } else report.figure({ name, value: ours.perSecond, unit: 'pages/s', peer: peer(theirs.perSecond), goal: { of: 'value', least: GOAL_PAGES_PER_SECOND } });
    report.figure({ name: `${name}, CPU`, value: ours.cpuUs, unit: 'µs' });
  }
}

/** What a feed takes in memory, by how much the process grows while feeds are warmed. */
export async function benchWarming(target: Target, world: World, report: Report): Promise<void> {
  using client = openClient(AT_ONCE);
  const before = await target.residentBytes();
  const { times } = await closedLoop(
    world.followers.length,
    AT_ONCE,
    (n) => firstPage(client, target, world.followers[n] as Account),
    () => target.cpuUs(),
  );
  report.figure({ name: `first page of ${world.followers.length} feeds of few authors, ${AT_ONCE} at a time, p50`, value: quantile(times, 0.5), unit: 'ms' });
  const after = await target.residentBytes();
  if (before === undefined || after === undefined) return;
  report.figure({ name: 'memory the process grew by a feed, nearly empty', value: (after - before) / world.followers.length, unit: 'B' });
}

export async function benchColdPages(target: Target, world: World, report: Report): Promise<void> {
  using client = openClient(AT_ONCE);
  for (const reader of [...world.readers, ...world.readers]) await firstPage(client, target, reader);
  for (const [authors, readers] of world.cold) {
    const quiet = await probe(client, target, world, async () => undefined);
    const times: number[] = [];
    const disturbed = await probe(client, target, world, async () => {
      for (const reader of readers) times.push((await firstPage(client, target, reader)).ms);
    });
    const name = `cold feed of ${authors.toLocaleString('en')} authors, its first page`;
    report.figure({ name: `${name}, p50`, value: quantile(times, 0.5), unit: 'ms', goal: { of: 'value', most: GOAL_COLD_MS } });
    report.figure({ name: `${name}, the slowest of ${times.length}`, value: Math.max(...times), unit: 'ms' });
    report.figure({
      name: `warm page at ${PROBE_PER_SECOND}/s while ${readers.length} cold feeds are read, p99`,
      value: quantile(disturbed, 0.99),
      unit: 'ms',
      peer: { name: 'the same while none is', value: quantile(quiet, 0.99) },
    });
  }
}

const firstPage = (client: Client, target: Target, as: Account) => client.call('GET', target.readUrl + PAGE, { as });

/** Milliseconds of warm pages at a steady rate, from when each was meant to be asked for, while the work goes on. */
async function probe(client: Client, target: Target, world: World, work: () => Promise<void>): Promise<readonly number[]> {
  const pages: Promise<number>[] = [];
  const working = work();
  const intended = await runOpenLoop({ ratePerSecond: PROBE_PER_SECOND, seconds: PROBE_SECONDS }, (n) => {
    const started = performance.now();
    pages.push(firstPage(client, target, world.readers[n % world.readers.length] as Account).then(({ ms }) => started + ms));
  });
  await working;
  const ended = await Promise.all(pages);
  return ended.map((at, n) => at - (intended[n] ?? at));
}

async function closedLoop(
  count: number,
  atOnce: number,
  work: (n: number) => Promise<{ readonly ms: number }>,
  cpuUs: () => Promise<number>,
): Promise<Measured> {
  const times: number[] = [];
  const [cpuBefore, startedAt] = [await cpuUs(), performance.now()];
  let next = 0;
  const client = async () => {
    for (let n = next++; n < count; n = next++) times.push((await work(n)).ms);
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  const seconds = secondsSince(startedAt);
  return { times, perSecond: count / seconds, cpuUs: ((await cpuUs()) - cpuBefore) / count };
}

async function startBareServer(body: string): Promise<AsyncDisposable & { readonly url: string }> {
  const child = fork(new URL('./bare-server.ts', import.meta.url));
  child.send(body);
  const [port] = (await once(child, 'message')) as readonly unknown[];
  if (isPinned) spawnSync('taskset', ['-acp', SERVER_CORE, String(child.pid)]);
  return {
    url: `http://127.0.0.1:${Number(port)}/`,
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}
