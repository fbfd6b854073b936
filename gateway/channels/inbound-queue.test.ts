import test from 'ava';
import { randomUUID } from 'node:crypto';
import { v7 } from 'uuid';
import type { Handled } from '../../commands/handling/handle.ts';
import { contextWith } from '../../commands/handling/context.ts';
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { instant } from '../../domain/shared/instant.ts';
import { openAt } from '../connection/cursors.ts';
import { createDelivering } from './deliver-to-connections.ts';
import type { ServerFrame } from '../protocol/frames.ts';
import { createSaying } from './inbound-queue.ts';
import type { SaidFrame, Session, Who } from '../connection/connection.ts';

test('a connection’s line is bounded in frames and in text; what finds no room is refused, and what waits is said', async (t) => {
  const refused: string[] = [];
  const said = Promise.withResolvers<Handled>();
  const never = () => Promise.reject(new Error('not asked for'));
  const saying = createSaying({
    commands: { postMessage: () => said.promise, editMessage: never, withdrawMessage: never, reactToMessage: never },
    contextFor: contextWith(Buffer.from('a test')),
    clock: () => instant(Date.now()),
    answer: () => undefined,
    refuse: (_, { code }) => void refused.push(code),
    failed: (error) => t.fail(String(error)),
  });
  const who: Who = { person: randomUUID() as PersonId, device: 'phone' as DeviceId, session: 's', expiresAtMs: Infinity };
  const channel = randomUUID();
  const send = (session: Session, text: string) => saying.say(session, who, { type: 'send', channel, id: v7(), text } satisfies SaidFrame);
  const [many, long] = [{}, {}] as [Session, Session];
  for (let n = 0; n < 65; n++) send(many, 'short');
  t.deepEqual(refused, ['too-many-waiting']);
  for (let n = 0; n < 11; n++) send(long, 'x'.repeat(100_000));
  t.deepEqual(refused, ['too-many-waiting', 'too-many-waiting']);
  said.resolve({ outcome: 'already-so', stream: 'messages-1', revision: 0, position: undefined });
  await saying.finished();
  t.is(saying.stats().acknowledged, 64 + 10);
});

test('what came round before its answer is in the log: it is acknowledged, though its command was told that it failed', async (t) => {
  const sent: ServerFrame[] = [];
  const delivering = createDelivering({ send: (_, framed) => void sent.push(JSON.parse(framed.toString().replace(/^[^{]*/, '')) as ServerFrame) });
  const [channel, id, at] = [randomUUID() as ChannelId, v7(), instant(Date.now())];
  const who: Who = { person: randomUUID() as PersonId, device: 'phone' as DeviceId, session: 's', expiresAtMs: Infinity };
  const session = { who } as Session;
  openAt(session, channel, -1);
  const never = () => Promise.reject(new Error('not asked for'));
  const postMessage = () => {
    const { person: sender, device } = who;
    delivering.deliver(session, channel, { event: 'posted', seq: 0, at, messageCount: 1, sender, device, clientId: id, text: 'hello' });
    return Promise.reject(new Error('the answer was lost'));
  };
  const saying = createSaying({
    commands: { postMessage, editMessage: never, withdrawMessage: never, reactToMessage: never },
    contextFor: contextWith(Buffer.from('a test')),
    clock: () => at,
    answer: (_, frame) => void sent.push(frame),
    refuse: (_, { code }) => t.fail(code),
    failed: () => undefined,
  });
  saying.say(session, who, { type: 'send', channel, id, text: 'hello' } satisfies SaidFrame);
  await saying.finished();
  t.deepEqual(sent, [{ type: 'ack', id, seq: 0, position: null }]);
  t.is(session.saying, undefined);
  t.like(saying.stats(), { acknowledged: 1, refused: 0 });
});
