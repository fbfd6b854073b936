/** Numbers as the language writes them. */
import { language } from '../../text/language.ts';

const MEGABYTE_BYTES = 1_000_000;
const STEPS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

export const numberText = (value: number, digitsMax = 0): string => new Intl.NumberFormat(language.value, { maximumFractionDigits: digitsMax }).format(value);

export const percentText = (of: number): string => new Intl.NumberFormat(language.value, { style: 'percent', maximumFractionDigits: 1 }).format(of);

export const megabytesText = (bytes: number): string =>
  new Intl.NumberFormat(language.value, { style: 'unit', unit: 'megabyte', maximumFractionDigits: 0 }).format(bytes / MEGABYTE_BYTES);

/** In its two largest units. */
export function durationText(seconds: number): string {
  const first = Math.max(
    0,
    STEPS.findIndex(([, of]) => seconds >= of),
  );
  const at = seconds < 1 ? STEPS.length - 1 : first;
  let left = Math.floor(seconds);
  const parts = STEPS.slice(at, at + 2).map(([unit, of]) => {
    const count = Math.floor(left / of);
    left -= count * of;
    return { count, text: new Intl.NumberFormat(language.value, { style: 'unit', unit, unitDisplay: 'narrow' }).format(count) };
  });
  return parts
    .filter(({ count }, i) => i === 0 || count > 0)
    .map(({ text }) => text)
    .join(' ');
}

export const clockText = (atMs: number): string => new Intl.DateTimeFormat(language.value, { timeStyle: 'medium' }).format(atMs);
export const momentText = (at: string): string => new Intl.DateTimeFormat(language.value, { dateStyle: 'medium', timeStyle: 'medium' }).format(Date.parse(at));
