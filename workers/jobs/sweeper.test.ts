import test from 'ava';
import { createManualClock, runReadyCallbacks } from '../testing/manual-clock.ts';
import type { WorkersEvent } from '../telemetry-events.ts';
import { startSweeper } from './sweeper.ts';

test('sweeps within one interval, then once an interval, and goes on after a failure', async (t) => {
  const time = createManualClock();
  const reports: WorkersEvent[] = [];
  let sweeps = 0;
  const sweep = async () => {
    sweeps += 1;
    if (sweeps === 1) throw new Error('the views are away');
    return sweeps;
  };
  await using _ = startSweeper(
    { report: (event) => void reports.push(event), sleep: time.sleep, random: () => 0.5 },
    { name: 'things', everyMs: 1_000, sweep },
  );
  await runReadyCallbacks();
  t.is(sweeps, 0);
  await time.advance(500);
  t.is(sweeps, 1);
  await time.advance(2_000);
  t.is(sweeps, 3);
  t.deepEqual(
    reports.map((report) => (report.event === 'sweep-found' ? report.found : report.event)),
    ['sweep-failed', 2, 3],
  );
});

test('stopping waits for the sweep that is under way, and starts none after it', async (t) => {
  const time = createManualClock();
  const done = Promise.withResolvers<number>();
  let sweeps = 0;
  const sweeper = startSweeper(
    { report: () => undefined, sleep: time.sleep, random: () => 0 },
    {
      name: 'slow',
      everyMs: 10,
      sweep: () => {
        sweeps += 1;
        return done.promise;
      },
    },
  );
  await runReadyCallbacks();
  await time.advance(10);
  let stopped = false;
  const stopping = sweeper[Symbol.asyncDispose]().then(() => (stopped = true));
  await runReadyCallbacks();
  t.false(stopped);
  done.resolve(0);
  await stopping;
  t.is(sweeps, 1);
});
