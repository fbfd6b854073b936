import test from 'ava';
import { given } from '../../shared/given-when-then.ts';
import type { EndpointId } from '../../shared/ids.ts';
import { plus, SECOND_MS } from '../../shared/instant.ts';
import { delivery } from './delivery.ts';
import type { DeliveryEvent } from '../events.ts';
import { acceptedAs, commands, deadline, event, histories, later, noted, plan, planned, queued, rejectedAs, start, started, unknown } from './test-fixture.ts';
import { ATTEMPT_SKEW_MS, ATTEMPTS_PLANNED, UNKNOWN_REPEAT_AFTER_MS } from './retry.ts';

const stateOf = (...history: readonly DeliveryEvent[]) => history.reduce(delivery.evolve, delivery.initialState);

test('a job in the queue of a vendor from which the delivery was rerouted is refused', (t) => {
  const rerouted = event('delivery-rerouted', { vendor: 'pushy' });
  given(delivery, ...histories.queued, rerouted)
    .when(commands['start-attempt'])
    .thenRefused(t, 'delivery-status-conflict');
  given(delivery, ...histories.queued, rerouted)
    .when(commands.queue)
    .thenRefused(t, 'delivery-status-conflict');
  given(delivery, ...histories.queued, rerouted)
    .when(commands.reroute)
    .then(t);
});

test('a vendor that rejected an earlier attempt late is not offered the delivery again', (t) => {
  const rejectedLate = [...histories.unknown, started(2, true), rejectedAs(1), event('retry-scheduled', { attempt: 2, reason: '503', retryAt: start })];
  given(delivery, ...rejectedLate, queued)
    .when({ ...commands['start-attempt'], at: start })
    .thenRefused(t, 'delivery-status-conflict');
  given(delivery, ...rejectedLate, event('delivery-queued', { vendor: 'pushy' }))
    .when({ ...commands['start-attempt'], vendor: 'pushy', deadline, at: start })
    .then(t, event('attempt-started', { attempt: 3, vendor: 'pushy', deadline, mayRepeat: false }));
  given(delivery, ...rejectedLate)
    .when({ ...commands.fail, reason: 'no-vendor', at: start })
    .then(t, event('delivery-failed', { reason: 'no-vendor' }));
});

test('an attempt names the endpoint that it is sent to', (t) => {
  const endpoint = 'renewed' as EndpointId;
  given(delivery, ...histories.queued)
    .when({ ...commands['start-attempt'], endpoint, deadline, at: start })
    .then(t, event('attempt-started', { attempt: 1, vendor: 'fcm', endpoint, deadline, mayRepeat: false }));
});

test('an attempt carries its number and its deadline', (t) => {
  given(delivery, ...histories.waiting, queued)
    .when({ ...commands['start-attempt'], deadline, at: start })
    .then(t, started(2));
});

test('no number of attempts ends a delivery before its time to live', (t) => {
  const attempt = 10 * ATTEMPTS_PLANNED;
  given(delivery, planned, queued, started(attempt), event('retry-scheduled', { attempt, reason: '503', retryAt: start }), queued)
    .when({ ...commands['start-attempt'], deadline, at: start })
    .then(t, started(attempt + 1));
});

test('a rejected delivery is rerouted to another vendor where one is left and the endpoint is not lost', (t) => {
  given(delivery, ...histories.attempting)
    .when({ ...commands.reject, nextVendor: 'pushy', at: start })
    .then(t, rejectedAs(1), event('delivery-rerouted', { vendor: 'pushy' }));
  given(delivery, ...histories.attempting)
    .when({ ...commands.reject, nextVendor: 'pushy', endpointLost: true, at: start })
    .then(t, event('attempt-rejected', { attempt: 1, vendor: 'fcm', reason: 'bad', endpointLost: true }), event('delivery-failed', { reason: 'bad' }));
});

test('an attempt is not resolved before its deadline and the skew of clocks have passed', (t) => {
  const resolvableAt = plus(deadline, ATTEMPT_SKEW_MS);
  given(delivery, ...histories.attempting)
    .when({ ...commands['outcome-unknown'], at: plus(resolvableAt, -1) })
    .thenRefused(t, 'delivery-status-conflict');
  given(delivery, ...histories.attempting)
    .when({ ...commands['outcome-unknown'], at: resolvableAt })
    .then(t, event('outcome-unknown', { attempt: 1, reason: 'no answer', at: resolvableAt }));
});

