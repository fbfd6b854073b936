/**
 * The oldest position whose work is still open. Only the views know a reactor's open work, and its checkpoint is long past it; so
 * the log is told this position instead, and a reactor that lost the views restarts there. Work after it that is already done is
 * done once more, which is harmless: an effect is idempotent.
 */
import type { Position } from '../../ports/event-log/port.ts';
import { positionAt, positionOfSortable, sortable } from '../../ports/event-log/position.ts';
import type { CollectionIndex, Document, DocumentWrite, ViewStore } from '../../ports/views/port.ts';
import type { Reactor } from '../projection.ts';

/** The field, in every document of open work, with the checkpoint that its event came after, sortable; empty before the first checkpoint. */
const OPENED_AFTER = 'openedAfter';
export const openedAfterIndex: CollectionIndex = { fields: [OPENED_AFTER] };
const PAGE_DOCUMENTS_MAX = 1_000;

type OpenDocument = Document & { readonly [OPENED_AFTER]: string };
type Unit = { readonly logNumber: number; readonly shard: number };

/** Each shard finds its own work only: the first one by no prefix, as before there were shards. */
const prefixOf = ({ shard }: Unit): string => (shard === 0 ? '' : `shard ${shard}: `);

export const stampOpenedAfter = (writes: readonly DocumentWrite[], unit: Unit, checkpoint: Position | undefined): readonly DocumentWrite[] => {
  const openedAfter = prefixOf(unit) + (checkpoint === undefined ? '' : sortable(checkpoint));
  return writes.map((write) => (write.kind === 'put' ? { ...write, document: { ...write.document, [OPENED_AFTER]: openedAfter } } : write));
};

export type OldestOpenWork = {
  /** The last position, at or before `reached`, after which all open work of the unit was opened; undefined where that is the log's start. */
  before(reached: Position): Promise<Position | undefined>;
};

export function oldestOpenWork(
  views: Pick<ViewStore, 'find'>,
  { indexes = {}, isDone }: Pick<Reactor<never>, 'indexes' | 'isDone'>,
  unit: Unit,
): OldestOpenWork {
  const finders = Object.keys(indexes).map((collection) => createFinder(views, collection, isDone, unit));
  return {
    before: async (reached) => {
      const until = sortable(reached);
      const oldest = (await Promise.all(finders.map((find) => find(until)))).filter((found) => found !== undefined).sort()[0];
      if (oldest === undefined) return reached;
      return oldest === '' ? undefined : positionOfSortable(oldest);
    },
  };
}

/** Finds where the oldest open document of one collection was opened. Documents before one that was found open are not read again. */
function createFinder(views: Pick<ViewStore, 'find'>, collection: string, isDone: Reactor<never>['isDone'], unit: Unit) {
  const prefix = prefixOf(unit);
  const limit = isDone === undefined ? 1 : PAGE_DOCUMENTS_MAX;
  let floor = unit.logNumber === 0 ? prefix : prefix + sortable(positionAt(unit.logNumber, 0));
  return async (until: string): Promise<string | undefined> => {
    for (;;) {
      const from = floor;
      const range = { field: OPENED_AFTER, from, until: prefix + until };
      const page = await views.find<OpenDocument>(collection, { range, order: { [OPENED_AFTER]: 1 }, limit });
      const done = (await isDone?.(page)) ?? page.map(() => false);
      const last = page.at(-1)?.[OPENED_AFTER];
      const open = page.find((_, i) => done[i] !== true)?.[OPENED_AFTER];
      floor = open ?? last ?? floor;
      if (open !== undefined || page.length < limit) return open?.slice(prefix.length);
      if (last === from) return from.slice(prefix.length); // more was opened there than one page shows
    }
  };
}
