import { language } from '../text/language.ts';

/** In little room: 12,345 as 12K, in the way of the language. */
export const compactText = (count: number): string => new Intl.NumberFormat(language.value, { notation: 'compact' }).format(count);
