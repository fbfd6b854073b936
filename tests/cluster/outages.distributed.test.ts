/**
 * Holds each cell of the table “What works while a server is away” of docs/operating.md: each server is killed, or hangs, beneath a
 * cluster whose clients go on; then it is back, and nobody restarts anything.
 */
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { neededBy } from '../../app/health/needs.ts';
import { ROLES, type Role } from '../../app/config/settings.ts';
import type { CheckName } from '../../app/health/checks.ts';
import { testInTurnWith } from '../servers/availability.ts';
import { startCluster, TWO_WITH_ALL_ROLES, type Cluster } from './cluster.ts';
import { checkAftermath } from './outage-aftermath.ts';
import { ATTEMPTS } from './outage-attempts.ts';
import { askOnce, startOutageClients, urlOf, type OutageClients } from './outage-clients.ts';
import { AWAY, outcomeIn, readOutageTable, type Away } from './outage-table.ts';

/** Far below the defaults, which a test need not wait for. */
const SETTINGS = {
  TIDINGS_GATEWAY_PING_SECONDS: '5',
  TIDINGS_MONGODB_CONNECT_TIMEOUT_MS: '2000',
  TIDINGS_MONGODB_COMMAND_TIMEOUT_MS: '4000',
  TIDINGS_REDIS_COMMAND_TIMEOUT_MS: '1500',
};
/** Sessions and keys are remembered for 20 s, and then asked for. */
const REMEMBERED_MS = 45_000;
const TOLD_WITHIN_MS = 5_000;
/** What the page promises. */
const HEALED_WITHIN_MS = 60_000;
const TRY_AGAIN_AFTER_MS = 1_000;
const TEST_MS = 300_000;
const CHECKS_ROW = 'checks that fail within 5 s';
const READY_ROW = 'readiness of ';
/** They follow from another that fails, sooner or later. */
const FOLLOWING_CHECKS: readonly string[] = ['projections', 'workers'];
const REFUSED = /^(works|503 (log|store)-unavailable|closed 3005 unavailable|refused (log|store)-unavailable)$/;

const table = readOutageTable();

test('the table has a row for everything that is tried, and for the readiness of every role', (t) => {
  t.deepEqual([...table.keys()].toSorted(), [...Object.keys(ATTEMPTS), CHECKS_ROW, ...ROLES_OF_TABLE.map((role) => READY_ROW + role)].toSorted());
});

const ROLES_OF_TABLE = ROLES.filter((role) => role !== 'event-store');
const LISTENING: readonly Role[] = ['write-api', 'read-api', 'gateway'];

const FAULTS = (['is gone', 'hangs'] as const).flatMap((how) => AWAY.map((away) => [away, how] as const));

for (const [away, how] of FAULTS) {
  testInTurnWith('redis-server', 'secantusd-py')(`while ${away} ${how}, each cell of the table is so; afterwards everything works, once`, async (t) => {
    t.timeout(TEST_MS);
    const cluster = await sharedCluster();
    const pids = cluster.processes.map((one) => one.pid());
    await using clients = await startOutageClients(cluster);
    const server = serverOf(cluster, away);
    if (how === 'hangs') server.hang();
    else await server.kill();
    try {
      await checksFail(t, cluster, away);
      await Promise.all(Object.keys(ATTEMPTS).map((row) => holdsCell(t, clients, { row, away })));
      await rolesAreReady(t, cluster, away);
    } finally {
      if (how === 'hangs') server.resume();
      else await server.start();
    }
    const healedBy = performance.now() + HEALED_WITHIN_MS;
    await Promise.all(Object.keys(ATTEMPTS).map((row) => worksBy(t, clients, { row, healedBy })));
    await checkAftermath(clients);
    await allChecksPass(t, cluster);
    t.deepEqual(
      cluster.processes.map((one) => one.pid()),
      pids,
      'no process ended',
    );
  });
}

const running = new AsyncDisposableStack();
let shared: Promise<Cluster> | undefined;
test.after.always(() => running.disposeAsync());

/** One for all, so that every outage is one after others. */
const sharedCluster = (): Promise<Cluster> =>
  (shared ??= startCluster({ layout: TWO_WITH_ALL_ROLES, isDurable: true, settings: SETTINGS }).then((cluster) => running.use(cluster)));

