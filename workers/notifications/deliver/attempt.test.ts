/** One attempt: in which order it asks the gate, the log and the vendor, and how long the vendor may take. */
import test from 'ava';
import { delivery as decider } from '../../../domain/notifications/delivery/delivery.ts';
import type { DeliveryState } from '../../../domain/notifications/delivery/delivery-state.ts';
import type { DeliveryEvent } from '../../../domain/notifications/events.ts';
import { deadline, event, histories, plan, planned, queued, start, unknown, started } from '../../../domain/notifications/delivery/test-fixture.ts';
import { HOUR_MS, MINUTE_MS, plus, type Instant } from '../../../domain/shared/instant.ts';
import type { Attempt, Outcome } from '../../../ports/sender/port.ts';
import type { Vendor } from '../vendors/create-vendors.ts';
import { deliver } from './deliver.ts';
import type { StateCommand } from './deliveries.ts';

type Setting = {
  readonly history?: readonly DeliveryEvent[];
  /** What this process remembers until a command has made it read the log; nothing, where absent. */
  readonly remembered?: readonly DeliveryEvent[];
  readonly outcome?: Outcome;
  readonly isAvailable?: boolean;
  readonly chosen?: string;
  readonly clocks?: readonly Instant[];
  readonly elapsedMs?: readonly number[];
  readonly held?: true;
  readonly isManyServers?: true;
};

/** A delivery in memory, decided as in the log, with a vendor that notes what it is asked. */
function given({
  history = [planned, queued],
  remembered,
  outcome = { outcome: 'accepted', vendorId: 'm-1' },
  isAvailable = true,
  chosen,
  clocks = [],
  elapsedMs = [],
  held,
  isManyServers,
}: Setting = {}) {
  let state: DeliveryState = history.reduce(decider.evolve, decider.initialState);
  let recalled = remembered?.reduce(decider.evolve, decider.initialState);
  const done: string[] = [];
  const released: unknown[] = [];
  const caps: unknown[] = [];
  const sent: Omit<Attempt, 'signal'>[] = [];
  let [reads, elapsedReads] = [0, 0];
  const clock = () => clocks[Math.min(reads++, clocks.length - 1)] ?? start;
  const issue = async (_: unknown, command: StateCommand) => {
    const decision = decider.decide(state, command);
    recalled = undefined;
    if (decision.outcome === 'refused') return decision;
    done.push(command.type);
    state = decision.events.reduce(decider.evolve, state);
    return { outcome: 'appended', stream: 's', revision: 0, position: 'p' as never, repeated: false, events: decision.events } as const;
  };
  const vendor = {
    sender: {
      vendor: 'fcm',
      channel: 'push',
      drawKey: () => 'drawn',
      isManyServers,
      send: async ({ signal, ...message }: Attempt) => {
        if (signal.aborted) throw new Error('The signal aborts at the deadline, and not before.');
        done.push('send');
        sent.push(message);
        return outcome;
      },
    },
    gate: { isAvailable: () => isAvailable, acquire: async () => void done.push('acquire'), release: (health: unknown) => void released.push(health) },
  } as unknown as Vendor;
  const work = deliver(
    {
      vendor,
      routing: { now: async () => ({ isPluggedIn: () => true, vendorFor: () => chosen }) },
      deliveries: {
        recall: () => recalled,
        load: async () => state,
        issue,
        repeatable: (of, command) => () => issue(of, command),
      },
      prepareMessage: async (_, options) => {
        caps.push(options.attempt);
        return held === true
          ? { action: 'cancel' }
          : ({ action: 'attempt', destination: { endpoint: plan.endpoint }, message: { target: { channel: 'push' } } } as never);
      },
      holdBack: async () => void done.push('hold-back'),
      chooseVendor: async () => chosen,
      recordOutcome: async (_, its) => void done.push(its.outcome),
      report: () => undefined,
      runtime: { clock, sleep: async () => undefined, monotonicMs: () => elapsedMs[Math.min(elapsedReads++, elapsedMs.length - 1)] ?? 0 },
    },
    new AbortController().signal,
    { attemptDeadlineMs: MINUTE_MS },
  );
  return { attempt: () => work({ data: { delivery: plan.delivery } }), done, released, caps, sent };
}

test('an attempt passes the gate, is in the log before the vendor is called, and tells the gate how it went', async (t) => {
  const { attempt, done, released, caps, sent } = given();
  await attempt();
  t.deepEqual(done, ['acquire', 'start-attempt', 'send', 'accepted']);
  t.deepEqual([released, caps], [['succeeded'], ['first']]);
  t.is(sent[0]?.attempt, 1);
});

for (const [outcome, health] of [
  [{ outcome: 'rejected', reason: 'bad' }, 'succeeded'],
  [{ outcome: 'rejected', reason: 'who are you', account: true }, 'account-refused'],
  [{ outcome: 'retry', reason: 'busy' }, 'failed'],
  [{ outcome: 'unknown', reason: 'no answer' }, 'failed'],
] as const) {
  test(`a vendor’s ${outcome.outcome}${'account' in outcome ? ' of our account' : ''} tells the gate ${health}`, async (t) => {
    const { attempt, released } = given({ outcome });
    await attempt();
    t.deepEqual(released, [health]);
  });
}

test('an answer of a vendor that is many servers tells the gate nothing, for it tells nothing of the other servers', async (t) => {
  for (const outcome of [
    { outcome: 'retry', reason: 'busy' },
    { outcome: 'accepted', vendorId: 'm-1' },
  ] as const) {
    const { attempt, done, released } = given({ outcome, isManyServers: true });
    await attempt();
    t.deepEqual([done.at(-1), released], [outcome.outcome, [undefined]]);
  }
});

