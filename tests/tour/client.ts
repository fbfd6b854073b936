/** A client as anyone would write one: it knows the public APIs, keeps its keys, and asks again when it got no answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

export type Addresses = { readonly write: string; readonly read: string; readonly ops: string };

const ASK_AGAIN_MS = 150;
const GIVE_UP_MS = 60_000;
const RETRYABLE = new Set([429, 502, 503, 504]);

export type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>>; readonly position: string | undefined };

type Headers = Readonly<Record<string, string>>;

export type Ask = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A function is asked each time: a signature is good for one request. */
  readonly headers?: Headers | (() => Headers);
  readonly body?: unknown;
  /** The same key asks the same again, never a second time. */
  readonly key?: string;
};

export class Unexpected extends Error {
  override readonly name = 'Unexpected';
}

/** Asks until there is an answer that is no 'try again'. `base` is asked for each time, for a server may come back elsewhere. */
export async function ask(base: () => Promise<string>, path: string, { method = 'GET', headers = {}, body, key }: Ask): Promise<Answer> {
  const giveUpAt = Date.now() + GIVE_UP_MS;
  for (;;) {
    try {
      const response = await fetch((await base()) + path, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
          ...(typeof headers === 'function' ? headers() : headers),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(10_000),
      });
      const text = await response.text();
      const answer = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
      if (!RETRYABLE.has(response.status))
        return { status: response.status, body: answer, position: typeof answer['position'] === 'string' ? answer['position'] : undefined };
      if (Date.now() > giveUpAt) throw new Unexpected(`${method} ${path} still answers ${response.status} ${text}`);
    } catch (error) {
      if (error instanceof Unexpected || Date.now() > giveUpAt) throw error;
    }
    await sleep(ASK_AGAIN_MS);
  }
}

export type Frame = { readonly type: string; readonly [field: string]: unknown };

/** One device's socket. What it received is kept, so that one can wait for what already came. */
export type Socket = AsyncDisposable & {
  readonly frames: readonly Frame[];
  send(frame: Frame): void;
  /** The first frame that matches, come or coming; undefined where the socket closed before. */
  next(matches: (frame: Frame) => boolean): Promise<Frame | undefined>;
};

export async function openSocket(url: string): Promise<Socket> {
  const socket = new WebSocket(url);
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of waiting) look();
  };
  let closed = false;
  socket.on('message', (data: Buffer) => {
    frames.push(JSON.parse(data.toString()) as Frame);
    wake();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closed = true;
    wake();
  });
  return {
    frames,
    send: (frame) => socket.send(JSON.stringify(frame)),
    next: (matches) =>
      new Promise((resolve, reject) => {
        const timeout = setTimeout(
          () => reject(new Unexpected(`no such frame within ${GIVE_UP_MS} ms; came: ${JSON.stringify(frames.slice(-5))}`)),
          GIVE_UP_MS,
        );
        const look = () => {
          const found = frames.find(matches);
          if (found === undefined && !closed) return;
          clearTimeout(timeout);
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    [Symbol.asyncDispose]: async () => {
      if (closed) return;
      const done = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.close(1000);
      await done;
    },
  };
}
