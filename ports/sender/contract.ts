import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import type { SentChannel } from '../../domain/people/notification-channels.ts';
import type { DeliveryId, NotificationId } from '../../domain/shared/ids.ts';
import { instant } from '../../domain/shared/instant.ts';
import type { Attempt, AttemptToResolve, Outcome, Sender, Target } from './port.ts';
import { RETRY_AFTER_MS, SLOW_MS } from './vendor-times.ts';

/** The behaviours that the vendor, or a simulator of it, can be told to show for every message. */
const VENDOR_DOES = [
  'accept',
  'accept slowly',
  'reject',
  'say that the endpoint is gone',
  'refuse our credentials',
  'limit the rate',
  'be unavailable',
  'hang',
  'drop the connection before accepting',
  'drop the connection after accepting',
] as const;
export type VendorDoes = (typeof VENDOR_DOES)[number];

export type SenderUnderTest = AsyncDisposable & {
  readonly sender: Sender;
  /** 'accept slowly' takes `SLOW_MS`; 'limit the rate' asks to retry after `RETRY_AFTER_MS`. */
  readonly tell: (does: VendorDoes) => Promise<void>;
  /** How many messages of this delivery the vendor has accepted. */
  readonly accepted: (delivery: DeliveryId) => Promise<number>;
  /** How many messages the vendor was asked to take, whatever it did; absent where it can't tell. */
  readonly asked?: () => number;
  /** The `traceparent` of each request that the vendor got; absent where it is no vendor over HTTP. */
  readonly traceparents?: () => readonly (string | undefined)[];
  /** It finds messages that the vendor has, and never says of one that the vendor hasn't. */
  readonly findsOnly?: true;
  /** Shorter than a hang, and longer than anything else takes on a busy machine. */
  readonly deadlineMs?: number;
};

const DEADLINE_MS = 2_000;
const POLL_MS = 5;
const TIGHT_DEADLINE_MS = SLOW_MS / 4;
/** How long after its deadline an attempt must have come back, on a machine that is busy with other things. */
const OVERRUN_MAX_MS = 5_000;

/** The outcomes allowed for each behaviour. 'retry' promises that nothing was accepted, so a sender that can't be sure says 'unknown'. */
const OUTCOMES: Readonly<Record<VendorDoes, readonly Outcome['outcome'][]>> = {
  accept: ['accepted'],
  'accept slowly': ['accepted'],
  reject: ['rejected'],
  'say that the endpoint is gone': ['rejected'],
  'refuse our credentials': ['rejected'],
  'limit the rate': ['retry'],
  'be unavailable': ['retry', 'unknown'],
  hang: ['unknown'],
  'drop the connection before accepting': ['retry', 'unknown'],
  'drop the connection after accepting': ['unknown'],
};
const ACCEPTED_COUNTS: Readonly<Record<Outcome['outcome'], readonly number[]>> = { accepted: [1], rejected: [0], retry: [0], unknown: [0, 1] };

export type AddTest = (title: string, body: (t: ExecutionContext) => Promise<void>) => void;

