import test from 'ava';
import { given } from '../../shared/given-when-then.ts';
import { delivery } from './delivery.ts';
import { acceptedAs, commands, event, histories, later, start, started } from './test-fixture.ts';

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
