/** Lists come in pages: at most `limit` items, and the cursor `next` of the following page. */
import { z } from 'zod';
import { wholeNumber } from '../edge/fields.ts';
import { RESPONSE_BYTES_MAX } from '../edge/overload/limits.ts';

export const PAGE_MAX = 100;
const PAGE_DEFAULT = 20;

export function limitParam(byDefault = PAGE_DEFAULT, max = PAGE_MAX) {
  return wholeNumber(1, max)
    .default(byDefault)
    .meta({
      description: 'The most items that you want on the page.',
      override: { type: 'integer', pattern: undefined, minimum: 1, maximum: max, default: byDefault },
    });
}

/** The description of every parameter that takes a cursor. */
export const CURSOR = { description: 'Cursor: `next` of the previous page.' };

export const next = z.string().nullable().meta({ description: 'Cursor of the next page. null: this is the last one.' });

/** The JSON of a page's rows; what stands around them is small. */
export const pageBytesMaxOf = (responseBytesMax: number): number => Math.floor((responseBytesMax * 3) / 4);
export const PAGE_BYTES_MAX = pageBytesMaxOf(RESPONSE_BYTES_MAX);

export const jsonBytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** Rows that are presented at a time, before it is known how long they are. */
const PRESENTED_AT_ONCE = 10;

type Filling<Row, View> = {
  readonly limit: number;
  readonly bytesMax: number;
  /** One view a row, in order; undefined for a row that is left out. */
  readonly present: (rows: readonly Row[]) => Promise<readonly (View | undefined)[]>;
};

/**
 * Presents rows until the page is full, by their number or their bytes; one is shown, however long. Takes one row more than `limit`, if
 * there is one. `last` is the row with the cursor of the next page; undefined where this is the last page.
 */
export async function fillPage<Row, View>(
  found: readonly Row[],
  { limit, bytesMax, present }: Filling<Row, View>,
): Promise<{ readonly views: View[]; readonly last: Row | undefined }> {
  const views: View[] = [];
  let bytes = 0;
  for (let at = 0; at < Math.min(found.length, limit); at += PRESENTED_AT_ONCE) {
    const presented = await present(found.slice(at, Math.min(at + PRESENTED_AT_ONCE, limit)));
    for (const [i, view] of presented.entries()) {
      if (view === undefined) continue;
      bytes += jsonBytesOf(view);
      if (bytes > bytesMax && views.length > 0) return { views, last: found[at + i - 1] };
      views.push(view);
    }
  }
  return { views, last: found.length > limit ? found[limit - 1] : undefined };
}

/** Takes one item more than the page has room for: it tells whether there is a next page. */
export function cutPage<Item>(found: readonly Item[], limit: number): { readonly shown: readonly Item[]; readonly last: Item | undefined } {
  const shown = found.slice(0, limit);
  return { shown, last: found.length > limit ? shown.at(-1) : undefined };
}
