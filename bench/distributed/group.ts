/** One group that is written from four gateways at once: every message is decided on the same stream. */
import type { ChannelId } from '../../domain/shared/ids.ts';
import { acknowledge, sendHeartbeats } from '../chat/as-clients-do.ts';
import { closeAll, quantilesOf, runOpenLoop, type LoadSocket } from '../chat/load.ts';
import { numberIn } from '../chat/message-body.ts';
import { openGroup } from './people.ts';
import type { Report } from './report.ts';
import type { Sizes } from './sizes.ts';
import { connectTo, isRefusal, messageFrame, takeNumbers, urlOf } from './sockets.ts';
import { GATEWAYS, type BenchSystem } from './system.ts';
import { waitFor } from './waiting.ts';

const GOAL_P99_MS = 50;
const DRAIN_MS = 20_000;
const REFUSALS_TOLD_MAX = 5;

type Message = { readonly type: string; readonly seq?: number };

/** Each gateway has one member, who writes a quarter of the messages; a message has arrived when the last of the others has it. */
export async function benchGroup(system: BenchSystem, report: Report, sizes: Sizes): Promise<void> {
  const { channel, members } = await openGroup(system, GATEWAYS.length);
  await system.settle();
  const connected = await Promise.all(GATEWAYS.map((gateway, n) => connectTo(urlOf(system.cluster, gateway), members.slice(n, n + 1), [channel])));
  const sockets = connected.flat();
  using _heartbeats = sendHeartbeats(sockets);
  try {
    const rate = { ratePerSecond: sizes.groupRate, seconds: sizes.groupSeconds };
    report.progress('warming up');
    await send(sockets, channel, { ...rate, seconds: Math.ceil(rate.seconds / 3) });
    const { latencies, refusals, seqs } = await send(sockets, channel, rate);
    const count = rate.ratePerSecond * rate.seconds;
    for (const refusal of refusals.slice(0, REFUSALS_TOLD_MAX)) report.progress(`refused: ${refusal}`);
    const unit = 'ms';
    report.figure({ name: `${rate.ratePerSecond} messages/s from ${sockets.length} gateways, to the last member, p50`, value: latencies.p50, unit });
    report.figure({
      name: 'the same, p99',
      value: latencies.p99,
      unit,
      peer: { name: 'the goal', value: GOAL_P99_MS },
      goal: { of: 'value', most: GOAL_P99_MS },
    });
    report.figure({ name: 'messages that were refused', value: refusals.length, unit: `of ${count}`, goal: { of: 'value', most: 0 } });
    report.figure({ name: 'messages that did not reach everybody', value: latencies.missing, unit: `of ${count}`, goal: { of: 'value', most: 0 } });
    report.figure({ name: 'gaps and repetitions of seq', value: faultsIn(seqs), unit: `in ${seqs.length}`, goal: { of: 'value', most: 0 } });
  } finally {
    closeAll(sockets);
  }
}

type Rate = { readonly ratePerSecond: number; readonly seconds: number };

async function send(sockets: readonly LoadSocket[], channel: ChannelId, rate: Rate) {
  const count = rate.ratePerSecond * rate.seconds;
  const first = takeNumbers(count);
  const seqs = new Map<number, number>();
  const refusals: string[] = [];
  const arrivals = new Uint8Array(count);
  const arrivedAt = new Float64Array(count).fill(Number.NaN);
  let complete = 0;
  sockets.forEach((socket, member) => {
    socket.handleFrame = (frame) => {
      if (isRefusal(frame)) refusals.push(frame.toString());
      const sent = numberIn(frame);
      const number = (sent ?? -1) - first;
      if (sent === undefined || number % sockets.length === member) return;
      acknowledge(socket, frame);
      if (number < 0 || number >= count) return;
      seqs.set(number, (JSON.parse(frame.toString()) as Message).seq ?? -1);
      arrivals[number] = (arrivals[number] ?? 0) + 1;
      if (arrivals[number] !== sockets.length - 1) return;
      arrivedAt[number] = performance.now();
      complete++;
    };
  });
  const intendedAt = await runOpenLoop(rate, (n) => sockets[n % sockets.length]?.send(messageFrame(channel, first + n)));
  await waitFor('messages', () => complete === count, { withinMs: DRAIN_MS }).catch(() => undefined); // those that are missing are told
  return { latencies: quantilesOf(arrivedAt.map((at, n) => at - (intendedAt[n] ?? Number.NaN))), refusals, seqs: [...seqs.values()] };
}

function faultsIn(seqs: readonly number[]): number {
  const sorted = seqs.toSorted((one, other) => one - other);
  return sorted.filter((seq, n) => n > 0 && seq !== (sorted[n - 1] ?? 0) + 1).length;
}
