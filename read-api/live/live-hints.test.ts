import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import type { NotificationId, PersonId } from '../../domain/shared/ids.ts';
import { startMemoryBroadcast } from '../../ports/broadcast/memory.ts';
import { HINTS_WAITING_MAX, listenTo } from './live-hints.ts';

const ann = 'ann' as PersonId;
const hint = (n: number) => ({ kind: 'notification' as const, notification: String(n) as NotificationId });

test('hints of the requested kinds come in order, from the moment of listening', async (t) => {
  await using broadcast = await startMemoryBroadcast();
  using hints = listenTo(broadcast, ann, ['notification']);
  broadcast.publish([ann], hint(1));
  broadcast.publish([ann], { kind: 'session-ended', session: 's' });
  broadcast.publish([ann], hint(2));
  const seen = [];
  for await (const one of hints.until(new AbortController().signal)) {
    seen.push(one);
    if (seen.length === 2) break;
  }
  t.deepEqual(seen, [hint(1), hint(2)]);
});

test('a slow reader gets one `missed`, and then the hints after it', async (t) => {
  await using broadcast = await startMemoryBroadcast();
  using hints = listenTo(broadcast, ann, ['notification']);
  for (let i = 0; i <= HINTS_WAITING_MAX; i++) broadcast.publish([ann], hint(i));
  broadcast.publish([ann], hint(7));
  await turn();
  await turn();
  const seen = [];
  for await (const one of hints.until(new AbortController().signal)) {
    seen.push(one);
    if (seen.length === 2) break;
  }
  t.deepEqual(seen, ['missed', hint(7)]);
});

test('a reader is told once of gaps, within two seconds', async (t) => {
  let tellGap = () => {};
  await using broadcast = await startMemoryBroadcast();
  const onGap = (listener: () => void) => {
    tellGap = listener;
    return { [Symbol.dispose]: () => void (tellGap = () => {}) };
  };
  using hints = listenTo({ ...broadcast, onGap }, ann, ['notification']);
  for (let gaps = 0; gaps < 3; gaps++) tellGap();
  const ended = new AbortController();
  setTimeout(() => ended.abort(), 2_500);
  const seen = [];
  for await (const one of hints.until(ended.signal)) seen.push(one);
  t.deepEqual(seen, ['missed']);
});

test('waiting ends when the signal aborts', async (t) => {
  await using broadcast = await startMemoryBroadcast();
  using hints = listenTo(broadcast, ann, ['notification']);
  const leaving = new AbortController();
  const ended = Array.fromAsync(hints.until(leaving.signal));
  await turn();
  leaving.abort();
  t.deepEqual(await ended, []);
});

test('nobody is listened to any more behind the end, also where it was asked for before', async (t) => {
  await using broadcast = await startMemoryBroadcast();
  let listening = 0;
  const counted: Pick<typeof broadcast, 'listen' | 'onGap'> = {
    onGap: (listener) => broadcast.onGap(listener),
    listen: (person, listener) => {
      const its = broadcast.listen(person, listener);
      listening++;
      return { known: its.known, [Symbol.dispose]: () => (listening--, its[Symbol.dispose]()) };
    },
  };
  const hints = listenTo(counted, ann, ['notification']);
  await hints.alsoOf(['bob' as PersonId], () => true);
  t.is(listening, 2);
  hints[Symbol.dispose]();
  t.false(await hints.alsoOf(['bob' as PersonId, 'cyd' as PersonId], () => true));
  t.is(listening, 0);
});
