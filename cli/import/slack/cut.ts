import { isBlank } from '../../../domain/shared/text/blank-text.ts';

/** No longer than something may be here, in characters. */
export const cutTo = (text: string, charactersMax: number): string => (text.length <= charactersMax ? text : Array.from(text).slice(0, charactersMax).join(''));

/** What turns the direction of what stands behind it. */
const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]/g;

/** A name as it may be here: one line, and no longer than this. Empty where nobody would see anything of it. */
export function nameIn(text: string, charactersMax: number): string {
  const line = text
    .toWellFormed()
    .replaceAll(DIRECTIONS, '')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ');
  const name = cutTo(line.trim(), charactersMax).trim();
  return isBlank(name) ? '' : name;
}
