/** Lists come in pages: so many at most, and `next` to go on after the last one that was looked at. */
import { z } from 'zod';

export const PAGE_MAX = 100;
const PAGE = 20;
const DIGITS_MAX = 12;
/** As many as the views' ids have room for. */
const SEQ_MAX = 999_999_999_999;

/** In the text of a query: digits and nothing else. */
const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(new RegExp(`^\\d{1,${DIGITS_MAX}}$`), 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max));

export function limitOf(usual = PAGE, most = PAGE_MAX) {
  return wholeNumber(1, most)
    .default(usual)
    .meta({ override: { type: 'integer', pattern: undefined, minimum: 1, maximum: most, default: usual } });
}

export const seqIn = (description: string) =>
  wholeNumber(0, SEQ_MAX)
    .optional()
    .meta({ description, override: { type: 'integer', pattern: undefined, minimum: 0 } });

export const next = z.string().nullable().meta({ description: 'Where to go on from; null: there is no more.' });

/** One more than the page was asked for: what is over says that there is more. */
export function pageOf<Item>(found: readonly Item[], limit: number): { readonly shown: readonly Item[]; readonly last: Item | undefined } {
  const shown = found.slice(0, limit);
  return { shown, last: found.length > limit ? shown.at(-1) : undefined };
}
