/** The status of projections that don't run in this process, from their checkpoints. */
import type { Instant } from '../../domain/shared/instant.ts';
import type { EventLog, Position } from '../../ports/event-log/port.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import { deadLettersSchema, loadDeadLetters } from '../../projections/engine/dead-letters.ts';
import type { Decode } from '../../projections/dependencies.ts';
import { followActiveVersions } from '../../projections/progress/active-versions.ts';
import { isBuiltMark } from '../../projections/progress/built.ts';
import { positionOf } from '../../projections/progress/checkpoint.ts';
import { BOOKKEEPING, buildOfRunner, partitionOfCheckpoint, runnerOfCheckpoint, sameBuild, type BuildId } from '../../projections/progress/names.ts';
import { projectors } from '../../projections/read-models/projectors.ts';
import { lagOf } from '../../projections/rollout/lag.ts';
import type { ProjectionLine } from './protocol.ts';

type Dependencies = { readonly log: EventLog; readonly views: ViewStore; readonly decode: Decode; readonly clock: () => Instant };

/** `state`: what is known of all of them. */
export async function linesFromCheckpoints(
  dependencies: Dependencies,
  { state }: { readonly state: 'stopped' | 'elsewhere' },
): Promise<readonly ProjectionLine[]> {
  const { log, views, clock } = dependencies;
  await using versions = await followActiveVersions(dependencies, projectors);
  await views.prepare(deadLettersSchema);
  const lines: ProjectionLine[] = [];
  for (const [checkpoint, stored] of await views.checkpoints()) {
    if (isBuiltMark(checkpoint) || checkpoint.startsWith(BOOKKEEPING)) continue;
    const runner = runnerOfCheckpoint(checkpoint);
    const projector = projectorOf(runner);
    const deadLetters = (await loadDeadLetters(views, checkpoint)).size;
    const position = positionOf(stored);
    const partition = partitionOfCheckpoint(checkpoint);
    const name = log.logs[partition.log] ?? '';
    lines.push({
      ...(projector ?? { name: runner, kind: 'reaction', version: null, build: 0 }),
      log: name,
      shard: partition.shard,
      active: projector === undefined || sameBuild(projector, versions.active(projector.name)),
      state,
      position: position ?? null,
      ...lagFromCheckpoint(position, await log.head(name), clock()),
      deadLetters,
      error: null,
    });
  }
  return lines.toSorted((one, other) => (one.kind === other.kind ? 0 : one.kind === 'projector' ? -1 : 1));
}

function projectorOf(runner: string): ({ readonly name: string; readonly kind: 'projector' } & BuildId) | undefined {
  for (const { name, kind } of projectors) {
    const build = buildOfRunner(name, runner);
    if (build !== undefined) return { name, kind, ...build };
  }
  return undefined;
}

/** A checkpoint doesn't tell when the next event was appended. */
function lagFromCheckpoint(position: Position | undefined, head: Position | undefined, now: Instant): Pick<ProjectionLine, 'lagEvents' | 'lagSeconds'> {
  const { lagEvents } = lagOf({ position, oldestAt: undefined, newestAt: undefined, runningForMs: 0 }, head, now);
  return { lagEvents, lagSeconds: lagEvents === 0 ? 0 : null };
}
