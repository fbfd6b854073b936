/**
 * Reads the open work of reactors: the documents in which a reactor keeps work that isn't done. They belong to no version of a
 * view, and are removed when the work is done.
 */
import type { Document, DocumentQuery, ViewStore } from '../../ports/views/port.ts';

export type OpenWork = {
  /** The documents whose `field` is at or before `until`, longest waiting first. The reactor that opened the work knows their type. */
  longestWaiting<Open extends Document>(
    collection: string,
    reached: { readonly field: keyof Open & string; readonly until: string; readonly limit: number },
  ): Promise<readonly Open[]>;
};

export const openWorkIn = (views: Pick<ViewStore, 'find'>): OpenWork => ({
  longestWaiting: <Open extends Document>(
    collection: string,
    { field, until, limit }: { readonly field: keyof Open & string; readonly until: string; readonly limit: number },
  ) => {
    const query: DocumentQuery = { range: { field, until }, order: { [field]: 1 }, limit };
    return views.find<Open>(collection, query);
  },
});
