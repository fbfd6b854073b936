/**
 * Opens the data folder for the command line while no process has it open. It listens on the control socket only and runs no
 * worker, so that nothing is delivered; projectors start when an operation needs them.
 */
import { instant, type Instant } from '../../domain/shared/instant.ts';
import type { Decode } from '../../projections/dependencies.ts';
import { projectors } from '../../projections/read-models/projectors.ts';
import { viewsOfEpoch } from '../../projections/progress/views-of-epoch.ts';
import { startProjections, type Projections } from '../../projections/rollout/start-projections.ts';
import { startViewReader } from '../../projections/view-access/view-reader.ts';
import { recordActionsWith } from '../../commands/operators/audit.ts';
import { appendOperationsWith } from '../../commands/append-operations.ts';
import type { AdaptersConfig } from '../adapters/adapters.ts';
import { startEmbeddedAdapters } from '../adapters/embedded.ts';
import { backedUp } from '../backup/backed-up.ts';
import type { Config } from '../config/config.ts';
import { openDataFolder } from '../data-folder.ts';
import { createCore } from '../core.ts';
import { lookingOnly } from '../replay/looking-only.ts';
import { epochOf } from '../start-checks/log-epoch.ts';
import { adoptVault } from '../start-checks/vault-identity.ts';
import { adoptViews } from '../start-checks/views-identity.ts';
import { createControlOperations } from './operations.ts';
import { linesFromCheckpoints } from './projections-from-checkpoints.ts';
import { startControlServer } from './server.ts';

const now = (): Instant => instant(Date.now());

/** Throws `FolderInUse`. */
export async function openForCli(
  config: Pick<Config, 'dataFolder' | 'erasedList' | 'groups' | 'readOnly' | 'retention'> & AdaptersConfig,
  { failureReporter }: { readonly failureReporter: (component: string) => (error: unknown) => void },
): Promise<AsyncDisposable> {
  await using starting = new AsyncDisposableStack();
  const dataFolder = starting.use(openDataFolder(config.dataFolder, config.readOnly ? 'replay' : 'installation'));
  const adapters = starting.use(await startEmbeddedAdapters({ dataFolder, clock: now, failureReporter }, config));
  // What an import brings is bound as what a process takes.
  const opened = await createCore(adapters, now, {}, { groups: config.groups, messagesKeptSeconds: config.retention.messagesSeconds });
  await adoptVault(opened);
  await adoptViews(opened);
  const epoch = await epochOf(opened);
  const core = { ...opened, views: viewsOfEpoch(opened.views, epoch) };
  const decode: Decode = (stored) => core.codec.decodeAll(stored);
  const appendOperations = appendOperationsWith(core, now);
  const shared = { ...core, decode, appendOperations };
  const read = starting.use(await startViewReader(shared, { projectors }));
  const whenNeeded = starting.use(new AsyncDisposableStack());
  let running: Promise<Projections> | undefined;
  const projections = () => (running ??= startProjections(shared, { projections: projectors }).then((projections) => whenNeeded.use(projections)));
  const operations = createControlOperations({
    core,
    backedUp: await backedUp({ ...core, epoch }, dataFolder, config),
    isAlone: true,
    activeViews: read.views,
    collectionOf: read.collectionOf,
    keptFor: config.retention.notifications,
    appendOperations,
    listProjections: () => linesFromCheckpoints({ ...shared, clock: now }, { state: 'stopped' }),
    projections,
    runsSomewhere: async (projection) => (await (await projections()).status()).some(({ name }) => name === projection),
  });
  starting.use(
    await startControlServer(config.readOnly ? lookingOnly(operations) : operations, { folder: config.dataFolder, recordAction: recordActionsWith(core, now) }),
  );
  const started = starting.move();
  return { [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
}
