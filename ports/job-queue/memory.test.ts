import test from 'ava';
import fc from 'fast-check';
import { jobQueueContract } from './contract.ts';
import { Heap } from './heap.ts';
import { startMemoryJobQueue } from './memory.ts';
import { JOBS_AT_ONCE_MAX } from './port.ts';

jobQueueContract('memory', startMemoryJobQueue);

const options = { waitingMax: 200_000, attemptsMax: 4, retryFirstMs: 40, retryMaxMs: 100, onDropped: () => undefined };

test('a heap gives its items in order, whatever is pushed in between', (t) => {
  const steps = fc.array(fc.oneof(fc.integer(), fc.constant('take' as const)));
  t.notThrows(() =>
    fc.assert(
      fc.property(steps, (all) => {
        const heap = new Heap<number>((one, other) => one < other);
        const model: number[] = [];
        for (const step of all) {
          if (step !== 'take') {
            heap.push(step);
            model.push(step);
            continue;
          }
          model.sort((one, other) => one - other);
          if (heap.first() !== model[0] || heap.shift() !== model.shift()) return false;
        }
        return heap.size === model.length;
      }),
    ),
  );
});

test('retries come after growing, jittered delays', async (t) => {
  const at: number[] = [];
  const gaveUp = Promise.withResolvers<void>();
  await using jobQueue = await startMemoryJobQueue({ ...options, random: () => 1, onDropped: () => gaveUp.resolve() });
  await using _ = jobQueue.consume('failing', { concurrency: 1 }, async () => {
    at.push(performance.now());
    throw new Error('never');
  });
  await jobQueue.add('failing', [{ id: 'a', data: {} }]);
  await gaveUp.promise;
  const waits = at.slice(1).map((time, i) => time - (at[i] ?? 0));
  t.is(waits.length, 3);
  [40, 80, 100].forEach((least, i) => t.true((waits[i] ?? 0) >= least, `${waits[i]} ms is less than ${least} ms`));
});

test('adding a job doesn’t run it', async (t) => {
  await using jobQueue = await startMemoryJobQueue(options);
  let ran = false;
  const done = Promise.withResolvers<void>();
  await using _ = jobQueue.consume('quick', { concurrency: 1 }, async () => {
    ran = true;
    done.resolve();
  });
  const added = jobQueue.add('quick', [{ id: 'a', data: {} }]);
  t.false(ran);
  await added;
  t.false(ran);
  await done.promise;
});

test('a hundred thousand waiting jobs of all delays are processed', async (t) => {
  const count = 100_000;
  await using jobQueue = await startMemoryJobQueue(options);
  for (let from = 0; from < count; from += JOBS_AT_ONCE_MAX) {
    await jobQueue.add(
      'crowded',
      Array.from({ length: JOBS_AT_ONCE_MAX }, (_, i) => ({ id: String(from + i), data: {}, delayMs: i % 4 === 0 ? (i * 7_919) % 200 : 0 })),
    );
  }
  const seen = new Set<string>();
  const done = Promise.withResolvers<void>();
  await using _ = jobQueue.consume('crowded', { concurrency: 500 }, async ({ id }) => {
    seen.add(id);
    if (seen.size === count) done.resolve();
  });
  await done.promise;
  t.is(seen.size, count);
});
