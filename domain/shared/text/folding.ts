/** Texts as people compare them who type without accents and letter case. */

/** The accents of Latin, Greek and Cyrillic, and the points of Hebrew and Arabic. The marks of other scripts are letters to their readers. */
const ACCENTS = /[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]/gu;
/** Letters that no accent was taken from, and that people type as these. */
const PLAIN: Readonly<Record<string, string>> = { ø: 'o', đ: 'd', ð: 'd', ł: 'l', ħ: 'h', þ: 'th', æ: 'ae', œ: 'oe', ς: 'σ', ё: 'е' };
const TO_BE_PLAIN = new RegExp(`[${Object.keys(PLAIN).join('')}]`, 'gu');

/** Decomposed: a syllable of Hangul is its letters. Upper case first, for some letters meet only there: `ß` and `SS`. */
export const foldToLetters = (text: string): string =>
  text
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(ACCENTS, '')
    .replaceAll(TO_BE_PLAIN, (letter) => PLAIN[letter] ?? letter);
