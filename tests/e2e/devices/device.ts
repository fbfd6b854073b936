/**
 * A device that follows the protocol carefully: it reconnects and resumes from its cursors, and sends commands that were not
 * acknowledged again under the same id.
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { expectStatus } from '../../client/expectations.ts';
import type { Frame } from '../../client/gateway-socket.ts';
import { authorizationOf } from '../actors.ts';
import {
  createFrameHandler,
  type CarriedByConnection,
  type CommandFrame,
  type CommandOutcome,
  type DeviceOwner,
  type PendingCommand,
} from './frame-handler.ts';
import { createReceivedSeqs } from './received-seqs.ts';
import { callWriteApi, waitUntil, type SystemUnderTest } from '../system-under-test.ts';

const RECONNECT_MAX_MS = 100;
/** A command that got no answer within this is sent again on the same connection. */
const RESEND_AFTER_MS = 2_000;

export type Device = AsyncDisposable & {
  /** Resolves with the outcome, over as many connections as it takes. */
  readonly send: (frame: CommandFrame) => Promise<CommandOutcome>;
  readonly dropConnection: () => void;
  /** The channel's seqs that this device has without a gap, in order. */
  readonly seqsOf: (channel: string) => readonly number[];
  /** Frames that the protocol promises not to send, as sentences. */
  readonly faults: readonly string[];
  readonly connectionCount: () => number;
};

export type DeviceConfig = {
  readonly device: string;
  readonly channels: readonly string[];
  /** Whether it acknowledges the messages it receives. */
  readonly receipts: 'sent' | 'omitted';
};

export async function connectDevice(system: SystemUnderTest, owner: DeviceOwner, { device, channels, receipts }: DeviceConfig): Promise<Device> {
  const received = createReceivedSeqs(channels);
  const pending = new Map<string, PendingCommand>();
  const faults: string[] = [];
  const handleFrame = createFrameHandler({ system, owner, device, receipts, received, pending, faults });
  let current: WebSocket | undefined;
  let connectionCount = 0;
  let isStopped = false;

  const sendNow = (socket: WebSocket, command: PendingCommand) => {
    command.sentAt = Date.now();
    socket.send(JSON.stringify(command.frame));
  };
  const connectOnce = async () => {
    const socket = await openSocket(system, owner);
    if (socket === undefined) return;
    const closed = once(socket, 'close');
    connectionCount++;
    const carried: CarriedByConnection = { upTo: new Map(Object.entries(received.cursors())), acknowledged: new Set() };
    let handled: Promise<void> = Promise.resolve();
    socket.on('message', (data: Buffer) => {
      handled = handled.then(() => handleFrame(socket, carried, JSON.parse(data.toString()) as Frame));
    });
    socket.send(JSON.stringify({ type: 'hello', token: owner.token, device, cursors: received.cursors() }));
    for (const command of pending.values()) sendNow(socket, command);
    current = socket;
    const resend = setInterval(() => {
      for (const command of pending.values()) if (Date.now() - command.sentAt > RESEND_AFTER_MS) sendNow(socket, command);
    }, RESEND_AFTER_MS / 5);
    await closed;
    clearInterval(resend);
    current = undefined;
    await handled;
  };
  const running = (async () => {
    while (!isStopped) {
      await connectOnce().catch((error: unknown) => faults.push(`${device}: ${String(error)}`));
      if (!isStopped) await sleep(Math.random() * RECONNECT_MAX_MS);
    }
  })();

  await waitUntil(`${device} is connected`, () => connectionCount > 0);
  return {
    send: (frame) =>
      new Promise((resolve) => {
        const command = { frame, sentAt: 0, resolve };
        pending.set(frame.id, command);
        if (current?.readyState === WebSocket.OPEN) sendNow(current, command);
      }),
    dropConnection: () => current?.terminate(),
    seqsOf: received.seqsOf,
    faults,
    connectionCount: () => connectionCount,
    [Symbol.asyncDispose]: async () => {
      isStopped = true;
      current?.close(1000);
      await running;
    },
  };
}

/** Undefined: no gateway is available at the moment. */
async function openSocket(system: SystemUnderTest, owner: DeviceOwner): Promise<WebSocket | undefined> {
  const { gateway } = expectStatus([200], await callWriteApi(system, '/v1/gateway', { headers: authorizationOf(owner) })).body;
  if (typeof gateway !== 'string') return undefined;
  const socket = new WebSocket(gateway);
  socket.on('error', () => undefined);
  return await new Promise((resolve) => {
    socket.once('open', () => resolve(socket));
    socket.once('close', () => resolve(undefined));
  });
}
