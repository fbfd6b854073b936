import { randomUUID } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { messagesStream } from '../../domain/shared/streams.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import type { StreamReader } from './history.ts';
import { readMissedMessages, RESUME_BYTES_MAX, RESUME_EVENTS_MAX } from './missed-messages.ts';
import { at, givenLog } from '../../projections/test-fixture.ts';

const sender = randomUUID() as PersonId;

async function givenChannels(
  ...counts: readonly number[]
): Promise<AsyncDisposable & { readonly history: StreamReader; readonly channels: readonly ChannelId[] }> {
  const given = await givenLog();
  const channels = await Promise.all(
    counts.map(async (count, n) => {
      const channel = `room-${n}` as ChannelId;
      const said = Array.from({ length: count }, (_, seq) => posted(channel, String(seq), seq + 1));
      if (count > 0) await given.append(messagesStream(channel), ...said);
      return channel;
    }),
  );
  return { history: given, channels, [Symbol.asyncDispose]: () => given[Symbol.asyncDispose]() };
}

const posted = (channel: ChannelId, text: string, messageCount: number) =>
  ({ type: 'chat.message-posted.v1', data: { channel, sender, text, clientId: randomUUID(), at, messageCount } }) as const;

test('the missed messages of each channel are complete and in order, whatever the cursors', async (t) => {
  const counts = [0, 1, 12, 30];
  await using given = await givenChannels(...counts);
  await fc.assert(
    fc.asyncProperty(fc.tuple(...counts.map((count) => fc.integer({ min: -1, max: count - 1 }))), async (cursors) => {
      const named = new Map(given.channels.map((channel, n) => [channel, cursors[n] ?? -1]));
      const resumed = await readMissedMessages(given.history, named);
      t.deepEqual(
        resumed.recovered && resumed.missed.map(({ entries, lastSeq }) => [entries.map(({ seq }) => seq), lastSeq]),
        counts.map((count, n) => [Array.from({ length: count - 1 - (cursors[n] ?? -1) }, (_, i) => (cursors[n] ?? -1) + 1 + i), count - 1]),
      );
    }),
    { numRuns: 40 },
  );
});

test('up to the bound of events over all channels messages are sent again, and one more is too many', async (t) => {
  await using given = await givenChannels(RESUME_EVENTS_MAX, 1);
  const [big = '' as ChannelId, small = '' as ChannelId] = given.channels;
  t.true((await readMissedMessages(given.history, new Map([[big, -1]]))).recovered);
  t.true(
    (
      await readMissedMessages(
        given.history,
        new Map([
          [big, 0],
          [small, -1],
        ]),
      )
    ).recovered,
  );
  t.false(
    (
      await readMissedMessages(
        given.history,
        new Map([
          [big, -1],
          [small, -1],
        ]),
      )
    ).recovered,
  );
  t.false(
    (
      await readMissedMessages(
        given.history,
        new Map([
          [small, -1],
          [big, -1],
        ]),
      )
    ).recovered,
  );
});

test('more text than fits the send queue is not sent again', async (t) => {
  await using given = await givenLog();
  const channel = 'long' as ChannelId;
  const text = 'x'.repeat(RESUME_BYTES_MAX / 2);
  for (const [seq, said] of [text, text, '.'].entries()) await given.append(messagesStream(channel), posted(channel, said, seq + 1));
  t.true((await readMissedMessages(given, new Map([[channel, 0]]))).recovered);
  t.false((await readMissedMessages(given, new Map([[channel, -1]]))).recovered);
});

test('missed messages are measured as the frames that carry them, or a resume would overflow the send queue each time', async (t) => {
  await using given = await givenLog();
  const mentions = Array.from({ length: 50 }, () => randomUUID() as PersonId);
  const channel = 'crowd' as ChannelId;
  for (let seq = 0; seq < RESUME_EVENTS_MAX;) {
    const said = Array.from({ length: 100 }, () => posted(channel, '\u0001'.repeat(400), ++seq));
    await given.append(messagesStream(channel), ...said.map(({ type, data }) => ({ type, data: { ...data, mentions } })));
  }
  t.false((await readMissedMessages(given, new Map([[channel, -1]]))).recovered);
});

test('of a channel full of long texts not much more is read than could be sent', async (t) => {
  await using given = await givenLog();
  const channel = 'novels' as ChannelId;
  for (let seq = 0; seq < 60; seq++) await given.append(messagesStream(channel), posted(channel, 'x'.repeat(100_000), seq + 1));
  let read = 0;
  const log: Pick<EventLog, 'readStream'> = {
    readStream: async function* (...asked) {
      for await (const event of given.log.readStream(...asked)) {
        read++;
        yield event;
      }
    },
  };
  t.false((await readMissedMessages({ log, codec: given.codec }, new Map([[channel, -1]]))).recovered);
  t.true(read < 40, `${read} events were read`);
});

test('a cursor beyond the head is of another log, and nothing is recovered', async (t) => {
  await using given = await givenChannels(3, 0);
  const [room = '' as ChannelId, empty = '' as ChannelId] = given.channels;
  t.true((await readMissedMessages(given.history, new Map([[room, 2]]))).recovered);
  t.false((await readMissedMessages(given.history, new Map([[room, 3]]))).recovered);
  t.false((await readMissedMessages(given.history, new Map([[empty, 0]]))).recovered);
});
