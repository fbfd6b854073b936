import test, { type ExecutionContext } from 'ava';
import { SENT_CHANNELS, type SentChannel } from '../../../domain/people/notification-channels.ts';
import { instant, plus, type Instant } from '../../../domain/shared/instant.ts';
import { attemptOf, type AddTest, type VendorDoes } from '../contract.ts';
import { RETRY_AFTER_MS, SLOW_MS } from '../vendor-times.ts';
import type { Behaviour } from './behaviour.ts';
import type { Outbox, Sender } from '../port.ts';

/** An empty outbox for one test. `start` may be called again after it was stopped; what was sent is there. */
export type OutboxUnderTest = AsyncDisposable & { start(config?: { readonly clock?: () => Instant; readonly keptMax?: number }): Promise<Outbox> };

/** How each behaviour of the sender's contract is told. */
export const BEHAVIOURS: Readonly<Record<VendorDoes, Behaviour>> = {
  accept: { does: 'accept' },
  'accept slowly': { does: 'accept-slowly', latencyMs: SLOW_MS },
  reject: { does: 'reject', reason: 'too-long' },
  'say that the endpoint is gone': { does: 'lose-endpoint' },
  'refuse our credentials': { does: 'refuse-account' },
  'limit the rate': { does: 'limit-rate', retryAfterMs: RETRY_AFTER_MS },
  'be unavailable': { does: 'be-unavailable' },
  hang: { does: 'hang' },
  'drop the connection before accepting': { does: 'drop-connection' },
  'drop the connection after accepting': { does: 'lose-answer' },
};

export const senderOf = (outbox: Outbox, channel: SentChannel): Sender => outbox.senders.find((sender) => sender.channel === channel) as Sender;

export const send = (outbox: Outbox, channel: SentChannel, delivery: string) =>
  senderOf(outbox, channel).send(attemptOf(channel, delivery, new AbortController().signal));

export const listedDeliveries = async (outbox: Outbox, options: Parameters<Outbox['list']>[0]): Promise<readonly string[]> =>
  (await outbox.list(options)).map(({ delivery }) => String(delivery));

