import test from 'ava';
import { randomUUID } from 'node:crypto';
import type { LoadState } from '../../commands/handling/handle.ts';
import { channel as channelDecider } from '../../domain/chat/channel.ts';
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { messagesStream } from '../../domain/shared/streams.ts';
import { at, givenLog } from '../../projections/test-fixture.ts';
import { closeCursor, openCursor } from '../connection/cursors.ts';
import { UNTAKEN_BYTES_MAX } from '../connection/send-queue.ts';
import { connectionForTest, type TestConnection } from '../testing/connection.ts';
import { createCatchUp, requestCatchUp, type CatchUp } from './catch-up.ts';
import { createMessageDelivery } from './deliver-to-connections.ts';

const channel = 'room' as ChannelId;
const sender = randomUUID() as PersonId;
const posted = (messageCount: number, text = 'hello') =>
  ({ type: 'chat.message-posted.v1', data: { channel, sender, text, clientId: randomUUID(), at, messageCount } }) as const;

const people: PersonId[] = [];

function laggingAt(cursor: number): TestConnection {
  const person = randomUUID() as PersonId;
  people.push(person);
  const lagging = connectionForTest({ phase: 'live', identity: { person, device: 'phone' as DeviceId, session: '', expiresAtMs: 0 } });
  openCursor(lagging.connection, channel, cursor);
  return lagging;
}

const seqsSent = ({ frames }: TestConnection) => frames().flatMap((frame) => (frame.type === 'message' ? [frame.seq] : []));
const seqs = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** A channel whose members are all those of the test, unless it says otherwise. */
const channelOf = (members: () => readonly PersonId[]): LoadState =>
  (async () => ({
    state: channelDecider.evolve(channelDecider.initialState, {
      type: 'chat.channel-opened.v1',
      data: { channel, kind: 'group', owner: sender, members: members(), at },
    }),
  })) as never;

async function given(
  count: number,
  { members = () => people, onPage = () => undefined }: { readonly members?: () => readonly PersonId[]; readonly onPage?: () => void } = {},
) {
  const log = await givenLog();
  for (let n = 0; n < count; n += 100)
    await log.append(messagesStream(channel), ...Array.from({ length: Math.min(100, count - n) }, (_, i) => posted(n + i + 1)));
  const failures: unknown[] = [];
  let pages = 0;
  const counted = {
    readStream: (...asked: Parameters<typeof log.log.readStream>) => {
      pages++;
      onPage();
      return log.log.readStream(...asked);
    },
  };
  const catchUp = createCatchUp({
    history: { log: counted, codec: log.codec },
    loadState: channelOf(members),
    delivery: createMessageDelivery(),
    reportError: (error) => void failures.push(error),
  });
  return { log, catchUp, failures, pagesRead: () => pages, [Symbol.asyncDispose]: () => log[Symbol.asyncDispose]() };
}

const untilDone = async (catchUp: CatchUp) => {
  while (catchUp.reads.size > 0) await new Promise(setImmediate);
};

test('connections that lag by different lengths are brought to the head by one read, each in order', async (t) => {
  await using g = await given(20);
  const lagging = [laggingAt(3), laggingAt(15), laggingAt(-1)];
  for (const { connection } of lagging) requestCatchUp(g.catchUp, connection, channel);
  await untilDone(g.catchUp);
  t.deepEqual(
    lagging.map(seqsSent),
    [3, 15, -1].map((cursor) => seqs(cursor + 1, 20)),
  );
  t.true(g.pagesRead() <= 2);
});

test('a long gap is read page by page', async (t) => {
  await using g = await given(250);
  const lagging = laggingAt(-1);
  requestCatchUp(g.catchUp, lagging.connection, channel);
  await untilDone(g.catchUp);
  t.deepEqual(seqsSent(lagging), seqs(0, 250));
});

test('a page is bounded in bytes, but holds at least one message', async (t) => {
  await using g = await given(0);
  for (let n = 1; n <= 11; n++) await g.log.append(messagesStream(channel), posted(n, 'x'.repeat(n === 6 ? 300_000 : 100_000)));
  const lagging = laggingAt(-1);
  requestCatchUp(g.catchUp, lagging.connection, channel);
  await untilDone(g.catchUp);
  t.deepEqual(seqsSent(lagging), seqs(0, 11));
  t.true(g.pagesRead() > 10 / 3);
});

test('a client that does not take its pages is left lagging, and goes on with the next request', async (t) => {
  const lagging = laggingAt(-1);
  let isSlow = true;
  await using g = await given(250, { onPage: () => (lagging.rawSocket.writableLength = isSlow ? UNTAKEN_BYTES_MAX + 1 : 0) });
  requestCatchUp(g.catchUp, lagging.connection, channel);
  await untilDone(g.catchUp);
  t.is(seqsSent(lagging).length, 100);
  isSlow = false;
  lagging.rawSocket.writableLength = 0;
  requestCatchUp(g.catchUp, lagging.connection, channel);
  await untilDone(g.catchUp);
  t.is(seqsSent(lagging).length, 250);
});

test('a person who is no member once the page is read is sent nothing of it, nor is a connection whose channel was closed', async (t) => {
  const [member, removed, closed] = [laggingAt(0), laggingAt(0), laggingAt(0)];
  const members = () => {
    closeCursor(closed.connection, channel);
    return people.filter((person) => person !== removed.connection.identity?.person);
  };
  await using g = await given(3, { members });
  for (const { connection } of [member, removed, closed]) requestCatchUp(g.catchUp, connection, channel);
  await untilDone(g.catchUp);
  t.deepEqual([member, removed, closed].map(seqsSent), [[1, 2], [], []]);
  t.deepEqual([removed.connection.cursors?.has(channel), closed.connection.cursors?.has(channel)], [false, false]);
});

test('a message that can not be decoded is skipped, and the messages after it are sent', async (t) => {
  await using g = await given(3);
  const broken = { id: randomUUID(), type: 'chat.message-posted.v1', data: Buffer.from('{'), metadata: Buffer.from('{}') };
  await g.log.log.append(messagesStream(channel), [broken], 2);
  await g.log.append(messagesStream(channel), posted(4));
  const lagging = laggingAt(0);
  requestCatchUp(g.catchUp, lagging.connection, channel);
  await untilDone(g.catchUp);
  t.deepEqual([seqsSent(lagging), lagging.connection.cursors?.get(channel)], [[1, 2, 4], 4]);
  t.deepEqual(g.failures, []);
});

test('an outage of the log is reported, and the gap stays for the next request', async (t) => {
  const failures: unknown[] = [];
  const catchUp = createCatchUp({
    history: {
      log: {
        readStream: () => {
          throw new Error('away');
        },
      },
      codec: { decodeAll: () => Promise.reject(new Error('not asked for')) },
    },
    loadState: channelOf(() => people),
    delivery: createMessageDelivery(),
    reportError: (error) => void failures.push(error),
  });
  const lagging = laggingAt(0);
  requestCatchUp(catchUp, lagging.connection, channel);
  await untilDone(catchUp);
  t.is(failures.length, 1);
  t.is(lagging.connection.cursors?.get(channel), 0);
});
