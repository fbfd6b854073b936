/**
 * A device as a careful client writes one: it resumes with its cursors however often it is cut, says again under the same id what
 * was not acknowledged, and notes whatever comes that the protocol promised not to send.
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Frame } from '../tour/client.ts';
import { expectStatus, read, until, write, type Site } from './installation.ts';

const COME_BACK_WITHIN_MS = 100;
/** A frame that got no answer for so long is said again on the same connection. */
const SAY_AGAIN_MS = 2_000;
/** Refused for now. */
const LATER: ReadonlySet<string> = new Set(['queue-full', 'rate-limited', 'write-contention', 'log-unavailable']);

export type Owner = { readonly id: string; readonly token: string };
export type SaidFrame = Frame & { readonly type: 'send' | 'edit' | 'withdraw' | 'react'; readonly id: string; readonly channel: string };
export type Said = { readonly outcome: 'acknowledged'; readonly seq: number } | { readonly outcome: 'refused'; readonly code: string };

export type Phone = AsyncDisposable & {
  /** Resolves with the answer, over as many connections as it takes. */
  readonly say: (frame: SaidFrame) => Promise<Said>;
  readonly cut: () => void;
  /** Every seq of a channel that this device knows of without a gap, in order. */
  readonly seqsOf: (channel: string) => readonly number[];
  readonly faults: readonly string[];
  readonly connections: () => number;
};

export type PhoneConfig = {
  readonly device: string;
  readonly channels: readonly string[];
  /** `careless`: never says what it has received. */
  readonly manner: 'careful' | 'careless';
};

type Waiting = { readonly frame: SaidFrame; sentAt: number; readonly resolve: (said: Said) => void };

export async function openPhone(site: Site, owner: Owner, config: PhoneConfig): Promise<Phone> {
  const memory = createMemory(config.channels);
  const waiting = new Map<string, Waiting>();
  const faults: string[] = [];
  const hear = createEar({ site, owner, config, memory, waiting, faults });
  let socket: WebSocket | undefined;
  let connections = 0;
  let isOver = false;

  const sayNow = (on: WebSocket, one: Waiting) => {
    one.sentAt = Date.now();
    on.send(JSON.stringify(one.frame));
  };
  const connectOnce = async () => {
    const on = await dial(site, owner);
    if (on === undefined) return;
    const closed = once(on, 'close');
    connections++;
    const got: OnOneConnection = { upTo: new Map(Object.entries(memory.cursors())), acknowledged: new Set() };
    let heard: Promise<void> = Promise.resolve();
    on.on('message', (data: Buffer) => {
      heard = heard.then(() => hear(on, got, JSON.parse(data.toString()) as Frame));
    });
    on.send(JSON.stringify({ type: 'hello', token: owner.token, device: config.device, cursors: memory.cursors() }));
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
      await connectOnce().catch((error: unknown) => faults.push(`${config.device}: ${String(error)}`));
      if (!isOver) await sleep(Math.random() * COME_BACK_WITHIN_MS);
    }
  })();

  await until(`${config.device} is connected`, () => connections > 0);
  return {
    say: (frame) =>
      new Promise((resolve) => {
        const one = { frame, sentAt: 0, resolve };
        waiting.set(frame.id, one);
        if (socket?.readyState === WebSocket.OPEN) sayNow(socket, one);
      }),
    cut: () => socket?.terminate(),
    seqsOf: memory.seqsOf,
    faults,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      isOver = true;
      socket?.close(1000);
      await running;
    },
  };
}

/** Undefined: the gateway is not there at the moment. */
async function dial(site: Site, { token }: Owner): Promise<WebSocket | undefined> {
  const { gateway } = expectStatus([200], await write(site, '/v1/gateway', { headers: { authorization: `Bearer ${token}` } })).body;
  if (typeof gateway !== 'string') return undefined;
  const socket = new WebSocket(gateway);
  socket.on('error', () => undefined);
  return await new Promise((resolve) => {
    socket.once('open', () => resolve(socket));
    socket.once('close', () => resolve(undefined));
  });
}

type Memory = ReturnType<typeof createMemory>;

/** What the device has of each channel: everything up to the cursor, and some beyond it that came early. */
function createMemory(channels: readonly string[]) {
  const kept = new Map(channels.map((channel) => [channel, { cursor: -1, ahead: new Set<number>(), seqs: [] as number[] }]));
  return {
    has: (channel: string, seq: number) => {
      const known = kept.get(channel);
      if (known === undefined || seq <= known.cursor) return;
      known.ahead.add(seq);
      while (known.ahead.delete(known.cursor + 1)) known.seqs.push(++known.cursor);
    },
    cursorOf: (channel: string) => kept.get(channel)?.cursor ?? -1,
    cursors: () => Object.fromEntries([...kept].map(([channel, { cursor }]) => [channel, cursor])),
    seqsOf: (channel: string): readonly number[] => kept.get(channel)?.seqs ?? [],
  };
}

/** What one connection was sent, which it may not be sent again. */
type OnOneConnection = { readonly upTo: Map<string, number>; readonly acknowledged: Set<string> };
type EarDependencies = {
  readonly site: Site;
  readonly owner: Owner;
  readonly config: PhoneConfig;
  readonly memory: Memory;
  readonly waiting: Map<string, Waiting>;
  readonly faults: string[];
};

function createEar({ site, owner, config: { device, manner }, memory, waiting, faults }: EarDependencies) {
  return async (on: WebSocket, got: OnOneConnection, frame: Frame): Promise<void> => {
    const { channel, seq } = frame as Frame & { channel: string; seq: number };
    switch (frame.type) {
      case 'welcome': {
        if (frame['recovered'] === true) return;
        const heads = frame['heads'] as Readonly<Record<string, number>>;
        await fetchUpTo(site, owner, heads);
        for (const [opened, head] of Object.entries(heads)) for (let at = 0; at <= head; at++) memory.has(opened, at);
        return;
      }
      case 'message': {
        const last = got.upTo.get(channel) ?? -1;
        if (seq <= last || got.acknowledged.has(`${channel}/${seq}`)) faults.push(`${device}: ${channel} ${seq} again, after ${last}, on one connection`);
        got.upTo.set(channel, seq);
        memory.has(channel, seq);
        const cursor = memory.cursorOf(channel);
        if (manner === 'careful' && cursor >= 0 && on.readyState === WebSocket.OPEN) on.send(JSON.stringify({ type: 'received', channel, seq: cursor }));
        return;
      }
      case 'ack':
      case 'refused': {
        const one = waiting.get(String(frame['id']));
        if (one === undefined || (frame.type === 'refused' && LATER.has(String(frame['code'])))) return; // what is refused for now is said again
        waiting.delete(one.frame.id);
        if (frame.type === 'refused') return one.resolve({ outcome: 'refused', code: String(frame['code']) });
        memory.has(one.frame.channel, seq);
        if (one.frame.type === 'send') got.acknowledged.add(`${one.frame.channel}/${seq}`);
        one.resolve({ outcome: 'acknowledged', seq });
      }
    }
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