/** What is beyond the sender's contract. Each adapter's test file is one call: `outboxContract('files', openFiles)`. */
export function outboxContract(adapter: string, open: () => Promise<OutboxUnderTest>, addTest: AddTest = test): void {
  const check = (title: string, body: (t: ExecutionContext, store: OutboxUnderTest) => Promise<void>) =>
    addTest(`${adapter}: ${title}`, async (t) => {
      await using store = await open();
      await body(t, store);
    });

  check('a message has all that was to be sent, and when', async (t, store) => {
    const at = instant(1_700_000_000_000);
    await using outbox = await store.start({ clock: () => at });
    for (const channel of SENT_CHANNELS) {
      const outcome = await send(outbox, channel, 'd1');
      const [message] = await outbox.list({ channel, limit: 2 });
      if (message === undefined || outcome.outcome !== 'accepted') throw new Error('one was sent');
      const { id, to, name, platform, ...rest } = message;
      t.is(id, outcome.vendorId);
      t.deepEqual(
        { to, name, platform },
        {
          push: { to: 'token-of-ann', name: undefined, platform: 'fcm' },
          sms: { to: '+41791234567', name: undefined, platform: undefined },
          email: { to: 'ann@example.org', name: 'Ann Ämmer', platform: undefined },
        }[channel],
      );
      const { target: _target, signal: _signal, content, ...sent } = attemptOf(channel, 'd1', new AbortController().signal);
      t.deepEqual(rest, { channel, at, ...content, ...sent } as typeof rest);
      t.deepEqual(await outbox.get(id), message);
    }
  });

  check('lists the newest messages first, of one channel or of all, page by page, also after a restart', async (t, store) => {
    let now = instant(0);
    const first = await store.start({ clock: () => now });
    for (let i = 0; i < 9; i++) {
      now = plus(now, 1_000);
      await send(first, SENT_CHANNELS[i % 3] ?? 'push', `d${i}`);
    }
    await first[Symbol.asyncDispose]();
    await using outbox = await store.start({ clock: () => now });
    now = plus(now, 1_000);
    await send(outbox, 'push', 'd9');
    const newest = await outbox.list({ limit: 4 });
    t.deepEqual(
      newest.map(({ delivery }) => String(delivery)),
      ['d9', 'd8', 'd7', 'd6'],
    );
    t.deepEqual(await listedDeliveries(outbox, { limit: 4, before: newest.at(-1)?.id ?? '' }), ['d5', 'd4', 'd3', 'd2']);
    const pushes = await outbox.list({ channel: 'push', limit: 50 });
    t.deepEqual(
      pushes.map(({ delivery }) => String(delivery)),
      ['d9', 'd6', 'd3', 'd0'],
    );
    t.deepEqual(await outbox.list({ limit: 4, before: pushes.at(-1)?.id ?? '' }), []);
    await t.throwsAsync(outbox.list({ limit: 0 }), { instanceOf: RangeError });
  });

  check('finds nothing under an id that it did not make', async (t, store) => {
    await using outbox = await store.start();
    await send(outbox, 'push', 'd1');
    for (const id of ['', 'd1', '../secret-push-0', '..-push-0', 'never-push-0']) t.is(await outbox.get(id), undefined);
  });

  check('keeps only the newest messages of each channel', async (t, store) => {
    let now = instant(0);
    const first = await store.start({ clock: () => now, keptMax: 3 });
    await send(first, 'email', 'e1');
    for (let i = 0; i < 6; i++) {
      now = plus(now, 1);
      await send(first, 'sms', `d${i}`);
    }
    await first[Symbol.asyncDispose]();
    const second = await store.start({ clock: () => now, keptMax: 3 });
    now = plus(now, 1);
    await send(second, 'sms', 'd6');
    await second[Symbol.asyncDispose]();
    await using outbox = await store.start({ clock: () => now, keptMax: 3 });
    t.deepEqual(await listedDeliveries(outbox, { limit: 10 }), ['d6', 'd5', 'd4', 'e1']);
  });

  check('an attempt that is sent twice is seen twice', async (t, store) => {
    await using outbox = await store.start();
    const outcomes = [await send(outbox, 'sms', 'd1'), await send(outbox, 'sms', 'd1')];
    t.deepEqual(
      outcomes.map(({ outcome }) => outcome),
      ['accepted', 'accepted'],
    );
    t.deepEqual(await listedDeliveries(outbox, { limit: 10 }), ['d1', 'd1']);
  });

  check('misbehaves for as many messages, or as often, as it was told, in that channel only', async (t, store) => {
    await using outbox = await store.start();
    const outcomes = async (channel: SentChannel, count: number) => {
      const all: string[] = [];
      for (let i = 0; i < count; i++) all.push((await send(outbox, channel, `d${i}`)).outcome);
      return all;
    };
    await outbox.behave({ push: { does: 'be-unavailable', extent: { messages: 2 } } });
    t.deepEqual(await outcomes('push', 4), ['retry', 'retry', 'accepted', 'accepted']);
    await outbox.behave({ push: { does: 'be-unavailable', extent: { forMs: 600_000 } }, sms: { does: 'lose-endpoint' } });
    t.deepEqual([await outcomes('push', 3), await outcomes('sms', 1), await outcomes('email', 1)], [['retry', 'retry', 'retry'], ['rejected'], ['accepted']]);
    const byChance = async (seed: number) => {
      await outbox.behave({ push: { does: 'reject', reason: '$by chance', extent: { chance: 0.5, seed } } });
      return (await outcomes('push', 20)).join();
    };
    const chance = await byChance(1);
    t.is(await byChance(1), chance);
    t.not(await byChance(2), chance);
    t.true(chance.includes('rejected') && chance.includes('accepted'));
    t.is((await senderOf(outbox, 'push').send(attemptOf('push', 'd1', AbortSignal.abort()))).outcome, 'retry');
    await outbox.behave({ push: { does: 'accept' } });
    t.deepEqual(await outcomes('push', 2), ['accepted', 'accepted']);
  });

  check('stopping ends a hanging attempt', async (t, store) => {
    const outbox = await store.start();
    await outbox.behave({ email: { does: 'hang' } });
    const hanging = send(outbox, 'email', 'd1');
    await outbox[Symbol.asyncDispose]();
    t.true(['unknown', 'retry'].includes((await hanging).outcome));
  });
}
