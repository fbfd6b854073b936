/** From socket to socket across two gateways, and beside it the append alone: what no chat that keeps its messages can do without. */
import { randomUUID } from 'node:crypto';
import { acknowledge, sendHeartbeats } from '../chat/as-clients-do.ts';
import { closeAll, quantilesOf, runOpenLoop, type LoadSocket, type Quantiles } from '../chat/load.ts';
import { numberIn } from '../chat/message-body.ts';
import { readFootprint, tellFootprint } from './footprint.ts';
import { startCounting, tellCalls } from './port-counts.ts';
import { openPairs, type Conversation } from './people.ts';
import type { Report } from './report.ts';
import { benchEvent } from './raw-appends.ts';
import type { Sizes } from './sizes.ts';
import { connectTo, messageFrame, takeNumbers, urlOf } from './sockets.ts';
import { GATEWAYS, type BenchSystem } from './system.ts';
import { tellCpu } from './usage.ts';
import { waitFor } from './waiting.ts';

const DRAIN_MS = 20_000;
const WARM_UP_RATE = 100;
/** The rate at which a message’s CPU is told. */
const CPU_RATE = 500;

type Sockets = { readonly senders: readonly LoadSocket[]; readonly receivers: readonly LoadSocket[] };
type Rate = { readonly ratePerSecond: number; readonly seconds: number };

export async function benchLatency(system: BenchSystem, report: Report, sizes: Sizes): Promise<void> {
  const { cluster } = system;
  const pairs = await openPairs(system, sizes.pairs);
  await system.settle();
  const channels = pairs.map(({ channel }) => channel);
  const membersAt = (n: 0 | 1) => pairs.map(({ members }) => members[n] as Conversation['members'][number]);
  const senders = await connectTo(urlOf(cluster, GATEWAYS[0]), membersAt(0), channels);
  const receivers = await connectTo(urlOf(cluster, GATEWAYS[1]), membersAt(1), channels);
  using _heartbeats = sendHeartbeats([...senders, ...receivers]);
  try {
    report.progress(`warming up: ${WARM_UP_RATE} messages/s`);
    await measure({ senders, receivers }, pairs, { ratePerSecond: WARM_UP_RATE, seconds: sizes.latencySeconds });
    for (const ratePerSecond of sizes.latencyRates) {
      const rate = { ratePerSecond, seconds: sizes.latencySeconds };
      await orTell(report, () => system.settle());
      const bare = await measureAppends(system, rate);
      const isCpuTold = ratePerSecond === CPU_RATE || sizes.latencyRates.length === 1;
      const send = async () => tellLatencies(report, ratePerSecond, { ours: await measure({ senders, receivers }, pairs, rate), bare });
      if (isCpuTold) await orTell(report, () => withCosts(system, report, rate, send));
      else await send();
    }
  } finally {
    closeAll([...senders, ...receivers]);
  }
}

/** A cluster that is behind for too long has no costs to tell, but goes on. */
const orTell = (report: Report, work: () => Promise<void>): Promise<void> => work().catch((error: unknown) => report.progress(String(error)));

async function withCosts(system: BenchSystem, report: Report, { ratePerSecond, seconds }: Rate, send: () => Promise<void>): Promise<void> {
  const footprint = await readFootprint(system);
  const calls = await startCounting(system.cluster);
  const used = await system.measureCpu(send);
  const called = await calls();
  const work = { id: 'chat-message', name: `a message at ${ratePerSecond}/s`, units: ratePerSecond * seconds };
  tellCpu(report, used, work);
  tellCalls(report, called, work);
  await tellFootprint(report, system, footprint, work);
}

function tellLatencies(report: Report, ratePerSecond: number, { ours, bare }: { readonly ours: Quantiles; readonly bare: Quantiles }): void {
  const late = ours.missing === 0 ? '' : ` (${ours.missing} not within ${DRAIN_MS / 1_000} s)`;
  for (const share of ['p50', 'p99'] as const)
    report.figure({
      name: `${ratePerSecond} messages/s across two gateways, ${share}${late}`,
      value: ours[share],
      unit: 'ms',
      peer: { name: 'durable appends alone', value: bare[share] },
    });
}

async function measure({ senders, receivers }: Sockets, pairs: readonly Conversation[], rate: Rate): Promise<Quantiles> {
  const count = Math.round(rate.ratePerSecond * rate.seconds);
  const first = takeNumbers(count);
  const arrivedAt = new Float64Array(count).fill(Number.NaN);
  let left = count;
  for (const receiver of receivers)
    receiver.handleFrame = (frame) => {
      const sent = numberIn(frame);
      if (sent === undefined) return;
      acknowledge(receiver, frame);
      const number = sent - first;
      if (number < 0 || number >= count || !Number.isNaN(arrivedAt[number] ?? 0)) return;
      arrivedAt[number] = performance.now();
      left--;
    };
  for (const sender of senders) sender.handleFrame = () => undefined;
  const intendedAt = await runOpenLoop(rate, (n) => {
    const pair = n % pairs.length;
    senders[pair]?.send(messageFrame((pairs[pair] as Conversation).channel, first + n));
  });
  await waitFor('messages', () => left === 0, { withinMs: DRAIN_MS }).catch(() => undefined); // those that are missing are told
  return quantilesOf(arrivedAt.map((at, n) => at - (intendedAt[n] ?? Number.NaN)));
}

/** The same load on the event store alone: one event of a message’s size an append, each to a stream of its own. */
async function measureAppends({ adapters: { log } }: BenchSystem, rate: Rate): Promise<Quantiles> {
  const count = Math.round(rate.ratePerSecond * rate.seconds);
  const appendedAt = new Float64Array(count).fill(Number.NaN);
  let left = count;
  const intendedAt = await runOpenLoop(rate, (n) => {
    const done = () => {
      appendedAt[n] = performance.now();
      left--;
    };
    log.append(`bench-${randomUUID()}`, [benchEvent()], 'no-stream').then(done, () => undefined);
  });
  await waitFor('appends', () => left === 0, { withinMs: DRAIN_MS }).catch(() => undefined);
  return quantilesOf(appendedAt.map((at, n) => at - (intendedAt[n] ?? Number.NaN)));
}
