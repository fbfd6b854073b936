import test, { type ExecutionContext } from 'ava';
import type { NotificationChannel } from '../../domain/people/events.ts';
import type { DeliveryId, NotificationId } from '../../domain/shared/ids.ts';
import type { Attempt, Outcome, Sender, Target } from './port.ts';

/** What the vendor, or a simulator of it, can be told to do with every message. */
const VENDOR_DOES = [
  'accept',
  'accept slowly',
  'reject',
  'say that the endpoint is gone',
  'refuse our credentials',
  'limit the rate',
  'be unavailable',
  'hang',
  'drop the connection before taking',
  'drop the connection after taking',
] as const;
export type VendorDoes = (typeof VENDOR_DOES)[number];

export type SenderUnderTest = AsyncDisposable & {
  readonly sender: Sender;
  /** Slowly is after `SLOW_MS`; a rate is limited for `RETRY_AFTER_MS`. */
  readonly tell: (does: VendorDoes) => void;
  /** How many messages of this delivery the vendor has taken. */
  readonly taken: (delivery: DeliveryId) => Promise<number>;
};

export const SLOW_MS = 200;
export const RETRY_AFTER_MS = 7_000;
/** Shorter than a hang, and longer than anything else takes on a busy machine. */
const DEADLINE_MS = 2_000;
const TIGHT_DEADLINE_MS = SLOW_MS / 4;
/** How long after its deadline an attempt must have come back, on a machine that is busy with other things. */
const OVERRUN_MAX_MS = 5_000;

/** What each may be answered with. 'retry' promises that nothing was taken, so a sender that can't be sure says 'unknown'. */
const OUTCOMES: Readonly<Record<VendorDoes, readonly Outcome['outcome'][]>> = {
  accept: ['accepted'],
  'accept slowly': ['accepted'],
  reject: ['rejected'],
  'say that the endpoint is gone': ['rejected'],
  'refuse our credentials': ['rejected'],
  'limit the rate': ['retry'],
  'be unavailable': ['retry', 'unknown'],
  hang: ['unknown'],
  'drop the connection before taking': ['retry', 'unknown'],
  'drop the connection after taking': ['unknown'],
};
const TAKEN: Readonly<Record<Outcome['outcome'], readonly number[]>> = { accepted: [1], rejected: [0], retry: [0], unknown: [0, 1] };

