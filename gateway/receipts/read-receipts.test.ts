import test from 'ava';
import { READ_POINTER_INTERVAL_MS } from '../../domain/chat/inbox.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { createReadReceipts } from './read-receipts.ts';

const ann = 'ann' as PersonId;
const room = 'room' as ChannelId;

function given(write: (mark: { readonly seq: number; readonly known: number | undefined }) => Promise<void> = () => Promise.resolve()) {
  const state = { nowMs: 1_000_000, written: [] as [seq: number, known: number | undefined][], failures: 0 };
  const marks = createReadReceipts({
    write: (mark) => {
      state.written.push([mark.seq, mark.known]);
      return write(mark);
    },
    nowMs: () => state.nowMs,
    failed: () => void state.failures++,
  });
  return { state, marks };
}

test('the first mark is written at once, the next ones ten seconds later as one', (t) => {
  const { state, marks } = given();
  t.true(marks.read(ann, room, 1));
  t.true(marks.read(ann, room, 2));
  t.true(marks.read(ann, room, 5));
  marks.tick();
  t.deepEqual(state.written, [[1, undefined]]);
  state.nowMs += READ_POINTER_INTERVAL_MS;
  marks.tick();
  t.deepEqual(state.written, [
    [1, undefined],
    [5, 1],
  ]);
});

test('a mark that is no further is none', (t) => {
  const { state, marks } = given();
  marks.read(ann, room, 3);
  t.false(marks.read(ann, room, 3));
  t.false(marks.read(ann, room, 2));
  t.is(state.written.length, 1);
});

test('who leaves has the last mark written', (t) => {
  const { state, marks } = given();
  marks.read(ann, room, 1);
  marks.read(ann, room, 2);
  marks.leave(ann);
  t.deepEqual(state.written.at(-1), [2, 1]);
  t.is(marks.count(), 0);
});

test('what is written and left alone is forgotten', (t) => {
  const { state, marks } = given();
  marks.read(ann, room, 1);
  state.nowMs += READ_POINTER_INTERVAL_MS;
  marks.tick();
  t.is(marks.count(), 0);
});

for (const [who, leaves] of [
  ['who is here', false],
  ['who has left', true],
] as const) {
  test(`of ${who} a mark that could not be written is written a while later`, async (t) => {
    let isAway = true;
    const { state, marks } = given(() => (isAway ? Promise.reject(new Error('away')) : Promise.resolve()));
    marks.read(ann, room, 5);
    if (leaves) marks.leave(ann);
    await new Promise(setImmediate);
    isAway = false;
    marks.tick();
    t.is(state.written.length, 1, 'not at once');
    for (let n = 0; n < 3; n++) {
      state.nowMs += READ_POINTER_INTERVAL_MS;
      marks.tick();
      await new Promise(setImmediate);
    }
    t.deepEqual(state.written, [
      [5, undefined],
      [5, undefined],
    ]);
    t.is(marks.count(), 0);
  });
}

test('at the end everything is written before it is over, failures included', async (t) => {
  let finish: () => void = () => undefined;
  const { state, marks } = given(({ seq }) => (seq === 1 ? new Promise<void>((resolve) => (finish = resolve)) : Promise.reject(new Error('away'))));
  marks.read(ann, room, 1);
  marks.read(ann, room, 2);
  let isOver = false;
  const finished = marks.finish().then(() => (isOver = true));
  await new Promise(setImmediate);
  t.false(isOver);
  finish();
  await finished;
  t.deepEqual(state.written.at(-1), [2, 1]);
  t.is(state.failures, 1);
});
