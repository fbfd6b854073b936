import test from 'ava';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { instant, plus } from '../../domain/shared/instant.ts';
import { NOTIFICATION_CHANNELS, type NotificationChannel } from '../../domain/people/notification-channels.ts';
import { temporaryFolder } from '../sqlite/test-fixture.ts';
import { attemptOf, RETRY_AFTER_MS, senderContract, SLOW_MS, type VendorDoes } from './contract.ts';
import { startOutbox, type Outbox } from './outbox.ts';
import type { Behaviour } from './outbox-behaviour.ts';
import type { Sender } from './port.ts';

const BEHAVIOURS: Readonly<Record<VendorDoes, Behaviour>> = {
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

const SENDERS = NOTIFICATION_CHANNELS.flatMap((channel) => [{ channel }, { channel, resolvesAttempts: true as const }]);
for (const { channel, ...config } of SENDERS) {
  senderContract(`outbox-${channel}${'resolvesAttempts' in config ? ' that resolves attempts' : ''}`, async () => {
    const folder = await temporaryFolder();
    const outbox = await startOutbox({ folder: folder.path, clock: () => instant(0), ...config });
    return {
      sender: senderOf(outbox, channel),
      tell: (does) => outbox.behave({ [channel]: BEHAVIOURS[does] }),
      accepted: async (delivery) => (await outbox.list({ limit: 1_000 })).filter((message) => message.delivery === delivery).length,
      [Symbol.asyncDispose]: async () => {
        await outbox[Symbol.asyncDispose]();
        await folder[Symbol.asyncDispose]();
      },
    };
  });
}

test('a message is one file with all its fields, in the folder of its channel', async (t) => {
  await using folder = await temporaryFolder();
  const at = instant(1_700_000_000_000);
  await using outbox = await startOutbox({ folder: folder.path, clock: () => at });
  for (const channel of NOTIFICATION_CHANNELS) await send(outbox, channel, 'd1');
  for (const channel of NOTIFICATION_CHANNELS) {
    const [name = '', ...others] = await readdir(join(folder.path, channel));
    t.deepEqual(others, []);
    t.true(name.startsWith('2023-11-14T22-13-20.000Z-'));
    const { id, to, name: called, platform, ...rest } = JSON.parse(await readFile(join(folder.path, channel, name), 'utf8'));
    t.is(`${id}.json`, name);
    t.deepEqual(
      { to, called, platform },
      {
        push: { to: 'token-of-ann', called: undefined, platform: 'fcm' },
        sms: { to: '+41791234567', called: undefined, platform: undefined },
        email: { to: 'ann@example.org', called: 'Ann Ämmer', platform: undefined },
      }[channel],
    );
    t.deepEqual(rest, {
      channel,
      at,
      title: 'Ferry',
      body: 'The boat leaves at nine.',
      url: 'https://example.org/boats',
      data: { kind: 'app', notification: 'n1', app: 'harbour' },
      delivery: 'd1',
      notification: 'n1',
      attempt: 1,
      category: 'departures',
      priority: 'high',
      collapseKey: 'd1',
      ttlSeconds: 3_600,
    });
    t.deepEqual(await outbox.get(id), { id, to, ...(called && { name: called }), ...(platform && { platform }), ...rest });
  }
});

test('lists the newest messages first, of one channel or of all, page by page, also after a restart', async (t) => {
  await using folder = await temporaryFolder();
  let now = instant(0);
  const config = { folder: folder.path, clock: () => now };
  const first = await startOutbox(config);
  for (let i = 0; i < 9; i++) {
    now = plus(now, 1_000);
    await send(first, NOTIFICATION_CHANNELS[i % 3] ?? 'push', `d${i}`);
  }
  await first[Symbol.asyncDispose]();
  await using outbox = await startOutbox(config);
  now = plus(now, 1_000);
  await send(outbox, 'push', 'd9');
  const newest = await outbox.list({ limit: 4 });
  t.deepEqual(
    newest.map(({ delivery }) => String(delivery)),
    ['d9', 'd8', 'd7', 'd6'],
  );
  const next = await outbox.list({ limit: 4, before: newest.at(-1)?.id ?? '' });
  t.deepEqual(
    next.map(({ delivery }) => String(delivery)),
    ['d5', 'd4', 'd3', 'd2'],
  );
  const pushes = await outbox.list({ channel: 'push', limit: 50 });
  t.deepEqual(
    pushes.map(({ delivery }) => String(delivery)),
    ['d9', 'd6', 'd3', 'd0'],
  );
  t.deepEqual(await outbox.list({ limit: 4, before: pushes.at(-1)?.id ?? '' }), []);
  await t.throwsAsync(outbox.list({ limit: 0 }), { instanceOf: RangeError });
});

test('finds nothing under an id that the outbox did not make, wherever it leads', async (t) => {
  await using folder = await temporaryFolder();
  await using outbox = await startOutbox({ folder: folder.path, clock: () => instant(0) });
  await writeFile(join(folder.path, 'secret-push-0.json'), '{}');
  for (const id of ['', 'd1', '../secret-push-0', '..-push-0', 'never-push-0']) t.is(await outbox.get(id), undefined);
});

test('keeps only the newest messages, and removes files that a killed process left half written', async (t) => {
  await using folder = await temporaryFolder();
  const config = { folder: folder.path, clock: () => instant(0), keptMax: 3 };
  const first = await startOutbox(config);
  for (let i = 0; i < 5; i++) await send(first, 'sms', `d${i}`);
  await first[Symbol.asyncDispose]();
  await writeFile(join(folder.path, 'sms', 'half.unfinished'), '{"id":');
  await using outbox = await startOutbox(config);
  t.deepEqual(
    (await outbox.list({ limit: 10 })).map(({ delivery }) => String(delivery)),
    ['d4', 'd3', 'd2'],
  );
  t.is((await readdir(join(folder.path, 'sms'))).length, 3);
});

test('forgets messages whose files were deleted by hand, and lists the others', async (t) => {
  await using folder = await temporaryFolder();
  await using outbox = await startOutbox({ folder: folder.path, clock: () => instant(0) });
  for (const delivery of ['d1', 'd2', 'd3']) await send(outbox, 'sms', delivery);
  const [newest, ...rest] = await outbox.list({ limit: 10 });
  await rm(join(folder.path, 'sms', `${newest?.id}.json`));
  t.deepEqual(await outbox.list({ limit: 2 }), rest);
  t.is(await outbox.get(newest?.id ?? ''), undefined);
  for (const { id } of rest) await rm(join(folder.path, 'sms', `${id}.json`));
  t.deepEqual(await outbox.list({ limit: 10 }), []);
  await send(outbox, 'sms', 'd4');
  t.is((await outbox.list({ limit: 10 })).length, 1);
});

test('misbehaves for as many messages, for as long, or as often as it was told, in that channel only', async (t) => {
  await using folder = await temporaryFolder();
  let nowMs = 0;
  await using outbox = await startOutbox({ folder: folder.path, clock: () => instant(0), monotonicMs: () => nowMs });
  const outcomes = async (channel: NotificationChannel, count: number) => {
    const all: string[] = [];
    for (let i = 0; i < count; i++) all.push((await send(outbox, channel, `d${i}`)).outcome);
    return all;
  };

  outbox.behave({ push: { does: 'be-unavailable', extent: { messages: 2 } } });
  t.deepEqual(await outcomes('push', 4), ['retry', 'retry', 'accepted', 'accepted']);
  outbox.behave({ push: { does: 'be-unavailable', extent: { forMs: 10_000 } }, sms: { does: 'lose-endpoint' } });
  nowMs += 9_999;
  t.deepEqual([await outcomes('push', 3), await outcomes('sms', 1), await outcomes('email', 1)], [['retry', 'retry', 'retry'], ['rejected'], ['accepted']]);
  nowMs += 1;
  t.deepEqual([await outcomes('push', 2), await outcomes('sms', 1)], [['accepted', 'accepted'], ['rejected']]);

  const byChance = async (seed: number) => {
    outbox.behave({ push: { does: 'reject', reason: 'by chance', extent: { chance: 0.5, seed } } });
    return (await outcomes('push', 40)).join();
  };
  const chance = await byChance(1);
  t.is(await byChance(1), chance);
  t.not(await byChance(2), chance);
  t.true(chance.includes('rejected') && chance.includes('accepted'));
  outbox.behave({ push: { does: 'accept' } });
  t.deepEqual(await outcomes('push', 2), ['accepted', 'accepted']);
});

test('answers that nothing was accepted where its folder can’t be written to', async (t) => {
  await using folder = await temporaryFolder();
  await using outbox = await startOutbox({ folder: folder.path, clock: () => instant(0) });
  await rm(join(folder.path, 'push'), { recursive: true });
  const outcome = await send(outbox, 'push', 'd1');
  t.is(outcome.outcome, 'retry');
});

test('stopping ends a hanging attempt', async (t) => {
  await using folder = await temporaryFolder();
  const outbox = await startOutbox({ folder: folder.path, clock: () => instant(0) });
  outbox.behave({ email: { does: 'hang' } });
  const hanging = send(outbox, 'email', 'd1');
  await outbox[Symbol.asyncDispose]();
  t.is((await hanging).outcome, 'unknown');
});

function senderOf(outbox: Outbox, channel: NotificationChannel): Sender {
  return outbox.senders.find((sender) => sender.channel === channel) as Sender;
}

const send = (outbox: Outbox, channel: NotificationChannel, delivery: string) =>
  senderOf(outbox, channel).send(attemptOf(channel, delivery, new AbortController().signal));
