/**
 * Drops what the views keep of earlier epochs of the log. Nobody reads it, so it only takes room: it is dropped beside all other work.
 * What is of a later epoch stays: others build it, and this process has yet to learn of another restore.
 */
import type { LogEpoch } from '../../ports/event-log/port.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import type { ProjectionsEvent } from '../dependencies.ts';
import { deadLettersSchema } from '../engine/dead-letters.ts';
import { retryUntilDone } from '../progress/back-off.ts';
import { BOOKKEEPING, buildOfRunner, physicalCollection, runnerOfCheckpoint } from '../progress/names.ts';
import { nameIn, splitName } from '../progress/views-of-epoch.ts';
import type { AnyProjection } from '../projection.ts';

type Dependencies = {
  /** Of all epochs. */
  readonly views: Pick<ViewStore, 'checkpoints' | 'drop'>;
  readonly report: (report: ProjectionsEvent) => void;
};

/** `projections`: those whose collections are known here; those of others are dropped where they are known. */
export type OtherEpochs = { readonly epoch: LogEpoch; readonly projections: readonly AnyProjection[] };

/** Goes on until it is done; disposing of it leaves the rest to the next start. */
export function startDroppingOtherEpochs(dependencies: Dependencies, others: OtherEpochs): Disposable {
  const stop = new AbortController();
  const onFailure = (error: unknown, failures: number) => dependencies.report({ type: 'retrying', runner: 'views of earlier epochs', failures, error });
  void retryUntilDone(stop.signal, () => dropOtherEpochs(dependencies, others, stop.signal), onFailure);
  return { [Symbol.dispose]: () => stop.abort() };
}

export async function dropOtherEpochs({ views, report }: Dependencies, { epoch, projections }: OtherEpochs, signal: AbortSignal): Promise<void> {
  for (const stored of new Set(Array.from((await views.checkpoints()).keys(), runnerOfCheckpoint))) {
    const { epoch: of, name: runner } = splitName(stored);
    const collections = of >= epoch ? undefined : collectionsOf(runner, projections);
    if (collections === undefined) continue;
    if (signal.aborted) return;
    await views.drop(
      stored,
      collections.map((collection) => nameIn(of, collection)),
    );
    report({ type: 'build-dropped', runner: stored });
  }
}

/** Undefined where none of the projections is it. */
function collectionsOf(runner: string, projections: readonly AnyProjection[]): readonly string[] | undefined {
  if (runner.startsWith(BOOKKEEPING)) return [];
  for (const projection of projections) {
    const build = projection.kind === 'projector' ? buildOfRunner(projection.name, runner) : undefined;
    if (build === undefined && runner !== projection.name) continue;
    const own = Object.keys(('indexes' in projection ? projection.indexes : undefined) ?? {});
    return [...(build === undefined ? own : own.map((collection) => physicalCollection(collection, build))), ...Object.keys(deadLettersSchema)];
  }
  return undefined;
}
