/** From planning to the first attempt: what is added to the queue, and what a process remembers instead of reading it again. */
import test from 'ava';
import { givenCommands, type CommandsFixture, type Process } from '../../../commands/test-fixture.ts';
import { contextWith } from '../../../commands/handling/command-context.ts';
import { deliveryIdOf } from '../../../commands/handling/deterministic-ids.ts';
import type { DeviceId } from '../../../domain/shared/ids.ts';
import { MINUTE_MS, plus, SECOND_MS } from '../../../domain/shared/instant.ts';
import { deliveryStream } from '../../../domain/shared/streams.ts';
import { emptyTally } from '../../../ports/cache-tallies.ts';
import type { EventLog } from '../../../ports/event-log/port.ts';
import { JobQueueUnavailable, type Job } from '../../../ports/job-queue/port.ts';
import { startMemoryPresence } from '../../../ports/presence/memory.ts';
import { startMemoryRateLimit } from '../../../ports/rate-limit/memory.ts';
import type { Attempt } from '../../../ports/sender/port.ts';
import { addFirstAttempts, enqueueDeliveries } from './enqueue-deliveries.ts';
import { sleep } from '../../jobs/sleep.ts';
import { loadNotificationWith } from '../plan/load-notification.ts';
import { planRecipients, type PlannedAttempt } from '../plan/plan-recipients.ts';
import { createRouting } from '../vendors/routing.ts';
import { createVendors } from '../vendors/create-vendors.ts';
import { createDeliveryHandlers } from './delivery-handlers.ts';
import { createDeliveryJobs } from './delivery-jobs.ts';
import { resolveEndpointWith } from './resolve-endpoint.ts';

const report = () => undefined;
const VENDOR = { vendor: 'test', channel: 'push' } as const;

/** A person with a device, and a notification that is requested for them. */
async function givenNotification() {
  const all = await givenCommands();
  const one = all.process();
  const { commands } = one;
  const context = (actor = 'system:test') => all.context(actor);
  const { id: person } = await commands.signUp({ loginName: 'ann', name: 'ann', password: '' }, context());
  const { id: endpoint } = await commands.registerDevice({ person, device: 'phone' as DeviceId, platform: 'fcm', token: 'token' }, context());
  const { id: app } = await commands.registerApp({ name: 'app' }, context());
  await commands.enrol({ person, app }, context());
  const request = { source: { kind: 'app', app }, recipients: [person], category: 'news', channels: ['push'], content: { body: 'hello' } } as const;
  const { id: notification } = await commands.requestNotification(request, context(`app:${app}`));
  return { all, one, person, endpoint, app, notification, cancel: () => commands.cancelNotification({ notification, app }, context(`app:${app}`)) };
}

const readerOf = (all: CommandsFixture, process: Process, log: EventLog = all.log) => ({ ...process, log, codec: all.codec });

type Given = Awaited<ReturnType<typeof givenNotification>>;

/** Plans it as the reactor does, and as often as this is called. */
async function planIn({ all, notification, person }: Given, process: Process, addAttempts: (attempts: readonly PlannedAttempt[]) => Promise<void>) {
  const request = await loadNotificationWith(readerOf(all, process))(notification);
  if (request === undefined) throw new Error('There is no such notification.');
  const contextFor = contextWith(Buffer.from('secret'));
  const routing = createRouting({ senders: [VENDOR], gates: new Map(), loadState: process.loadState, monotonicMs: () => performance.now() });
  return await planRecipients({ ...process, contextFor, routing, addAttempts, report, clock: () => all.now }, request, [person]);
}

test('a planned delivery whose job could not be added is added when it is planned again, and not once it is attempted', async (t) => {
  const given = await givenNotification();
  await using all = given.all;
  const away = async () => Promise.reject(new JobQueueUnavailable('away'));
  await t.throwsAsync(planIn(given, given.one, away), { instanceOf: JobQueueUnavailable });
  const added: PlannedAttempt[] = [];
  const keep = async (attempts: readonly PlannedAttempt[]) => void added.push(...attempts);
  const plannedAt = all.now;
  // By another process, later.
  await planIn(given, all.process(), keep);
  t.deepEqual(
    added.map(({ vendor, dueAt }) => [vendor, dueAt]),
    [[VENDOR.vendor, plannedAt]],
  );
  const [{ plan }] = added as [PlannedAttempt];
  const command = { type: 'start-attempt', vendor: VENDOR.vendor, deadline: all.now, at: all.now } as const;
  await given.one.commands.commandDelivery({ delivery: plan.delivery, command }, all.context('system:test'));
  await planIn(given, all.process(), keep);
  t.is(added.length, 1);
});

test('a delivery that is held back when it is planned has a job for the moment at which it may go, and does not wait for a sweep', async (t) => {
  const given = await givenNotification();
  await using all = given.all;
  const { one, person } = given;
  const until = plus(all.now, 3 * SECOND_MS);
  const { id: notification } = await one.commands.requestNotification(
    { source: { kind: 'app', app: given.app }, recipients: [person], category: 'news', channels: ['push'], content: { body: 'later' }, sendAt: until },
    all.context(`app:${given.app}`),
  );
  const added: Job[] = [];
  const add = async (_: string, jobs: readonly Job[]) => void added.push(...jobs);
  const deliveryJobs = createDeliveryJobs({ jobs: { add }, report }, { delayMaxMs: MINUTE_MS });
  await planIn({ ...given, notification }, one, addFirstAttempts({ deliveryJobs, routing: { has: () => true }, clock: () => all.now }));
  const reactor = enqueueDeliveries({ deliveryJobs, loadState: one.loadState, routing: { has: () => true }, clock: () => all.now });
  const delivery = deliveryIdOf({ notification, recipient: person, channel: 'push', device: 'phone' as DeviceId });
  for await (const stored of all.log.readStream(deliveryStream(delivery))) {
    if (reactor.handles.some((type) => type === stored.type)) await reactor.react((await all.codec.decode(stored)) as never);
  }
  t.deepEqual(
    added.map(({ data, delayMs }) => [data, delayMs]),
    [[{ delivery }, 3 * SECOND_MS]],
  );
});

