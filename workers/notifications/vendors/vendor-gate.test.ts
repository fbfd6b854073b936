import test from 'ava';
import { createManualClock, runReadyCallbacks } from '../../test-fixture.ts';
import type { WorkersEvent } from '../../telemetry-events.ts';
import { createVendorGate } from './vendor-gate.ts';

function createTestGate({ perSecond = 1_000, burst = 1_000 } = {}) {
  const time = createManualClock();
  const reports: WorkersEvent[] = [];
  const breaker = { failuresMax: 1, openMs: 1_000, openMaxMs: 1_000 };
  const gate = createVendorGate({ ...time, report: (event) => void reports.push(event) }, { vendor: 'acme', pace: { perSecond, burst }, breaker });
  const never = new AbortController().signal;
  const acquire = (signal = never) => {
    const acquired = { yes: false };
    const promise = gate.acquire(signal).then(() => (acquired.yes = true));
    return { acquired, promise };
  };
  return { time, gate, reports, acquire, never };
}

test('attempts wait until the vendor is probed, and then for the probe', async (t) => {
  const { gate, time, acquire, reports } = createTestGate();
  await acquire().promise;
  gate.release('failed');
  t.false(gate.isAvailable());
  const [probe, other] = [acquire(), acquire()];
  await runReadyCallbacks();
  t.false(probe.acquired.yes);
  await time.advance(1_000);
  t.true(probe.acquired.yes);
  t.false(other.acquired.yes);
  gate.release('succeeded');
  await time.advance(200);
  t.true(other.acquired.yes);
  t.deepEqual(
    reports.map(({ event }) => event),
    ['breaker-opened', 'breaker-closed'],
  );
});

test('a waiting attempt ends when the signal aborts, and leaves no probe behind', async (t) => {
  const { gate, time, acquire, never } = createTestGate({ perSecond: 1, burst: 1 });
  await acquire().promise;
  gate.release('failed');
  await time.advance(1_000);
  await gate.acquire(never); // the probe, with the token that has come since
  gate.release('failed');
  const stop = new AbortController();
  const waiting = acquire(stop.signal);
  await runReadyCallbacks();
  stop.abort();
  await t.throwsAsync(waiting.promise);
  await time.advance(5_000);
  await t.notThrowsAsync(gate.acquire(never));
});

test('keeps the pace, however many attempts come at once', async (t) => {
  const { time, acquire } = createTestGate({ perSecond: 10, burst: 1 });
  const all = [acquire(), acquire(), acquire()];
  await runReadyCallbacks();
  const through = () => all.filter(({ acquired }) => acquired.yes).length;
  t.is(through(), 1);
  await time.advance(100);
  t.is(through(), 2);
  await time.advance(100);
  t.is(through(), 3);
});
