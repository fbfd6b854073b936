import test from 'ava';
import { randomUUID } from 'node:crypto';
import { v7 } from 'uuid';
import type { Handled } from '../../commands/handling/handle.ts';
import { contextWith } from '../../commands/handling/context.ts';
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { instant } from '../../domain/shared/instant.ts';
import { openAt } from '../connection/cursors.ts';
import { createConnectionDelivery } from './deliver-to-connections.ts';
import type { ServerFrame } from '../protocol/frames.ts';
import { createInboundQueue } from './inbound-queue.ts';
import type { CommandFrame, Connection, Who } from '../connection/connection.ts';

test('a connection’s line is bounded in frames and in text; what finds no room is refused, and what waits is said', async (t) => {
  const refused: string[] = [];
  const said = Promise.withResolvers<Handled>();
  const never = () => Promise.reject(new Error('not asked for'));
  const saying = createInboundQueue({
    commands: { postMessage: () => said.promise, editMessage: never, withdrawMessage: never, reactToMessage: never },
    contextFor: contextWith(Buffer.from('a test')),
    clock: () => instant(Date.now()),
    answer: () => undefined,
    refuse: (_, { code }) => void refused.push(code),
    failed: (error) => t.fail(String(error)),
  });
  const who: Who = { person: randomUUID() as PersonId, device: 'phone' as DeviceId, session: 's', expiresAtMs: Infinity };
  const channel = randomUUID();
  const send = (connection: Connection, text: string) => saying.enqueue(connection, who, { type: 'send', channel, id: v7(), text } satisfies CommandFrame);
  const [many, long] = [{}, {}] as [Connection, Connection];
  for (let n = 0; n < 65; n++) send(many, 'short');
  t.deepEqual(refused, ['queue-full']);
  for (let n = 0; n < 11; n++) send(long, 'x'.repeat(100_000));
  t.deepEqual(refused, ['queue-full', 'queue-full']);
  said.resolve({ outcome: 'unchanged', stream: 'messages-1', revision: 0, position: undefined });
  await saying.whenEmpty();
  t.is(saying.stats().commandsAcknowledged, 64 + 10);
});

test('what came round before its answer is in the log: it is acknowledged, though its command was told that it failed', async (t) => {
  const sent: ServerFrame[] = [];
  const delivering = createConnectionDelivery({ send: (_, framed) => void sent.push(JSON.parse(framed.toString().replace(/^[^{]*/, '')) as ServerFrame) });
  const [channel, id, at] = [randomUUID() as ChannelId, v7(), instant(Date.now())];
  const who: Who = { person: randomUUID() as PersonId, device: 'phone' as DeviceId, session: 's', expiresAtMs: Infinity };
  const connection = { who } as Connection;
  openAt(connection, channel, -1);
  const never = () => Promise.reject(new Error('not asked for'));
  const postMessage = () => {
    const { person: sender, device } = who;
    delivering.deliver(connection, channel, { event: 'posted', seq: 0, at, messageCount: 1, sender, device, clientId: id, text: 'hello' });
    return Promise.reject(new Error('the answer was lost'));
  };
  const saying = createInboundQueue({
    commands: { postMessage, editMessage: never, withdrawMessage: never, reactToMessage: never },
    contextFor: contextWith(Buffer.from('a test')),
    clock: () => at,
    answer: (_, frame) => void sent.push(frame),
    refuse: (_, { code }) => t.fail(code),
    failed: () => undefined,
  });
  saying.enqueue(connection, who, { type: 'send', channel, id, text: 'hello' } satisfies CommandFrame);
  await saying.whenEmpty();
  t.deepEqual(sent, [{ type: 'ack', id, seq: 0, position: null }]);
  t.is(connection.inbound, undefined);
  t.like(saying.stats(), { commandsAcknowledged: 1, commandsRefused: 0 });
});
