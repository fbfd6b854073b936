import test from 'ava';
import { givenCommands } from '../../../commands/test-fixture.ts';
import { contextWith } from '../../../commands/handling/command-context.ts';
import { deliveryIdOf } from '../../../commands/handling/deterministic-ids.ts';
import { delivery as deliveryDecider } from '../../../domain/notifications/delivery/delivery.ts';
import type { DeviceId } from '../../../domain/shared/ids.ts';
import { HOUR_MS, plus } from '../../../domain/shared/instant.ts';
import { deliveryStream } from '../../../domain/shared/streams.ts';
import { startMemoryPresence } from '../../../ports/presence/memory.ts';
import { startMemoryRateLimit } from '../../../ports/rate-limit/memory.ts';
import { startOutbox } from '../../../ports/sender/outbox/outbox.ts';
import { sleep } from '../../jobs/sleep.ts';
import { loadNotificationWith } from '../plan/load-notification.ts';
import { createVendors, type Vendor, type Vendors } from '../vendors/create-vendors.ts';
import { createDeliveryHandlers } from './delivery-handlers.ts';
import { createDeliveryJobs } from './delivery-jobs.ts';

const WORKERS_A_PROCESS = 8;

test('of many workers in several processes that attempt the same delivery at the same moment, one sends it', async (t) => {
  await using all = await givenCommands();
  await using outbox = await startOutbox({ folder: `${all.folder}/outbox`, clock: () => all.now });
  await using presence = await startMemoryPresence();
  await using rateLimit = await startMemoryRateLimit();
  const sender = outbox.senders.find(({ channel }) => channel === 'push');
  if (sender === undefined) return t.fail();
  await outbox.behave({ push: { does: 'accept-slowly', latencyMs: 20 } });
  const processes = [all.process(), all.process(), all.process()];
  const [{ commands }] = processes as [(typeof processes)[0]];

  // As planning would have left it.
  const context = () => all.context('system:test');
  const { id: recipient } = await commands.signUp({ loginName: 'ann', name: 'ann', password: '' }, context());
  const { id: endpoint } = await commands.registerDevice({ person: recipient, device: 'phone' as DeviceId, platform: 'fcm', token: 'token' }, context());
  const { id: app } = await commands.registerApp({ name: 'app' }, context());
  await commands.enrol({ person: recipient, app }, context());
  const source = { kind: 'app', app } as const;
  const request = { source, recipients: [recipient], category: 'news', channels: ['push'], content: { body: 'hello' } } as const;
  const { id: notification } = await commands.requestNotification(request, context());
  const key = { notification, recipient, channel: 'push', device: 'phone' as DeviceId } as const;
  const delivery = deliveryIdOf(key);
  const decision = { action: 'send', vendor: sender.vendor } as const;
  const plan = {
    delivery,
    ...key,
    endpoint,
    source,
    category: 'news',
    critical: false,
    atMostOnce: false,
    priority: 'normal',
    expiresAt: plus(all.now, HOUR_MS),
  } as const;
  await commands.commandDelivery({ delivery, command: { type: 'plan', ...plan, decision, at: all.now } }, context());

  // Their clocks stand still, so not even the deadlines of two attempts could tell them apart.
  const never = new AbortController().signal;
  const report = () => undefined;
  const clock = () => all.now;
  // In fractions of a millisecond, as the real one tells them.
  let elapsedMs = 0;
  const monotonicMs = () => (elapsedMs += 0.01);
  const workers = processes.map((process) => {
    const vendors = createVendors([sender], { ...process, rateLimit, monotonicMs, sleep, report });
    const handlers = createDeliveryHandlers(
      {
        reader: { ...process, log: all.log, codec: all.codec },
        loadNotification: loadNotificationWith({ ...process, log: all.log, codec: all.codec }),
        commandGiver: { ...process, contextFor: contextWith(Buffer.from('secret')) },
        views: { get: async () => undefined, pluck: async () => [] },
        ephemeral: { presence, rateLimit },
        vendors,
        deliveryJobs: createDeliveryJobs({ jobs: { add: async () => undefined }, report }, { delayMaxMs: 0 }),
        runtime: { clock, monotonicMs, sleep, random: () => 0 },
        report,
      },
      { notificationsPerDayMax: 100, chatPushAfterMs: 0 },
    );
    return handlers.deliver(vendorIn(vendors), never);
  });
  await Promise.all(workers.flatMap((work) => Array.from({ length: WORKERS_A_PROCESS }, () => work({ data: { delivery } }))));
  t.is((await outbox.list({ limit: 100 })).length, 1);
  const last = await processes[0]?.loadState(deliveryDecider, deliveryStream(delivery));
  t.is(last?.state.status, 'accepted');
});

function vendorIn({ vendors: [vendor] }: Vendors): Vendor {
  if (vendor === undefined) throw new Error('There is no vendor.');
  return vendor;
}
