/** A process that starts while people write: what was handled in the last minutes is known from one scan of the log. */
import test from 'ava';
import { v7 } from 'uuid';
import { epochMs, HOUR_MS, MINUTE_MS, plus, SECOND_MS, type Instant } from '../../domain/shared/instant.ts';
import { messagesStream } from '../../domain/shared/streams.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import { codeOf, eventsIn, givenCommands, signUp, type Process } from '../test-fixture.ts';
import { scanRecentCommands } from './recent-commands.ts';

const keyAt = (at: Instant): string => v7({ msecs: epochMs(at) });

/** Two people and their channel, and a log that counts the events that are read from its streams. */
async function givenChannel() {
  const given = await givenCommands();
  const one = given.process();
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  const { id: channel } = await one.commands.openDirectChannel({ person: ann, other: bob }, given.context(ann));
  let eventsRead = 0;
  const log: EventLog = {
    ...given.log,
    readStream: async function* (stream, options) {
      for await (const event of given.log.readStream(stream, options)) {
        if (stream === messagesStream(channel)) eventsRead++;
        yield event;
      }
    },
  };
  return {
    given,
    one,
    log,
    eventsRead: () => eventsRead,
    say: ({ commands }: Process, key: string, { at = given.now, text = 'hello' }: { readonly at?: Instant; readonly text?: string } = {}) =>
      commands.postMessage({ channel, sender: ann, text, clientId: key }, given.context(ann, { key, at, body: { text } })),
    messages: async () => (await eventsIn(given, messagesStream(channel))).length,
    started: async () => {
      const recentCommands = scanRecentCommands({ log, codec: given.codec }, () => given.now);
      await recentCommands.scanned;
      return given.process(log, { recentCommands });
    },
    [Symbol.asyncDispose]: () => given[Symbol.asyncDispose](),
  };
}

test('a process that has scanned the log handles the first message of a busy channel without reading the channel through', async (t) => {
  await using channel = await givenChannel();
  const { given, one, say } = channel;
  const keys = Array.from({ length: 300 }, (_, n) => keyAt(plus(given.now, n)));
  for (const key of keys) await say(one, key);
  given.now = plus(given.now, MINUTE_MS);
  const two = await channel.started();
  t.like(await say(two, keyAt(given.now)), { outcome: 'appended', revision: 300, repeated: false });
  t.true(channel.eventsRead() < 20, `${channel.eventsRead()} events were read`);
  for (const at of [0, 150, 299]) t.like(await say(two, keys[at]!), { outcome: 'appended', revision: at, repeated: true });
  t.is(codeOf(await say(two, keys[150]!, { text: 'something else' })), 'idempotency-key-reused');
  t.true(channel.eventsRead() < 20);
  t.is(await channel.messages(), 301);
});

test('what was appended after the scan, and what was handled before it reaches back to, is found in the stream', async (t) => {
  await using channel = await givenChannel();
  const { given, one, say } = channel;
  const long = keyAt(given.now);
  await say(one, long);
  given.now = plus(given.now, HOUR_MS);
  const before = keyAt(given.now);
  await say(one, before);
  const two = await channel.started();
  const after = keyAt(given.now);
  for (const key of [after, keyAt(given.now), keyAt(given.now)]) await say(one, key);
  t.like(await say(two, after), { outcome: 'appended', revision: 2, repeated: true });
  t.like(await say(two, before), { outcome: 'appended', revision: 1, repeated: true });
  t.like(await say(two, long), { outcome: 'appended', revision: 0, repeated: true });
  t.like(await say(two, keyAt(given.now)), { outcome: 'appended', revision: 5, repeated: false });
  t.is(await channel.messages(), 6);
});

test('where the scan has not ended or failed, a process looks into the stream', async (t) => {
  await using channel = await givenChannel();
  const { given, one, say } = channel;
  const key = keyAt(given.now);
  await say(one, key);
  const failing: EventLog = {
    ...given.log,
    readAll: () => {
      throw new Error('not now');
    },
  };
  const ended = scanRecentCommands({ log: failing, codec: given.codec }, () => given.now);
  await ended.scanned;
  const underWay = scanRecentCommands({ log: { ...given.log, readAll: () => forever }, codec: given.codec }, () => given.now);
  for (const recentCommands of [ended, underWay]) {
    t.like(await say(given.process(given.log, { recentCommands }), key, { at: plus(given.now, SECOND_MS) }), {
      outcome: 'appended',
      revision: 0,
      repeated: true,
    });
  }
});

const forever: AsyncIterable<never> = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) };
