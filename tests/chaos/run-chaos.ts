/**
 * One run: a mixed load through the public APIs while processes and servers are killed, stopped, hung and flushed as a plan says; then,
 * when everything runs again and has come to rest, the checks. What the load saw and what the log has are judged by two who share
 * nothing: the model of the end-to-end tests, from what was acknowledged, and the checker in `check/`, from the log.
 */
import { resolve } from 'node:path';
import { EVERY_ROLE_TWICE_AND_A_GATEWAY, CHAOS_SETTINGS, WRONG_CLOCK_ON } from './layout.ts';
import { startCluster, type Cluster } from '../cluster/cluster.ts';
import type { LogLine } from '../start-for-test.ts';
import { createAcknowledged } from '../e2e/acknowledged.ts';
import { createActors } from '../e2e/actors.ts';
import { connectDevices, type ConnectedDevices } from '../e2e/devices/connected-devices.ts';
import { uploadFiles } from '../e2e/load/file-actions.ts';
import { runLoad } from '../e2e/load/load.ts';
import { findDeviceFaults, findFaults } from '../e2e/model/model.ts';
import { listPendingNotifications } from '../e2e/model/notifications-model.ts';
import type { Scenario } from '../e2e/scenario.ts';
import { waitUntilIdle, waitUntilNone, type SystemUnderTest } from '../e2e/system-under-test.ts';
import { findFaultsInLog, readLogOf } from './check/check.ts';
import { countOutcomes, createCommandRecord } from './command-record.ts';
import { openDisappearing, sayWhatDisappears, waitUntilDisappeared, type Disappearing } from './disappearing.ts';
import { planFaults } from './fault-plan.ts';
import { inflictFaults } from './inflict-faults.ts';
import { findNewcomerFaults, signUpNewcomers } from './newcomers.ts';
import { watchOperations } from './watch-operations.ts';

export type ChaosConfig = {
  readonly seed: number;
  readonly forMs: number;
  readonly people?: number;
  /** Each is an event store of its own; the faults of event stores take them in turn. */
  readonly logs?: number;
  /** The longest that a server is away or hangs. */
  readonly serverAwayMaxMs?: number;
  /** The same of a process. */
  readonly processAwayMaxMs?: number;
  /** Ends the run, and everything that it started. */
  readonly signal?: AbortSignal;
  readonly onLine?: (line: string) => void;
  readonly onLogLine?: (process: string, line: LogLine) => void;
};

export type ChaosResult = {
  /** What should not be, as sentences. */
  readonly faults: readonly string[];
  readonly commands: ReturnType<typeof countOutcomes>;
};

const PEOPLE = 8;
const SERVER_AWAY_MAX_MS = 5_000;
const STEPS_A_ROUND = 6;
const NOTIFICATIONS_A_ROUND = 3;
/** A command is tried for so long: faults come and go meanwhile, and each leaves room for some. */
const PATIENCE_MS = 180_000;

/** Rejects with the signal's reason where it aborts. */
export async function runChaos(config: ChaosConfig): Promise<ChaosResult> {
  const { signal = new AbortController().signal, logs = 1, onLogLine } = config;
  await using cluster = await startCluster({
    layout: EVERY_ROLE_TWICE_AND_A_GATEWAY,
    logs,
    settings: CHAOS_SETTINGS,
    isDurable: true,
    nodeArgumentsOf: (name) => (name === WRONG_CLOCK_ON ? ['--import', resolve(import.meta.dirname, 'wrong-clock.ts')] : []),
    ...(onLogLine === undefined ? {} : { onLine: onLogLine }),
  });
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => aborted.reject(signal.reason as Error), { once: true });
  return await Promise.race([runOn(cluster, config), aborted.promise]);
}

