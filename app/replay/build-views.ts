/** Builds all views of a replay, as the role `projections` does, and ends when they are as far as its log. */
import { setTimeout as delay } from 'node:timers/promises';
import { appendOperationsWith } from '../../commands/append-operations.ts';
import { instant, type Instant } from '../../domain/shared/instant.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import { distance } from '../../ports/event-log/position.ts';
import type { Decode } from '../../projections/dependencies.ts';
import { projectors } from '../../projections/read-models/projectors.ts';
import { viewsOfEpoch } from '../../projections/progress/views-of-epoch.ts';
import { startProjections, type Projections } from '../../projections/rollout/start-projections.ts';
import { startEmbeddedAdapters } from '../adapters/embedded.ts';
import { eraseAgain, markErased } from '../backup/erase-again.ts';
import type { ErasedList } from '../backup/erased-list.ts';
import { BackupFailed } from '../backup/manifest.ts';
import type { Config } from '../config/config.ts';
import { createCore } from '../core.ts';
import { openDataFolder } from '../data-folder.ts';
import { epochOf } from '../start-checks/log-epoch.ts';
import { fingerprintOf } from '../start-checks/vault-identity.ts';
import { adoptViews } from '../start-checks/views-identity.ts';
import { readOnlyConfig } from './read-only-config.ts';

const POLL_MS = 200;
const now = (): Instant => instant(Date.now());

/** `built`: of all views together, of 0 to 1. `retrying`: what keeps one from going on, for now. */
export type BuildProgress = { readonly built: number; readonly retrying: string | undefined };
export type BuiltViews = { readonly projectors: number; readonly deadLetters: number };
export type BuildOptions = {
  /** By the installation, as it is now: who was erased since the replay was made is erased in it before anything is built. */
  readonly erased: ErasedList;
  readonly failureReporter: (component: string) => (error: unknown) => void;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: BuildProgress) => void;
};

/** What was interrupted goes on where it was. Throws `FolderInUse`, `CannotStart`, and `BackupFailed` where a projector can't go on. */
export async function buildViews(given: Config, { erased, failureReporter, signal, onProgress = () => undefined }: BuildOptions): Promise<BuiltViews> {
  const config = readOnlyConfig(given);
  await using starting = new AsyncDisposableStack();
  const dataFolder = starting.use(openDataFolder(config.dataFolder, 'replay'));
  const adapters = starting.use(await startEmbeddedAdapters({ dataFolder, clock: now, failureReporter }, config));
  if ((await fingerprintOf(adapters.vault)) !== erased.installation)
    throw new BackupFailed(
      `${config.dataFolder} is a replay of another installation: name its own with --data or by the settings of its servers, or its backup with --backup.`,
    );
  await markErased(adapters.vault, new Map(erased.subjects.map(({ subject, erasedAt }) => [subject, erasedAt])));
  const opened = await createCore(adapters, now);
  await eraseAgain(
    opened,
    erased.subjects.map(({ subject }) => subject),
  );
  await adoptViews(opened);
  const core = { ...opened, views: viewsOfEpoch(opened.views, await epochOf(opened)) };
  const decode: Decode = (stored) => core.codec.decodeAll(stored);
  const dependencies = { ...core, decode, appendOperations: appendOperationsWith(core, now) };
  const projections = starting.use(await startProjections(dependencies, { projections: projectors, shards: config.projectionShards }));
  return await untilBuilt({ projections, log: core.log }, { signal, onProgress });
}

async function untilBuilt(
  { projections, log }: { readonly projections: Projections; readonly log: Pick<EventLog, 'logs' | 'head'> },
  { signal, onProgress }: { readonly signal: AbortSignal | undefined; readonly onProgress: (progress: BuildProgress) => void },
): Promise<BuiltViews> {
  for (; ; await delay(POLL_MS, undefined, signal === undefined ? {} : { signal })) {
    signal?.throwIfAborted();
    const status = await projections.status();
    const stopped = status.find(({ state }) => state === 'stopped');
    if (stopped !== undefined) throw new BackupFailed(`The projector ${stopped.name} can’t go on: ${stopped.error ?? 'it has stopped'}`);
    if (status.every(({ isBuilt, state }) => isBuilt && state === 'live'))
      return { projectors: status.length, deadLetters: status.reduce((sum, { deadLetters }) => sum + deadLetters, 0) };
    const heads = await Promise.all(log.logs.map((name) => log.head(name)));
    const length = heads.reduce((sum, head) => sum + (head === undefined ? 0 : distance(undefined, head)), 0);
    const left = status.reduce((sum, { lagEvents }) => sum + lagEvents, 0);
    const retrying = status.find(({ state }) => state === 'retrying');
    onProgress({
      built: Math.max(0, 1 - left / Math.max(1, length * status.length)),
      retrying: retrying === undefined ? undefined : `${retrying.name}: ${retrying.error ?? 'it failed'}`,
    });
  }
}
