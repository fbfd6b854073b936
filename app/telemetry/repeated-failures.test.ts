import test from 'ava';
import { createRepeatedFailures } from './repeated-failures.ts';

test('failures that are alike are told once in five seconds, with how many were not', (t) => {
  let now = 0;
  const told = createRepeatedFailures({ nowMs: () => now });
  t.deepEqual(told('redis', new Error('gone')), { repeated: 0 });
  for (; now < 4_999; now += 100) t.is(told('redis', new Error('gone')), undefined);
  t.deepEqual(told('redis', new Error('too large')), { repeated: 0 }, 'another error');
  t.deepEqual(told('outbox', new Error('gone')), { repeated: 0 }, 'another component');
  now = 5_000;
  t.deepEqual(told('redis', new Error('gone')), { repeated: 50 });
  t.is(told('redis', new Error('gone')), undefined);
  now = 20_000;
  t.deepEqual(told('redis', new Error('gone')), { repeated: 1 });
});

test('failures that are never alike are all told, and forgotten', (t) => {
  const told = createRepeatedFailures({ nowMs: () => 0 });
  for (let id = 0; id < 1_000; id++) t.deepEqual(told('redis', new Error(`event ${id}`)), { repeated: 0 });
  t.deepEqual(told('redis', new Error('event 0')), { repeated: 0 });
});
