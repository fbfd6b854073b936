import test from 'ava';
import { LogUnavailable, type EventLog } from '../../ports/event-log/port.ts';
import { VaultDamaged, type Vault } from '../../ports/vault/port.ts';
import { ViewsDamaged, type ViewStore } from '../../ports/views/port.ts';
import { INBOX_STATUS } from '../../projections/testing/inbox-status.ts';
import { delaysOver } from '../telemetry/event-loop-metrics.ts';
import { createHealthChecks, projectionsCheck, queuesCheck } from './checks.ts';
import { watchLog, watchVault, watchViews } from './watched-ports.ts';

const messageOf = (check: () => Promise<void>) =>
  check().then(
    () => 'ok',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

test('the log is not writable from the first write that fails until one succeeds, be it the check’s own', async (t) => {
  let isFull = false;
  let probes = 0;
  const write = async () => {
    if (isFull) throw new LogUnavailable('the disk is full');
  };
  const { port, check } = watchLog({
    logs: ['main'],
    head: async () => undefined,
    append: write,
    keepLast: async () => {
      probes++;
      await write();
    },
  } as unknown as EventLog);
  t.is(await messageOf(check), 'ok');
  isFull = true;
  t.is(await messageOf(check), 'ok', 'nobody has tried to write');
  await t.throwsAsync(port.append('a', [], 'no-stream'));
  t.is(await messageOf(check), 'the disk is full');
  isFull = false;
  t.is(await messageOf(check), 'ok');
  t.is(await messageOf(check), 'ok');
  t.is(probes, 2, 'a log that takes writes is not probed');
});

test('an append that can never succeed says nothing about the log', async (t) => {
  const append = () => Promise.reject(new Error('The append is too large.'));
  const { port, check } = watchLog({ logs: [], append, keepLast: append } as unknown as EventLog);
  await t.throwsAsync(port.append('a', [], 'no-stream'));
  t.is(await messageOf(check), 'ok');
});

test('damage is told until what was damaged is whole again', async (t) => {
  let isDamaged = true;
  const read = () => (isDamaged ? Promise.reject(new ViewsDamaged('p1 is damaged')) : Promise.resolve(undefined));
  const views = watchViews({ get: read, checkpoints: async () => new Map() } as unknown as ViewStore);
  t.is(await messageOf(views.check), 'ok');
  await t.throwsAsync(views.port.get('posts@1', 'p1'));
  t.is(await messageOf(views.check), 'p1 is damaged');
  isDamaged = false;
  t.is(await messageOf(views.check), 'ok');

  const vault = watchVault({
    get: async (_: string, id: string) => (id === 'k1' ? Promise.reject(new VaultDamaged('a record')) : undefined),
  } as unknown as Vault);
  t.is(await messageOf(vault.check), 'ok');
  await t.throwsAsync(vault.port.get('subject-key', 'k1'));
  t.is(await messageOf(vault.check), 'a record');
});

test('a projection that stands still, or was never built, is named', async (t) => {
  let status = INBOX_STATUS;
  const projections = { states: () => [status, { ...INBOX_STATUS, name: 'feed-fan-out', kind: 'reactor' as const }] };
  const check = projectionsCheck(projections, 'projectors');
  t.is(await messageOf(check), 'ok');
  status = { ...INBOX_STATUS, failingSeconds: 14, error: 'x' };
  t.is(await messageOf(check), 'ok', 'a short outage');
  status = { ...INBOX_STATUS, failingSeconds: 16, error: 'x' };
  t.is(await messageOf(check), 'inbox@2 has been failing for 16 s: x');
  status = { ...INBOX_STATUS, isBuilt: false };
  t.is(await messageOf(check), 'inbox@2 is being built');
  status = { ...status, active: false };
  t.is(await messageOf(check), 'ok', 'a build beside the active one');
  t.is(await messageOf(projectionsCheck(projections, 'workers')), 'ok');
});

test('a full queue is named', async (t) => {
  const jobs = {
    queues: async () => ['plan', 'deliver'],
    depth: async (queue: string) => ({ waiting: queue === 'deliver' ? 3 : 0, delayed: 2, active: 0, oldestAgeMs: 0, finished: 0 }),
  };
  t.is(await messageOf(queuesCheck(jobs, { waitingMax: 6 })), 'ok');
  t.is(await messageOf(queuesCheck(jobs, { waitingMax: 5 })), 'the queue deliver is full');
});

test('checks that fail or don’t answer hide none of the others, and are not run for everybody who asks', async (t) => {
  let runs = 0;
  const health = createHealthChecks(
    {
      log: async () => void runs++,
      vault: () => Promise.reject(new LogUnavailable('away', { cause: new Error('refused') })),
      views: () => new Promise(() => undefined),
    },
    { deadlineMs: 20 },
  );
  const results = await Promise.all([health.run(), health.run(), health.run(['log', 'disk'])]);
  t.deepEqual(results[0], [
    { name: 'log', status: 'ok' },
    { name: 'vault', status: 'failed', reason: 'away (refused)' },
    { name: 'views', status: 'failed', reason: 'no answer within 20 ms' },
  ]);
  t.deepEqual(results[2], [{ name: 'log', status: 'ok' }]);
  t.is(runs, 1);
});

test('a look at the event-loop delay takes nothing from the next look', (t) => {
  let [nowMs, delayNs, resets] = [0, 5e8, 0];
  const histogram = { percentile: () => delayNs, reset: () => void resets++ };
  const delays = delaysOver(histogram, () => nowMs);
  t.true([delays(), delays(), delays()].every((shown) => shown.every(({ seconds }) => seconds === 0.5)));
  t.is(resets, 0);
  nowMs = 60_000;
  delays();
  delayNs = 1e7;
  t.is(delays()[0]?.seconds, 0.5, 'the window before is still shown');
  nowMs = 120_000;
  delays();
  t.is(delays()[0]?.seconds, 0.01);
});
