import { setImmediate as nextTurn } from 'node:timers/promises';
import test from 'ava';
import { createFairQueue } from './fair-queue.ts';

const { signal } = new AbortController();

/** Work that is under way until it is told to end. */
function heldWork(begun: string[], name: string) {
  const { promise, resolve } = Promise.withResolvers<string>();
  return {
    end: () => resolve(name),
    run: () => {
      begun.push(name);
      return promise;
    },
  };
}

test('work begins at once while there is room, and its result is answered', async (t) => {
  const queue = createFairQueue();
  t.deepEqual(await queue('ann', signal, async () => 7), { outcome: 'done', result: 7 });
});

test('an error of the work is the caller’s, and leaves no work counted', async (t) => {
  const queue = createFairQueue({ callerRunningMax: 1, callerWaitingMax: 0 });
  await t.throwsAsync(
    queue('ann', signal, () => Promise.reject(new Error('no'))),
    { message: 'no' },
  );
  await nextTurn();
  t.like(await queue('ann', signal, async () => 1), { outcome: 'done' });
});

test('a caller with much work waits behind itself, and another one doesn’t', async (t) => {
  const queue = createFairQueue({ callerRunningMax: 2 });
  const begun: string[] = [];
  const held = ['ann 1', 'ann 2', 'ann 3', 'ann 4'].map((name) => heldWork(begun, name));
  const all = held.map(({ run }) => queue('ann', signal, run));
  await queue('bob', signal, async () => begun.push('bob'));
  t.deepEqual(begun, ['ann 1', 'ann 2', 'bob']);
  for (const { end } of held) end();
  await Promise.all(all);
  t.deepEqual(begun.slice(3), ['ann 3', 'ann 4']);
});

test('a caller begins no more in one turn of the event loop than it may have running, though all of it ends at once', async (t) => {
  const queue = createFairQueue({ callerRunningMax: 2 });
  let begun = 0;
  const all = Array.from({ length: 6 }, () => queue('ann', signal, async () => begun++));
  await Promise.all(all.slice(0, 2));
  t.is(begun, 2);
  await queue('bob', signal, async () => t.is(begun, 2));
  await Promise.all(all);
  t.is(begun, 6);
});

test('callers that wait for room take turns', async (t) => {
  const queue = createFairQueue({ callerRunningMax: 1, runningMax: 1 });
  const begun: string[] = [];
  const blocking = heldWork(begun, 'first');
  const all: Promise<unknown>[] = [queue('zoe', signal, blocking.run)];
  for (const name of ['ann 1', 'ann 2', 'ann 3', 'bob 1', 'bob 2']) all.push(queue(name.slice(0, 3), signal, async () => begun.push(name)));
  blocking.end();
  await Promise.all(all);
  t.deepEqual(begun, ['first', 'ann 1', 'bob 1', 'ann 2', 'bob 2', 'ann 3']);
});

test('new work doesn’t overtake a caller that waits for room', async (t) => {
  const queue = createFairQueue({ callerRunningMax: 2, runningMax: 2 });
  const begun: string[] = [];
  const [first, second] = [heldWork(begun, 'first'), heldWork(begun, 'second')];
  const all: Promise<unknown>[] = [queue('zoe', signal, first.run), queue('zoe', signal, second.run), queue('ann', signal, async () => begun.push('ann'))];
  await nextTurn();
  first.end();
  second.end();
  await nextTurn();
  await Promise.all([...all, queue('bob', signal, async () => begun.push('bob'))]);
  t.deepEqual(begun, ['first', 'second', 'ann', 'bob']);
});

test('a caller with too much waiting is told so, and so are all when too much waits altogether', async (t) => {
  const queue = createFairQueue({ callerRunningMax: 1, callerWaitingMax: 2, runningMax: 1, waitingMax: 3 });
  const held = heldWork([], 'held');
  const all: Promise<unknown>[] = ['ann', 'ann', 'ann', 'bob'].map((caller) => queue(caller, signal, held.run));
  t.deepEqual(await queue('ann', signal, held.run), { outcome: 'caller-full' });
  t.deepEqual(await queue('cy', signal, held.run), { outcome: 'full' });
  held.end();
  await Promise.all(all);
  t.like(await queue('cy', signal, async () => 1), { outcome: 'done' });
});

test('work whose request is aborted while it waits never begins', async (t) => {
  const queue = createFairQueue({ callerRunningMax: 1, callerWaitingMax: 1 });
  const begun: string[] = [];
  const held = heldWork(begun, 'held');
  const running = queue('ann', signal, held.run);
  const gone = new AbortController();
  const waiting = queue('ann', gone.signal, async () => begun.push('never'));
  gone.abort();
  t.deepEqual(await waiting, { outcome: 'aborted' });
  t.deepEqual(await queue('ann', gone.signal, async () => begun.push('never')), { outcome: 'aborted' });
  const next = queue('ann', signal, async () => begun.push('next')); // there is room again
  held.end();
  await Promise.all([running, next]);
  t.deepEqual(begun, ['held', 'next']);
});
