/** Clients of pairs of people as real ones are: one of each pair sends, the other acknowledges what it receives, and both send heartbeats. */
import { setTimeout as delay } from 'node:timers/promises';
import { v7 } from 'uuid';
import { acknowledge, sendHeartbeats } from '../chat/as-clients-do.ts';
import { closeAll, connectAll, quantilesOf, runOpenLoop, type LoadSocket, type Quantiles } from '../chat/load.ts';
import { bodyOf, numberIn } from '../chat/message-body.ts';
import type { Pair } from './target.ts';

const DRAIN_MS = 20_000;
const DRAIN_POLL_MS = 10;

export type Rate = { readonly ratePerSecond: number; readonly seconds: number };

export type ChatLoad = Disposable & {
  /** From when a message was meant to be sent until the other had it, in ms. */
  measure(rate: Rate): Promise<Quantiles>;
};

export async function openChatLoad(gatewayUrl: string, pairs: readonly Pair[]): Promise<ChatLoad> {
  const sockets = await connectAll(
    gatewayUrl,
    pairs.flatMap(({ members, channel }) => members.map(({ token }) => ({ type: 'hello', token, device: 'bench', cursors: { [channel]: -1 } }))),
    { isReady: (data) => data.includes('"type":"welcome"') },
  );
  const heartbeats = sendHeartbeats(sockets);
  let numbersTaken = 0;

  const measure = async (rate: Rate): Promise<Quantiles> => {
    const count = rate.ratePerSecond * rate.seconds;
    const first = numbersTaken;
    numbersTaken += count;
    const arrivedAt = new Float64Array(count).fill(Number.NaN);
    let left = count;
    const received = (socket: LoadSocket) => (frame: Buffer) => {
      const number = numberIn(frame);
      if (number === undefined) return;
      acknowledge(socket, frame);
      if (number < first || !Number.isNaN(arrivedAt[number - first])) return;
      arrivedAt[number - first] = performance.now();
      left--;
    };
    sockets.forEach((socket, n) => (socket.handleFrame = n % 2 === 1 ? received(socket) : () => undefined));
    const intendedAt = await runOpenLoop(rate, (n) => {
      const pair = n % pairs.length;
      sockets[2 * pair]?.send(JSON.stringify({ type: 'send', channel: pairs[pair]?.channel, id: v7(), text: bodyOf(first + n) }));
    });
    for (const drainUntil = performance.now() + DRAIN_MS; left > 0 && performance.now() < drainUntil;) await delay(DRAIN_POLL_MS);
    return quantilesOf(arrivedAt.map((at, n) => at - (intendedAt[n] ?? Number.NaN)));
  };

  return {
    measure,
    [Symbol.dispose]: () => {
      heartbeats[Symbol.dispose]();
      closeAll(sockets);
    },
  };
}
