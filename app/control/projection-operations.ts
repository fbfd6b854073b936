/** The status of the projections, and the rebuild of a projector. */
import type { Projections } from '../../projections/rollout/start-projections.ts';
import { runnerName } from '../../projections/progress/names.ts';
import { projectors } from '../../projections/read-models/projectors.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import { distance } from '../../ports/event-log/position.ts';
import { ControlFailure, type ResponseLines, type ProjectionLine, type OperationRequest } from './protocol.ts';
import { withProgress } from './with-progress.ts';

/** The status of the projections that run in this process. */
export async function projectionLines(projections: Pick<Projections, 'status'>): Promise<readonly ProjectionLine[]> {
  const all = await projections.status();
  return all.map(({ position = null, error = null, failingSeconds: _failing, isBuilt: _built, ...status }) => ({ ...status, position, error }));
}

export async function* rebuildProjection(
  dependencies: { readonly log: Pick<EventLog, 'logs' | 'head'>; readonly projections: () => Promise<Pick<Projections, 'status' | 'rebuild'>> },
  { projection }: OperationRequest<'rebuild-projection'>,
  signal: AbortSignal,
): AsyncIterable<ResponseLines['rebuild-projection']> {
  const names: readonly string[] = projectors.map(({ name }) => name);
  if (!names.includes(projection)) {
    throw new ControlFailure('unknown', `There is no projector ${projection}; reactors and processes are not rebuilt. The projectors are ${names.join(', ')}.`);
  }
  const projections = await dependencies.projections();
  if (!(await projections.status()).some(({ name }) => name === projection)) {
    throw new ControlFailure('failed', `The process that was asked doesn’t build ${projection}: it runs without the role projections. Ask one that has it.`);
  }
  const progress = async () => {
    const inactive = (await projections.status()).filter(({ name, active }) => name === projection && !active);
    const next = inactive.at(-1);
    if (next === undefined) return undefined;
    const inEachLog = inactive.filter(({ version, build }) => version === next.version && build === next.build);
    const lagEvents = inEachLog.reduce((sum, one) => sum + one.lagEvents, 0);
    return { is: 'progress', runner: runnerName(next, next), state: next.state, lagEvents, logEvents: await eventsIn(dependencies.log) } as const;
  };
  const outcome = yield* withProgress(projections.rebuild(projection, { signal }), progress);
  yield { is: 'result', outcome };
}

async function eventsIn(log: Pick<EventLog, 'logs' | 'head'>): Promise<number> {
  const heads = await Promise.all(log.logs.map((name) => log.head(name)));
  return heads.reduce((sum, head) => sum + (head === undefined ? 0 : distance(undefined, head)), 0);
}
