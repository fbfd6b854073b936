import test from 'ava';
import { randomUUID } from 'node:crypto';
import type { MessageEntry } from '../../domain/chat/message-entry.ts';
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { messagesStream } from '../../domain/shared/streams.ts';
import { at, givenLog } from '../../projections/test-fixture.ts';
import { createCatchUp, type CatchUpDependencies } from './catch-up.ts';
import { drop, offer, openAt } from '../connection/cursors.ts';
import { createHistory } from './history.ts';
import type { Connection } from '../connection/connection.ts';

const channel = 'room' as ChannelId;
const sender = randomUUID() as PersonId;
const posted = (messageCount: number, text = 'hello') =>
  ({ type: 'chat.message-posted.v1', data: { channel, sender, text, clientId: randomUUID(), at, messageCount } }) as const;

type Behind = Pick<Connection, 'cursors' | 'acknowledged' | 'who'>;

function behindAt(cursor: number): Behind {
  const person = randomUUID() as PersonId;
  const session = { cursors: undefined, acknowledged: undefined, who: { person, device: 'phone' as DeviceId, session: '', expiresAtMs: 0 } };
  openAt(session, channel, cursor);
  return session;
}

const everybody = () => Promise.resolve(() => true);

async function given(
  count: number,
  { belonging = everybody, isTaking = () => true }: Partial<Pick<CatchUpDependencies<Behind>, 'belonging' | 'isTaking'>> = {},
) {
  const log = await givenLog();
  for (let n = 0; n < count; n += 100)
    await log.append(messagesStream(channel), ...Array.from({ length: Math.min(100, count - n) }, (_, i) => posted(n + i + 1)));
  const sent = new Map<Behind, number[]>();
  const failures: unknown[] = [];
  let pages = 0;
  const history = createHistory(log);
  const catchUp = createCatchUp<Behind>({
    history: {
      page: (...asked) => {
        pages++;
        return history.page(...asked);
      },
    },
    deliver: (sessions, _, { seq }: MessageEntry) => {
      for (const session of sessions) if (['next', 'opens'].includes(offer(session, channel, seq))) sent.set(session, [...(sent.get(session) ?? []), seq]);
    },
    belonging,
    isTaking,
    failed: (error) => void failures.push(error),
  });
  const done = async () => {
    while (catchUp.reading() > 0) await new Promise(setImmediate);
  };
  return { log, catchUp, sent, failures, done, pagesRead: () => pages, [Symbol.asyncDispose]: () => log[Symbol.asyncDispose]() };
}

test('connections that are behind by different lengths are brought to the head by one read, each in order', async (t) => {
  await using g = await given(20);
  const sessions = [behindAt(3), behindAt(15), behindAt(-1)];
  for (const session of sessions) g.catchUp.need(session, channel);
  await g.done();
  t.deepEqual(
    sessions.map((session) => g.sent.get(session)),
    [3, 15, -1].map((cursor) => Array.from({ length: 19 - cursor }, (_, i) => cursor + 1 + i)),
  );
  t.true(g.pagesRead() <= 2);
});

test('a long gap is read page by page', async (t) => {
  await using g = await given(250);
  const session = behindAt(-1);
  g.catchUp.need(session, channel);
  await g.done();
  t.deepEqual(
    g.sent.get(session),
    Array.from({ length: 250 }, (_, seq) => seq),
  );
});

test('a page holds so many bytes at most, but always something', async (t) => {
  await using g = await given(0);
  for (let n = 1; n <= 11; n++) await g.log.append(messagesStream(channel), posted(n, 'x'.repeat(n === 6 ? 300_000 : 100_000)));
  const session = behindAt(-1);
  g.catchUp.need(session, channel);
  await g.done();
  t.deepEqual(
    g.sent.get(session),
    Array.from({ length: 11 }, (_, seq) => seq),
  );
  t.true(g.pagesRead() > 10 / 3);
});

test('who does not take what was sent is left behind, and goes on with the next look', async (t) => {
  let pagesTaken = 0;
  await using g = await given(250, { isTaking: () => ++pagesTaken !== 2 });
  const session = behindAt(-1);
  g.catchUp.need(session, channel);
  await g.done();
  t.is(g.sent.get(session)?.length, 100);
  g.catchUp.need(session, channel);
  await g.done();
  t.is(g.sent.get(session)?.length, 250);
});

test('who no longer belongs to the channel once the page is read is sent nothing of it, nor is one whose channel is open no more', async (t) => {
  const [here, removed, closed] = [behindAt(0), behindAt(0), behindAt(0)];
  const belonging = () => {
    drop(closed, channel);
    return Promise.resolve((person: PersonId) => person !== removed.who?.person);
  };
  await using g = await given(3, { belonging });
  for (const session of [here, removed, closed]) g.catchUp.need(session, channel);
  await g.done();
  t.deepEqual([g.sent.get(here), g.sent.get(removed), g.sent.get(closed)], [[1, 2], undefined, undefined]);
  t.deepEqual([removed.cursors?.has(channel), closed.cursors?.has(channel)], [false, false]);
});

test('what can not be decoded is passed over, and what comes after it is sent', async (t) => {
  await using g = await given(3);
  const broken = { id: randomUUID(), type: 'chat.message-posted.v1', data: Buffer.from('{'), metadata: Buffer.from('{}') };
  await g.log.log.append(messagesStream(channel), [broken], 2);
  await g.log.append(messagesStream(channel), posted(4));
  const session = behindAt(0);
  g.catchUp.need(session, channel);
  await g.done();
  t.is(session.cursors?.get(channel), 4);
  t.deepEqual(g.failures, []);
});

test('a log that is away is told, and the gap stays for the next look', async (t) => {
  const failures: unknown[] = [];
  const catchUp = createCatchUp<Behind>({
    history: { page: () => Promise.reject(new Error('away')) },
    deliver: () => undefined,
    belonging: everybody,
    isTaking: () => true,
    failed: (error) => void failures.push(error),
  });
  const session = behindAt(0);
  catchUp.need(session, channel);
  while (catchUp.reading() > 0) await new Promise(setImmediate);
  t.is(failures.length, 1);
  t.is(session.cursors?.get(channel), 0);
});
