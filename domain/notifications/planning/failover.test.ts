import test from 'ava';
import { contacts } from '../../people/contacts.ts';
import { preferences } from '../../people/preferences.ts';
import type { AppId, DeliveryId, EndpointId, NotificationId, PersonId } from '../../shared/ids.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, plus } from '../../shared/instant.ts';
import { NOTHING_READ, type CentreState } from '../centre/centre.ts';
import type { ItemState } from '../centre/item.ts';
import { delivery } from '../delivery/delivery.ts';
import type { PlannedDelivery } from '../delivery/delivery-state.ts';
import { acceptedAs, event, histories, plan, planned, queued, start, started } from '../delivery/test-fixture.ts';
import type { DeliveryEvent } from '../events.ts';
import type { Plan } from '../delivery-plan.ts';
import { planDeliveries, type FailoverTurn, type Recipient, type RequestedNotification } from './plan.ts';
import { judgeFailover } from './judge-failover.ts';
import { FAILOVER_STEPS_MAX, failoverFrom, refusalOfFailover, type FailoverStep } from '../failover/policy.ts';

const minutes = (count: number) => plus(start, count * MINUTE_MS);
const bySms: FailoverStep = { afterMinutes: 10, unless: 'delivered', channel: 'sms' };
const byEmail: FailoverStep = { afterMinutes: 30, unless: 'opened', channel: 'email' };
const stateAfter = (...events: readonly DeliveryEvent[]) => events.reduce(delivery.evolve, delivery.initialState) as PlannedDelivery;
const judged = (step: Partial<FailoverStep>, deliveries: readonly PlannedDelivery[], after: number) =>
  judgeFailover({ step: { ...bySms, ...step }, deliveries, since: start, at: minutes(after) });

const accepted = (after: number) => stateAfter(planned, queued, started(), acceptedAs(1, minutes(after)));
const delivered = stateAfter(...histories.delivered);
const opened = stateAfter(...histories.delivered, event('engagement-seen', { what: 'opened' }));

test('fails over when nothing is confirmed so long after the first vendor took a message', (t) => {
  t.deepEqual(judged({}, [accepted(5), accepted(3)], 12), { action: 'wait', until: minutes(13), since: minutes(3) });
  t.deepEqual(judged({}, [accepted(5), accepted(3)], 13), { action: 'fail-over' });
});

test('a later step counts from the one before it, and is kept back by a confirmation of any', (t) => {
  const text: PlannedDelivery = { ...accepted(10), plan: { ...plan, channel: 'sms', failover: { step: 1 } } };
  t.deepEqual(judged({}, [accepted(0), text], 15), { action: 'wait', until: minutes(20), since: minutes(10) });
  t.deepEqual(judged({}, [delivered, text], 30), { action: 'stop' });
  const rejected: PlannedDelivery = { ...stateAfter(...histories.failed), plan: text.plan };
  t.deepEqual(judged({}, [accepted(0), rejected], 5), { action: 'fail-over' }, 'nothing of it could arrive');
});

test('does not fail over once a message is confirmed, as the step asks for', (t) => {
  t.deepEqual(judged({}, [accepted(0), delivered], 60), { action: 'stop' });
  t.deepEqual(judged({ unless: 'opened' }, [delivered], 60), { action: 'fail-over' });
  t.deepEqual(judged({ unless: 'opened' }, [opened], 60), { action: 'stop' });
  t.deepEqual(judged({}, [stateAfter(...histories.undelivered, event('engagement-seen', { what: 'clicked' }))], 60), { action: 'stop' });
});

test('what a program opened confirms nothing', (t) => {
  const byProgram = stateAfter(...histories.accepted, event('engagement-seen', { what: 'opened', machine: true }));
  t.deepEqual(judged({ unless: 'opened' }, [byProgram], 60), { action: 'fail-over' });
});

test('goes on at once where nothing is left that could arrive', (t) => {
  const without = [histories.failed, histories.undelivered, histories.suppressed].map((history) => stateAfter(...history));
  t.deepEqual(judged({}, without, 0), { action: 'fail-over' });
  t.deepEqual(judged({}, [...without, accepted(0)], 0), { action: 'wait', until: minutes(10), since: start });
  t.deepEqual(judged({}, [], 0), { action: 'fail-over' });
});

test('a vendor that is away is a reason to fail over, quiet hours are none', (t) => {
  const waiting = stateAfter(planned, queued, started(), event('retry-scheduled', { attempt: 1, reason: '503', retryAt: plus(start, HOUR_MS) }));
  t.deepEqual(judged({}, [waiting], 9), { action: 'wait', until: minutes(10), since: start });
  t.deepEqual(judged({}, [waiting], 10), { action: 'fail-over' });
  const asleep = stateAfter(planned, event('delivery-deferred', { reason: 'quiet-hours', until: minutes(480) }));
  t.deepEqual(judged({}, [asleep], 60), { action: 'wait', until: minutes(490), since: minutes(480) });
});

