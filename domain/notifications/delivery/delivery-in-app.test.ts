import test from 'ava';
import type { DeliveryId } from '../../shared/ids.ts';
import { HOUR_MS, plus } from '../../shared/instant.ts';
import { delivery } from './delivery.ts';
import type { DeliveryCommand } from './delivery-commands.ts';
import type { DeliveryState } from './delivery-state.ts';
import { commands } from './test-fixture.ts';

const { type: _, decision: __, at, ...planned } = commands.plan;
const plan = { ...planned, channel: 'in-app', delivery: 'd-1' as DeliveryId } as const;
const mark = (mark: 'read' | 'unread' | 'archived' | 'unarchived', readBefore?: number) =>
  ({ type: 'mark', mark, ...(readBefore !== undefined && { readBefore }), at }) as const;

/** The types of the events of each command, or the code of its refusal, and the state in the end. */
function after(...given: readonly DeliveryCommand[]): { readonly answers: readonly string[][]; readonly state: DeliveryState } {
  let state = delivery.initialState;
  const answers = given.map((command) => {
    const decision = delivery.decide(state, command);
    if (decision.outcome === 'refused') return [decision.refusal.code];
    state = decision.events.reduce(delivery.evolve, state);
    return decision.events.map(({ type }) => type.slice('notifications.'.length, -'.v1'.length));
  });
  return { answers, state };
}
const shown: DeliveryCommand = { type: 'plan', ...plan, decision: { action: 'show' }, at };

test('what is shown in the notification centre is one event, and is delivered with it', (t) => {
  const { answers, state } = after(shown, shown, { type: 'show', at }, { type: 'cancel', at }, { type: 'expire', at: plan.expiresAt });
  t.deepEqual(answers, [['delivered-in-app'], [], [], [], []]);
  t.is(state.status, 'delivered');
  t.like(state, { plan });
});

test('what is planned for later is shown when it is released, and as the same plan', (t) => {
  const until = plus(at, HOUR_MS);
  const later: DeliveryCommand = { type: 'plan', ...plan, decision: { action: 'defer', reason: 'scheduled', until }, at };
  const { answers, state } = after(later, { type: 'release', decision: { action: 'show' }, at: until });
  t.deepEqual(answers, [
    ['delivery-planned', 'delivery-deferred'],
    ['delivery-released', 'delivered-in-app'],
  ]);
  t.like(state, { status: 'delivered', plan });
});

test('what was left undecided is shown, unless its time is over', (t) => {
  const undecided: DeliveryCommand = { type: 'plan', ...plan, at };
  t.deepEqual(after(undecided, { type: 'show', at }).answers, [['delivery-planned'], ['delivered-in-app']]);
  t.deepEqual(after(undecided, { type: 'show', at: plan.expiresAt }).answers, [['delivery-planned'], ['delivery-expired']]);
  t.deepEqual(after({ ...shown, at: plan.expiresAt }).answers, [['delivery-planned', 'delivery-expired']]);
});

test('what is read for the first time was opened, and each marking is said once', (t) => {
  const { answers, state } = after(shown, mark('read'), mark('read'), mark('unread', 0), mark('unread', 0), mark('read'), mark('archived'), mark('archived'));
  t.deepEqual(answers, [['delivered-in-app'], ['item-marked', 'engagement-seen'], [], ['item-marked'], [], ['item-marked'], ['item-marked'], []]);
  t.like(state, { engagements: ['opened'], item: { read: 'read', archived: true } });
});

test('what was never read needs no marking as unread, but where everything was', (t) => {
  t.deepEqual(after(shown, mark('unread', 0)).answers[1], []);
  t.deepEqual(after(shown, mark('unread', 2), mark('unread', 2), mark('unread', 3)).answers.slice(1), [['item-marked'], [], ['item-marked']]);
  t.deepEqual(after(shown, mark('unarchived'), mark('archived'), mark('unarchived')).answers.slice(1), [[], ['item-marked'], ['item-marked']]);
});

test('nothing is marked that doesn’t stand in the centre', (t) => {
  const suppressed: DeliveryCommand = { type: 'plan', ...plan, decision: { action: 'suppress', reason: 'opted-out' }, at };
  t.deepEqual(after(suppressed, mark('read')).answers[1], ['delivery-status-conflict']);
  t.deepEqual(after(mark('read')).answers[0], ['delivery-unknown']);
});
