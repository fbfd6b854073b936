import test from 'ava';
import { given } from '../../shared/given-when-then.ts';
import type { DigestId } from '../../shared/ids.ts';
import { MINUTE_MS, plus } from '../../shared/instant.ts';
import { delivery } from './delivery.ts';
import { commands, event, expiresAt, histories, later, plan, planned, queued, start } from './test-fixture.ts';

test('a delivery is planned together with its decision, in one append', (t) => {
  const decision = { action: 'defer', reason: 'quiet-hours', until: later } as const;
  given(delivery)
    .when({ ...commands.plan, decision, at: start })
    .then(t, planned, event('delivery-deferred', { reason: 'quiet-hours', until: later }));
  given(delivery)
    .when({ ...commands.plan, decision: { action: 'suppress', reason: 'no-endpoint' }, at: start })
    .then(t, planned, event('delivery-suppressed', { reason: 'no-endpoint' }));
});

test('a delivery without a decision stays planned, or is released for another decision', (t) => {
  const { decision: _, ...undecided } = commands.plan;
  given(delivery)
    .when({ ...undecided, at: start })
    .then(t, planned);
  given(delivery, ...histories.deferred)
    .when({ type: 'release', at: later })
    .then(t, event('delivery-released', { at: later }));
});

test('a delivery that would go on after its time to live expires instead', (t) => {
  const expired = event('delivery-expired', { at: expiresAt });
  given(delivery)
    .when({ ...commands.plan, at: expiresAt })
    .then(t, event('delivery-planned', { ...plan, at: expiresAt }), expired);
  for (const [status, command] of [
    ['deferred', commands.release],
    ['planned', commands.queue],
    ['waiting', commands.queue],
    ['queued', commands['start-attempt']],
    ['unknown', commands['start-attempt']],
  ] as const) {
    given(delivery, ...histories[status])
      .when({ ...command, at: expiresAt })
      .then(t, expired);
  }
  given(delivery, ...histories.attempting)
    .when({ ...commands['schedule-retry'], retryAt: expiresAt })
    .then(t, event('retry-scheduled', { attempt: 1, reason: '503', retryAt: expiresAt, at: later }), event('delivery-expired', { at: later }));
});

test('nothing expires before its time', (t) => {
  given(delivery, ...histories.queued)
    .when({ type: 'expire', at: plus(expiresAt, -1) })
    .thenRefused(t, 'delivery-status-conflict');
});

test('a deferred delivery is not released, and a waiting one not queued, before its time', (t) => {
  const early = plus(start, MINUTE_MS - 1);
  given(delivery, ...histories.deferred)
    .when({ ...commands.release, at: early })
    .thenRefused(t, 'delivery-status-conflict');
  given(delivery, ...histories.waiting)
    .when({ ...commands.queue, at: early })
    .thenRefused(t, 'delivery-status-conflict');
});

test('a queued delivery is deferred once and not a second time', (t) => {
  given(delivery, planned, event('delivery-deferred', { reason: 'quiet-hours', until: commands.defer.until }))
    .when(commands.defer)
    .then(t);
});

const digestWindow = { digest: 'digest' as DigestId, window: 1 };
const collected = event('delivery-deferred', { reason: 'digest', until: plus(start, MINUTE_MS), digestWindow });

test('what waits for a time on a clock waits for another one, earlier or later, and what waits for anything else does not', (t) => {
  const scheduled = [planned, event('delivery-deferred', { reason: 'scheduled', until: later })];
  for (const until of [plus(start, MINUTE_MS), plus(later, MINUTE_MS)])
    given(delivery, ...scheduled)
      .when({ type: 'defer', reason: 'scheduled', until, at: start })
      .then(t, event('delivery-deferred', { reason: 'scheduled', until }));
  given(delivery, ...scheduled)
    .when({ type: 'defer', reason: 'scheduled', until: later, at: start })
    .then(t);
  given(delivery, ...scheduled)
    .when({ type: 'defer', reason: 'quiet-hours', until: start, at: start })
    .thenRefused(t, 'delivery-status-conflict');
  given(delivery, ...histories.deferred)
    .when({ type: 'defer', reason: 'scheduled', until: later, at: start })
    .thenRefused(t, 'delivery-status-conflict');
});

test('a delivery that waits for others is told with them or as itself, and remembers that it has waited', (t) => {
  given(delivery, planned)
    .when({ ...commands.defer, reason: 'digest', digestWindow })
    .then(t, event('delivery-deferred', { reason: 'digest', until: commands.defer.until, digestWindow, at: later }));
  given(delivery, planned, collected)
    .when(commands.digest)
    .then(t, event('delivery-digested', { into: commands.digest.into, at: later }));
  given(delivery, planned, collected)
    .when(commands.release)
    .then(t, event('delivery-released', { at: later }), event('delivery-queued', { vendor: 'fcm', at: later }));
  const after = [planned, collected, event('delivery-released', {}), queued].reduce(delivery.evolve, delivery.initialState);
  t.like(after, { status: 'queued', digestWindow });
  given(delivery, ...histories.deferred)
    .when(commands.digest)
    .thenRefused(t, 'delivery-status-conflict');
});
