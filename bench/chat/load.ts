/** The load: many sockets with a shared handler, and sends at their intended times, however slow the server is. */
import { once } from 'node:events';
import { WebSocket, type RawData } from 'ws';

const CONCURRENT_CONNECTS_MAX = 100;
/** Timers are too coarse for a wait shorter than this, so the loop polls instead. */
const POLL_BELOW_MS = 2;

export class LoadSocket extends WebSocket {
  handleFrame: (data: Buffer) => void = () => undefined;
}

function onMessage(this: WebSocket, data: RawData): void {
  if (this instanceof LoadSocket) this.handleFrame(data as Buffer);
}

/** Connects one socket for each first frame; `isReady` recognises the frame that answers it. */
export async function connectAll(
  url: string,
  firstFrames: readonly object[],
  { isReady }: { readonly isReady?: (data: Buffer) => boolean } = {},
): Promise<readonly LoadSocket[]> {
  const sockets: LoadSocket[] = [];
  let next = 0;
  const work = async () => {
    for (let n = next++; n < firstFrames.length; n = next++) {
      const socket = new LoadSocket(url, { perMessageDeflate: false });
      await once(socket, 'open');
      socket.on('message', onMessage);
      const ready =
        isReady === undefined ? undefined : new Promise<void>((resolve) => (socket.handleFrame = (data) => (isReady(data) ? resolve() : undefined)));
      socket.send(JSON.stringify(firstFrames[n]));
      await ready;
      sockets[n] = socket;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_CONNECTS_MAX }, work));
  return sockets;
}

export function closeAll(sockets: readonly LoadSocket[]): void {
  for (const socket of sockets) socket.terminate();
}

/** An open loop: calls `send` at a fixed rate whether or not earlier messages have arrived. Returns the intended time of each call. */
export async function runOpenLoop(
  { ratePerSecond, seconds }: { readonly ratePerSecond: number; readonly seconds: number },
  send: (n: number) => void,
): Promise<Float64Array> {
  const count = Math.round(ratePerSecond * seconds);
  const gapMs = 1_000 / ratePerSecond;
  const startAt = performance.now() + 50;
  const intendedAt = Float64Array.from({ length: count }, (_, n) => startAt + n * gapMs);
  for (let n = 0; n < count;) {
    const now = performance.now();
    while (n < count && (intendedAt[n] ?? 0) <= now) send(n++);
    const leftMs = (intendedAt[n] ?? 0) - performance.now();
    await new Promise<void>((resolve) => (leftMs > POLL_BELOW_MS ? setTimeout(resolve, leftMs - POLL_BELOW_MS) : setImmediate(resolve)));
  }
  return intendedAt;
}

export type Quantiles = { readonly p50: number; readonly p99: number; readonly max: number; readonly missing: number };

/** NaN counts as missing. */
export function quantilesOf(latencies: Float64Array): Quantiles {
  const known = latencies.filter((latency) => !Number.isNaN(latency)).sort();
  const at = (share: number) => known[Math.min(known.length - 1, Math.floor(known.length * share))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1), missing: latencies.length - known.length };
}
