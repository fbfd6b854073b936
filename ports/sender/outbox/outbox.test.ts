import test from 'ava';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { instant } from '../../../domain/shared/instant.ts';
import { SENT_CHANNELS } from '../../../domain/people/notification-channels.ts';
import { temporaryFolder } from '../../sqlite/test-fixture.ts';
import { senderContract } from '../contract.ts';
import { BEHAVIOURS, listedDeliveries, outboxContract, send, senderOf } from './contract.ts';
import { startOutbox } from './outbox.ts';

const SENDERS = SENT_CHANNELS.flatMap((channel) => [{ channel }, { channel, resolvesAttempts: true as const }]);
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

outboxContract('files', async () => {
  const folder = await temporaryFolder();
  return { start: (config) => startOutbox({ folder: folder.path, clock: () => instant(0), ...config }), [Symbol.asyncDispose]: folder[Symbol.asyncDispose] };
});

test('a message is one file with all its fields, in the folder of its channel', async (t) => {
  await using folder = await temporaryFolder();
  const at = instant(1_700_000_000_000);
  await using outbox = await startOutbox({ folder: folder.path, clock: () => at });
  for (const channel of SENT_CHANNELS) await send(outbox, channel, 'd1');
  for (const channel of SENT_CHANNELS) {
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

test('finds nothing under an id that the outbox did not make, wherever it leads', async (t) => {
  await using folder = await temporaryFolder();
  await using outbox = await startOutbox({ folder: folder.path, clock: () => instant(0) });
  await writeFile(join(folder.path, 'secret-push-0.json'), '{}');
  for (const id of ['', 'd1', '../secret-push-0', '..-push-0', 'never-push-0']) t.is(await outbox.get(id), undefined);
});

test('removes files that a killed process left half written', async (t) => {
  await using folder = await temporaryFolder();
  const config = { folder: folder.path, clock: () => instant(0), keptMax: 3 };
  const first = await startOutbox(config);
  for (let i = 0; i < 5; i++) await send(first, 'sms', `d${i}`);
  await first[Symbol.asyncDispose]();
  await writeFile(join(folder.path, 'sms', 'half.unfinished'), '{"id":');
  await using outbox = await startOutbox(config);
  t.deepEqual(await listedDeliveries(outbox, { limit: 10 }), ['d4', 'd3', 'd2']);
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

test('misbehaves for as long as it was told', async (t) => {
  await using folder = await temporaryFolder();
  let nowMs = 0;
  await using outbox = await startOutbox({ folder: folder.path, clock: () => instant(0), monotonicMs: () => nowMs });
  await outbox.behave({ push: { does: 'be-unavailable', extent: { forMs: 10_000 } } });
  nowMs += 9_999;
  t.is((await send(outbox, 'push', 'd1')).outcome, 'retry');
  nowMs += 1;
  t.is((await send(outbox, 'push', 'd1')).outcome, 'accepted');
});

test('answers that nothing was accepted where its folder can’t be written to', async (t) => {
  await using folder = await temporaryFolder();
  await using outbox = await startOutbox({ folder: folder.path, clock: () => instant(0) });
  await rm(join(folder.path, 'push'), { recursive: true });
  const outcome = await send(outbox, 'push', 'd1');
  t.is(outcome.outcome, 'retry');
});
