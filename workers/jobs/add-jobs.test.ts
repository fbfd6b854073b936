import test from 'ava';
import fc from 'fast-check';
import { startMemoryJobQueue } from '../../ports/job-queue/memory.ts';
import { JOBS_AT_ONCE_MAX } from '../../ports/job-queue/port.ts';
import { addJobs } from './add-jobs.ts';
import type { WorkersEvent } from '../telemetry-events.ts';

const options = { attemptsMax: 1, retryFirstMs: 1, retryMaxMs: 1, onDropped: () => undefined };

test('fills the queue, and reports how many jobs were left out', async (t) => {
  const size = fc.integer({ min: 0, max: 40 });
  await fc.assert(
    fc.asyncProperty(size, fc.integer({ min: 1, max: 40 }), size, async (count, waitingMax, before) => {
      await using jobs = await startMemoryJobQueue({ ...options, waitingMax });
      const numbered = (name: string, length: number) => Array.from({ length }, (_, i) => ({ id: `${name}-${i}`, data: {} }));
      await jobs.add('work', numbered('before', Math.min(before, waitingMax)));
      const room = waitingMax - Math.min(before, waitingMax);
      const reports: WorkersEvent[] = [];
      const outcome = await addJobs({ jobs, report: (event) => void reports.push(event) }, 'work', numbered('new', count));
      t.is(outcome, count > room ? 'full' : 'added');
      t.is((await jobs.depth('work')).waiting, Math.min(waitingMax, Math.min(before, waitingMax) + count));
      t.deepEqual(reports, count > room ? [{ event: 'queue-full', queue: 'work', leftOut: count - room }] : []);
    }),
  );
});

test('adds more jobs than a queue takes at once', async (t) => {
  await using jobs = await startMemoryJobQueue({ ...options, waitingMax: 10_000 });
  const many = Array.from({ length: 2 * JOBS_AT_ONCE_MAX + 1 }, (_, i) => ({ id: String(i), data: {} }));
  t.is(await addJobs({ jobs, report: () => undefined }, 'work', many), 'added');
  t.is((await jobs.depth('work')).waiting, many.length);
});

test('what is no full queue is told, and not taken for one', async (t) => {
  const jobs = { add: () => Promise.reject(new Error('The queue is away.')) };
  await t.throwsAsync(addJobs({ jobs, report: () => t.fail() }, 'work', [{ id: 'one', data: {} }]), { message: 'The queue is away.' });
});
