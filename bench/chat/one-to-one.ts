/** Latency and CPU of messages between two people, at fixed rates. */
import { setTimeout as delay } from 'node:timers/promises';
import { closeAll, quantilesOf, runOpenLoop, type Quantiles } from './load.ts';
import { bodyOf, numberIn } from './message-body.ts';
import { DRAIN_MS, PAIRS, RATES, SECONDS, WARM_UP_RATE, WARM_UP_SECONDS } from './sizes.ts';
import { printHeader, printRow } from './table.ts';
import { startTargets, type Target } from './target.ts';
import type { BenchChannel } from './tidings-server.ts';

type Rate = { readonly ratePerSecond: number; readonly seconds: number };

export async function benchOneToOne(): Promise<void> {
  printHeader('one to one', 'p50 ms', 'p99 ms', 'max ms', 'CPU µs a message', 'relay p50', 'relay p99', 'relay µs', 'p99 ratio', 'CPU ratio');
  await using targets = await startTargets({ count: PAIRS, size: 2 });
  const { channels, tidings, baseline } = targets;
  for (const target of [tidings, baseline]) await measure(target, channels, { ratePerSecond: WARM_UP_RATE, seconds: WARM_UP_SECONDS });
  for (const ratePerSecond of RATES) {
    const ours = await measure(tidings, channels, { ratePerSecond, seconds: SECONDS });
    const relay = await measure(baseline, channels, { ratePerSecond, seconds: SECONDS });
    printRow(
      `${ratePerSecond}/s`,
      formatMs(ours.p50),
      formatMs(ours.p99),
      formatMs(ours.max),
      `${ours.cpuUs.toFixed(0)}${ours.missing > 0 ? ` (${ours.missing} late)` : ''}`,
      formatMs(relay.p50),
      formatMs(relay.p99),
      relay.cpuUs.toFixed(0),
      `${(ours.p99 / relay.p99).toFixed(1)}×`,
      `${(ours.cpuUs / relay.cpuUs).toFixed(1)}×`,
    );
  }
  closeAll([...tidings.sockets, ...baseline.sockets]);
}

/** Sockets in pairs: the first of a pair sends, the second receives. */
async function measure(
  { server, sockets, encodeMessage }: Target,
  channels: readonly BenchChannel[],
  rate: Rate,
): Promise<Quantiles & { readonly cpuUs: number }> {
  const count = rate.ratePerSecond * rate.seconds;
  const arrivedAt = new Float64Array(count).fill(NaN);
  let left = count;
  const recordArrival = (frame: Buffer) => {
    const number = numberIn(frame);
    if (number === undefined) return;
    arrivedAt[number] = performance.now();
    left--;
  };
  sockets.forEach((socket, n) => (socket.handleFrame = n % 2 === 1 ? recordArrival : () => undefined));
  const before = await server.usage();
  const intendedAt = await runOpenLoop(rate, (n) => {
    const pair = n % PAIRS;
    const { channel } = channels[pair] as BenchChannel;
    sockets[2 * pair]?.send(encodeMessage(channel, bodyOf(n)));
  });
  for (const drainUntil = performance.now() + DRAIN_MS; left > 0 && performance.now() < drainUntil;) await delay(10);
  const after = await server.usage();
  return { ...quantilesOf(arrivedAt.map((at, n) => at - (intendedAt[n] ?? NaN))), cpuUs: (after.cpuUs - before.cpuUs) / count };
}

const formatMs = (value: number): string => value.toFixed(2);
