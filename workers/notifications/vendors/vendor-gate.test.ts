import test from 'ava';
import { startMemoryRateLimit } from '../../../ports/rate-limit/memory.ts';
import { RateLimitUnavailable } from '../../../ports/rate-limit/port.ts';
import { createManualClock, runReadyCallbacks } from '../../testing/manual-clock.ts';
import type { WorkersEvent } from '../../telemetry-events.ts';
import { createVendorGate } from './vendor-gate.ts';

async function createTestGate({ perSecond = 1_000, burst = 1_000 } = {}) {
  const time = createManualClock();
  const limits = await startMemoryRateLimit({ monotonicMs: time.monotonicMs });
  const state = { areLimitsAway: false };
  const takeToken: typeof limits.takeToken = (...parameters) =>
    state.areLimitsAway ? Promise.reject(new RateLimitUnavailable('away')) : limits.takeToken(...parameters);
  const reports: WorkersEvent[] = [];
  const breaker = { failuresMax: 1, openMs: 1_000, openMaxMs: 1_000 };
  /** As another process has it. */
  const anotherGate = () =>
    createVendorGate(
      { ...time, rateLimit: { takeToken }, report: (event) => void reports.push(event) },
      { vendor: 'acme', pace: { perSecond, burst }, breaker },
    );
  const gate = anotherGate();
  const never = new AbortController().signal;
  const acquire = (signal = never, at = gate) => {
    const acquired = { yes: false };
    const promise = at.acquire(signal).then(() => (acquired.yes = true));
    return { acquired, promise };
  };
  return { time, gate, anotherGate, state, reports, acquire, never };
}

test('attempts wait until the vendor is probed, and then for the probe', async (t) => {
  const { gate, time, acquire, reports } = await createTestGate();
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
  const { gate, time, acquire, never } = await createTestGate({ perSecond: 1, burst: 1 });
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
  const { time, acquire } = await createTestGate({ perSecond: 10, burst: 1 });
  const all = [acquire(), acquire(), acquire()];
  await runReadyCallbacks();
  const through = () => all.filter(({ acquired }) => acquired.yes).length;
  t.is(through(), 1);
  await time.advance(100);
  t.is(through(), 2);
  await time.advance(100);
  t.is(through(), 3);
});

test('several processes keep the pace together', async (t) => {
  const { time, acquire, anotherGate, never } = await createTestGate({ perSecond: 10, burst: 1 });
  const all = [anotherGate(), anotherGate(), anotherGate()].map((gate) => acquire(never, gate));
  const through = () => all.filter(({ acquired }) => acquired.yes).length;
  await runReadyCallbacks();
  t.is(through(), 1);
  await time.advance(100);
  t.is(through(), 2);
  await time.advance(100);
  t.is(through(), 3);
});

test('while the limits are away, each process keeps the pace by itself', async (t) => {
  const { time, state, acquire, anotherGate, never } = await createTestGate({ perSecond: 10, burst: 1 });
  state.areLimitsAway = true;
  const [one, other] = [anotherGate(), anotherGate()];
  const all = [one, one, other].map((gate) => acquire(never, gate));
  await runReadyCallbacks();
  t.deepEqual(
    all.map(({ acquired }) => acquired.yes),
    [true, false, true],
  );
  await time.advance(100);
  t.true(all.every(({ acquired }) => acquired.yes));
});
