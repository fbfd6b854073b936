import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { startUnsentBytes, type CutReason } from './unsent-bytes.ts';

const CHECK_MS = 10;

type FakeSocket = { name: string; unsent: number; taken: number };

/** A listener whose connections are these; a cut connection has nothing to send any more. */
function listener(connections: FakeSocket[]) {
  const cuts: string[] = [];
  return {
    cuts,
    connections: () => connections,
    unsentBytesOf: ({ unsent }: FakeSocket) => unsent,
    takenBytesOf: ({ taken }: FakeSocket) => taken,
    cut: (connection: FakeSocket, reason: CutReason) => {
      cuts.push(`${connection.name} ${reason}`);
      connection.unsent = 0;
    },
  };
}

async function untilCut({ cuts }: { readonly cuts: readonly string[] }): Promise<void> {
  while (cuts.length === 0) await delay(CHECK_MS);
}

test('the connections with the most unsent bytes are ended, over all listeners, until the rest is within the limit', async (t) => {
  using unsent = startUnsentBytes({ unsentBytesMax: 100, checkMs: CHECK_MS });
  const one = listener([
    { name: 'small', unsent: 30, taken: 0 },
    { name: 'largest', unsent: 90, taken: 0 },
  ]);
  const other = listener([
    { name: 'large', unsent: 60, taken: 0 },
    { name: 'empty', unsent: 0, taken: 0 },
  ]);
  using _one = unsent.watch(one);
  using _other = unsent.watch(other);
  await untilCut(one);
  t.deepEqual([one.cuts, other.cuts], [['largest unsent-bytes'], []]);
  t.is(unsent.waitingBytes(), 90);
});

test('a connection whose client takes nothing for too long is ended, and one whose client takes some is not', async (t) => {
  using unsent = startUnsentBytes({ responseStalledMs: 10 * CHECK_MS, checkMs: CHECK_MS });
  const slow = { name: 'slow', unsent: 50, taken: 0 };
  const source = listener([{ name: 'silent', unsent: 50, taken: 7 }, slow]);
  using _ = unsent.watch(source);
  const reading = setInterval(() => slow.taken++, CHECK_MS);
  await untilCut(source);
  await delay(5 * CHECK_MS);
  clearInterval(reading);
  t.deepEqual(source.cuts, ['silent stalled']);
});

test('a listener that is no longer watched is left alone', async (t) => {
  using unsent = startUnsentBytes({ unsentBytesMax: 1, checkMs: CHECK_MS });
  const source = listener([{ name: 'large', unsent: 60, taken: 0 }]);
  unsent.watch(source)[Symbol.dispose]();
  await delay(5 * CHECK_MS);
  t.deepEqual(source.cuts, []);
});
