import test from 'ava';
import { givenCommands } from '../../../commands/test-fixture.ts';
import { contextWith } from '../../../commands/handling/context.ts';
import { deliveryIdOf } from '../../../commands/handling/identity.ts';
import { delivery as deliveryDecider } from '../../../domain/notifications/delivery/delivery.ts';
import type { DeviceId } from '../../../domain/shared/ids.ts';
import { HOUR_MS, plus } from '../../../domain/shared/instant.ts';
import { deliveryStream } from '../../../domain/shared/streams.ts';
import { startMemoryPresence } from '../../../ports/presence/memory.ts';
import { startMemoryRateLimit } from '../../../ports/rate-limit/memory.ts';
import { startOutbox } from '../../../ports/sender/outbox.ts';
import { sleep } from '../../jobs/sleep.ts';
import { deliver } from './deliver.ts';
import { createRouting } from '../vendors/routing.ts';
import { createVendorGate } from '../vendors/vendor-gate.ts';

const WORKERS_A_PROCESS = 8;

test('of many workers in several processes that have the same delivery at the same moment, one sends it', async (t) => {
  await using all = await givenCommands();
  await using outbox = await startOutbox({ folder: `${all.folder}/outbox`, clock: () => all.now });
  await using presence = await startMemoryPresence();
  await using rateLimit = await startMemoryRateLimit();
  const sender = outbox.senders.find(({ channel }) => channel === 'push');
  if (sender === undefined) return t.fail();
  outbox.behave({ push: { does: 'accept-slowly', latencyMs: 20 } });
  const processes = [all.process(), all.process(), all.process()];
  const [{ commands }] = processes as [(typeof processes)[0]];

  // What planning would have left behind.
  const context = () => all.context('system:test');
  const { id: recipient } = await commands.signUp({ loginName: 'ann', name: 'ann', password: '' }, context());
  const { id: endpoint } = await commands.registerDevice({ person: recipient, device: 'phone' as DeviceId, platform: 'fcm', token: 'token' }, context());
  const { id: app } = await commands.registerApp({ name: 'app' }, context());
  await commands.enrol({ person: recipient, app }, context());
  const source = { kind: 'app', app } as const;
  const asked = { source, recipients: [recipient], category: 'news', channels: ['push'], content: { body: 'hello' } } as const;
  const { id: notification } = await commands.requestNotification(asked, context());
  const named = { notification, recipient, channel: 'push', device: 'phone' as DeviceId } as const;
  const delivery = deliveryIdOf(named);
  const verdict = { verdict: 'send', vendor: sender.vendor } as const;
  const plan = {
    delivery,
    ...named,
    endpoint,
    source,
    category: 'news',
    critical: false,
    atMostOnce: false,
    priority: 'normal',
    expiresAt: plus(all.now, HOUR_MS),
  } as const;
  await commands.commandDelivery({ delivery, command: { type: 'plan', ...plan, verdict, at: all.now } }, context());

  // Their clocks stand still, so not even the deadlines of two attempts could tell them apart.
  const never = new AbortController().signal;
  const workers = processes.map((process) => {
    const gate = createVendorGate({ clockMs: () => 0, sleep, report: () => undefined }, { vendor: sender.vendor, pace: { perSecond: 1_000, burst: 1_000 } });
    return deliver(
      {
        ...process,
        log: all.log,
        codec: all.codec,
        contextFor: contextWith(Buffer.from('secret')),
        views: { get: async () => undefined },
        presence,
        rateLimit,
        frequencyCap: { name: 'cap', points: 100, windowSeconds: 60 },
        jobs: { add: async () => undefined },
        delayMaxMs: 0,
        routing: createRouting([sender], new Map()),
        report: () => undefined,
        clock: () => all.now,
        random: () => 0,
        pause: (ms) => sleep(ms, never),
        sender,
        gate,
      },
      never,
    );
  });
  await Promise.all(workers.flatMap((work) => Array.from({ length: WORKERS_A_PROCESS }, () => work({ data: { delivery } }))));
  t.is((await outbox.list({ limit: 100 })).length, 1);
  const last = await processes[0]?.current(deliveryDecider, deliveryStream(delivery));
  t.is(last?.state.status, 'accepted');
});
