/** Handles the frames a device receives, and reports those that the protocol promises not to send. */
import { WebSocket } from 'ws';
import { expectStatus } from '../../client/expectations.ts';
import type { Frame } from '../../client/gateway-socket.ts';
import { authorizationOf, type Person } from '../actors.ts';
import type { ReceivedSeqs } from './received-seqs.ts';
import { callReadApi, waitUntil, type SystemUnderTest } from '../system-under-test.ts';

/** A command refused with one of these is sent again later. */
const RETRYABLE_REFUSALS: ReadonlySet<string> = new Set(['queue-full', 'rate-limited', 'write-contention', 'log-unavailable', 'store-unavailable']);

export type DeviceOwner = Pick<Person, 'id' | 'token'>;
export type CommandFrame = Frame & { readonly type: 'send' | 'edit' | 'withdraw' | 'react'; readonly id: string; readonly channel: string };
export type CommandOutcome = { readonly outcome: 'acknowledged'; readonly seq: number } | { readonly outcome: 'refused'; readonly code: string };
export type PendingCommand = { readonly frame: CommandFrame; sentAt: number; readonly resolve: (outcome: CommandOutcome) => void };

/** What one connection has carried, which the gateway must not send on it again. */
export type CarriedByConnection = { readonly upTo: Map<string, number>; readonly acknowledged: Set<string> };

export type FrameHandlerDependencies = {
  readonly system: SystemUnderTest;
  readonly owner: DeviceOwner;
  readonly device: string;
  readonly receipts: 'sent' | 'omitted';
  readonly received: ReceivedSeqs;
  readonly pending: Map<string, PendingCommand>;
  readonly faults: string[];
};

export function createFrameHandler({ system, owner, device, receipts, received, pending, faults }: FrameHandlerDependencies) {
  return async (socket: WebSocket, carried: CarriedByConnection, frame: Frame): Promise<void> => {
    const { channel, seq } = frame as Frame & { channel: string; seq: number };
    switch (frame.type) {
      case 'welcome': {
        if (frame['recovered'] === true) return;
        const heads = frame['heads'] as Readonly<Record<string, number>>;
        await waitForHeads(system, owner, heads);
        for (const [opened, head] of Object.entries(heads)) for (let at = 0; at <= head; at++) received.add(opened, at);
        return;
      }
      case 'message': {
        const last = carried.upTo.get(channel) ?? -1;
        if (seq <= last || carried.acknowledged.has(`${channel}/${seq}`)) faults.push(`${device}: ${channel} ${seq} again, after ${last}, on one connection`);
        carried.upTo.set(channel, seq);
        received.add(channel, seq);
        const cursor = received.cursorOf(channel);
        if (receipts === 'sent' && cursor >= 0 && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: 'received', channel, seq: cursor }));
        return;
      }
      case 'ack':
      case 'refused': {
        const command = pending.get(String(frame['id']));
        if (command === undefined || (frame.type === 'refused' && RETRYABLE_REFUSALS.has(String(frame['code'])))) return;
        pending.delete(command.frame.id);
        if (frame.type === 'refused') return command.resolve({ outcome: 'refused', code: String(frame['code']) });
        received.add(command.frame.channel, seq);
        if (command.frame.type === 'send') carried.acknowledged.add(`${command.frame.channel}/${seq}`);
        command.resolve({ outcome: 'acknowledged', seq });
      }
    }
  };
}

/** A device that isn't recovered fetches the history up to each head; the messages then include their edits and reactions. */
async function waitForHeads(system: SystemUnderTest, owner: DeviceOwner, heads: Readonly<Record<string, number>>): Promise<void> {
  for (const [channel, head] of Object.entries(heads)) {
    await waitUntil(`${channel} can be fetched up to ${head}`, async () => {
      const response = await callReadApi(system, `/v1/channels/${channel}`, { headers: authorizationOf(owner) });
      return head < 0 || Number(expectStatus([200], response).body['headSeq'] ?? -1) >= head;
    });
  }
}