test('nothing follows what was cancelled, or is told by a digest', (t) => {
  t.deepEqual(judged({}, [stateAfter(...histories.cancelled)], 60), { action: 'stop' });
  t.deepEqual(judged({}, [stateAfter(...histories.digested), accepted(0)], 60), { action: 'stop' });
});

test('what stands in the notification centre is confirmed by its person alone', (t) => {
  const shown: PlannedDelivery = { ...delivered, plan: { ...plan, channel: 'in-app' } };
  const after = (centre: CentreState, unless: FailoverStep['unless'], item: ItemState = {}) =>
    judgeFailover({ step: { ...bySms, unless }, deliveries: [{ ...shown, item }], centre, since: start, at: minutes(60) }).action;
  t.is(after(NOTHING_READ, 'delivered'), 'fail-over');
  t.is(after({ ...NOTHING_READ, seenUpTo: minutes(5) }, 'delivered'), 'stop', 'they have looked');
  t.is(after({ ...NOTHING_READ, seenUpTo: minutes(5) }, 'opened'), 'fail-over');
  t.is(after({ ...NOTHING_READ, read: { upTo: minutes(5), number: 1 } }, 'opened'), 'stop');
  t.is(after(NOTHING_READ, 'opened', { read: 'read' }), 'stop');
  t.is(after(NOTHING_READ, 'opened', { archived: true }), 'stop');
});

const request = { channels: ['push'], from: start, expiresAt: plus(start, HOUR_MS) } as const;

test('a failover is refused that has a channel twice, too many steps, or a step that comes too late', (t) => {
  const refusal = (...steps: readonly FailoverStep[]) => refusalOfFailover(steps, request)?.outcome;
  t.is(refusal(), undefined);
  t.is(refusal(bySms, byEmail), undefined);
  t.is(refusal(bySms, { ...byEmail, channel: 'sms' }), 'refused');
  t.is(refusal({ ...bySms, channel: 'push' }), 'refused', 'it begins with it');
  t.is(refusal({ ...bySms, afterMinutes: 0 }), 'refused');
  t.is(refusal({ ...bySms, afterMinutes: 30 }, byEmail), 'refused', 'it has expired by then');
  t.is(
    refusalOfFailover(
      Array.from({ length: FAILOVER_STEPS_MAX + 1 }, () => bySms),
      { ...request, channels: [] },
    )?.outcome,
    'refused',
  );
});

test('of a template’s failover a request takes the steps that go on from its own channels, and in time', (t) => {
  t.deepEqual(failoverFrom([bySms, byEmail], request), [bySms, byEmail]);
  t.deepEqual(failoverFrom([bySms, byEmail], { ...request, channels: ['push', 'sms'] }), [byEmail]);
  t.deepEqual(failoverFrom([bySms, byEmail], { ...request, expiresAt: minutes(40) }), [bySms]);
});

const ann = 'ann' as PersonId;
const requested: RequestedNotification = {
  notification: 'n-1' as NotificationId,
  source: { kind: 'app', app: 'shop' as AppId },
  recipients: [ann],
  subject: ann,
  category: 'news',
  critical: false,
  atMostOnce: false,
  channels: ['email'],
  failover: [bySms],
  content: { body: 'Hello' },
  priority: 'normal',
  expiresAt: plus(start, DAY_MS),
  at: start,
};
const recipient: Recipient = {
  person: ann,
  user: { status: 'registered', login: 'hmac' },
  contacts: (['email', 'phone'] as const).reduce(
    (state, kind) => contacts.evolve(state, { type: 'people.contact-set.v1', data: { kind, endpoint: kind as string as EndpointId, address: 'secret' } }),
    contacts.initialState,
  ),
  preferences: preferences.evolve(preferences.initialState, { type: 'people.enrolled.v1', data: { app: 'shop' as AppId } }),
  app: { status: 'active' },
};
const routes = { deliveryOf: ({ channel }: Pick<Plan, 'channel'>) => `by ${channel}` as DeliveryId, vendorOf: () => 'vendor' };

test('a step plans its own channel alone, and says what it stands in for', (t) => {
  const placeOf = (turn?: FailoverTurn, request = requested) =>
    planDeliveries(request, recipient, { routes, at: start, turn }).map(({ channel, failover }) => ({ channel, failover }));
  const first = { channel: 'email', failover: { step: 0, nextAfterMinutes: 10 } } as const;
  t.deepEqual(placeOf(), [first]);
  t.deepEqual(
    placeOf(undefined, { ...requested, channels: ['email', 'sms'], channelsByDefault: true }),
    [first],
    'a request that names no channel begins on the others',
  );
  const instead = { deliveries: ['delivery-email' as DeliveryId], unless: 'delivered' } as const;
  t.deepEqual(placeOf({ step: 1, instead }), [{ channel: 'sms', failover: { step: 1, instead } }]);
});
