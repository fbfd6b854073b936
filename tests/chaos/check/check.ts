/**
 * The checker: it knows the log, the record of the commands, and what anybody can ask the APIs for. It is run when everything has come
 * to rest, over connections of its own.
 */
import type { Adapters } from '../../../app/adapters/adapters.ts';
import { startAdapters } from '../../../app/adapters/start-adapters.ts';
import { configFrom } from '../../../app/config/config.ts';
import { instant } from '../../../domain/shared/instant.ts';
import { OUTBOX_LIST_MAX, type Outbox, type OutboxMessage } from '../../../ports/sender/port.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RecordedCommand } from '../command-record.ts';
import { findDisappearingFaults, type Disappearing } from '../disappearing.ts';
import { findCommandFaults } from './commands-in-log.ts';
import { findDeliveryFaults } from './deliveries-in-log.ts';
import { findNoticeFaults } from './notices-in-log.ts';
import { findViewFaults } from './rebuilt-views.ts';
import { findShownFaults, type Shown } from './shown-from-log.ts';
import { codecOf, readWholeLog, type WholeLog } from './whole-log.ts';

type Settings = Pick<Cluster, 'settings'>;
export type ToCheck = Shown & { readonly cluster: Settings; readonly commands: readonly RecordedCommand[]; readonly disappearing: Disappearing };

/** The cluster's own are short, and the checker asks for much at once on a machine that may be busy. */
const PATIENT = {
  TIDINGS_MONGODB_CONNECT_TIMEOUT_MS: '60000',
  TIDINGS_MONGODB_COMMAND_TIMEOUT_MS: '60000',
  TIDINGS_REDIS_CONNECT_TIMEOUT_MS: '60000',
  TIDINGS_REDIS_COMMAND_TIMEOUT_MS: '60000',
};

export async function findFaultsInLog({ cluster, commands, disappearing, ...shown }: ToCheck): Promise<readonly string[]> {
  await using adapters = await connect(cluster);
  const codec = codecOf(adapters.vault);
  const log = await readWholeLog(adapters.log, codec);
  return [
    ...findCommandFaults(log, commands),
    ...findNoticeFaults(log),
    ...findDeliveryFaults(log, await allMessages(adapters.outbox)),
    ...(await findShownFaults(shown, log)),
    ...(await findDisappearingFaults(shown.system, disappearing, log)),
    ...(await findViewFaults({ ...adapters, codec }, log)),
  ];
}

export async function readLogOf(cluster: Settings): Promise<WholeLog> {
  await using adapters = await connect(cluster);
  return await readWholeLog(adapters.log, codecOf(adapters.vault));
}

function connect({ settings }: Settings): Promise<Adapters> {
  const dependencies = { dataFolder: undefined, clock: () => instant(Date.now()), failureReporter: () => () => undefined };
  return startAdapters(dependencies, { ...configFrom({ ...settings, ...PATIENT }), name: 'chaos-checker' });
}

async function allMessages(outbox: Outbox): Promise<readonly OutboxMessage[]> {
  const all: OutboxMessage[] = [];
  for (let before: string | undefined; ;) {
    const page = await outbox.list({ limit: OUTBOX_LIST_MAX, ...(before === undefined ? {} : { before }) });
    all.push(...page);
    if (page.length < OUTBOX_LIST_MAX) return all;
    before = page.at(-1)?.id;
  }
}
