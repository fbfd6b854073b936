import test from 'ava';
import fc from 'fast-check';
import { given } from '../../shared/given-when-then.ts';
import type { EndpointId } from '../../shared/ids.ts';
import { plus } from '../../shared/instant.ts';
import { delivery } from './delivery.ts';
import type { DeliveryCommand } from './delivery-commands.ts';
import { attemptOf, endpointOf, type DeliveryState, type PlannedDelivery } from './delivery-state.ts';
import { acceptedAs, commands, event, histories, later, plan, planned, queued, rejectedAs, start, started, unknown } from './test-fixture.ts';

test('a callback that overtakes the answer counts as the answer', (t) => {
  given(delivery, ...histories.unknown, started(2, true))
    .when({ ...commands.confirm, at: start })
    .then(t, acceptedAs(2), event('delivery-confirmed', { callback: 'c-1' }));
  given(delivery, ...histories.unknown)
    .when({ ...commands.undelivered, at: start })
    .then(t, acceptedAs(1), event('delivery-undelivered', { reason: '30003', callback: 'c-1' }));
});

test('each engagement is recorded once, with the time it was first seen', (t) => {
  const opened = event('engagement-seen', { what: 'opened', callback: 'c-1', at: later });
  given(delivery, ...histories.delivered)
    .when(commands.engagement)
    .then(t, opened);
  given(delivery, ...histories.delivered, opened)
    .when(commands.engagement)
    .then(t);
  given(delivery, ...histories.delivered, opened)
    .when({ ...commands.engagement, what: 'clicked' })
    .then(t, event('engagement-seen', { what: 'clicked', callback: 'c-1', at: later }));
});

test('a vendor that names the attempt settles that one, also while it was to be tried again', (t) => {
  given(delivery, ...histories.unknown, started(2, true))
    .when({ ...commands.confirm, attempt: 1 })
    .then(t, acceptedAs(1, later), event('delivery-confirmed', { callback: 'c-1', at: later }));
  given(delivery, ...histories.waiting)
    .when({ ...commands.taken, attempt: 1 })
    .then(t, acceptedAs(1, later));
  given(delivery, ...histories.waiting)
    .when({ ...commands.taken, attempt: 2 })
    .thenRefused(t, 'delivery-status-conflict', { status: 'waiting' });
});

test('that an earlier attempt reached nobody doesn’t end a delivery that is attempted again', (t) => {
  const bounced = { ...commands.undelivered, attempt: 1, at: start };
  given(delivery, ...histories.unknown, started(2, true))
    .when(bounced)
    .then(t, event('attempt-rejected', { attempt: 1, vendor: 'fcm', reason: '30003', endpointLost: false }));
  given(delivery, ...histories.unknown, started(2, true), acceptedAs(2))
    .when(bounced)
    .then(t);
  given(delivery, planned, queued, started(), rejectedAs(1), event('delivery-rerouted', { vendor: 'pushy' }))
    .when(bounced)
    .thenRefused(t, 'delivery-status-conflict', { status: 'queued' });
});

test('what one request tells is decided in its order, and what says nothing is left out', (t) => {
  const { callbacks } = commands.callbacks;
  given(delivery, ...histories.attempting)
    .when({ ...commands.callbacks, callbacks: [...callbacks, ...callbacks] })
    .then(
      t,
      acceptedAs(1, later),
      event('engagement-seen', { what: 'opened', callback: 'c-1', at: later }),
      event('delivery-confirmed', { callback: 'c-1', at: later }),
    );
});

const common = { vendor: 'fcm', vendorId: 'm-1', attempt: 1, at: plus(later, 1) } as const;
const answers: readonly DeliveryCommand[] = [commands.accept, commands['outcome-unknown']];
const reports: readonly DeliveryCommand[] = [
  { type: 'taken', callback: 'c-1', ...common },
  { type: 'undelivered', reason: '30003', callback: 'c-2', ...common },
  { type: 'engagement', what: 'opened', callback: 'c-3', ...common },
  { type: 'engagement', what: 'clicked', callback: 'c-4', ...common },
];
const delivered: DeliveryCommand = { type: 'confirm', callback: 'c-5', ...common };

const stateAfter = (given: readonly DeliveryCommand[]): PlannedDelivery =>
  given.reduce<DeliveryState>(
    (state, command) => {
      const decision = delivery.decide(state, command);
      return decision.outcome === 'accepted' ? decision.events.reduce(delivery.evolve, state) : state;
    },
    histories.attempting.reduce(delivery.evolve, delivery.initialState),
  ) as PlannedDelivery;

for (const [end, told] of [
  ['delivered', [...reports, delivered]],
  ['undelivered', reports],
] as const) {
  test(`callbacks twice, in any order, before and after the answer to the attempt: ${end}`, (t) => {
    const all = [...told, ...told];
    fc.assert(
      fc.property(fc.constantFrom(...answers), fc.constantFrom(0, 1), (answer, times) =>
        fc.assert(
          fc.property(fc.shuffledSubarray([...all, ...Array<DeliveryCommand>(times).fill(answer)], { minLength: all.length + times }), (order) => {
            const { status, receipt, engagements, unresolved } = stateAfter(order);
            t.deepEqual(
              { status, receipt, engagements: engagements.toSorted(), unresolved },
              { status: end, receipt: { attempt: 1, vendor: 'fcm', vendorId: 'm-1' }, engagements: ['clicked', 'opened'], unresolved: [] },
            );
          }),
          { numRuns: 50 },
        ),
      ),
      { numRuns: 4 },
    );
  });
}

test('knows whose account made each attempt, and which one an account speaks of that names none', (t) => {
  const by = (attempt: number, vendor: string) => event('attempt-started', { attempt, vendor, deadline: later, mayRepeat: attempt > 1 });
  const events = [planned, queued, by(1, 'eu'), unknown(1), by(2, 'eu'), unknown(2), by(3, 'us')];
  const state = events.reduce(delivery.evolve, delivery.initialState) as PlannedDelivery;
  const told = (vendor: string, attempt?: number) => attemptOf(state, vendor, attempt)?.attempt;
  t.deepEqual([told('eu', 1), told('eu', 2), told('us', 3)], [1, 2, 3]);
  t.deepEqual([told('us', 1), told('eu', 3), told('eu', 4), told('eu', 0), told('asia', 1)], Array(5).fill(undefined), 'it was another’s, or nobody’s');
  t.is(told('eu'), 2, 'its last one, for another account has gone on');
  t.deepEqual([attemptOf(state, 'us'), attemptOf(state, 'asia')], [{ attempt: undefined }, undefined]);
  const before = [planned, queued].reduce(delivery.evolve, delivery.initialState) as PlannedDelivery;
  t.is(attemptOf(before, 'eu'), undefined, 'nobody has made any');
});

test('knows where each attempt went', (t) => {
  const to = (attempt: number, endpoint: string) =>
    event('attempt-started', { attempt, vendor: 'fcm', endpoint: endpoint as EndpointId, deadline: later, mayRepeat: attempt > 1 });
  const stateOf = (...events: Parameters<typeof delivery.evolve>[1][]) => events.reduce(delivery.evolve, delivery.initialState) as PlannedDelivery;
  const moved = stateOf(planned, queued, to(1, 'old'), unknown(1), to(2, 'old'), unknown(2), to(3, 'new'));
  t.deepEqual(
    [1, 2, 3, undefined].map((attempt) => endpointOf(moved, attempt)),
    ['old', 'old', 'new', 'new'] as EndpointId[],
  );
  t.is(endpointOf(stateOf(...histories.attempting), 1), plan.endpoint);
});
