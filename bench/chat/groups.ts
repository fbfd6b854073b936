/** Deliveries a second, and the CPU of each, in large groups at fixed rates. */
import { setTimeout as delay } from 'node:timers/promises';
import { formatRate, formatRatio } from '../shared/statistics.ts';
import { closeAll, runOpenLoop } from './load.ts';
import { bodyOf, isMessage } from './message-body.ts';
import { DRAIN_MS, GROUP_RATES, GROUPS, GROUP_SIZE, SECONDS, WARM_UP_GROUP_RATE, WARM_UP_SECONDS } from './sizes.ts';
import { printHeader, printRow } from './table.ts';
import { startTargets, type Target } from './target.ts';
import type { BenchChannel } from './tidings-server.ts';

type Rate = { readonly ratePerSecond: number; readonly seconds: number };

export async function benchGroups(): Promise<void> {
  printHeader(`groups of ${GROUP_SIZE}`, 'deliveries/s', 'of those intended', 'CPU µs each', 'relay deliveries/s', 'relay CPU µs each', 'CPU ratio');
  await using targets = await startTargets({ count: GROUPS, size: GROUP_SIZE });
  const { channels, tidings, baseline } = targets;
  for (const target of [tidings, baseline]) await measure(target, channels, { ratePerSecond: WARM_UP_GROUP_RATE, seconds: WARM_UP_SECONDS });
  for (const ratePerSecond of GROUP_RATES) {
    const ours = await measure(tidings, channels, { ratePerSecond, seconds: SECONDS });
    const relay = await measure(baseline, channels, { ratePerSecond, seconds: SECONDS });
    printRow(
      `${ratePerSecond} messages/s`,
      formatRate(ours.perSecond),
      `${Math.round((100 * ours.perSecond) / (ratePerSecond * (GROUP_SIZE - 1)))} %`,
      ours.cpuUs.toFixed(2),
      formatRate(relay.perSecond),
      relay.cpuUs.toFixed(2),
      `${formatRatio(ours.cpuUs, relay.cpuUs)}×`,
    );
  }
  closeAll([...tidings.sockets, ...baseline.sockets]);
}

/** The members of each group take turns to send, and all others receive. The rate is over the time until the last delivery. */
async function measure({ server, sockets, encodeMessage }: Target, channels: readonly BenchChannel[], rate: Rate) {
  const expected = rate.ratePerSecond * rate.seconds * (GROUP_SIZE - 1);
  let count = 0;
  let lastAt = 0;
  const countDelivery = (frame: Buffer) => {
    if (!isMessage(frame)) return;
    count++;
    lastAt = performance.now();
  };
  for (const socket of sockets) socket.handleFrame = countDelivery;
  const before = await server.usage();
  const intendedAt = await runOpenLoop(rate, (n) => {
    const group = n % GROUPS;
    const { channel } = channels[group] as BenchChannel;
    const member = Math.floor(n / GROUPS) % GROUP_SIZE;
    sockets[group * GROUP_SIZE + member]?.send(encodeMessage(channel, bodyOf(n)));
  });
  for (const drainUntil = performance.now() + DRAIN_MS; count < expected && performance.now() < drainUntil;) await delay(10);
  const after = await server.usage();
  return { perSecond: (1_000 * count) / (lastAt - (intendedAt[0] ?? 0)), cpuUs: (after.cpuUs - before.cpuUs) / count };
}
