/** The operations of the command line and of the operator's page, in a process that runs. */
import type { KeptFor } from '../../domain/notifications/categories/kept-for.ts';
import type { AppendOperations, Decode } from '../../projections/dependencies.ts';
import type { TidingsViewReader, TidingsViews } from '../../projections/view-access/tidings-views.ts';
import type { Projections } from '../../projections/rollout/start-projections.ts';
import type { BackedUp } from '../backup/backed-up.ts';
import { createControlOperations, type ControlDependencies } from './operations.ts';
import { projectionLines } from './projection-operations.ts';
import { linesFromCheckpoints } from './projections-from-checkpoints.ts';
import type { ReadingThreads } from './reading/threads.ts';
import type { Processes } from './processes/processes.ts';
import type { ControlOperations, ProjectionLine } from './protocol.ts';
import type { Core } from '../core.ts';

type Dependencies = {
  readonly core: Core;
  readonly processes: Processes;
  readonly activeViews: TidingsViews;
  readonly collectionOf: ControlDependencies['collectionOf'];
  readonly waitForViews: TidingsViewReader['waitForViews'];
  readonly keptFor: KeptFor;
  readonly decode: Decode;
  readonly appendOperations: AppendOperations;
  readonly projections: Projections;
  readonly openBreakers: ReadonlySet<string>;
  readonly backedUp?: BackedUp | undefined;
  readonly threads?: ReadingThreads | undefined;
};

/** Of a process that is the only one. */
export function ownControl(dependencies: Dependencies): ControlOperations {
  const { projections } = dependencies;
  return createControlOperations({
    ...dependencies,
    listProjections: () => projectionLines(projections),
    projections: async () => projections,
    runsSomewhere: async (name) => (await projections.status()).some((one) => one.name === name),
  });
}

/** Of one of several processes: what doesn't run here runs in others. */
export function sharedControl({ decode, ...dependencies }: Dependencies): ControlOperations {
  const { core, projections } = dependencies;
  const listProjections = async (): Promise<readonly ProjectionLine[]> => {
    const [here, all] = await Promise.all([projectionLines(projections), linesFromCheckpoints({ ...core, decode }, { state: 'elsewhere' })]);
    const known = new Set(here.map(nameOf));
    return [...here, ...all.filter((line) => !known.has(nameOf(line)))];
  };
  return createControlOperations({ ...dependencies, listProjections, projections: async () => projections, runsSomewhere: async () => true });
}

const nameOf = ({ name, build, log, ...line }: ProjectionLine): string => JSON.stringify([name, line.kind === 'projector' ? line.version : null, build, log]);
