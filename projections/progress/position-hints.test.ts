/** Who waits for another process's projections looks when a hint says that something has come further, and polls where no hint comes. */
import test from 'ava';
import { setTimeout as delay } from 'node:timers/promises';
import { startMemoryBroadcast } from '../../ports/broadcast/memory.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { waitUntil } from '../test-fixture.ts';
import { noHints, startPositionHints } from './position-hints.ts';
import { positionsAnywhere, type Patience } from './positions.ts';

/** No test lasts as long. */
const NEVER_MS = 600_000;
const ONE_UNIT = { logs: 1, shards: 1 };
const wanted = '0.7' as Position;

/** Views whose only checkpoint is at `position`. */
function givenViews() {
  const given = { position: '0.6', reads: 0 };
  const checkpoints = async () => {
    given.reads += 1;
    return new Map([['inbox@2', given.position]]);
  };
  return { given, views: { checkpoints } };
}

function countListeners(broadcast: Broadcast) {
  const counted = { listeners: 0 };
  const listen: Broadcast['listen'] = (person, listener) => {
    const listening = broadcast.listen(person, listener);
    counted.listeners += 1;
    return {
      known: listening.known,
      [Symbol.dispose]: () => {
        counted.listeners -= 1;
        listening[Symbol.dispose]();
      },
    };
  };
  return { counted, broadcast: { ...broadcast, listen } };
}

test('a hint ends the wait, where no poll would for long', async (t) => {
  await using broadcast = await startMemoryBroadcast();
  using hints = startPositionHints(broadcast);
  const { given, views } = givenViews();
  const positions = positionsAnywhere({ views, hints }, ONE_UNIT, { pollMs: NEVER_MS, hintedPollMs: NEVER_MS });
  const waiting = positions.wait('inbox@2', wanted, new AbortController().signal);
  await waitUntil(() => given.reads === 1);
  hints.tell(); // of another unit
  await waitUntil(() => given.reads === 2);
  given.position = wanted;
  hints.tell();
  await t.notThrowsAsync(waiting);
});

test('a hint that comes while the views are read is not missed', async (t) => {
  await using broadcast = await startMemoryBroadcast();
  using hints = startPositionHints(broadcast);
  let reads = 0;
  const checkpoints = async () => {
    reads += 1;
    if (reads > 1) return new Map([['inbox@2', wanted as string]]);
    const told = Promise.withResolvers<void>();
    using _listening = broadcast.listen('projections' as never, () => told.resolve());
    hints.tell();
    await told.promise;
    return new Map([['inbox@2', '0.6']]);
  };
  const positions = positionsAnywhere({ views: { checkpoints }, hints }, ONE_UNIT, { pollMs: NEVER_MS, hintedPollMs: NEVER_MS });
  await t.notThrowsAsync(positions.wait('inbox@2', wanted, new AbortController().signal));
});

test('whoever begins to wait while a read is under way that knows nothing of the last hint does not rest after it', async (t) => {
  await using broadcast = await startMemoryBroadcast();
  using hints = startPositionHints(broadcast);
  const old = Promise.withResolvers<void>();
  let reads = 0;
  const checkpoints = async () => {
    reads += 1;
    if (reads > 1) return new Map([['inbox@2', wanted as string]]);
    await old.promise;
    return new Map([['inbox@2', '0.6']]);
  };
  const positions = positionsAnywhere({ views: { checkpoints }, hints }, ONE_UNIT, { pollMs: NEVER_MS, hintedPollMs: NEVER_MS });
  using _listening = hints.listen();
  const asked = positions.of('inbox@2');
  hints.tell();
  await waitUntil(() => hints.heard() === 1);
  const waiting = positions.wait('inbox@2', wanted, new AbortController().signal);
  old.resolve();
  t.is(await asked, '0.6' as Position);
  await t.notThrowsAsync(waiting);
});

