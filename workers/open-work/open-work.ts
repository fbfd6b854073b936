/** Reading what reactors have begun: their own documents, which no version names, and which are gone once the work has ended. */
import type { Document, Query, Views } from '../../ports/views/port.ts';

export type OpenWork = {
  /** Those whose `field` is at or before `until`, the longest waiting first. What they are is said by whose reactor began them. */
  since<Begun extends Document>(
    collection: string,
    reached: { readonly field: keyof Begun & string; readonly until: string; readonly limit: number },
  ): Promise<readonly Begun[]>;
};

export const openWork = (views: Pick<Views, 'find'>): OpenWork => ({
  since: <Begun extends Document>(
    collection: string,
    { field, until, limit }: { readonly field: keyof Begun & string; readonly until: string; readonly limit: number },
  ) => {
    const query: Query = { range: { field, until }, order: { [field]: 1 }, limit };
    return views.find<Begun>(collection, query);
  },
});
