/** The beginning of a text, cut where a reader would cut it: never through a letter and its accents, a family or a flag. */
import { closeDirection } from './one-line.ts';
import { charactersIn } from './text.ts';

export const ELLIPSIS = '…';
/** Without the pair CR LF, which is one cluster. */
const PLAIN = /^[\x20-\x7e]*$/;
const CONTROLS = /[\p{Cc}--[\t\n]]/gv;
const clusters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The longest beginning of at most so many characters (code points) that ends between two grapheme clusters (Unicode Standard Annex 29). */
export function beginningOf(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  // A character is at most two code units. One more, so that a cluster that goes on behind the limit is seen to.
  const head = text.slice(0, 2 * charactersMax + 2);
  if (PLAIN.test(head)) return text.slice(0, charactersMax);
  let characters = 0;
  for (const { segment, index } of clusters.segment(head)) {
    characters += charactersIn(segment);
    if (characters > charactersMax) return text.slice(0, index);
  }
  return text;
}

/** An excerpt of a text of many lines, to be shown among other words: without controls, its direction closed, and with `…` where it was cut. */
export function excerptOf(text: string, charactersMax: number): string {
  const shown = beginningOf(text, charactersMax);
  const kept = shown.length === text.length ? text : `${beginningOf(text, charactersMax - 1)}${ELLIPSIS}`;
  return closeDirection(kept.replaceAll(CONTROLS, ''));
}
