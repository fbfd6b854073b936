import test from 'ava';
import { createManualClock, runReadyCallbacks } from '../../test-fixture.ts';
import type { WorkersEvent } from '../../telemetry-events.ts';
import { createVendorGate } from './vendor-gate.ts';

function given({ perSecond = 1_000, burst = 1_000 } = {}) {
  const time = createManualClock();
  const reports: WorkersEvent[] = [];
  const breaker = { failuresMax: 1, openMs: 1_000, openMaxMs: 1_000 };
  const gate = createVendorGate({ ...time, report: (event) => void reports.push(event) }, { vendor: 'acme', pace: { perSecond, burst }, breaker });
  const never = new AbortController().signal;
  const entering = (signal = never) => {
    const entered = { yes: false };
    const promise = gate.acquire(signal).then(() => (entered.yes = true));
    return { entered, promise };
  };
  return { time, gate, reports, entering, never };
}

test('who wants to attempt waits until the vendor is asked again, and behind the one who asks', async (t) => {
  const { gate, time, entering, reports } = given();
  await entering().promise;
  gate.release('failed');
  t.false(gate.isAvailable());
  const [probe, other] = [entering(), entering()];
  await runReadyCallbacks();
  t.false(probe.entered.yes);
  await time.advance(1_000);
  t.true(probe.entered.yes);
  t.false(other.entered.yes);
  gate.release('succeeded');
  await time.advance(200);
  t.true(other.entered.yes);
  t.deepEqual(
    reports.map(({ event }) => event),
    ['breaker-opened', 'breaker-closed'],
  );
});

test('who waits lets go when it stops, and leaves no probe behind', async (t) => {
  const { gate, time, entering, never } = given({ perSecond: 1, burst: 1 });
  await entering().promise;
  gate.release('failed');
  await time.advance(1_000);
  await gate.acquire(never); // the probe, with the token that has come since
  gate.release('failed');
  const stop = new AbortController();
  const waiting = entering(stop.signal);
  await runReadyCallbacks();
  stop.abort();
  await t.throwsAsync(waiting.promise);
  await time.advance(5_000);
  await t.notThrowsAsync(gate.acquire(never));
});

test('the pace is kept, however many enter at once', async (t) => {
  const { time, entering } = given({ perSecond: 10, burst: 1 });
  const all = [entering(), entering(), entering()];
  await runReadyCallbacks();
  const through = () => all.filter(({ entered }) => entered.yes).length;
  t.is(through(), 1);
  await time.advance(100);
  t.is(through(), 2);
  await time.advance(100);
  t.is(through(), 3);
});
