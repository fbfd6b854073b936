/** What becomes of messages that the server refuses: for now, for good, or because the local clock was wrong. */
import test from 'ava';
import { idMaker } from '../http/ids.ts';
import { createServerClock } from '../http/server-clock.ts';
import { memoryStorage, type Storage } from '../storage/storage.ts';
import { onlyTab } from '../tabs/tabs.ts';
import type { ServerFrameOf } from './connection.ts';
import { openOutbox, type Outbox, type OutgoingFrame } from './outbox.ts';

/** What waits for an answer would keep the thread of this file. */
const opened: Outbox[] = [];
test.after.always(() => opened.forEach((outbox) => outbox.disconnected()));

async function given(storage: Storage = memoryStorage()) {
  const sent: OutgoingFrame[] = [];
  const clock = createServerClock({ now: () => 3_600_000 });
  const tabs = onlyTab();
  tabs.join();
  const outbox = await openOutbox({
    tabs,
    storage,
    send: (frame) => sent.push(frame) > 0,
    newId: idMaker(clock),
    onSilence: () => undefined,
    onStorageError: (error) => {
      throw error;
    },
    observeServerTime: clock.observe,
  });
  opened.push(outbox);
  outbox.connected();
  const add = (id: string, text: string) => outbox.add({ type: 'send', channel: 'c', id, text });
  return { outbox, storage, sent, add };
}

const refusal = (id: string, code: ServerFrameOf<'refused'>['code'], facts?: Record<string, string | number>): ServerFrameOf<'refused'> => ({
  type: 'refused',
  id,
  code,
  detail: 'A sentence.',
  ...(facts === undefined ? {} : { facts }),
});
const until = async (isSo: () => boolean) => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
};

test('what the server can’t take for now is sent again under its id, and what is behind it in the channel after it', async (t) => {
  for (const code of ['store-unavailable', 'log-unavailable', 'write-contention', 'content-unchecked'] as const) {
    const { outbox, sent, add } = await given();
    await add('1', 'one');
    await add('2', 'two');
    outbox.refused(refusal('1', code));
    await until(() => sent.length === 4);
    t.deepEqual(
      sent.map(({ id }) => id),
      ['1', '2', '1', '2'],
      code,
    );
    outbox.disconnected();
  }
});

test('what is refused for good stays with its reason until it is sent anew or discarded, also after a reload', async (t) => {
  const { outbox, storage, sent, add } = await given();
  await add('1', 'one');
  outbox.refused(refusal('1', 'command-expired'));
  t.like(outbox.outgoing.value, [{ state: 'failed', failure: { code: 'command-expired', detail: 'A sentence.' } }]);
  t.like(await storage.list('outbox/'), [['outbox/1', { state: 'failed' }]]);
  await outbox.retry('1');
  t.is(sent.length, 2);
  t.not(sent[1]?.id, '1');
  t.is((await storage.list('outbox/')).length, 1);
  await outbox.discard(sent[1]?.id ?? '');
  t.deepEqual([outbox.outgoing.value, await storage.list('outbox/')], [[], []]);
});

test('one that failed is sent anew once, however often that is asked for, and is kept once at each moment', async (t) => {
  const values = memoryStorage();
  const kept: number[] = [];
  const counting = async (change: Promise<void>) => {
    await change;
    kept.push((await values.list('outbox/')).length);
  };
  const { outbox, sent, add } = await given({
    ...values,
    set: (key, value) => counting(values.set(key, value)),
    delete: (key) => counting(values.delete(key)),
  });
  await add('1', 'one');
  outbox.refused(refusal('1', 'command-expired'));
  await Promise.all([outbox.retry('1'), outbox.retry('1')]);
  t.is(sent.length, 2);
  outbox.refused(refusal(sent[1]?.id ?? '', 'clock-skew', { serverTime: '2026-07-01T09:30:00.000Z' }));
  await until(() => sent.length === 3);
  t.is(new Set(sent.map(({ id }) => id)).size, 3);
  t.true(
    kept.every((count) => count === 1),
    'a page that ends between two steps leaves one',
  );
  const after = await given(values);
  t.deepEqual(
    after.sent.map(({ id }) => id),
    [sent[2]?.id],
    'and the next page sends it under the id that it has now',
  );
  outbox.acknowledged({ type: 'ack', id: sent[2]?.id ?? '', seq: 0, position: null });
  await until(() => kept.at(-1) === 0);
  t.deepEqual(outbox.outgoing.value, []);
});

test('an id that was made by a wrong clock gives way to one by the server’s time, in the same place', async (t) => {
  const { outbox, sent, add } = await given();
  await add('1', 'one');
  await add('2', 'two');
  outbox.refused(refusal('1', 'clock-skew', { serverTime: '2026-07-01T09:30:00.000Z' }));
  await until(() => sent.length === 4);
  const [, , anew, next] = sent;
  t.is(Number.parseInt((anew?.id ?? '').replaceAll('-', '').slice(0, 12), 16) >= Date.parse('2026-07-01T09:30:00.000Z'), true);
  t.like([anew, next], [{ text: 'one' }, { id: '2', text: 'two' }]);
  outbox.disconnected();
});