/** Each adapter's test file is one call a vendor: `senderContract('outbox-push', openPush)`. */
export function senderContract(adapter: string, open: () => Promise<SenderUnderTest>): void {
  const check = (title: string, body: (t: ExecutionContext, tested: SenderUnderTest) => Promise<void>) =>
    test(`${adapter}: ${title}`, async (t) => {
      await using tested = await open();
      await body(t, tested);
    });

  for (const does of VENDOR_DOES) {
    check(`when the vendor is to ${does}, the outcome says so, and what it says was taken was`, async (t, { sender, tell, taken }) => {
      tell(does);
      const attempt = attemptOf(sender.channel, 'd1', AbortSignal.timeout(DEADLINE_MS));
      const outcome = await sender.send(attempt);
      t.true(OUTCOMES[does].includes(outcome.outcome), JSON.stringify(outcome));
      t.true(TAKEN[outcome.outcome].includes(await taken(attempt.delivery)));
      t.is(outcome.outcome === 'rejected' && outcome.endpointLost === true, does === 'say that the endpoint is gone');
      t.is(outcome.outcome === 'rejected' && outcome.account === true, does === 'refuse our credentials');
      t.is(outcome.outcome === 'retry' ? outcome.retryAfterMs : undefined, does === 'limit the rate' ? RETRY_AFTER_MS : undefined);
    });
  }

  check('each accepted message has an id of its own', async (t, { sender, tell, taken }) => {
    tell('accept');
    const deliveries = Array.from({ length: 30 }, (_, i) => `d${i}`);
    const outcomes = await Promise.all(deliveries.map((delivery) => sender.send(attemptOf(sender.channel, delivery, AbortSignal.timeout(DEADLINE_MS)))));
    t.is(new Set(outcomes.map((outcome) => outcome.outcome === 'accepted' && outcome.vendorId)).size, 30);
    t.deepEqual(await Promise.all(deliveries.map((delivery) => taken(delivery as DeliveryId))), Array(30).fill(1));
  });

  check('what was taken twice is seen to be', async (t, { sender, tell, taken }) => {
    tell('drop the connection after taking');
    const first = await sender.send(attemptOf(sender.channel, 'd1', AbortSignal.timeout(DEADLINE_MS)));
    tell('accept');
    const second = await sender.send({ ...attemptOf(sender.channel, 'd1', AbortSignal.timeout(DEADLINE_MS)), attempt: 2 });
    t.deepEqual([first.outcome, second.outcome, await taken('d1' as DeliveryId)], ['unknown', 'accepted', 2]);
  });

  check('an attempt whose deadline passes comes back then, and doesn’t say that nothing was taken', async (t, { sender, tell }) => {
    for (const does of ['hang', 'accept slowly'] as const) {
      tell(does);
      const begin = performance.now();
      const outcome = await sender.send(attemptOf(sender.channel, 'd1', AbortSignal.timeout(TIGHT_DEADLINE_MS)));
      t.is(outcome.outcome, 'unknown');
      t.true(performance.now() - begin < TIGHT_DEADLINE_MS + OVERRUN_MAX_MS);
    }
  });

  check('an attempt whose deadline has passed before takes nothing to the vendor', async (t, { sender, tell, taken }) => {
    tell('accept');
    const outcome = await sender.send(attemptOf(sender.channel, 'd1', AbortSignal.abort()));
    t.deepEqual([outcome.outcome, await taken('d1' as DeliveryId)], ['retry', 0]);
  });

  check('asked about what it has in hand, it says what becomes of it, and not that nothing was taken', async (t, { sender, tell, taken }) => {
    if (sender.resolveAttempt === undefined) {
      t.pass('it can’t be asked');
      return;
    }
    tell('accept slowly');
    const attempt = attemptOf(sender.channel, 'd1', AbortSignal.timeout(DEADLINE_MS));
    const sending = sender.send(attempt);
    const settled = await sender.resolveAttempt(attempt);
    t.deepEqual([settled?.outcome, (await sending).outcome, await taken('d1' as DeliveryId)], ['accepted', 'accepted', 1]);
    t.is((await sender.resolveAttempt({ ...attempt, attempt: 2 }))?.outcome, 'retry');
  });

  check('a hanging message holds up no other', async (t, { sender, tell }) => {
    tell('hang');
    const hanging = sender.send(attemptOf(sender.channel, 'd1', AbortSignal.timeout(DEADLINE_MS / 2)));
    tell('accept');
    const other = sender.send(attemptOf(sender.channel, 'd2', AbortSignal.timeout(DEADLINE_MS)));
    t.is(await Promise.race([hanging.then(() => 'the hanging one'), other.then(() => 'the other')]), 'the other');
    t.deepEqual([(await other).outcome, (await hanging).outcome], ['accepted', 'unknown']);
  });
}

const TARGETS: Readonly<Record<NotificationChannel, Target>> = {
  push: { channel: 'push', platform: 'fcm', token: 'token-of-ann' },
  sms: { channel: 'sms', phone: '+41791234567' },
  email: { channel: 'email', address: 'ann@example.org', name: 'Ann Ämmer' },
};

export function attemptOf(channel: NotificationChannel, delivery: string, signal: AbortSignal): Attempt {
  return {
    delivery: delivery as DeliveryId,
    notification: 'n1' as NotificationId,
    attempt: 1,
    target: TARGETS[channel],
    content: { title: 'Ferry', body: 'The boat leaves at nine.', url: 'https://example.org/boats' },
    category: 'departures',
    priority: 'high',
    collapseKey: delivery,
    ttlSeconds: 3_600,
    signal,
  };
}
