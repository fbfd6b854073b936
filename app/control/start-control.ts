/** The operations of the command line, in a process that runs: over the socket in its data folder, or over HTTP where it has none. */
import { recordActionsWith } from '../../commands/operators/audit.ts';
import type { AppendOperations, Decode } from '../../projections/dependencies.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import type { Projections } from '../../projections/rollout/start-projections.ts';
import { createControlOperations } from './operations.ts';
import { projectionLines } from './projection-operations.ts';
import { linesFromCheckpoints } from './projections-from-checkpoints.ts';
import type { ControlOperations, ProjectionLine } from './protocol.ts';
import { startControlServer } from './server.ts';
import type { Core } from '../core.ts';
import type { SecurityLog } from '../telemetry/security-log.ts';

type Dependencies = {
  readonly core: Core;
  readonly activeViews: TidingsViews;
  readonly decode: Decode;
  readonly appendOperations: AppendOperations;
  readonly projections: Projections;
  readonly openBreakers: ReadonlySet<string>;
  readonly securityLog: Pick<SecurityLog, 'reportControl'>;
};

/** Of a process that is the only one. */
export async function startOwnControl({ securityLog, ...dependencies }: Dependencies, { folder }: { readonly folder: string }): Promise<AsyncDisposable> {
  const { projections } = dependencies;
  const operations = createControlOperations({
    ...dependencies,
    listProjections: () => projectionLines(projections),
    projections: async () => projections,
    runsSomewhere: async (name) => (await projections.status()).some((one) => one.name === name),
  });
  const { handle, clock } = dependencies.core;
  return await startControlServer(operations, { folder, report: securityLog.reportControl, recordAction: recordActionsWith({ handle }, clock) });
}

/** Of one of several processes: what doesn't run here runs in others. */
export function sharedControl({ decode, ...dependencies }: Omit<Dependencies, 'securityLog'>): ControlOperations {
  const { core, projections } = dependencies;
  const listProjections = async (): Promise<readonly ProjectionLine[]> => {
    const [here, all] = await Promise.all([projectionLines(projections), linesFromCheckpoints({ ...core, decode }, { state: 'elsewhere' })]);
    const known = new Set(here.map(nameOf));
    return [...here, ...all.filter((line) => !known.has(nameOf(line)))];
  };
  return createControlOperations({ ...dependencies, listProjections, projections: async () => projections, runsSomewhere: async () => true });
}

const nameOf = ({ name, build, log, ...line }: ProjectionLine): string => JSON.stringify([name, line.kind === 'projector' ? line.version : null, build, log]);
