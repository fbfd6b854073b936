/**
 * Texts that are put into one line with other words: names, titles, subjects, categories. They can't break that line, and can't turn
 * the direction of what stands after them (Unicode Standard Annex 9). New ones are judged by `refusalOfLine`; those that are in the
 * log from before, and what templates make of their parameters, are mended by `toOneLine` where they are put beside other words.
 */
import { refuse, type Decision } from '../decider.ts';

const BREAKS = /[\p{Cc}\u2028\u2029]+/gu;
const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]/u;
const EMBEDDINGS = '\u202a\u202b'; // closed by U+202C
const OVERRIDES = '\u202d\u202e';
const ISOLATES = '\u2066\u2067\u2068'; // closed by U+2069
const CLOSES_EMBEDDING = '\u202c';
const CLOSES_ISOLATE = '\u2069';

/**
 * Why a text can't be put into one line, or nothing. An isolate that is closed is acceptable, for telephones copy names with one
 * around them; an override is not even then: it makes a text read as another.
 */
export function refusalOfLine(text: string): Decision<never> | undefined {
  const [broken] = text.match(BREAKS) ?? [];
  if (broken !== undefined) return refuse('text-not-one-line', { character: nameOf(broken) });
  if (closeDirection(text) === text) return undefined;
  return refuse('text-turns-direction', { character: nameOf(DIRECTIONS.exec(text)?.[0] ?? '') });
}

/** The text with breaks and controls as spaces and its direction closed. */
export const toOneLine = (text: string): string => closeDirection(text.replaceAll(BREAKS, ' ')).trim();

/** Leaves out overrides and what closes nothing, and closes what is open at the end. */
export function closeDirection(text: string): string {
  if (!DIRECTIONS.test(text)) return text;
  const open: string[] = [];
  let closed = '';
  for (const character of text) {
    if (EMBEDDINGS.includes(character)) open.push(CLOSES_EMBEDDING);
    else if (ISOLATES.includes(character)) open.push(CLOSES_ISOLATE);
    else if (OVERRIDES.includes(character)) continue;
    else if (character === CLOSES_EMBEDDING) {
      if (open.at(-1) !== CLOSES_EMBEDDING) continue;
      open.pop();
    } else if (character === CLOSES_ISOLATE) {
      if (!open.includes(CLOSES_ISOLATE)) continue;
      while (open.pop() !== CLOSES_ISOLATE) closed += CLOSES_EMBEDDING; // an isolate ends the embeddings in it
    }
    closed += character;
  }
  return closed + open.toReversed().join('');
}

/** `U+000A` */
const nameOf = (characters: string): string => `U+${(characters.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
