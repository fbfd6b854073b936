/** Which work belongs to which role of the workers, and that no work belongs to none. */
import test from 'ava';
import { startWorkersForTest } from './test-fixture.ts';
import { WORKER_ROLES, type WorkerRole } from './dependencies.ts';
import { NoSuchQueue, startWorkers } from './start.ts';

type Given = Awaited<ReturnType<typeof startWorkersForTest>>;

/** What a process of these roles would do: its reactors and processes, and the queues that it consumes. */
async function workOf(given: Given, roles: readonly WorkerRole[], deliveryQueues?: readonly string[]) {
  const consumed: string[] = [];
  const consume: Given['jobs']['consume'] = (queues) => {
    consumed.push(...(typeof queues === 'string' ? [queues] : Object.keys(queues)));
    return { [Symbol.asyncDispose]: () => Promise.resolve() };
  };
  const dependencies = {
    reader: given,
    commandGiver: given,
    views: { active: given.views, waitForViews: given.waitForViews, stored: given.stored },
    jobs: { ...given.jobs, consume },
    ephemeral: given,
    senders: given.senders,
    report: given.report,
    runtime: { clock: given.clock },
  };
  await using workers = await startWorkers(dependencies, { chatPushAfterMs: 30, roles, deliveryQueues });
  return { projections: workers.projections.map(({ name }) => name).toSorted(), queues: consumed.toSorted() };
}

test('each reactor, process and queue belongs to exactly one role', async (t) => {
  await using given = await startWorkersForTest();
  const all = await workOf(given, WORKER_ROLES);
  const each = await Promise.all(WORKER_ROLES.map((role) => workOf(given, [role])));
  t.deepEqual(each.flatMap(({ projections }) => projections).toSorted(), all.projections);
  t.deepEqual(each.flatMap(({ queues }) => queues).toSorted(), all.queues);
  t.is(new Set(all.queues).size, all.queues.length);
});

test('live hints and feeds are fanned out apart from planning and delivering', async (t) => {
  await using given = await startWorkersForTest();
  const fanOut = await workOf(given, ['fan-out']);
  t.true(fanOut.projections.includes('feed-fan-out') && fanOut.projections.includes('publish-chat'));
  t.true((await workOf(given, ['planning'])).projections.includes('plan-notifications'));
  t.true((await workOf(given, ['delivery'])).queues.some((queue) => queue.startsWith('deliver-sms-')));
  t.deepEqual(await workOf(given, ['schedules']), { projections: [], queues: [] });
});

test('a process delivers from the queues that it is told, and refuses names that no queue has', async (t) => {
  await using given = await startWorkersForTest();
  const { queues } = await workOf(given, ['delivery'], ['deliver-sms-*']);
  t.true(queues.length > 0 && queues.every((queue) => queue.startsWith('deliver-sms-')), queues.join());
  const error = await t.throwsAsync(workOf(given, ['delivery'], ['deliver-fax-*']), { instanceOf: NoSuchQueue });
  t.regex(error.message, /deliver-fax-\*.*deliver-sms-/);
});
