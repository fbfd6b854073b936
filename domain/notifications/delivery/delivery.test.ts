import test from 'ava';
import fc from 'fast-check';
import { accept, refuse } from '../../shared/decider.ts';
import { plus } from '../../shared/instant.ts';
import { delivery } from './delivery.ts';
import { isEnded } from './delivery-state.ts';
import type { DeliveryEvent } from '../events.ts';
import { anyCommands, commands, event, histories, eventsAfter, later, plan, start, type CommandName, type Status } from './test-fixture.ts';

/** Where each command leads from each status: `.` changes nothing, `!` is refused. A change of the machine is a change of this table. */
const table = `
                  none      planned    deferred  queued     attempting  waiting   unknown     accepted
  plan            queued    .          .         .          .           .         .           .
  release         !         !          queued    !          !           !         !           !
  suppress        !         suppressed !         suppressed !           !         !           !
  defer           !         deferred   !         deferred   !           !         !           !
  digest          !         digested   !         !          !           !         !           !
  queue           !         queued     !         .          !           queued    !           !
  show            !         !          !         !          !           !         !           !
  mark            !         !          !         !          !           !         !           !
  reroute         !         !          !         queued     !           !         !           !
  start-attempt   !         !          !         attempting !           !         attempting  !
  accept          !         !          !         !          accepted    .         accepted    .
  reject          !         !          !         !          failed      .         failed      .
  schedule-retry  !         !          !         !          waiting     .         waiting     .
  outcome-unknown !         !          !         !          unknown     .         .           .
  fail            !         failed     !         failed     !           failed    failed      !
  cancel          !         cancelled  cancelled cancelled  attempting  cancelled unknown     .
  expire          !         expired    expired   expired    !           expired   expired     .
  forget          .         .          .         .          .           .         .           none
  taken           !         !          !         !          accepted    !         accepted    .
  confirm         !         !          !         !          delivered   !         delivered   delivered
  undelivered     !         !          !         !          undelivered !         undelivered undelivered
  engagement      !         !          !         !          accepted    !         accepted    accepted
  callbacks       !         !          !         !          delivered   !         delivered   delivered

                  suppressed digested cancelled expired failed delivered undelivered
  plan            .          .        .         .       .      .         .
  release         !          !        !         !       !      !         !
  suppress        .          !        !         !       !      !         !
  defer           !          !        !         !       !      !         !
  digest          !          .        !         !       !      !         !
  queue           !          !        !         !       !      !         !
  show            !          !        !         !       !      .         !
  mark            !          !        !         !       !      !         !
  reroute         !          !        !         !       !      !         !
  start-attempt   !          !        !         !       !      !         !
  accept          !          !        !         !       .      .         .
  reject          !          !        !         !       .      .         .
  schedule-retry  !          !        !         !       .      .         .
  outcome-unknown !          !        !         !       .      .         .
  fail            !          !        !         !       .      !         !
  cancel          .          .        .         .       .      .         .
  expire          .          .        .         .       .      .         .
  forget          none       none     none      none    none   none      none
  taken           .          .        .         .       .      .         .
  confirm         .          .        .         .       .      .         delivered
  undelivered     .          .        .         .       .      .         .
  engagement      .          .        .         .       failed delivered undelivered
  callbacks       .          .        .         .       failed delivered delivered
`;

type Cell = { readonly status: string; readonly command: string; readonly leadsTo: string };

const cells: readonly Cell[] = table
  .split(/\n\s*\n/)
  .map((part) => part.split('\n').filter((line) => line.trim() !== ''))
  .flatMap(([statuses = '', ...rows]) =>
    rows.flatMap((row) => {
      const [command = '', ...leads] = row.trim().split(/\s+/);
      const names = statuses.trim().split(/\s+/);
      return leads.map((leadsTo, column) => ({ status: names[column] ?? '', command, leadsTo }));
    }),
  );

const stateOf = (...history: readonly DeliveryEvent[]) => history.reduce(delivery.evolve, delivery.initialState);

test('the table has a cell for every status and command, and each history leads to its status', (t) => {
  const pairs = Object.keys(histories).flatMap((status) => Object.keys(commands).map((command) => `${status} ${command}`));
  t.deepEqual(cells.map(({ status, command }) => `${status} ${command}`).toSorted(), pairs.toSorted());
  for (const [status, history] of Object.entries(histories)) t.is(stateOf(...history).status, status as Status);
});

for (const { status, command, leadsTo } of cells) {
  test(`${status}, ${command}: ${leadsTo === '.' ? 'changes nothing' : leadsTo === '!' ? 'is refused' : `leads to ${leadsTo}`}`, (t) => {
    const before = stateOf(...histories[status as Status]);
    const decision = delivery.decide(before, commands[command as CommandName]);
    if (leadsTo === '!') {
      const refusal = status === 'none' ? { code: 'delivery-unknown' } : { code: 'delivery-status-conflict', facts: { status } };
      t.deepEqual(decision, { outcome: 'refused', refusal } as typeof decision);
    } else if (decision.outcome === 'accepted') {
      t.is(decision.events.length === 0 ? '.' : decision.events.reduce(delivery.evolve, before).status, leadsTo);
    } else t.fail(decision.refusal.code);
  });
}

