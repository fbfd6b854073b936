/** Whatever dies while notifications wait to be told as one, each is told, and once. */
import test, { type ExecutionContext } from 'ava';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createHandling } from '../../../commands/handling/handle.ts';
import { digestIdOf } from '../../../commands/handling/deterministic-ids.ts';
import { commandDigest, requestDigest } from '../../../commands/notifications/digests.ts';
import { delivery as deliveryDecider } from '../../../domain/notifications/delivery/delivery.ts';
import type { DeliveryIn } from '../../../domain/notifications/delivery/delivery-state.ts';
import type { DeliveryId, NotificationId, PersonId } from '../../../domain/shared/ids.ts';
import { MINUTE_MS, plus } from '../../../domain/shared/instant.ts';
import { deliveryStream, digestStream, notificationStream } from '../../../domain/shared/streams.ts';
import { START, startWorkersForTest, type TestWorkers } from '../../test-fixture.ts';
import { DIGESTED, PEOPLE, wantDigests } from '../faults/digests.ts';
import { CONFIG, requestNumbered, type Actors } from '../faults/requests.ts';
import { deliveriesIn, sentBy, startDeliveriesForTest } from '../test-fixture.ts';
import { settleDeliveryWith } from './settle-delivery.ts';

/** By the real clock, and much more than anything takes on a busy machine. */
const TIMEOUT_MS = 5 * MINUTE_MS;
const CLOSES_AT = plus(START, 5 * MINUTE_MS);

type Started = Awaited<ReturnType<typeof startDeliveriesForTest>>;

async function startCollected(notifications: number) {
  const all = await startDeliveriesForTest(1);
  const { work, recipients } = all;
  await wantDigests(work, recipients);
  const requested: NotificationId[] = [];
  for (let n = 0; n < notifications; n++) requested.push(await requestNumbered(work, all, n));
  await work.untilIdle();
  const states = await Promise.all((await deliveriesIn(work, requested)).map(({ delivery }) => stateOf(work, delivery)));
  return { all, work, requested, states };
}

const stateOf = async ({ loadState }: Pick<TestWorkers, 'loadState'>, delivery: DeliveryId) =>
  (await loadState(deliveryDecider, deliveryStream(delivery))).state as DeliveryIn<'deferred'>;

const digestOf = ({ app, recipients: [person] }: Started) => digestIdOf({ person: person as PersonId, app, category: 'news', channel: 'push' });

async function typesIn({ log }: Pick<TestWorkers, 'log'>, stream: string): Promise<readonly string[]> {
  return (await Array.fromAsync(log.readStream(stream, { from: 0 }))).map(({ type }) => type);
}

/** How often each person was told of each notification, whatever the deliveries that told it. */
async function toldIn(work: TestWorkers): Promise<readonly number[]> {
  const told = new Map((await sentBy(work.outbox)).map((message) => [message.delivery, message]));
  const counts = new Map<string, number>();
  for (const { to, title, body } of told.values()) {
    const numbers = [...`${title}\n${body}`.matchAll(/Number (\d+)/g)].map(([, n]) => n);
    for (const n of numbers) counts.set(`${to} ${n}`, (counts.get(`${to} ${n}`) ?? 0) + 1);
  }
  return [...counts.values()];
}

async function expectEachOnce(t: ExecutionContext, work: TestWorkers, { people, notifications }: { readonly people: number; readonly notifications: number }) {
  const isTold = async () => (await toldIn(work)).length === people * notifications;
  await work.advanceUntil(isTold, { stepMs: MINUTE_MS, patienceMs: 60 * MINUTE_MS });
  await work.time.advance(10 * MINUTE_MS); // for what comes late, or twice
  await work.untilIdle();
  t.deepEqual(new Set(await toldIn(work)), new Set([1]));
  t.is((await toldIn(work)).length, people * notifications);
}

for (const dies of ['closing', 'requesting'] as const) {
  test(`a process that dies after ${dies} leaves nothing untold, and nothing told twice`, async (t) => {
    const { work, states } = await startCollected(3);
    await using _ = work;
    const requestDigest = dies === 'closing' ? () => Promise.reject(new Error('died')) : work.commands.requestDigest;
    const settle = settleDeliveryWith({ ...work, reader: work, commands: { ...work.commands, requestDigest } });
    await Promise.allSettled(states.map((state) => settle(state, CLOSES_AT)));
    t.is((await stateOf(work, states[0]?.plan.delivery as DeliveryId)).status, 'deferred');
    await expectEachOnce(t, work, { people: 1, notifications: 3 });
  });
}

