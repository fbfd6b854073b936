/** A device's WebSocket that keeps every frame it received, so that a test can also wait for a frame that has already arrived. */
import { WebSocket } from 'ws';
import { UnexpectedResult } from './unexpected-result.ts';

const FRAME_TIMEOUT_MS = 60_000;

export type Frame = { readonly type: string; readonly [field: string]: unknown };

export type GatewaySocket = AsyncDisposable & {
  readonly frames: readonly Frame[];
  send(frame: Frame): void;
  /** The first frame that matches, whether it has arrived or is still to come; undefined if the socket closes before. */
  waitForFrame(matches: (frame: Frame) => boolean): Promise<Frame | undefined>;
};

export async function openGatewaySocket(url: string): Promise<GatewaySocket> {
  const socket = new WebSocket(url);
  const frames: Frame[] = [];
  const checks = new Set<() => void>();
  const runChecks = () => {
    for (const check of checks) check();
  };
  let isClosed = false;
  socket.on('message', (data: Buffer) => {
    frames.push(JSON.parse(data.toString()) as Frame);
    runChecks();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    isClosed = true;
    runChecks();
  });
  return {
    frames,
    send: (frame) => socket.send(JSON.stringify(frame)),
    waitForFrame: (matches) =>
      new Promise((resolve, reject) => {
        const timeout = setTimeout(
          () => reject(new UnexpectedResult(`no such frame within ${FRAME_TIMEOUT_MS} ms; received: ${JSON.stringify(frames.slice(-5))}`)),
          FRAME_TIMEOUT_MS,
        );
        const check = () => {
          const found = frames.find(matches);
          if (found === undefined && !isClosed) return;
          clearTimeout(timeout);
          checks.delete(check);
          resolve(found);
        };
        checks.add(check);
        check();
      }),
    [Symbol.asyncDispose]: async () => {
      if (isClosed) return;
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.close(1000);
      await closed;
    },
  };
}
