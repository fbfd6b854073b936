import test from 'ava';
import { startMemoryRateLimit } from '../../../ports/rate-limit/memory.ts';
import { RateLimitUnavailable } from '../../../ports/rate-limit/port.ts';
import { createManualClock, runReadyCallbacks } from '../../testing/manual-clock.ts';
import { createNumberPace } from './number-pace.ts';

const never = new AbortController().signal;
const paced = (segments: number, number = '+15005550006') => ({ number, segments, segmentsPerSecond: 1 });

async function given() {
  const time = createManualClock();
  const limits = await startMemoryRateLimit({ monotonicMs: time.monotonicMs });
  const state = { areLimitsAway: false };
  const takeToken: typeof limits.takeToken = (...parameters) =>
    state.areLimitsAway ? Promise.reject(new RateLimitUnavailable('away')) : limits.takeToken(...parameters);
  /** As each account, and each process, has it. */
  const anotherPace = () => createNumberPace({ ...time, rateLimit: { takeToken } });
  const gone: string[] = [];
  const send = (name: string, waitForNumber: ReturnType<typeof createNumberPace>, segments: number, number?: string) =>
    void waitForNumber(paced(segments, number), never).then(() => gone.push(name));
  return { time, state, anotherPace, gone, send };
}

test('a number sends a segment a second, whichever account and process it is sent by', async (t) => {
  const { time, anotherPace, gone, send } = await given();
  const [one, other] = [anotherPace(), anotherPace()];
  send('first', one, 3);
  await runReadyCallbacks();
  send('second', other, 1);
  send('of another number', other, 1, '+15005550007');
  await runReadyCallbacks();
  t.deepEqual(gone.toSorted(), ['first', 'of another number']);
  await time.advance(2_900);
  t.is(gone.length, 2, 'the first has three segments');
  await time.advance(200);
  t.deepEqual(gone.at(-1), 'second');
});

test('while the limits are away, each process keeps the pace by itself, and a wait ends with the process', async (t) => {
  const { time, state, anotherPace, gone, send } = await given();
  state.areLimitsAway = true;
  const pace = anotherPace();
  send('first', pace, 1);
  send('second', pace, 1);
  await runReadyCallbacks();
  t.deepEqual(gone, ['first']);
  await time.advance(1_000);
  t.deepEqual(gone, ['first', 'second']);
  const stop = new AbortController();
  const waiting = pace(paced(1), stop.signal);
  stop.abort();
  await t.throwsAsync(waiting);
});
