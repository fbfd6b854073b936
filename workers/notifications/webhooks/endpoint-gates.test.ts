import test from 'ava';
import type { AppId } from '../../../domain/shared/ids.ts';
import { createEndpointGates, ENDPOINT_AT_ONCE_MAX } from './endpoint-gates.ts';

const [shop, bank] = ['shop', 'bank'] as [AppId, AppId];

test('so many messages to one webhook are on their way at once and no more, whatever goes to others', (t) => {
  const gates = createEndpointGates({ monotonicMs: () => 0, report: () => undefined });
  const admitted = Array.from({ length: ENDPOINT_AT_ONCE_MAX + 1 }, () => gates.admit(shop));
  t.deepEqual(admitted, [...Array.from({ length: ENDPOINT_AT_ONCE_MAX }, () => 'admitted' as const), 'busy']);
  t.is(gates.admit(bank), 'admitted');
  gates.release(shop, 'succeeded');
  t.deepEqual([gates.admit(shop), gates.admit(shop)], ['admitted', 'busy']);
});

test('a webhook that fails again and again is closed for a while, and the others are not', (t) => {
  let now = 0;
  const told: string[] = [];
  const gates = createEndpointGates({ monotonicMs: () => now, report: ({ event }) => void told.push(event) });
  let failures = 0;
  while (gates.admit(shop) === 'admitted') {
    failures += 1;
    gates.release(shop, 'failed');
  }
  t.is(failures, 5);
  t.deepEqual([gates.admit(shop), gates.wouldAdmit(shop), gates.admit(bank)], ['closed', false, 'admitted']);
  now += 10_000;
  t.deepEqual([gates.admit(shop), gates.admit(shop)], ['admitted', 'closed']); // one message, to see whether it is back
  gates.release(shop, 'succeeded');
  t.is(gates.admit(shop), 'admitted');
  t.deepEqual(told, ['breaker-opened', 'breaker-closed']);
});
