/** A person's device at one gateway: it keeps what it receives, and comes back whenever its connection ends, with its cursor. */
import { setTimeout as delay } from 'node:timers/promises';
import { v7 } from 'uuid';
import { WebSocket } from 'ws';

const RECONNECT_MS = 200;
/** The protocol's `send` is tried again on each connection, under one id. */
const RESEND_MS = 1_000;

type Frame = { readonly type: string; readonly [field: string]: unknown };

export type OutageDevice = AsyncDisposable & {
  /** Of the messages that it received, the texts, by their `seq`. */
  received(): ReadonlyMap<number, string>;
  /** `seq`s that arrived twice on one connection. */
  doubled(): readonly number[];
  /** Resolves once it is welcomed; rejects after so long. */
  welcomed(withinMs: number): Promise<void>;
  /** Tries until the message is acknowledged, refused, or so much time has passed. */
  send(message: SentMessage, withinMs: number): Promise<string>;
};

export type SentMessage = { readonly id: string; readonly text: string };
export const newSentMessage = (): SentMessage => {
  const id = v7();
  return { id, text: `Over the gateway: ${id}` };
};

type DeviceOptions = { readonly url: string; readonly token: string; readonly device: string; readonly channel: string };

export function startOutageDevice({ url, token, device, channel }: DeviceOptions): OutageDevice {
  const received = new Map<number, string>();
  const replies = new Map<string, string>();
  const doubled: number[] = [];
  let [isStopped, isLive, lastClose] = [false, false, 'nothing'];
  let socket: WebSocket | undefined;

  const take = (frame: Frame, onThisConnection: Set<number>) => {
    if (frame.type === 'welcome') isLive = true;
    if (frame.type === 'ack') replies.set(String(frame['id']), 'works');
    if (frame.type === 'refused') replies.set(String(frame['id']), `refused ${String(frame['code'])}`);
    if (frame.type !== 'message' || frame['channel'] !== channel) return;
    const seq = Number(frame['seq']);
    if (onThisConnection.has(seq)) doubled.push(seq);
    onThisConnection.add(seq);
    received.set(seq, String(frame['text']));
  };
  const connectOnce = async () => {
    const current = new WebSocket(url);
    socket = current;
    const onThisConnection = new Set<number>();
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    current.on('error', () => undefined); // it closes as well
    current.on('message', (data: Buffer) => take(JSON.parse(data.toString()) as Frame, onThisConnection));
    current.on('open', () => current.send(JSON.stringify({ type: 'hello', token, device, cursors: { [channel]: lastInARow(received) } })));
    current.on('close', (code, reason) => {
      isLive = false;
      lastClose = `closed ${code} ${reason.toString()}`.trim();
      resolve();
    });
    await closed;
  };
  const running = (async () => {
    for (; !isStopped; await delay(RECONNECT_MS)) await connectOnce();
  })();
  return {
    received: () => received,
    doubled: () => doubled,
    welcomed: async (withinMs) => {
      for (const until = performance.now() + withinMs; !isLive; await delay(20)) if (performance.now() > until) throw new Error(lastClose);
    },
    send: async ({ id, text }, withinMs) => {
      replies.delete(id);
      for (const until = performance.now() + withinMs; performance.now() < until;) {
        if (isLive) socket?.send(JSON.stringify({ type: 'send', channel, id, text }));
        for (const again = performance.now() + RESEND_MS; performance.now() < again; await delay(20)) {
          const reply = replies.get(id);
          if (reply !== undefined) return reply;
        }
      }
      return isLive ? 'hangs' : lastClose;
    },
    [Symbol.asyncDispose]: async () => {
      isStopped = true;
      socket?.close(1000);
      await Promise.race([running, delay(2_000, undefined, { ref: false })]);
      socket?.terminate();
    },
  };
}

/** A cursor says that everything up to it has arrived. */
function lastInARow(received: ReadonlyMap<number, string>): number {
  let seq = -1;
  while (received.has(seq + 1)) seq++;
  return seq;
}
