/**
 * A device as a careful client writes one: it resumes with its cursors however often it is cut, says again under the same id what
 * was not acknowledged, and notes whatever the protocol promised otherwise: a gap, a seq twice, a seq out of order.
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Frame } from '../tour/client.ts';
import { expectStatus, read, until, write, type Site } from './site.ts';

const COME_BACK_WITHIN_MS = 100;
/** A frame that got no answer for so long is said again on the same connection. */
const SAY_AGAIN_MS = 5_000;

export type Owner = { readonly id: string; readonly token: string };
export type SaidFrame = Frame & { readonly type: 'send' | 'edit' | 'withdraw' | 'react'; readonly id: string; readonly channel: string };
export type Said = { readonly outcome: 'acknowledged'; readonly seq: number } | { readonly outcome: 'refused'; readonly code: string };

export type Phone = AsyncDisposable & {
  /** Resolves with the answer, over as many connections as it takes. */
  say(frame: SaidFrame): Promise<Said>;
  cut(): void;
  /** Every seq of a channel that this device knows of, in the order in which it learnt of them. */
  seqsOf(channel: string): readonly number[];
  readonly faults: readonly string[];
  readonly connections: () => number;
};

export type PhoneConfig = {
  readonly device: string;
  readonly channels: readonly string[];
  /** `careless`: never says what it has received. */ readonly manner: 'careful' | 'careless';
};

/** What one connection was sent, which it may not be sent again. */
type OnOneConnection = { readonly upTo: Map<string, number>; readonly acknowledged: Set<string> };
type Waiting = { readonly frame: SaidFrame; sentAt: number; readonly resolve: (said: Said) => void };

export async function openPhone(site: Site, owner: Owner, { device, channels, manner }: PhoneConfig): Promise<Phone> {
  const kept = new Map(channels.map((channel) => [channel, { cursor: -1, ahead: new Set<number>(), seqs: [] as number[] }]));
  const waiting = new Map<string, Waiting>();
  const faults: string[] = [];
  let socket: WebSocket | undefined;
  let connections = 0;
  let isOver = false;

  const has = (channel: string, seq: number) => {
    const known = kept.get(channel);
    if (known === undefined || seq <= known.cursor) return;
    known.ahead.add(seq);
    while (known.ahead.delete(known.cursor + 1)) known.seqs.push(++known.cursor);
  };
  const hear = async (on: WebSocket, got: OnOneConnection, frame: Frame) => {
    const { channel, seq } = frame as Frame & { channel: string; seq: number };
    switch (frame.type) {
      case 'welcome': {
        if (frame['recovered'] === true) return;
        const heads = frame['heads'] as Readonly<Record<string, number>>;
        await fetchUpTo(site, owner, heads);
        for (const [opened, head] of Object.entries(heads)) for (let at = 0; at <= head; at++) has(opened, at);
        return;
      }
      case 'message': {
        const last = got.upTo.get(channel) ?? -1;
        if (seq <= last || got.acknowledged.has(`${channel}/${seq}`)) faults.push(`${device}: ${channel} ${seq} again, after ${last}, on one connection`);
        got.upTo.set(channel, seq);
        has(channel, seq);
        const known = kept.get(channel);
        if (manner === 'careful' && known !== undefined && known.cursor >= 0) on.send(JSON.stringify({ type: 'received', channel, seq: known.cursor }));
        return;
      }
      case 'ack':
      case 'refused': {
        const one = waiting.get(String(frame['id']));
        if (one === undefined) return;
        if (frame.type === 'refused' && frame['code'] === 'too-many-waiting') return; // it is said again
        waiting.delete(one.frame.id);
        if (frame.type === 'ack') {
          has(one.frame.channel, seq);
          if (one.frame.type === 'send') got.acknowledged.add(`${one.frame.channel}/${seq}`);
        }
        one.resolve(frame.type === 'ack' ? { outcome: 'acknowledged', seq } : { outcome: 'refused', code: String(frame['code']) });
      }
    }
  };
  const sayNow = (on: WebSocket, one: Waiting) => {
    one.sentAt = Date.now();
    on.send(JSON.stringify(one.frame));
  };

  const connectOnce = async () => {
    const gateway = expectStatus([200], await write(site, '/v1/gateway', { headers: { authorization: `Bearer ${owner.token}` } })).body['gateway'];
    if (typeof gateway !== 'string') return;
    const on = new WebSocket(gateway);
    const closed = once(on, 'close');
    on.on('error', () => undefined);
    const opened = await Promise.race([
      once(on, 'open').then(
        () => true,
        () => false,
      ),
      closed.then(() => false),
    ]);
    if (!opened) return;
    connections++;
    const cursors = Object.fromEntries([...kept].map(([channel, { cursor }]) => [channel, cursor]));
    const got: OnOneConnection = { upTo: new Map(Object.entries(cursors)), acknowledged: new Set() };
    let heard: Promise<void> = Promise.resolve();
    on.on('message', (data: Buffer) => (heard = heard.then(() => hear(on, got, JSON.parse(data.toString()) as Frame))));
    on.send(JSON.stringify({ type: 'hello', token: owner.token, device, cursors }));
    for (const one of waiting.values()) sayNow(on, one);
    socket = on;
    const again = setInterval(() => {
      for (const one of waiting.values()) if (Date.now() - one.sentAt > SAY_AGAIN_MS) sayNow(on, one);
    }, SAY_AGAIN_MS / 5);
    await closed;
    clearInterval(again);
    socket = undefined;
    await heard;
  };
  const running = (async () => {
    while (!isOver) {
      await connectOnce().catch(() => undefined);
      if (!isOver) await sleep(Math.random() * COME_BACK_WITHIN_MS);
    }
  })();

  await until(`${device} is connected`, () => connections > 0);
  return {
    say: (frame) =>
      new Promise((resolve) => {
        const one = { frame, sentAt: 0, resolve };
        waiting.set(frame.id, one);
        if (socket?.readyState === WebSocket.OPEN) sayNow(socket, one);
      }),
    cut: () => socket?.terminate(),
    seqsOf: (channel) => kept.get(channel)?.seqs ?? [],
    faults,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      isOver = true;
      socket?.close(1000);
      await running;
    },
  };
}

/** Told plainly to fetch, it fetches up to where each channel was: edits and reactions are in the messages as they are by then. */
async function fetchUpTo(site: Site, { token }: Owner, heads: Readonly<Record<string, number>>): Promise<void> {
  for (const [channel, head] of Object.entries(heads)) {
    const headers = { authorization: `Bearer ${token}` };
    await until(`${channel} can be fetched up to ${head}`, async () => {
      const answer = await read(site, `/v1/channels/${channel}`, { headers });
      return head < 0 || Number(expectStatus([200], answer).body['headSeq'] ?? -1) >= head;
    });
  }
}
