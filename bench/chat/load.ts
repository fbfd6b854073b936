/** The load: many sockets with shared handlers, and sends at the times they were intended for, however late the server is. */
import { once } from 'node:events';
import { WebSocket, type RawData } from 'ws';

const CONNECTING_AT_ONCE_MAX = 100;
/** Below this a timer is too coarse, and the loop turns. */
const TURNING_MS = 2;

export class LoadSocket extends WebSocket {
  heard: (data: Buffer) => void = () => undefined;
}

function onMessage(this: WebSocket, data: RawData): void {
  if (this instanceof LoadSocket) this.heard(data as Buffer);
}

/** One socket for each greeting; `ready` says whether a frame is the answer to it. */
export async function connectAll(
  url: string,
  greetings: readonly object[],
  { ready }: { readonly ready?: (data: Buffer) => boolean } = {},
): Promise<readonly LoadSocket[]> {
  const sockets: LoadSocket[] = [];
  let next = 0;
  const work = async () => {
    for (let n = next++; n < greetings.length; n = next++) {
      const socket = new LoadSocket(url, { perMessageDeflate: false });
      await once(socket, 'open');
      socket.on('message', onMessage);
      const isReady = ready === undefined ? undefined : new Promise<void>((resolve) => (socket.heard = (data) => (ready(data) ? resolve() : undefined)));
      socket.send(JSON.stringify(greetings[n]));
      await isReady;
      sockets[n] = socket;
    }
  };
  await Promise.all(Array.from({ length: CONNECTING_AT_ONCE_MAX }, work));
  return sockets;
}

export function closeAll(sockets: readonly LoadSocket[]): void {
  for (const socket of sockets) socket.terminate();
}

/** Calls `send` so many times a second; answers when each was meant to be. */
export async function openLoop(
  { ratePerSecond, seconds }: { readonly ratePerSecond: number; readonly seconds: number },
  send: (n: number) => void,
): Promise<Float64Array> {
  const count = Math.round(ratePerSecond * seconds);
  const gapMs = 1_000 / ratePerSecond;
  const start = performance.now() + 50;
  const intended = Float64Array.from({ length: count }, (_, n) => start + n * gapMs);
  for (let n = 0; n < count;) {
    const now = performance.now();
    while (n < count && (intended[n] ?? 0) <= now) send(n++);
    const leftMs = (intended[n] ?? 0) - performance.now();
    await new Promise<void>((resolve) => (leftMs > TURNING_MS ? setTimeout(resolve, leftMs - TURNING_MS) : setImmediate(resolve)));
  }
  return intended;
}

export type Quantiles = { readonly p50: number; readonly p99: number; readonly max: number; readonly missing: number };

export function quantiles(latencies: Float64Array): Quantiles {
  const known = latencies.filter((latency) => !Number.isNaN(latency)).sort();
  const at = (share: number) => known[Math.min(known.length - 1, Math.floor(known.length * share))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1), missing: latencies.length - known.length };
}
