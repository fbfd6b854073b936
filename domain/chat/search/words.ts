/**
 * The words of messages, as they are searched: without accents and letter case, compatibility forms as one. Scripts without spaces between
 * words are cut by a dictionary (`Intl.Segmenter`), but for Hangul, Kana and Han: what is written together in them is one token, and it
 * matches whatever is within it, so that a Korean word is found with any particle behind it.
 */
import { foldToLetters } from '../../shared/text/folding.ts';

/** Terms of one message under which it is kept; one with more is looked at by every search. */
export const MESSAGE_TERMS_MAX = 2_000;
/** Terms by which a search looks for messages; whether a message has the rest is seen when it is read. */
export const SOUGHT_TERMS_MAX = 6;
const TERM_LENGTH_MAX = 64;
/** One letter may be eighteen in its compatibility form: of a text of such letters only the beginning is cut into words. */
const FOLDED_TIMES_MAX = 4;
const FOLDED_CHARACTERS_MIN = 1_000;

/** `joined`: written together without spaces, in Hangul, Kana or Han. */
type Token = { readonly text: string; readonly joined: boolean };

/** All phrases must be in a message, each with its tokens side by side. */
export type SearchedWords = { readonly phrases: readonly (readonly Token[])[] };

const JOINED = String.raw`[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+`;
const PIECES = new RegExp(String.raw`(${JOINED})|((?:(?!${JOINED})[\p{L}\p{M}\p{N}])+)`, 'gu');
const WITHOUT_SPACES = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const segmenter = new Intl.Segmenter('und', { granularity: 'word' });
const QUOTED_OR_CHUNK = /["“”„«»]([^"“”„«»]*)["“”„«»]|[^\s"“”„«»]+/gu;

/** Composed again, so that a syllable is one letter. */
const fold = (text: string): string =>
  foldToLetters(text)
    .normalize('NFC')
    .slice(0, Math.max(FOLDED_CHARACTERS_MIN, FOLDED_TIMES_MAX * text.length));

/** The terms of a message, each once, in the order of the text. `cut`: it has more than are told. */
export function messageTerms(text: string): { readonly terms: readonly string[]; readonly cut: boolean } {
  const terms = new Set<string>();
  for (const token of tokensOf(text)) {
    for (const term of token.joined ? joinedTerms(token.text) : [shortened(token.text)]) {
      if (terms.size === MESSAGE_TERMS_MAX && !terms.has(term)) return { terms: [...terms], cut: true };
      terms.add(term);
    }
  }
  return { terms: [...terms], cut: false };
}

/** What somebody typed: each word, and what is within quotation marks, is a phrase. */
export function searchedWords(typed: string): SearchedWords {
  const phrases = [...typed.matchAll(QUOTED_OR_CHUNK)].map(([chunk, quoted]) => tokensOf(quoted ?? chunk));
  return { phrases: phrases.filter((tokens) => tokens.length > 0) };
}

/** Terms that every match has, the longest first: they are the rarest. */
export function soughtTerms({ phrases }: SearchedWords): readonly string[] {
  const terms = phrases.flat().flatMap(({ text, joined }) => (joined ? soughtWithin(text) : [shortened(text)]));
  return [...new Set(terms)].toSorted((a, b) => b.length - a.length).slice(0, SOUGHT_TERMS_MAX);
}

export function matchesWords({ phrases }: SearchedWords, text: string): boolean {
  const tokens = tokensOf(text);
  return phrases.every((phrase) => tokens.some((_, at) => isAt(tokens, at, phrase)));
}

/** What is typed together is found within longer words, and a phrase begins and ends within them. */
function isAt(tokens: readonly Token[], at: number, phrase: readonly Token[]): boolean {
  const last = phrase.length - 1;
  return phrase.every((sought, i) => {
    const token = tokens[at + i];
    if (token === undefined || token.joined !== sought.joined) return false;
    if (!sought.joined) return token.text === sought.text;
    if (last === 0) return token.text.includes(sought.text);
    if (i === 0) return token.text.endsWith(sought.text);
    return i === last ? token.text.startsWith(sought.text) : token.text === sought.text;
  });
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const [, joined, other = ''] of fold(text).matchAll(PIECES)) {
    if (joined !== undefined) tokens.push({ text: joined, joined: true });
    else if (!WITHOUT_SPACES.test(other)) tokens.push({ text: other, joined: false });
    else for (const { segment, isWordLike } of segmenter.segment(other)) if (isWordLike === true) tokens.push({ text: segment, joined: false });
  }
  return tokens;
}

/** Each letter, for a word may be one, and each pair of letters. */
function joinedTerms(text: string): readonly string[] {
  const letters = Array.from(text);
  return letters.flatMap((letter, at) => (at === 0 ? [letter] : [letter, `${letters[at - 1]}${letter}`]));
}

function soughtWithin(text: string): readonly string[] {
  const letters = Array.from(text);
  return letters.length === 1 ? letters : letters.slice(1).map((letter, at) => `${letters[at]}${letter}`);
}

const shortened = (word: string): string => word.slice(0, TERM_LENGTH_MAX);