test('an unknown outcome is repeated after a while, and the repetition says so', (t) => {
  const repeat = { ...commands['start-attempt'], deadline };
  given(delivery, ...histories.unknown)
    .when({ ...repeat, at: plus(start, UNKNOWN_REPEAT_AFTER_MS - SECOND_MS) })
    .thenRefused(t, 'delivery-status-conflict');
  const at = plus(start, UNKNOWN_REPEAT_AFTER_MS);
  given(delivery, ...histories.unknown)
    .when({ ...repeat, at })
    .then(t, event('attempt-started', { attempt: 2, vendor: 'fcm', deadline, mayRepeat: true, at }));
});

test('every attempt after an unknown one may repeat it, until a late answer resolves it', (t) => {
  const again = [...histories.unknown, started(2, true), event('retry-scheduled', { attempt: 2, reason: '503', retryAt: start }), queued];
  const next = { ...commands['start-attempt'], deadline, at: start } as const;
  given(delivery, ...again)
    .when(next)
    .then(t, started(3, true));
  given(delivery, ...again, rejectedAs(1), event('delivery-rerouted', { vendor: 'pushy' }))
    .when({ ...next, vendor: 'pushy' })
    .then(t, event('attempt-started', { attempt: 3, vendor: 'pushy', deadline, mayRepeat: false }));
});

test('a delivery that may not be sent twice fails instead of being repeated', (t) => {
  const once = event('delivery-planned', { ...plan, atMostOnce: true });
  given(delivery, once, queued, started(), unknown())
    .when(commands['start-attempt'])
    .then(t, event('delivery-failed', { reason: 'outcome-unknown', at: later }));
});

test('cancelling an attempt that may be on its way is noted once, and the attempt is the last', (t) => {
  given(delivery, ...histories.attempting, noted)
    .when(commands.cancel)
    .then(t);
  given(delivery, ...histories.attempting, noted)
    .when({ ...commands.accept, at: start })
    .then(t, acceptedAs(1));
  given(delivery, ...histories.attempting, noted)
    .when({ ...commands.reject, nextVendor: 'pushy', at: start })
    .then(t, rejectedAs(1), event('delivery-cancelled', {}));
  given(delivery, ...histories.attempting, noted)
    .when({ ...commands['schedule-retry'], retryAt: later, at: start })
    .then(t, event('retry-scheduled', { attempt: 1, reason: '503', retryAt: later }), event('delivery-cancelled', {}));
  given(delivery, ...histories.attempting, noted, unknown())
    .when(commands['start-attempt'])
    .then(t, event('delivery-failed', { reason: 'outcome-unknown', at: later }));
});

test('a late acceptance of an unknown attempt wins over a repetition that is on its way, or waits', (t) => {
  const repeating = [...histories.unknown, started(2, true)];
  for (const history of [repeating, [...repeating, event('retry-scheduled', { attempt: 2, reason: '503', retryAt: later })]]) {
    given(delivery, ...history)
      .when({ ...commands.accept, at: start })
      .then(t, acceptedAs(1));
  }
  given(delivery, ...repeating, acceptedAs(1))
    .when({ ...commands.accept, attempt: 2 })
    .then(t);
});

test('a late rejection of an earlier attempt resolves that attempt and leaves the one on its way', (t) => {
  const history = [...histories.unknown, started(2, true)];
  given(delivery, ...history)
    .when({ ...commands.reject, nextVendor: 'pushy', at: start })
    .then(t, rejectedAs(1));
  t.is(stateOf(...history, rejectedAs(1)).status, 'attempting');
  given(delivery, ...history)
    .when(commands['schedule-retry'])
    .then(t);
});

test('an answer to an attempt that was resolved changes nothing, and one to an attempt that was never made is refused', (t) => {
  given(delivery, ...histories.waiting, queued, started(2))
    .when(commands.accept)
    .then(t);
  for (const command of [commands.accept, commands.reject, commands['schedule-retry'], commands['outcome-unknown']]) {
    given(delivery, ...histories.attempting)
      .when({ ...command, attempt: 2 })
      .thenRefused(t, 'delivery-status-conflict');
  }
});
