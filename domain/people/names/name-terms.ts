/**
 * The terms under which a person is found by name. A term matches every query that is a beginning of it, once both have been folded: no
 * accents, no letter case, and Hangul as its letters, so that a syllable that is still being typed matches too.
 */
import { foldToLetters } from '../../shared/text/folding.ts';

/** A name has at most so many terms; what is beyond doesn't find it. */
export const NAME_TERMS_MAX = 12;
const TERM_LETTERS_MAX = 60;
/** Of a word in a script without spaces so many beginnings are terms: a given name stands behind a family name of one or two letters. */
const BEGINNINGS_MAX = 3;

const BETWEEN_WORDS = /[^\p{L}\p{M}\p{N}]+/u;
const WITHOUT_SPACES = /^[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]{2,}$/u;
const HANGUL = /^\p{Script=Hangul}+$/u;
const HANGUL_INITIAL = /[\u1100-\u1112]/gu;

/** The words of a name or a query, folded. Half of a surrogate pair folds to nothing. */
export function foldedWords(text: string): readonly string[] {
  return words(text)
    .map(foldToLetters)
    .filter((word) => word !== '');
}

/** Of a name, the most telling first: its words, then what its words contain. */
export function nameTerms(name: string): readonly string[] {
  const own = words(name);
  const within = own.filter((word) => WITHOUT_SPACES.test(word)).flatMap((word) => [...initialsOf(word), ...laterBeginnings(word)]);
  const terms = [...own, ...within].map(foldToLetters).map((term) => Array.from(term).slice(0, TERM_LETTERS_MAX).join(''));
  return [...new Set(terms.filter((term) => term !== ''))].slice(0, NAME_TERMS_MAX);
}

/** Whether everything that was asked for begins a term of the name. */
export const matchesName = (terms: readonly string[], asked: readonly string[]): boolean => asked.every((word) => terms.some((term) => term.startsWith(word)));

/** Composed first, so that a syllable is one letter, and compatibility forms are one. */
const words = (text: string): readonly string[] =>
  text
    .normalize('NFKC')
    .split(BETWEEN_WORDS)
    .filter((word) => word !== '');

/** `김민수` is also found by `ㄱㅁㅅ`. */
function initialsOf(word: string): readonly string[] {
  return HANGUL.test(word) ? [(word.normalize('NFKD').match(HANGUL_INITIAL) ?? []).join('')] : [];
}

function laterBeginnings(word: string): readonly string[] {
  const letters = Array.from(word);
  return letters.slice(1, 1 + BEGINNINGS_MAX).map((_, before) => letters.slice(before + 1).join(''));
}
