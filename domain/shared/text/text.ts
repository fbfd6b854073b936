/** The length of a text, counted without making a list of its characters, and the rule that every text in a command has to meet. */
import { refuse, type Decision } from '../decider.ts';
import { isBlank } from './blank-text.ts';
import { refusalOfLine } from './one-line.ts';
import type { RefusalCode } from '../refusals.ts';

/**
 * Unicode code points: every limit in characters counts these. They are near enough to what a person would call characters, the same
 * in every language a client is written in, and the same whichever version of Unicode joins them to clusters.
 */
export function charactersIn(text: string): number {
  let pairs = 0;
  for (let i = 1; i < text.length; i++) {
    if (isLow(text.charCodeAt(i)) && isHigh(text.charCodeAt(i - 1))) pairs++;
  }
  return text.length - pairs;
}

/** The length of a text in UTF-8, as it is stored and sent. Half a surrogate pair becomes U+FFFD there. */
export function bytesIn(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (isHigh(unit) && isLow(text.charCodeAt(i + 1))) {
      bytes += 4;
      i++;
    } else bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
  }
  return bytes;
}

/** `blank` is absent where a text may be blank. A text of one line is put beside other words: a name, a title. */
export type TextRule = { readonly maxCharacters: number; readonly blank?: RefusalCode; readonly tooLong: RefusalCode; readonly lines: 'one' | 'many' };

/**
 * Why a text is refused, or nothing. Half a surrogate pair is refused and not repaired: it can't be encoded as UTF-8, so the text
 * that comes back from the log would not be the one that was acknowledged.
 */
export function refusalOfText(text: string, { maxCharacters, blank, tooLong, lines }: TextRule): Decision<never> | undefined {
  if (!text.isWellFormed()) return refuse('text-malformed');
  if (blank !== undefined && isBlank(text)) return refuse(blank);
  if (text.length > maxCharacters) {
    const length = charactersIn(text); // there are never more characters than code units
    if (length > maxCharacters) return refuse(tooLong, { length, max: maxCharacters });
  }
  return lines === 'one' ? refusalOfLine(text) : undefined;
}

const isHigh = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;