test('without a hint the views are polled, and a gap counts as one', async (t) => {
  const { given, views } = givenViews();
  const positions = positionsAnywhere({ views, hints: noHints }, ONE_UNIT, { pollMs: 1 });
  const polling = positions.wait('inbox@2', wanted, new AbortController().signal);
  await waitUntil(() => given.reads > 2);
  given.position = wanted;
  await t.notThrowsAsync(polling);

  let tellGap = () => {};
  const deaf: Pick<Broadcast, 'publish' | 'listen' | 'onGap'> = {
    publish: () => undefined,
    listen: () => ({ known: Promise.resolve(), [Symbol.dispose]: () => undefined }),
    onGap: (listener) => {
      tellGap = listener;
      return { [Symbol.dispose]: () => undefined };
    },
  };
  using hints = startPositionHints(deaf);
  const late = givenViews();
  const hinted = positionsAnywhere({ views: late.views, hints }, ONE_UNIT, { pollMs: NEVER_MS, hintedPollMs: NEVER_MS });
  const waiting = hinted.wait('inbox@2', wanted, new AbortController().signal);
  await waitUntil(() => late.given.reads === 1);
  late.given.position = wanted;
  tellGap();
  await t.notThrowsAsync(waiting);
});

test('a wait that is given up ends, and a process listens only while somebody waits and a little longer', async (t) => {
  await using memory = await startMemoryBroadcast();
  const { counted, broadcast } = countListeners(memory);
  using hints = startPositionHints(broadcast, { lingerMs: 50 });
  const { given, views } = givenViews();
  const positions = positionsAnywhere({ views, hints }, ONE_UNIT, { pollMs: NEVER_MS, hintedPollMs: NEVER_MS });
  t.is(counted.listeners, 0);
  const leaving = new AbortController();
  const waiting = [1, 2].map(() => positions.wait('inbox@2', wanted, leaving.signal));
  await waitUntil(() => given.reads > 0);
  t.is(counted.listeners, 1);
  leaving.abort();
  for (const one of waiting) await t.throwsAsync(one);
  await waitUntil(() => counted.listeners === 0);
  given.position = wanted;
  await positions.wait('inbox@2', wanted, new AbortController().signal);
  await waitUntil(() => counted.listeners === 0);
});

test('what a process tells in quick succession goes out as few hints', async (t) => {
  await using broadcast = await startMemoryBroadcast();
  using hints = startPositionHints(broadcast);
  let came = 0;
  using _listening = broadcast.listen('projections' as never, () => (came += 1));
  for (let told = 0; told < 1_000; told++) hints.tell();
  await waitUntil(() => came > 0);
  await delay(1);
  t.true(came < 100, `${came} hints`);
});

/** Hints come all the time, and the position that is waited for never does. Answers the reads meanwhile, and how long that was. */
async function readsWhileHinted(readMs: number, patience: Patience) {
  await using broadcast = await startMemoryBroadcast();
  using hints = startPositionHints(broadcast);
  const { given, views } = givenViews();
  const checkpoints = async () => {
    await delay(readMs);
    return await views.checkpoints();
  };
  const positions = positionsAnywhere({ views: { checkpoints }, hints }, ONE_UNIT, { pollMs: NEVER_MS, hintedPollMs: NEVER_MS });
  const leaving = new AbortController();
  const beganMs = performance.now();
  const waiting = positions.wait('inbox@2', wanted, leaving.signal, patience);
  for (let told = 0; told < 60; told++) {
    hints.tell();
    await delay(10);
  }
  leaving.abort();
  const ms = performance.now() - beganMs;
  await waiting.catch(() => undefined);
  return { reads: given.reads, ms };
}

test('views that take long to answer are asked for half of the time at most, however many hints come', async (t) => {
  const { reads, ms } = await readsWhileHinted(40, {});
  t.true(reads >= 2 && reads <= ms / 75 + 1, `${reads} reads in ${ms} ms`);
});

test('whoever has patience looks once in its time, however many hints come', async (t) => {
  const { reads, ms } = await readsWhileHinted(0, { everyMs: 100 });
  t.true(reads >= 2 && reads <= ms / 95 + 1, `${reads} reads in ${ms} ms`);
});