test('a delivery that is held back, gone to another vendor or ended is not attempted, and the gate is told of no attempt', async (t) => {
  for (const [setting, expected] of [
    [{ held: true }, ['acquire', 'hold-back']],
    [{ history: [planned] }, ['acquire']],
    [{ history: [planned, { ...queued, data: { ...queued.data, vendor: 'other' } } as DeliveryEvent] }, ['acquire']],
    [{ clocks: [plus(start, 25 * HOUR_MS)] }, ['acquire', 'expire']],
  ] as const) {
    const { attempt, done, released } = given(setting);
    await attempt();
    t.deepEqual([done, released], [expected, [undefined]]);
  }
});

test('an attempt of unknown outcome is repeated only later, and no cap holds it back, for it may have been sent', async (t) => {
  const history = [planned, queued, started(1, true), unknown()];
  const early = given({ history });
  await early.attempt();
  t.deepEqual(early.done, ['acquire']);
  const late = given({ history, clocks: [plus(start, 12 * HOUR_MS)] });
  await late.attempt();
  t.deepEqual(late.done, ['acquire', 'start-attempt', 'send', 'accepted']);
  t.deepEqual([late.caps, late.sent[0]?.attempt], [['none'], 2]);
});

test('caps are asked about before each attempt that may still be held back', async (t) => {
  const waiting = event('retry-scheduled', { attempt: 1, reason: 'busy', retryAt: start });
  const history = [planned, queued, started(1, false), waiting, event('delivery-queued', { vendor: 'fcm' })];
  const again = given({ history });
  await again.attempt();
  t.deepEqual(again.caps, ['later']);
});

test('a process that remembers a delivery as never attempted repeats an unknown attempt under the key that the vendor knows it by', async (t) => {
  const first = event('attempt-started', { attempt: 1, vendor: 'fcm', vendorKey: 'first', deadline, mayRepeat: false });
  const repeated = given({ history: [planned, queued, first, unknown()], remembered: [planned, queued], clocks: [plus(start, 12 * HOUR_MS)] });
  await repeated.attempt();
  t.deepEqual(
    repeated.sent.map(({ attempt, vendorKey }) => [attempt, vendorKey]),
    [[2, 'first']],
  );
  t.deepEqual(repeated.caps.at(-1), 'none');
});

test('the key is carried on past an attempt that was certainly not taken, and for no longer than the vendor knows it', async (t) => {
  const first = event('attempt-started', { attempt: 1, vendor: 'fcm', vendorKey: 'first', deadline, mayRepeat: false });
  const second = event('attempt-started', { attempt: 2, vendor: 'fcm', vendorKey: 'first', deadline, mayRepeat: true, at: plus(start, 12 * HOUR_MS) });
  const refused = event('retry-scheduled', { attempt: 2, reason: '503', retryAt: plus(start, 12 * HOUR_MS) });
  const history = [planned, queued, first, unknown(), second, refused, queued];
  const keysAt = async (hours: number) => {
    const third = given({ history, clocks: [plus(start, hours * HOUR_MS)] });
    await third.attempt();
    return third.sent.map(({ attempt, vendorKey }) => [attempt, vendorKey]);
  };
  t.deepEqual(await keysAt(13), [[3, 'first']]);
  t.deepEqual(await keysAt(23), [[3, 'drawn']]); // 23 hours after the first attempt, and 11 after the second
});

test('while its vendor is unavailable, a delivery goes to another without an attempt, and waits where there is none', async (t) => {
  const elsewhere = given({ isAvailable: false, chosen: 'apns' });
  await elsewhere.attempt();
  t.deepEqual([elsewhere.done, elsewhere.released], [['reroute'], []]);
  for (const chosen of [undefined, 'fcm']) {
    const waiting = given({ isAvailable: false, ...(chosen === undefined ? {} : { chosen }) });
    await waiting.attempt();
    t.deepEqual(waiting.done, ['acquire', 'start-attempt', 'send', 'accepted']);
  }
});

test('while a vendor is unavailable, only what is queued for it goes to another: what it may have taken already waits for it', async (t) => {
  const away = { isAvailable: false, chosen: 'apns', clocks: [plus(start, 12 * HOUR_MS)] };
  const mayBeTaken = given({ ...away, history: [planned, queued, started(1, true), unknown()] });
  await mayBeTaken.attempt();
  t.deepEqual(mayBeTaken.done, ['acquire', 'start-attempt', 'send', 'accepted']);
  for (const history of [[planned, event('delivery-queued', { vendor: 'other' })], histories.waiting, histories.cancelled]) {
    const left = given({ ...away, history });
    await left.attempt();
    t.deepEqual([left.done, left.released], [[], []]);
  }
});

test('a worker that stalled until the deadline, by either clock, sends nothing any more', async (t) => {
  for (const setting of [{ clocks: [start, start, plus(start, MINUTE_MS)] }, { elapsedMs: [0, MINUTE_MS] }]) {
    const { attempt, done } = given(setting);
    await attempt();
    t.deepEqual(done, ['acquire', 'start-attempt', 'retry']);
  }
  const { attempt, done } = given({ clocks: [start, start, plus(start, MINUTE_MS - 1)], elapsedMs: [0, MINUTE_MS - 1] });
  await attempt();
  t.deepEqual(done, ['acquire', 'start-attempt', 'send', 'accepted']);
});