/** Each adapter's test file is one call a vendor: `senderContract('outbox-push', openPush)`. */
export function senderContract(adapter: string, open: () => Promise<SenderUnderTest>, addTest: AddTest = test): void {
  const check = (title: string, body: (t: ExecutionContext, tested: SenderUnderTest) => Promise<void>) =>
    addTest(`${adapter}: ${title}`, async (t) => {
      await using tested = await open();
      await body(t, tested);
    });

  for (const does of VENDOR_DOES) {
    check(
      `told to ${does}: the outcome says so, and the vendor has accepted what the outcome says`,
      async (t, { sender, tell, accepted, deadlineMs = DEADLINE_MS }) => {
        await tell(does);
        const attempt = attemptOf(sender.channel, 'd1', AbortSignal.timeout(deadlineMs));
        const outcome = await sender.send(attempt);
        t.true(OUTCOMES[does].includes(outcome.outcome), JSON.stringify(outcome));
        t.true(ACCEPTED_COUNTS[outcome.outcome].includes(await accepted(attempt.delivery)));
        t.is(outcome.outcome === 'rejected' && outcome.endpointLost === true, does === 'say that the endpoint is gone');
        t.is(outcome.outcome === 'rejected' && outcome.account === true, does === 'refuse our credentials');
        t.is(outcome.outcome === 'retry' ? outcome.retryAfterMs : undefined, does === 'limit the rate' ? RETRY_AFTER_MS : undefined);
      },
    );
  }

  check('an attempt tells the vendor its place in a trace, where it has one', async (t, { sender, tell, traceparents, deadlineMs = DEADLINE_MS }) => {
    if (traceparents === undefined) {
      t.pass('it is no vendor over HTTP');
      return;
    }
    await tell('accept');
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await sender.send(attemptOf(sender.channel, 'd1', AbortSignal.timeout(deadlineMs)));
    t.false(traceparents().some((one) => one !== undefined));
    await sender.send({ ...attemptOf(sender.channel, 'd2', AbortSignal.timeout(deadlineMs)), traceparent });
    t.is(traceparents().at(-1), traceparent);
  });

  check('each accepted message has its own id', async (t, { sender, tell, accepted, deadlineMs = DEADLINE_MS }) => {
    await tell('accept');
    const deliveries = Array.from({ length: 30 }, (_, i) => `d${i}`);
    const outcomes = await Promise.all(deliveries.map((delivery) => sender.send(attemptOf(sender.channel, delivery, AbortSignal.timeout(deadlineMs)))));
    t.is(new Set(outcomes.map((outcome) => outcome.outcome === 'accepted' && outcome.vendorId)).size, 30);
    t.deepEqual(await Promise.all(deliveries.map((delivery) => accepted(delivery as DeliveryId))), Array(30).fill(1));
  });

  check('a message that was accepted twice is counted twice', async (t, { sender, tell, accepted, deadlineMs = DEADLINE_MS }) => {
    await tell('drop the connection after accepting');
    const first = await sender.send(attemptOf(sender.channel, 'd1', AbortSignal.timeout(deadlineMs)));
    await tell('accept');
    const second = await sender.send({ ...attemptOf(sender.channel, 'd1', AbortSignal.timeout(deadlineMs)), attempt: 2 });
    t.deepEqual([first.outcome, second.outcome, await accepted('d1' as DeliveryId)], ['unknown', 'accepted', 2]);
  });

  check('an attempt ends at its deadline, and claims that nothing was accepted only where nothing is', async (t, { sender, tell, accepted }) => {
    for (const [delivery, does] of [
      ['d1', 'hang'],
      ['d2', 'accept slowly'],
    ] as const) {
      await tell(does);
      const begin = performance.now();
      const outcome = await sender.send(attemptOf(sender.channel, delivery, AbortSignal.timeout(TIGHT_DEADLINE_MS)));
      t.true(performance.now() - begin < TIGHT_DEADLINE_MS + OVERRUN_MAX_MS);
      if (outcome.outcome === 'unknown') continue;
      t.is(outcome.outcome, 'retry'); // as where no connection was made in so short a time
      await delay(2 * SLOW_MS);
      t.is(await accepted(delivery as DeliveryId), 0);
    }
  });

  check('an attempt whose deadline has passed already sends nothing', async (t, { sender, tell, accepted }) => {
    await tell('accept');
    const outcome = await sender.send(attemptOf(sender.channel, 'd1', AbortSignal.abort()));
    t.deepEqual([outcome.outcome, await accepted('d1' as DeliveryId)], ['retry', 0]);
  });

  check(
    'resolving an attempt that is still under way answers its outcome, and not that nothing was accepted',
    async (t, { sender, tell, accepted, findsOnly, deadlineMs = DEADLINE_MS }) => {
      if (sender.resolveAttempt === undefined) {
        t.pass('it resolves no attempts');
        return;
      }
      await tell('accept slowly');
      const attempt = attemptOf(sender.channel, 'd1', AbortSignal.timeout(deadlineMs));
      const sending = sender.send(attempt);
      const resolved = await sender.resolveAttempt(toResolve(attempt));
      t.true([...(findsOnly === true ? [undefined] : []), 'accepted'].includes(resolved?.outcome));
      t.deepEqual([(await sending).outcome, await accepted('d1' as DeliveryId)], ['accepted', 1]);
      t.is((await sender.resolveAttempt(toResolve({ ...attempt, attempt: 2 })))?.outcome, findsOnly === true ? undefined : 'retry');
    },
  );

  check('an attempt whose answer was lost resolves to what the vendor has', async (t, { sender, tell, accepted, findsOnly, deadlineMs = DEADLINE_MS }) => {
    if (sender.resolveAttempt === undefined) {
      t.pass('it resolves no attempts');
      return;
    }
    const lose = async (delivery: string, does: VendorDoes) => {
      await tell(does);
      const attempt = attemptOf(sender.channel, delivery, AbortSignal.timeout(deadlineMs));
      const sent = { ...attempt, content: { body: `The boat of ${delivery} leaves at nine.` } };
      await sender.send(sent);
      return { asked: await sender.resolveAttempt?.(toResolve(sent)), again: await sender.resolveAttempt?.(toResolve(sent)) };
    };
    const taken = await lose('d1', 'drop the connection after accepting');
    t.is(taken.asked?.outcome, 'accepted');
    t.deepEqual(taken.again, taken.asked);
    t.is((await lose('d2', 'drop the connection before accepting')).asked?.outcome, findsOnly === true ? undefined : 'retry');
    t.deepEqual([await accepted('d1' as DeliveryId), await accepted('d2' as DeliveryId)], [1, 0]);
  });

  check('a hanging message delays no other', async (t, { sender, tell, asked, deadlineMs = DEADLINE_MS }) => {
    await tell('hang');
    const ending = new AbortController();
    const hanging = sender.send(attemptOf(sender.channel, 'd1', ending.signal));
    if (asked === undefined)
      await delay(deadlineMs / 8); // until the vendor has it
    else while (asked() === 0) await delay(POLL_MS);
    await tell('accept');
    const other = sender.send(attemptOf(sender.channel, 'd2', AbortSignal.timeout(deadlineMs)));
    t.is(await Promise.race([hanging.then(() => 'the hanging one'), other.then(() => 'the other')]), 'the other');
    ending.abort();
    t.deepEqual([(await other).outcome, (await hanging).outcome], ['accepted', 'unknown']);
  });
}

const toResolve = (attempt: Attempt): AttemptToResolve => ({ ...attempt, startedAt: instant(Date.now()), message: async () => attempt });

const TARGETS: Readonly<Record<SentChannel, Target>> = {
  push: { channel: 'push', platform: 'fcm', token: 'token-of-ann' },
  sms: { channel: 'sms', phone: '+41791234567' },
  email: { channel: 'email', address: 'ann@example.org', name: 'Ann Ämmer' },
};

export function attemptOf(channel: SentChannel, delivery: string, signal: AbortSignal): Attempt {
  return {
    delivery: delivery as DeliveryId,
    notification: 'n1' as NotificationId,
    attempt: 1,
    target: TARGETS[channel],
    content: { title: 'Ferry', body: 'The boat leaves at nine.', url: 'https://example.org/boats' },
    data: { kind: 'app', notification: 'n1', app: 'harbour' },
    category: 'departures',
    priority: 'high',
    collapseKey: delivery,
    ttlSeconds: 3_600,
    signal,
  };
}
