import test from 'ava';
import { describeFault, planFaults } from './fault-plan.ts';

const CONFIG = { seed: 7, forMs: 120_000, processes: ['all-1', 'all-2', 'gateway-3'], serverAwayMaxMs: 5_000 };

test('the same seed gives the same faults, and another seed others', (t) => {
  t.deepEqual(planFaults(CONFIG), planFaults(CONFIG));
  t.notDeepEqual(planFaults(CONFIG), planFaults({ ...CONFIG, seed: 8 }));
});

test('two minutes have each fault of each server, one after the other, and a fault of a process every two seconds', (t) => {
  const plan = planFaults(CONFIG);
  const ofServers = plan.filter(({ what }) => !CONFIG.processes.includes(what));
  t.deepEqual([...new Set(ofServers.map(({ does, what }) => `${does} ${what}`))].toSorted(), [
    'flush feedCacheRedis',
    'flush redis',
    'hang event-store',
    'hang feedCacheRedis',
    'hang mongodb',
    'hang redis',
    'kill event-store',
    'kill mongodb',
    'restart-with-save-point feedCacheRedis',
    'stop feedCacheRedis',
    'stop redis',
  ]);
  for (const [at, fault] of ofServers.entries()) {
    const before = ofServers[at - 1];
    t.true(before === undefined || before.atMs + before.forMs < fault.atMs, describeFault(fault));
  }
  const ofProcesses = plan.filter(({ what }) => CONFIG.processes.includes(what));
  t.deepEqual(
    ofProcesses.map(({ atMs }) => atMs),
    Array.from({ length: 60 }, (_, at) => at * 2_000),
  );
  t.deepEqual(new Set(ofProcesses.map(({ does }) => does)), new Set(['kill', 'hang', 'stop']));
});

test('processes that are away for a minute are so as rarely as leaves as many of them as ever', (t) => {
  const plan = planFaults({ ...CONFIG, processAwayMaxMs: 60_000 }).filter(({ what }) => CONFIG.processes.includes(what));
  t.deepEqual(
    plan.map(({ atMs }) => atMs),
    [0, 24_000, 48_000, 72_000, 96_000],
  );
  t.true(plan.every(({ forMs }) => forMs < 60_000) && plan.some(({ forMs }) => forMs > 5_000));
});
