/** Lists come in pages: at most `limit` items, and the cursor `next` of the following page. */
import { z } from 'zod';
import { wholeNumber } from '../edge/fields.ts';

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

/** Takes one item more than the page has room for: it tells whether there is a next page. */
export function cutPage<Item>(found: readonly Item[], limit: number): { readonly shown: readonly Item[]; readonly last: Item | undefined } {
  const shown = found.slice(0, limit);
  return { shown, last: found.length > limit ? shown.at(-1) : undefined };
}
