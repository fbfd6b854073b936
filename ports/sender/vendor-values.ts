/** Values of what vendors send. A signature says who has sent them, and nothing says what stands in them. */
import { instant, SECOND_MS, type Instant } from '../../domain/shared/instant.ts';

/** Of the last second whose year has four digits, so that moments sort as text. */
const SECONDS_MAX = 253_402_300_799;

/** undefined for what is neither text nor a number. */
export const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined);

/** undefined for what is no whole number above zero, as text or not. */
export function countIn(value: unknown): number | undefined {
  const count = Number(textIn(value) ?? Number.NaN);
  return Number.isSafeInteger(count) && count > 0 ? count : undefined;
}

/** Of seconds since 1970. */
export function instantIn(value: unknown): Instant | undefined {
  const seconds = Number(textIn(value) ?? Number.NaN);
  return seconds > 0 && seconds <= SECONDS_MAX ? instant(Math.floor(seconds * SECOND_MS)) : undefined;
}

/** The row of a table that a vendor's word names; words such as `constructor` name none. */
export const rowOf = <Row>(table: Readonly<Record<string, Row>>, word: string): Row | undefined => (Object.hasOwn(table, word) ? table[word] : undefined);