async function runOn(cluster: Cluster, config: ChaosConfig): Promise<ChaosResult> {
  const { seed, people = PEOPLE, onLine = () => {} } = config;
  const record = createCommandRecord();
  const system: SystemUnderTest = {
    addresses: cluster.directAddresses,
    adminToken: cluster.adminToken,
    retryForMs: PATIENCE_MS,
    onCommand: record.onCommand,
  };
  const actors = await createActors(system, { run: `chaos-${seed}`, size: people });
  const acknowledged = createAcknowledged();
  const scenario: Scenario = { system, actors, acknowledged, files: await uploadFiles(system, actors) };
  await using devices = await connectDevices(system, actors);
  const disappearing = await openDisappearing(system, { run: String(seed) });
  onLine(`${people} people and their devices are there; the faults begin`);
  const { newcomers, watched } = await loadThroughFaults(cluster, config, { scenario, devices: record.recorded(devices), disappearing });
  const commands = countOutcomes(record.commands);
  const answers = JSON.stringify(Object.fromEntries(watched.answers));
  onLine(`the faults are over: ${JSON.stringify(commands)}; operators were answered ${answers}, the slowest in ${watched.slowestMs().toFixed(0)} ms`);

  const restless = await findRestless(cluster, scenario, disappearing);
  onLine('everything has come to rest; checking');
  const faults = [
    ...watched.faults,
    ...restless,
    ...(await findDeviceFaults(scenario, devices)),
    ...(await findFaults(scenario)),
    ...(await findNewcomerFaults(system, newcomers)),
    ...(await findFaultsInLog({ cluster, commands: record.commands, system, actors, disappearing })),
  ];
  return { faults, commands };
}

type Loaded = { readonly scenario: Scenario; readonly devices: ConnectedDevices; readonly disappearing: Disappearing };

async function loadThroughFaults(cluster: Cluster, config: ChaosConfig, { scenario, devices, disappearing }: Loaded) {
  const { seed, forMs, serverAwayMaxMs = SERVER_AWAY_MAX_MS, processAwayMaxMs, onLine = () => {} } = config;
  const lengths = { serverAwayMaxMs, ...(processAwayMaxMs === undefined ? {} : { processAwayMaxMs }) };
  const plan = planFaults({ seed, forMs, processes: cluster.processes.map(({ name }) => name), ...lengths });
  const inflicted = inflictFaults(cluster, plan, onLine);
  let over = false;
  void inflicted.over.finally(() => (over = true)).catch(() => undefined);
  const isOver = () => over;
  await using watched = watchOperations(cluster, inflicted.away);
  const keepLoading = async () => {
    for (let round = 0; !isOver(); round++) {
      await runLoad(scenario, devices, { seed: seed + round, name: `round ${round}`, stepsEach: STEPS_A_ROUND, notifications: NOTIFICATIONS_A_ROUND });
      onLine(`          round ${round} of the load is done; ${scenario.acknowledged.count} acknowledged`);
    }
  };
  const [newcomers] = await Promise.all([
    signUpNewcomers(scenario.system, { run: String(seed), isOver }),
    sayWhatDisappears(scenario.system, disappearing, isOver),
    keepLoading(),
    inflicted.over,
  ]);
  return { newcomers, watched };
}

/** Waits until there is nothing left to do; what is left after that time, as sentences. */
async function findRestless(cluster: Cluster, scenario: Scenario, disappearing: Disappearing): Promise<readonly string[]> {
  const untilIdle = async () => {
    for (const { urls } of cluster.processes) {
      const addresses = async () => ({ ...(await scenario.system.addresses()), ops: urls.operations ?? '' });
      await waitUntilIdle({ ...scenario.system, addresses });
    }
  };
  try {
    await untilIdle();
    await waitUntilNone('pending notifications', () => listPendingNotifications(scenario));
    await waitUntilDisappeared(disappearing, () => readLogOf(cluster));
    await untilIdle();
    return [];
  } catch (error) {
    return [`it does not come to rest: ${String(error)}`];
  }
}
