/**
 * The oldest position whose work is still open. Only the views know a reactor's open work, and its checkpoint is long past it; so
 * the log is told this position instead, and a reactor that lost the views restarts there. Work after it that is already done is
 * done once more, which is harmless: an effect is idempotent.
 */
import type { Position } from '../../ports/event-log/port.ts';
import { merge, offsetIn, positionAt, positionOfSortable, sortable } from '../../ports/event-log/position.ts';
import type { CollectionIndex, Document, DocumentWrite, ViewStore } from '../../ports/views/port.ts';
import type { Reactor } from '../projection.ts';

/** The field, in every document of open work, with the checkpoint that its event came after, sortable; empty before the first checkpoint. */
const OPENED_AFTER = 'openedAfter';
export const openedAfterIndex: CollectionIndex = { fields: [OPENED_AFTER] };
const PAGE_DOCUMENTS_MAX = 1_000;

type OpenDocument = Document & { readonly [OPENED_AFTER]: string };

export const stampOpenedAfter = (writes: readonly DocumentWrite[], checkpoint: Position | undefined): readonly DocumentWrite[] => {
  const openedAfter = checkpoint === undefined ? '' : sortable(checkpoint);
  return writes.map((write) => (write.kind === 'put' ? { ...write, document: { ...write.document, [OPENED_AFTER]: openedAfter } } : write));
};

export type OldestOpenWork = {
  /** The last position, in each log at or before `reached`, after which all open work was opened; undefined where that is a log's start. */
  before(reached: Position, logs: number): Promise<Position | undefined>;
};

export function oldestOpenWork(views: Pick<ViewStore, 'find'>, { indexes = {}, isDone }: Pick<Reactor<never>, 'indexes' | 'isDone'>): OldestOpenWork {
  const finders = Object.keys(indexes).map((collection) => createFinder(views, collection, isDone));
  return {
    before: async (reached, logs) => {
      let position: Position | undefined;
      for (let log = 0; log < logs; log += 1) {
        const offset = offsetIn(reached, log);
        if (offset === undefined) continue;
        const until = sortable(positionAt(log, offset));
        const oldest = (await Promise.all(finders.map((find) => find(log, until)))).filter((found) => found !== undefined).sort()[0];
        if (oldest === '') return undefined;
        position = merge(position, oldest === undefined ? positionAt(log, offset) : positionOfSortable(oldest));
      }
      return position;
    },
  };
}

/** Finds where the oldest open document of one collection was opened. Documents before one that was found open are not read again. */
function createFinder(views: Pick<ViewStore, 'find'>, collection: string, isDone: Reactor<never>['isDone']) {
  const floors = new Map<number, string>();
  const limit = isDone === undefined ? 1 : PAGE_DOCUMENTS_MAX;
  return async (log: number, until: string): Promise<string | undefined> => {
    for (;;) {
      const from = floors.get(log) ?? (log === 0 ? '' : sortable(positionAt(log, 0)));
      const page = await views.find<OpenDocument>(collection, { range: { field: OPENED_AFTER, from, until }, order: { [OPENED_AFTER]: 1 }, limit });
      const done = (await isDone?.(page)) ?? page.map(() => false);
      const last = page.at(-1)?.[OPENED_AFTER];
      const open = page.find((_, i) => done[i] !== true)?.[OPENED_AFTER];
      if (open !== undefined || last !== undefined) floors.set(log, open ?? (last as string));
      if (open !== undefined || page.length < limit) return open;
      if (last === from) return from; // more was opened there than one page shows
    }
  };
}
