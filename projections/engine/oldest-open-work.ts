/**
 * How far back a reactor's unfinished work reaches. What it has begun is known only to the views, and its checkpoint is long past
 * it; so the log is told the place from which all of it is begun again, and losing the views drops nothing. Whatever was finished
 * since is caused again from there, which does no harm: an effect is idempotent.
 */
import { merge, offsetIn, positionAt, positionOfSortable, sortable } from '../../ports/event-log/position.ts';
import type { Position } from '../../ports/event-log/port.ts';
import type { Document, CollectionIndex, ViewStore, DocumentWrite } from '../../ports/views/port.ts';
import type { Reactor } from '../projection.ts';

/** The field, of every document that is begun, with the checkpoint that its event came after, sortable; before the first checkpoint it is empty. */
const OPENED_AFTER = 'begunAfter';
export const openedAfterIndex: CollectionIndex = { fields: [OPENED_AFTER] };
const PAGE_MAX = 1_000;

type OpenDocument = Document & { readonly [OPENED_AFTER]: string };

export const stampOpenedAfter = (writes: readonly DocumentWrite[], checkpoint: Position | undefined): readonly DocumentWrite[] => {
  const begunAfter = checkpoint === undefined ? '' : sortable(checkpoint);
  return writes.map((write) => (write.kind === 'put' ? { ...write, document: { ...write.document, [OPENED_AFTER]: begunAfter } } : write));
};

export type OldestOpenWork = {
  /** The last position, in each log at or before where it has come, behind which all unfinished work was begun; undefined where that is a log's start. */
  before(reached: Position, logs: number): Promise<Position | undefined>;
};

export function oldestOpenWork(views: Pick<ViewStore, 'find'>, { indexes = {}, isDone }: Pick<Reactor<never>, 'indexes' | 'isDone'>): OldestOpenWork {
  const lookers = Object.keys(indexes).map((collection) => oldestOpenIn(views, collection, isDone));
  return {
    before: async (reached, logs) => {
      let position: Position | undefined;
      for (let log = 0; log < logs; log += 1) {
        const place = offsetIn(reached, log);
        if (place === undefined) continue;
        const until = sortable(positionAt(log, place));
        const oldest = (await Promise.all(lookers.map((look) => look(log, until)))).filter((one) => one !== undefined).sort()[0];
        if (oldest === '') return undefined;
        position = merge(position, oldest === undefined ? positionAt(log, place) : positionOfSortable(oldest));
      }
      return position;
    },
  };
}

/** Answers where the oldest unfinished document of one collection was begun. What was once found finished before it is not looked at again. */
function oldestOpenIn(views: Pick<ViewStore, 'find'>, collection: string, finished: Reactor<never>['isDone']) {
  const floors = new Map<number, string>();
  const limit = finished === undefined ? 1 : PAGE_MAX;
  return async (log: number, until: string): Promise<string | undefined> => {
    for (;;) {
      const from = floors.get(log) ?? (log === 0 ? '' : sortable(positionAt(log, 0)));
      const page = await views.find<OpenDocument>(collection, { range: { field: OPENED_AFTER, from, until }, order: { [OPENED_AFTER]: 1 }, limit });
      const areFinished = (await finished?.(page)) ?? page.map(() => false);
      const last = page.at(-1)?.[OPENED_AFTER];
      const open = page.find((_, i) => areFinished[i] !== true)?.[OPENED_AFTER];
      if (open !== undefined || last !== undefined) floors.set(log, open ?? (last as string));
      if (open !== undefined || page.length < limit) return open;
      if (last === from) return from; // more was begun there than one look shows
    }
  };
}