test('a status is final if the table has only corrections that leave it', (t) => {
  const left = new Set(
    cells.filter(({ status, command, leadsTo }) => command !== 'forget' && !['.', '!', status].includes(leadsTo)).map(({ status }) => status),
  );
  left.delete('undelivered');
  for (const [status, history] of Object.entries(histories)) t.is(isEnded(stateOf(...history)), !left.has(status), status);
});

const typesOf = (life: readonly DeliveryEvent[]) => life.map(({ type }) => type.slice('notifications.'.length, -'.v1'.length));

test('under any commands, a delivery is accepted at most once and attempts nothing after that', (t) => {
  fc.assert(
    fc.property(anyCommands, (asked) => {
      const types = typesOf(eventsAfter({ ...commands.plan, at: start }, asked));
      const accepted = types.indexOf('attempt-accepted');
      t.is(accepted, types.lastIndexOf('attempt-accepted'));
      if (accepted !== -1) t.false(types.slice(accepted).includes('attempt-started'));
    }),
    { numRuns: 1_000 },
  );
});

test('under any commands, attempts count from 1, and one that may repeat another says so', (t) => {
  fc.assert(
    fc.property(anyCommands, (asked) => {
      const doubtful = new Set<number>();
      let attempts = 0;
      for (const { type, data } of eventsAfter({ ...commands.plan, at: start }, asked)) {
        if (type === 'notifications.attempt-started.v1') {
          t.is(data.attempt, ++attempts);
          t.is(data.mayRepeat, doubtful.size > 0);
        }
        if (type === 'notifications.outcome-unknown.v1') doubtful.add(data.attempt);
        if (type === 'notifications.attempt-rejected.v1' || type === 'notifications.retry-scheduled.v1') doubtful.delete(data.attempt);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('under any commands, a delivery that may not be sent twice is attempted only after a clean answer', (t) => {
  fc.assert(
    fc.property(anyCommands, (asked) => {
      const life = eventsAfter({ ...commands.plan, atMostOnce: true, at: start }, asked);
      t.true(life.every(({ type, data }) => type !== 'notifications.attempt-started.v1' || !data.mayRepeat));
    }),
    { numRuns: 1_000 },
  );
});

test('under any commands, only a correction, an engagement or its end follows a final state, and no attempt follows a noted cancellation', (t) => {
  const ends = [
    'delivery-suppressed',
    'delivery-digested',
    'delivery-cancelled',
    'delivery-expired',
    'delivery-failed',
    'delivery-undelivered',
    'delivery-confirmed',
  ];
  fc.assert(
    fc.property(anyCommands, (asked) => {
      const types = typesOf(eventsAfter({ ...commands.plan, at: start }, asked));
      const end = types.findIndex((type) => ends.includes(type));
      const after = end === -1 ? [] : types.slice(end + 1).filter((type) => !['engagement-seen', 'delivery-forgotten'].includes(type));
      t.deepEqual(after, types[end] === 'delivery-undelivered' && after.length > 0 ? ['delivery-confirmed'] : []);
      const noted = types.indexOf('cancellation-noted');
      if (noted !== -1) t.false(types.slice(noted).includes('attempt-started'));
    }),
    { numRuns: 1_000 },
  );
});

test('what was forgotten is planned no second time, and nothing else is known of it', (t) => {
  const forgotten: DeliveryEvent = event('delivery-forgotten', {
    notification: plan.notification,
    recipient: plan.recipient,
    channel: plan.channel,
    at: commands.forget.at,
  });
  t.deepEqual(delivery.decide(stateOf(...histories.delivered), commands.forget), accept(forgotten));
  // The view may not have had the last event when it was asked what is old.
  for (const last of [event('engagement-seen', { what: 'opened', at: later }), event('item-marked', { mark: 'read', at: later } as never)]) {
    const state = stateOf(...histories.delivered, last);
    t.deepEqual(delivery.decide(state, { ...commands.forget, upTo: plus(later, -1) }), accept(), last.type);
    t.deepEqual(delivery.decide(state, { ...commands.forget, upTo: later }), accept(forgotten), last.type);
  }
  for (const before of [stateOf(...histories.delivered, forgotten), stateOf(forgotten)]) {
    t.deepEqual(delivery.decide(before, commands.plan), accept());
    t.deepEqual(delivery.decide(before, commands.forget), accept());
    t.deepEqual(delivery.decide(before, commands.confirm), refuse('delivery-unknown'));
  }
});