test('a process that remembers a delivery as ready sends nothing where another one has attempted it meanwhile', async (t) => {
  const given = await givenNotification();
  const { one } = given;
  await using all = given.all;
  await using presence = await startMemoryPresence();
  await using rateLimit = await startMemoryRateLimit();
  const planned: PlannedAttempt[] = [];
  await planIn(given, one, async (attempts) => void planned.push(...attempts));
  const [{ plan }] = planned as [PlannedAttempt];
  const sent: Attempt[] = [];
  const sender = {
    ...VENDOR,
    send: async (attempt: Attempt) => ({ outcome: 'accepted', vendorId: String(sent.push(attempt)) }) as const,
    [Symbol.asyncDispose]: async () => undefined,
  };
  const deliverIn = async (process: Process) => {
    const vendors = createVendors([sender], { ...process, rateLimit, monotonicMs: () => performance.now(), sleep, report });
    const [vendor] = vendors.vendors;
    if (vendor === undefined) throw new Error('There is no vendor.');
    const handlers = createDeliveryHandlers(
      {
        reader: readerOf(all, process),
        loadNotification: loadNotificationWith(readerOf(all, process)),
        commandGiver: { ...process, contextFor: contextWith(Buffer.from('secret')) },
        views: { get: async () => undefined, pluck: async () => [] },
        ephemeral: { presence, rateLimit },
        vendors,
        deliveryJobs: createDeliveryJobs({ jobs: { add: async () => undefined }, report }, { delayMaxMs: 0 }),
        runtime: { clock: () => all.now, monotonicMs: () => performance.now(), sleep, random: () => 0 },
        report,
      },
      { notificationsPerDayMax: 100, chatPushAfterMs: 0 },
    );
    await handlers.deliver(vendor, new AbortController().signal)({ data: { delivery: plan.delivery } });
  };
  await deliverIn(all.process());
  t.is(sent.length, 1);
  await deliverIn(one);
  t.is(sent.length, 1);
});

test('a notification that many load at once is read once, and one that is cancelled later is loaded as cancelled', async (t) => {
  const given = await givenNotification();
  await using all = given.all;
  let reads = 0;
  const readStream: EventLog['readStream'] = (...args) => {
    reads += 1;
    return all.log.readStream(...args);
  };
  const load = loadNotificationWith(readerOf(all, all.process(), { ...all.log, readStream }));
  const loaded = await Promise.all(Array.from({ length: 50 }, () => load(given.notification)));
  t.true(loaded.every((request) => request?.cancelled === false && request.requested.category === 'news'));
  t.is(reads, 1);
  await given.cancel();
  t.is((await load(given.notification))?.cancelled, true);
  t.is(reads, 2);
});

test('what was remembered of a person who is erased tells nothing any more', async (t) => {
  const given = await givenNotification();
  await using all = given.all;
  const { person, endpoint, notification } = given;
  const reader = readerOf(all, all.process());
  const tally = emptyTally();
  const [resolve, load] = [resolveEndpointWith(reader, tally), loadNotificationWith(reader)];
  const look = async () => ({
    target: await resolve({ person, channel: 'push', endpoint, contactsRevision: 0 }),
    content: (await load(notification))?.requested.content,
  });
  t.like(await look(), { target: { channel: 'push', token: 'token' }, content: { body: 'hello' } });
  await all.keyring.erase(person, all.now);
  const { target, content } = await look();
  t.is(target, undefined);
  t.deepEqual(tally, { hits: 1, misses: 1, evictions: 0 });
  t.notDeepEqual(content as unknown, { body: 'hello' });
});

test('jobs that come while others are being added are added together, in one call a queue', async (t) => {
  const calls: { readonly queue: string; readonly jobs: readonly Job[] }[] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const add = async (queue: string, jobs: readonly Job[]) => {
    calls.push({ queue, jobs });
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    await gate.promise;
  };
  const deliveryJobs = createDeliveryJobs({ jobs: { add }, report }, { delayMaxMs: 0 });
  const attempt = (n: number) => ({ delivery: `d${n}` as never, dueAt: '2026-01-01T00:00:00.000Z' as never });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const first = deliveryJobs.addAttempts('a', [attempt(0)]);
  await turn();
  const later = [1, 2, 3].map((n) => deliveryJobs.addAttempts('a', [attempt(n)]));
  const other = deliveryJobs.addAttempts('b', [attempt(4)]);
  await turn();
  t.deepEqual(
    calls.map(({ queue, jobs }) => [queue, jobs.length]),
    [
      ['a', 1],
      ['b', 1],
    ],
  );
  gates[0]?.resolve();
  gates[1]?.resolve();
  t.deepEqual(await Promise.all([first, other]), ['added', 'added']);
  await turn();
  t.deepEqual(calls[2]?.jobs.length, 3);
  const last = deliveryJobs.addAttempts('a', [attempt(5)]);
  await turn();
  gates[2]?.reject(new JobQueueUnavailable('away'));
  for (const one of later) await t.throwsAsync(one, { instanceOf: JobQueueUnavailable });
  await turn();
  t.deepEqual(
    calls[3]?.jobs.map(({ data }) => data),
    [{ delivery: 'd5' }],
    'and those behind a call that failed are added without its jobs',
  );
  gates[3]?.resolve();
  t.is(await last, 'added');
});
