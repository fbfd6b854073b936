/** Lists come in pages: so many at most, and `next` to go on after the last one that was looked at. */
import { z } from 'zod';
import { wholeNumber } from '../edge/fields.ts';

export const PAGE_MAX = 100;
const PAGE = 20;

export function limitOf(usual = PAGE, most = PAGE_MAX) {
  return wholeNumber(1, most)
    .default(usual)
    .meta({ override: { type: 'integer', pattern: undefined, minimum: 1, maximum: most, default: usual } });
}

export const next = z.string().nullable().meta({ description: 'Where to go on from; null: there is no more.' });

/** One more than the page was asked for: what is over says that there is more. */
export function pageOf<Item>(found: readonly Item[], limit: number): { readonly shown: readonly Item[]; readonly last: Item | undefined } {
  const shown = found.slice(0, limit);
  return { shown, last: found.length > limit ? shown.at(-1) : undefined };
}
