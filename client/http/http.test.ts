/** The parts below the typed calls: trying again, ids, positions, the server's clock. */
import test from 'ava';
import fc from 'fast-check';
import { idMaker } from './ids.ts';
import { observable } from './observable.ts';
import { createPositions } from './positions.ts';
import { TidingsUnreachable } from './problem.ts';
import { retryingFetch } from './retrying-fetch.ts';
import { createServerClock } from './server-clock.ts';

const POLICY = { firstMs: 1, maxMs: 5, forMs: 5_000, answerMs: 1_000 };
const request = () => new Request('http://tidings.test/', { method: 'POST', body: 'a body' });

function answering(...answers: readonly (number | Error)[]) {
  const bodies: string[] = [];
  const fetch = async (sent: Request): Promise<Response> => {
    const answer = answers[bodies.length] ?? 200;
    bodies.push(await sent.text());
    if (answer instanceof Error) throw answer;
    return new Response(null, { status: answer });
  };
  return { fetch, bodies };
}

test('what may pass is tried again with the same body, and what will not is answered at once', async (t) => {
  const { fetch, bodies } = answering(new TypeError('cut off'), 503, 429, 200);
  t.is((await retryingFetch(POLICY, { fetch })(request(), { isRepeatable: true })).status, 200);
  t.deepEqual(bodies, Array<string>(4).fill('a body'));
  for (const status of [201, 400, 401, 403, 404, 409, 422, 500]) {
    const once = answering(status);
    t.is((await retryingFetch(POLICY, { fetch: once.fetch })(request(), { isRepeatable: true })).status, status);
    t.is(once.bodies.length, 1);
  }
});

test('what must not be repeated is tried again where the server said that it did nothing, and not where no answer came', async (t) => {
  const busy = answering(503, 200);
  t.is((await retryingFetch(POLICY, { fetch: busy.fetch })(request(), { isRepeatable: false })).status, 200);
  const cut = answering(new TypeError('cut off'), 200);
  await t.throwsAsync(retryingFetch(POLICY, { fetch: cut.fetch })(request(), { isRepeatable: false }), { instanceOf: TidingsUnreachable });
  t.is(cut.bodies.length, 1);
});

test('it gives up when its time is over, with the last answer where there was one', async (t) => {
  let nowMs = 0;
  const environment = { random: () => 1, now: () => (nowMs += 400) };
  const { fetch } = answering(...Array<number>(100).fill(503));
  t.is((await retryingFetch({ ...POLICY, forMs: 2_000 }, { fetch, ...environment })(request(), { isRepeatable: true })).status, 503);
  const gone = answering(...Array<Error>(100).fill(new TypeError('cut off')));
  await t.throwsAsync(retryingFetch({ ...POLICY, forMs: 2_000 }, { fetch: gone.fetch, ...environment })(request(), { isRepeatable: true }), {
    instanceOf: TidingsUnreachable,
  });
});

test('ids are UUIDv7 by the server’s time, each greater than the one before, also where the clock stands or goes back', (t) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 60 }), (steps) => {
      let nowMs = 1_800_000_000_000;
      const newId = idMaker({ nowMs: () => nowMs });
      const ids = steps.map((step) => {
        nowMs += step;
        return newId();
      });
      for (const id of ids) if (!/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)) return false;
      return ids.every((id, n) => n === 0 || id > (ids[n - 1] ?? ''));
    }),
    { numRuns: 100 },
  );
  const newId = idMaker({ nowMs: () => 1_800_000_000_000 });
  const many = Array.from({ length: 10_000 }, newId);
  t.deepEqual(many.toSorted(), many);
});

test('a clock that turns out to have been ahead gives ids of the right time from then on', (t) => {
  const clock = createServerClock({ now: () => 3_600_000, monotonicMs: () => 0 });
  const newId = idMaker(clock);
  const timeOf = (id: string) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  t.is(timeOf(newId()), 3_600_000);
  clock.observe(1_000);
  t.deepEqual([newId(), newId()].map(timeOf), [1_000, 1_000]);
});

test('a local clock that is an hour wrong, or is set meanwhile, is not believed once the server has told the time', (t) => {
  let [localMs, monotonicMs] = [3_600_000, 0];
  const clock = createServerClock({ now: () => localMs, monotonicMs: () => monotonicMs });
  t.is(clock.nowMs(), 3_600_000);
  clock.observe(1_000);
  t.is(clock.nowMs(), 1_000);
  localMs = 0;
  monotonicMs += 500;
  t.is(clock.nowMs(), 1_500);
  clock.observe(1_400); // this answer took longer
  t.is(clock.nowMs(), 1_500);
});

test('positions are sent until an answer covers them', (t) => {
  const positions = createPositions();
  t.is(positions.toSend(), undefined);
  positions.receive('a', undefined);
  positions.receive('b', undefined); // both commands were under way at once
  t.is(positions.toSend(), 'a,b');
  positions.receive('ab', 'a,b');
  t.is(positions.toSend(), 'ab');
  for (let n = 0; n < 20; n++) positions.receive(`p${n}`, undefined);
  t.is(positions.toSend()?.split(',').length, 8);
  positions.forget();
  t.is(positions.toSend(), undefined);
});

test('who watches a value is told the value of now and each other one, until they leave', (t) => {
  const value = observable(1);
  const told: number[] = [];
  const leave = value.subscribe((one) => told.push(one));
  value.set(2);
  value.set(2);
  leave();
  value.set(3);
  t.deepEqual([told, value.value], [[1, 2], 3]);
});
