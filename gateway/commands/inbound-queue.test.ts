import test from 'ava';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 } from 'uuid';
import { contextWith } from '../../commands/handling/command-context.ts';
import type { CommandResult } from '../../commands/handling/results.ts';
import type { ChannelId, DeviceId, MediaId, PersonId } from '../../domain/shared/ids.ts';
import { instant } from '../../domain/shared/instant.ts';
import type { Connection, Identity } from '../connection/connection.ts';
import { openCursor } from '../connection/cursors.ts';
import { connectionForTest } from '../testing/connection.ts';
import { createMessageDelivery, deliver } from '../channels/deliver-to-connections.ts';
import { positionTokens } from '../../edge/position-tokens.ts';
import { FIRST_EPOCH } from '../../ports/event-log/port.ts';
import { createInboundQueues, enqueue, untilEmpty, type InboundQueuesDependencies } from './inbound-queue.ts';

const at = instant(Date.now());
const identity: Identity = { person: randomUUID() as PersonId, device: 'phone' as DeviceId, session: 's', expiresAtMs: Infinity };

const queuesWith = (postMessage: InboundQueuesDependencies['commands']['postMessage'], reportError: (error: unknown) => void) => {
  const never = () => Promise.reject(new Error('not asked for'));
  const commands = { postMessage, editMessage: never, withdrawMessage: never, reactToMessage: never };
  return createInboundQueues({
    commands,
    contextFor: contextWith(Buffer.from('a test')),
    clock: () => at,
    positions: positionTokens(FIRST_EPOCH),
    reportError,
  });
};

test('the queue of a connection is bounded in frames and in text; a frame without room is refused, and the queued ones are run', async (t) => {
  const answered = Promise.withResolvers<CommandResult>();
  const queues = queuesWith(
    () => answered.promise,
    (error) => t.fail(String(error)),
  );
  const channel = randomUUID();
  const post = (connection: Connection, text: string) => enqueue(queues, connection, identity, { type: 'send', channel, id: v7(), text });
  const [many, long] = [connectionForTest(), connectionForTest()];
  const refused = () => [many, long].flatMap(({ frames }) => frames()).flatMap((frame) => (frame.type === 'refused' ? [frame.code] : []));
  for (let n = 0; n < 65; n++) post(many.connection, 'short');
  t.deepEqual(refused(), ['queue-full']);
  for (let n = 0; n < 11; n++) post(long.connection, 'x'.repeat(100_000));
  t.deepEqual(refused(), ['queue-full', 'queue-full']);
  // What stands beside a text takes room as a text does.
  const url = `https://example.com/${'a'.repeat(8_000)}`;
  const entities = Array.from({ length: 50 }, (_, from) => ({ kind: 'link' as const, from, to: from + 1, url }));
  const media = Array.from({ length: 20 }, () => ({ media: v7() as MediaId, alt: 'x'.repeat(8_000), name: 'y'.repeat(8_000) }) as const);
  const [linked, showing] = [connectionForTest(), connectionForTest()];
  for (let n = 0; n < 3; n++) enqueue(queues, linked.connection, identity, { type: 'send', channel, id: v7(), text: 'short', entities });
  enqueue(queues, linked.connection, identity, { type: 'edit', channel, id: v7(), message: 0, text: 'short', entities });
  for (let n = 0; n < 4; n++) enqueue(queues, showing.connection, identity, { type: 'send', channel, id: v7(), text: 'short', media });
  const refusedTo = ({ frames }: typeof linked) => frames().filter((frame) => frame.type === 'refused').length;
  t.deepEqual([refusedTo(linked), refusedTo(showing)], [2, 1]);
  answered.resolve({ outcome: 'unchanged', stream: 'messages-1', revision: 0, position: undefined });
  await untilEmpty(queues);
  t.is(queues.commandsAcknowledged, 64 + 10 + 2 + 3);
});

test('a message whose hint came before its answer is in the log: it is acknowledged, though its command was answered by an error', async (t) => {
  const [channel, id] = [randomUUID() as ChannelId, v7()];
  const { connection, frames } = connectionForTest({ identity });
  openCursor(connection, channel, -1);
  const postMessage = () => {
    const { person: sender } = identity;
    deliver(createMessageDelivery(), connection, channel, { event: 'posted', seq: 0, at, messageCount: 1, sender, clientId: id, text: 'hello' });
    return Promise.reject(new Error('the answer was lost'));
  };
  const queues = queuesWith(postMessage, () => undefined);
  enqueue(queues, connection, identity, { type: 'send', channel, id, text: 'hello' });
  await untilEmpty(queues);
  t.deepEqual(frames(), [{ type: 'ack', id, seq: 0, position: null }]);
  t.is(connection.inbound, undefined);
  t.like(queues, { commandsAcknowledged: 1, commandsRefused: 0 });
});

test('a message under the id of another one is refused, though the other one’s hint comes while it waits', async (t) => {
  const [channel, id] = [randomUUID() as ChannelId, v7()];
  const { connection, frames } = connectionForTest({ identity });
  openCursor(connection, channel, -1);
  const first = { event: 'posted', seq: 0, at, messageCount: 1, sender: identity.person, clientId: id, text: 'from another connection' } as const;
  const postMessage = () => {
    deliver(createMessageDelivery(), connection, channel, first);
    return Promise.resolve({ outcome: 'refused', refusal: { code: 'idempotency-key-reused' } } as const);
  };
  const queues = queuesWith(postMessage, () => undefined);
  enqueue(queues, connection, identity, { type: 'send', channel, id, text: 'another text' });
  await untilEmpty(queues);
  t.like(frames(), [
    { type: 'message', seq: 0, text: 'from another connection' },
    { type: 'refused', id, code: 'idempotency-key-reused' },
  ]);
  t.like(queues, { commandsAcknowledged: 0, commandsRefused: 1 });
});

test('messages to one channel that wait are run together, and answered in their order; those to another channel come after them', async (t) => {
  const [channel, other] = [randomUUID() as ChannelId, randomUUID() as ChannelId];
  const { connection, frames } = connectionForTest({ identity });
  const underWay = new Set<string>();
  const together = new Map<string, readonly string[]>();
  const postMessage: InboundQueuesDependencies['commands']['postMessage'] = async ({ text }) => {
    underWay.add(text);
    await delay(text === 'first' ? 20 : 0);
    together.set(text, [...underWay]);
    underWay.delete(text);
    return { outcome: 'unchanged', stream: 'messages-1', revision: 0, position: undefined };
  };
  const queues = queuesWith(postMessage, (error) => t.fail(String(error)));
  const ids = ['alone', 'first', 'second', 'elsewhere'].map((text) => {
    const id = v7();
    enqueue(queues, connection, identity, { type: 'send', channel: text === 'elsewhere' ? other : channel, id, text });
    return id;
  });
  await untilEmpty(queues);
  t.deepEqual(together.get('alone'), ['alone']);
  t.deepEqual(together.get('second'), ['first', 'second']);
  t.deepEqual(together.get('elsewhere'), ['elsewhere']);
  t.deepEqual(
    frames().map((frame) => (frame.type === 'ack' ? frame.id : frame.type)),
    ids,
  );
});
