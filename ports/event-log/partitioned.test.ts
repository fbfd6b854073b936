import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { openEventStore } from '../../event-store/open.ts';
import { startEmbeddedLog } from './embedded.ts';
import { offsetIn } from './position.ts';
import { evenSlotTable, logOf, SLOTS, slotOf } from './slots.ts';
import { partitionedLog } from './partitioned.ts';

const event = () => ({ id: randomUUID(), type: 'test.happened.v1', data: Buffer.from('{}'), metadata: Buffer.from('{}') });

test('streams that share an id share a slot, and streams spread evenly over slots', (t) => {
  t.is(slotOf('channel-7'), slotOf('messages-7'));
  const shares = [0, 0, 0, 0];
  const table = evenSlotTable(4);
  for (let i = 0; i < 8_000; i++) {
    const log = logOf(table, `test-${i}`);
    shares[log] = (shares[log] ?? 0) + 1;
  }
  for (const share of shares) t.true(share > 1_700 && share < 2_300, String(shares));
  t.is(evenSlotTable(3).ranges.at(-1)?.until, SLOTS);
});

test('the slot of a stream never changes, because its events lie there', (t) => {
  t.deepEqual(['channel-7', 'user-ann', 'checkpoint-inbox', 'x'].map(slotOf), [1936, 1177, 3242, 3643]);
});

test('a category may have a log of its own', (t) => {
  t.is(logOf({ ...evenSlotTable(1), categories: { delivery: 1 } }, 'delivery-7'), 1);
  t.is(logOf({ ...evenSlotTable(1), categories: { delivery: 1 } }, 'deliveries-7'), 0);
});

test('a stream about a log is in that log, whatever its slot', (t) => {
  const table = { ...evenSlotTable(4), categories: { dead: 3 } };
  t.deepEqual(
    ['dead-letters-inbox', 'dead-letters-feed-fan-out', 'dead-letters-inbox/1', 'dead-letters-inbox/3', 'restores-log', 'restores-log/1'].map((stream) =>
      logOf(table, stream),
    ),
    [0, 0, 1, 3, 0, 1],
  );
});

test('appended events are read from the log of their slot, with positions of that log', async (t) => {
  const folders = await Promise.all([0, 1].map(() => mkdtemp(join(tmpdir(), 'tidings-spread-'))));
  try {
    const stores = await Promise.all(folders.map((folder) => openEventStore(folder)));
    await using log = partitionedLog(
      stores.map((store, number) => startEmbeddedLog(store, { log: number, name: `log-${number}` })),
      evenSlotTable(2),
    );
    const streams = Array.from({ length: 40 }, (_, i) => `test-${i}`);
    const positions = await Promise.all(
      streams.map(async (stream) => {
        const appended = await log.append(stream, [event()], 'no-stream');
        if (appended.outcome !== 'appended') throw new Error('a conflict where nobody else appends');
        return appended.position;
      }),
    );
    const found = [];
    for (const name of log.logs) for await (const { stream } of log.readAll(name)) found.push(stream);
    t.deepEqual(found.sort(), [...streams].sort());
    positions.forEach((position, i) => t.not(offsetIn(position, logOf(evenSlotTable(2), streams[i] ?? '')), undefined));
    t.throws(() => partitionedLog([log], evenSlotTable(2)), { message: /names log 1/ });
  } finally {
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }
});