test('what has closed is told together also when the next window has opened before all of it was settled', async (t) => {
  const { all, work, states } = await startCollected(2);
  await using _ = work;
  const settle = settleDeliveryWith({ ...work, reader: work });
  const [first, second] = states as [DeliveryIn<'deferred'>, DeliveryIn<'deferred'>];
  const into = await settle(first, CLOSES_AT);
  await requestNumbered(work, all, 2);
  await work.untilIdle();
  t.is((await typesIn(work, digestStream(digestOf(all)))).filter((type) => type === 'notifications.digest-opened.v1').length, 2);
  t.is(await settle(second, CLOSES_AT), into);
  t.truthy(into);
  await expectEachOnce(t, work, { people: 1, notifications: 3 });
});

test('a process that others leave no room to close or request is no reason to tell any of it by itself', async (t) => {
  const { work, states } = await startCollected(2);
  await using _ = work;
  const contended = () => Promise.resolve({ outcome: 'refused', refusal: { code: 'write-contention' } } as const);
  const settleBy = (commands: object) => settleDeliveryWith({ ...work, reader: work, commands: { ...work.commands, ...commands } });
  const [state] = states as [DeliveryIn<'deferred'>];
  await t.throwsAsync(settleBy({ commandDigest: contended })(state, CLOSES_AT), { message: /write-contention/ });
  await t.throwsAsync(settleBy({ requestDigest: contended })(state, CLOSES_AT), { message: /write-contention/ });
  await expectEachOnce(t, work, { people: 1, notifications: 2 });
});

test('a delivery that was collected and never planned is not waited for', async (t) => {
  const { all, work, requested } = await startCollected(1);
  await using _ = work;
  const [one] = await deliveriesIn(work, requested);
  const { recipient: person, category, channel, expiresAt, priority, atMostOnce } = one as NonNullable<typeof one>;
  const about = { digest: digestOf(all), person, app: all.app, category, channel, priority, atMostOnce, expiresAt } as const;
  const died = { delivery: 'died' as DeliveryId, notification: 'died' as NotificationId };
  await work.commands.commandDigest(
    { type: 'collect', ...about, ...died, closesAt: plus(work.clock(), MINUTE_MS), at: work.clock() },
    work.by('system:digests'),
  );
  await expectEachOnce(t, work, { people: 1, notifications: 1 });
  t.is((await sentBy(work.outbox))[0]?.notification, requested[0]);
});

test('two processes that settle the same deliveries at once agree, and request what tells them once', async (t) => {
  const { all, work, states } = await startCollected(4);
  await using _ = work;
  const processes = [1, 2].map(() => {
    const handling = createHandling({ log: work.log, codec: work.codec });
    const commands = { commandDigest: commandDigest(handling), requestDigest: requestDigest(handling) };
    return settleDeliveryWith({ ...work, reader: { ...work, ...handling }, commands });
  });
  const settled = await Promise.all(states.flatMap((state) => processes.map((settle) => settle(state, CLOSES_AT))));
  const [into] = settled;
  t.deepEqual(new Set(settled), new Set([into]));
  t.truthy(into);
  t.deepEqual(await typesIn(work, notificationStream(into as NotificationId)), ['notifications.requested.v1']);
  t.is((await typesIn(work, digestStream(digestOf(all)))).filter((type) => type === 'notifications.digest-closed.v1').length, 1);
  await expectEachOnce(t, work, { people: 1, notifications: 4 });
});

test('kill -9 while notifications are collected, and while what tells them is sent: each is told, and once', async (t) => {
  t.timeout(TIMEOUT_MS);
  for (const after of [
    { acknowledged: 2, sent: 0 },
    { acknowledged: DIGESTED, sent: PEOPLE / 4 },
  ]) {
    const folder = await mkdtemp(join(tmpdir(), 'tidings-killed-'));
    try {
      const actors = await killedIn(folder, after);
      await using work = await startWorkersForTest(CONFIG, { folder, startAt: plus(START, MINUTE_MS) });
      for (let n = 0; n < DIGESTED; n++) await requestNumbered(work, actors, n);
      await work.untilIdle();
      await expectEachOnce(t, work, { people: PEOPLE, notifications: DIGESTED });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
});

async function killedIn(folder: string, after: { readonly acknowledged: number; readonly sent: number }): Promise<Actors> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.resolve('../faults/digest-process.ts')), folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.pipe(process.stderr);
  const exited = once(child, 'exit');
  const lines: unknown[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => void lines.push(JSON.parse(line)));
  const closed = once(child.stdout, 'close');
  const sent = async () => (await readdir(join(folder, 'outbox', 'push')).catch(() => [])).length;
  const isReached = async () => lines.length > after.acknowledged && (await sent()) >= after.sent;
  const giveUpAt = performance.now() + TIMEOUT_MS;
  while (child.exitCode === null && !(await isReached()) && performance.now() < giveUpAt) await delay(5);
  child.kill('SIGKILL');
  await Promise.all([exited, closed]);
  if (child.signalCode !== 'SIGKILL') throw new Error('The process was not killed in the middle.');
  return lines[0] as Actors;
}
