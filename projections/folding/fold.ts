/** A batch of events into writes: the documents are named, loaded together, and folded in memory. */
import type { Recorded } from '../../domain/shared/event.ts';
import type { Position } from '../../ports/event-log/port.ts';
import type { Document, DocumentWrite, LoadedDocument, ViewStore } from '../../ports/views/port.ts';
import type { Collections } from '../projection.ts';
import { collectKeys, foldDocuments, type NeededIds } from './collections.ts';

export type ProjectEvent = (event: Recorded, views: Collections<Readonly<Record<string, Document>>>) => void;

export type FoldDefinition = {
  readonly project: ProjectEvent;
  readonly collections: readonly string[];
  readonly physical: (collection: string) => string;
};

/** By stream: the first event that can't be processed, and why. Nothing of that stream from there on is in the writes. */
export type Unprocessable = ReadonlyMap<string, { readonly revision: number; readonly error: unknown }>;

export type FoldResult = { readonly writes: readonly DocumentWrite[]; readonly unprocessable: Unprocessable };

/** `created`: those of the ids of which there should be no document yet. */
export type LoadForFold = (collection: string, ids: readonly string[], created: ReadonlySet<string>) => ReturnType<ViewStore['load']>;

/** `at`: the position that the documents change at; each event's own where it is absent. */
export async function foldBatch(views: { readonly load: LoadForFold }, fold: FoldDefinition, events: readonly Recorded[], at?: Position): Promise<FoldResult> {
  const unprocessable = new Map<string, { readonly revision: number; readonly error: unknown }>();
  const { views: keys, ids } = collectKeys(fold.collections);
  applyEach(events, unprocessable, (event) => fold.project(event, keys));
  const loaded = await load(views, fold, ids);

  for (;;) {
    const session = foldDocuments(loaded, fold.physical);
    const failed = applyEach(events, unprocessable, (event) => {
      session.setPosition(at ?? (event.position as Position));
      fold.project(event, session.views);
    });
    // Changes that an event made before it failed must not stay: fold again without it. The loaded documents were never changed.
    if (failed === 0) return { writes: session.writes(), unprocessable };
  }
}

/** Applies the events that are not behind an unprocessable one, adds those that fail, and answers how many did. */
function applyEach(events: readonly Recorded[], unprocessable: Map<string, { revision: number; error: unknown }>, apply: (event: Recorded) => void): number {
  let failed = 0;
  for (const event of events) {
    const first = unprocessable.size === 0 ? undefined : unprocessable.get(event.stream);
    if (first !== undefined && event.revision >= first.revision) continue;
    try {
      apply(event);
    } catch (error) {
      unprocessable.set(event.stream, { revision: event.revision, error });
      failed += 1;
    }
  }
  return failed;
}

async function load(
  views: { readonly load: LoadForFold },
  { physical }: FoldDefinition,
  ids: ReadonlyMap<string, NeededIds>,
): Promise<ReadonlyMap<string, readonly LoadedDocument[]>> {
  const loaded = [...ids].map(
    async ([collection, { needed, created }]) => [collection, needed.size === 0 ? [] : await views.load(physical(collection), [...needed], created)] as const,
  );
  return new Map(await Promise.all(loaded));
}
