import test from 'ava';
import { READ_POINTER_INTERVAL_MS } from '../../domain/chat/inbox.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { contextWith } from '../../commands/handling/command-context.ts';
import { instant } from '../../domain/shared/instant.ts';
import { countReadPointers, createReadReceipts, finishReadReceipts, markRead, writeDueReadReceipts, writeReadReceiptsOf } from './read-receipts.ts';
import type { ReadReceiptWriter } from './write-read-receipt.ts';

const ann = 'ann' as PersonId;
const room = 'room' as ChannelId;

type Written = { readonly seq: number; readonly known: number | undefined };

function given(write: (written: Written) => Promise<void> = () => Promise.resolve()) {
  const state = { nowMs: 1_000_000, written: [] as [seq: number, known: number | undefined][], failures: 0 };
  const markReadInLog: ReadReceiptWriter['commands']['markRead'] = async ({ seq, known }) => {
    state.written.push([seq, known]);
    await write({ seq, known });
    return { outcome: 'unchanged', stream: 'inbox-ann', revision: 0, position: undefined };
  };
  const receipts = createReadReceipts({
    writer: { commands: { markRead: markReadInLog }, contextFor: contextWith(Buffer.from('a test')), clock: () => instant(Date.now()) },
    monotonicMs: () => state.nowMs,
    reportError: () => void state.failures++,
  });
  return { state, receipts, read: (seq: number) => markRead(receipts, ann, room, seq) };
}

test('the first receipt is written at once, the next ones ten seconds later as one', (t) => {
  const { state, receipts, read } = given();
  t.true(read(1));
  t.true(read(2));
  t.true(read(5));
  writeDueReadReceipts(receipts);
  t.deepEqual(state.written, [[1, undefined]]);
  state.nowMs += READ_POINTER_INTERVAL_MS;
  writeDueReadReceipts(receipts);
  t.deepEqual(state.written, [
    [1, undefined],
    [5, 1],
  ]);
});

test('a receipt that is no further than the last is ignored', (t) => {
  const { state, read } = given();
  read(3);
  t.false(read(3));
  t.false(read(2));
  t.is(state.written.length, 1);
});

test('the last receipt is written when the person leaves', (t) => {
  const { state, receipts, read } = given();
  read(1);
  read(2);
  writeReadReceiptsOf(receipts, ann);
  t.deepEqual(state.written.at(-1), [2, 1]);
  t.is(countReadPointers(receipts), 0);
});

test('a receipt that is written and not followed by another is forgotten', (t) => {
  const { state, receipts, read } = given();
  read(1);
  state.nowMs += READ_POINTER_INTERVAL_MS;
  writeDueReadReceipts(receipts);
  t.is(countReadPointers(receipts), 0);
});

for (const [who, leaves] of [
  ['a connected person', false],
  ['a person who has left', true],
] as const) {
  test(`a receipt of ${who} whose write failed is written a while later`, async (t) => {
    let isAway = true;
    const { state, receipts, read } = given(() => (isAway ? Promise.reject(new Error('away')) : Promise.resolve()));
    read(5);
    if (leaves) writeReadReceiptsOf(receipts, ann);
    await new Promise(setImmediate);
    isAway = false;
    writeDueReadReceipts(receipts);
    t.is(state.written.length, 1, 'not at once');
    for (let n = 0; n < 3; n++) {
      state.nowMs += READ_POINTER_INTERVAL_MS;
      writeDueReadReceipts(receipts);
      await new Promise(setImmediate);
    }
    t.deepEqual(state.written, [
      [5, undefined],
      [5, undefined],
    ]);
    t.is(countReadPointers(receipts), 0);
  });
}

test('finishing waits for every write, also for those that fail', async (t) => {
  let finish: () => void = () => undefined;
  const { state, receipts, read } = given(({ seq }) => (seq === 1 ? new Promise<void>((resolve) => (finish = resolve)) : Promise.reject(new Error('away'))));
  read(1);
  read(2);
  let isOver = false;
  const finished = finishReadReceipts(receipts).then(() => (isOver = true));
  await new Promise(setImmediate);
  t.false(isOver);
  finish();
  await finished;
  t.deepEqual(state.written.at(-1), [2, 1]);
  t.is(state.failures, 1);
});
