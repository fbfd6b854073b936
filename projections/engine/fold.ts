/** A batch of events into writes: named, loaded once, folded in memory. */
import type { Recorded } from '../../domain/shared/event.ts';
import type { Position } from '../../ports/event-log/port.ts';
import type { Document, LoadedDocument, ViewStore, DocumentWrite } from '../../ports/views/port.ts';
import { foldDocuments, collectKeys } from './collections.ts';
import type { Collections } from '../projection.ts';

export type ProjectEvent = (event: Recorded, views: Collections<Readonly<Record<string, Document>>>) => void;

export type FoldDefinition = {
  readonly project: ProjectEvent;
  readonly collections: readonly string[];
  readonly physical: (collection: string) => string;
};

/** What can't be digested, by stream: the first such event and why. Nothing of that stream from there on is in the writes. */
export type Unprocessable = ReadonlyMap<string, { readonly revision: number; readonly error: unknown }>;
export type FoldResult = { readonly writes: readonly DocumentWrite[]; readonly unprocessable: Unprocessable };

/** `at`: the position that the documents change at; each event's own where it is absent. */
export async function foldBatch(views: Pick<ViewStore, 'load'>, fold: FoldDefinition, events: readonly Recorded[], at?: Position): Promise<FoldResult> {
  const unprocessable = new Map<string, { readonly revision: number; readonly error: unknown }>();
  const { views: named, ids } = collectKeys(fold.collections);
  applyEach(events, unprocessable, (event) => fold.project(event, named));
  const loaded = await load(views, fold, ids);

  for (;;) {
    const memory = foldDocuments(loaded, fold.physical);
    const failed = applyEach(events, unprocessable, (event) => {
      memory.at(at ?? (event.position as Position));
      fold.project(event, memory.views);
    });
    // What an event did before it failed must not stay: fold again without it. What was loaded was never changed.
    if (failed === 0) return { writes: memory.writes(), unprocessable };
  }
}

/** Answers how many events failed now. */
function applyEach(events: readonly Recorded[], indigestible: Map<string, { revision: number; error: unknown }>, act: (event: Recorded) => void): number {
  let failed = 0;
  for (const event of events) {
    const bad = indigestible.size === 0 ? undefined : indigestible.get(event.stream);
    if (bad !== undefined && event.revision >= bad.revision) continue;
    try {
      act(event);
    } catch (error) {
      indigestible.set(event.stream, { revision: event.revision, error });
      failed += 1;
    }
  }
  return failed;
}

async function load(
  views: Pick<ViewStore, 'load'>,
  { physical }: FoldDefinition,
  ids: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<ReadonlyMap<string, readonly LoadedDocument[]>> {
  const loaded = [...ids].map(async ([collection, named]) => [collection, named.size === 0 ? [] : await views.load(physical(collection), [...named])] as const);
  return new Map(await Promise.all(loaded));
}