type Faulty = { hang(): void; resume(): void; kill(): Promise<void>; start(): Promise<void> };

function serverOf({ servers: { eventStores, mongodb, redis, feedCacheRedis } }: Cluster, away: Away): Faulty {
  const [eventStore] = eventStores;
  if (eventStore === undefined) throw new Error('There is no event store.');
  return { EventStoreDB: eventStore, MongoDB: mongodb, Redis: redis, 'the feed cache': feedCacheRedis }[away];
}

const cellOf = (row: string, away: Away): string => table.get(row)?.[away] ?? 'no cell';

/** A refusal may begin later, with what is remembered; anything else is so from the beginning. */
async function holdsCell(t: ExecutionContext, clients: OutageClients, { row, away }: { readonly row: string; readonly away: Away }): Promise<void> {
  const expected = outcomeIn(cellOf(row, away));
  const until = performance.now() + REMEMBERED_MS;
  for (;;) {
    const outcome = (await ATTEMPTS[row]?.(clients, expected)) ?? 'no attempt';
    if (outcome === expected) return;
    if (expected === 'works' || !REFUSED.test(outcome) || performance.now() > until) return (t.is(outcome, expected, `${row}, without ${away}`), undefined);
    await delay(TRY_AGAIN_AFTER_MS);
  }
}

async function worksBy(t: ExecutionContext, clients: OutageClients, { row, healedBy }: { readonly row: string; readonly healedBy: number }): Promise<void> {
  for (;;) {
    const outcome = await ATTEMPTS[row]?.(clients, 'works');
    if (outcome === 'works') return;
    if (performance.now() > healedBy) return (t.is(outcome, 'works', `${row}, afterwards`), undefined);
    await delay(TRY_AGAIN_AFTER_MS);
  }
}

async function failingChecks(cluster: Cluster): Promise<readonly string[]> {
  const { answer } = await askOnce(`${urlOf(cluster.process('all-1'), 'operations')}/health/ready`, {});
  return (answer['checks'] as readonly { readonly name: string; readonly status: string }[]).filter(({ status }) => status !== 'ok').map(({ name }) => name);
}

async function checksFail(t: ExecutionContext, cluster: Cluster, away: Away): Promise<void> {
  const named = [...cellOf(CHECKS_ROW, away).matchAll(/`([a-z-]+)`/g)].map(([, name = '']) => name);
  const from = performance.now();
  let failing: readonly string[] = [];
  while (!named.every((name) => failing.includes(name)) && performance.now() < from + TOLD_WITHIN_MS) failing = await failingChecks(cluster);
  t.deepEqual(
    named.filter((name) => !failing.includes(name)),
    [],
    `checks that fail within ${TOLD_WITHIN_MS} ms`,
  );
  t.deepEqual(
    failing.filter((name) => !named.includes(name) && !FOLLOWING_CHECKS.includes(name)),
    [],
    'no other check fails',
  );
}

async function rolesAreReady(t: ExecutionContext, cluster: Cluster, away: Away): Promise<void> {
  const failing = await failingChecks(cluster);
  for (const role of ROLES_OF_TABLE) {
    const isReady = !failing.some((name) => neededBy([role]).has(name as CheckName));
    t.is(isReady ? '200' : '503', outcomeIn(cellOf(READY_ROW + role, away)), `${READY_ROW}${role}: ${failing.join(', ')} failed`);
    if (!LISTENING.includes(role)) continue;
    const { status } = await fetch(`${urlOf(cluster.process('all-1'), role as 'gateway').replace(/^ws/, 'http')}/health/ready`);
    t.is(String(status), outcomeIn(cellOf(READY_ROW + role, away)), `the listener of ${role}`);
  }
}

async function allChecksPass(t: ExecutionContext, cluster: Cluster): Promise<void> {
  const until = performance.now() + HEALED_WITHIN_MS;
  let failing = await failingChecks(cluster);
  for (; failing.length > 0 && performance.now() < until; failing = await failingChecks(cluster)) await delay(TRY_AGAIN_AFTER_MS);
  t.deepEqual(failing, [], 'every check passes again');
}
