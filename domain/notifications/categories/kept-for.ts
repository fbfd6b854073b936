/**
 * How long notifications are kept, by their category. What is older is forgotten: what it said, when, and what became of it. That it was, and for
 * whom, its last event and those of its deliveries say; digests and messages to webhooks name it too.
 */
import { categoryKey } from '../../people/category.ts';
import { DAY_MS, plus, type Instant } from '../../shared/instant.ts';

/** Shorter, and a digest or a late report of a vendor might still speak of it. */
export const KEPT_MIN_DAYS = 30;
export const KEPT_MAX_DAYS = 3_650;

/** `days`: undefined where all others are kept for ever. `daysByCategory`: by `categoryKey`; null where that category is kept for ever. */
export type KeptFor = { readonly days: number | undefined; readonly daysByCategory: Readonly<Record<string, number | null>> };

export const KEPT_FOR_EVER: KeptFor = { days: undefined, daysByCategory: {} };

/** Undefined: for ever. */
export function keptDaysOf({ days, daysByCategory }: KeptFor, category: string): number | undefined {
  const key = categoryKey(category);
  return Object.hasOwn(daysByCategory, key) ? (daysByCategory[key] ?? undefined) : days;
}

export const isAnythingForgotten = ({ days, daysByCategory }: KeptFor): boolean =>
  days !== undefined || Object.values(daysByCategory).some((kept) => kept !== null);

/** What happened up to then is forgotten. */
export const forgottenUpTo = (now: Instant, days: number): Instant => plus(now, -days * DAY_MS);
