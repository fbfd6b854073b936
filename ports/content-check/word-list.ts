/**
 * Refuses what has a word or a phrase of a list in it: a file with one a line, `#` before a remark. Case, width, accents that are
 * composed or not, and characters that nobody sees make no difference. A word of letters that are written with spaces between words
 * counts as a whole word; one of Han, Kana, Hangul, Thai, Lao, Khmer or Myanmar letters counts wherever it stands.
 */
import { readFileSync, statSync } from 'node:fs';
import type { ContentCheck } from './port.ts';

export const WORD_LIST_BYTES_MAX = 4 * 1_024 * 1_024;
/** Of one line. */
const ENTRY_CHARACTERS_MAX = 200;

/** Throws where the file can't be read, is too large, or has a line that is too long. */
export function wordListIn(file: string): ContentCheck {
  if (statSync(file).size > WORD_LIST_BYTES_MAX) throw new RangeError(`${file} has more than ${WORD_LIST_BYTES_MAX} bytes.`);
  return wordList(readFileSync(file, 'utf8').split('\n'));
}

export function wordList(lines: readonly string[]): ContentCheck {
  const phrases = createRuns();
  const pieces = createRuns();
  for (const line of lines) {
    const entry = folded(line.replace(/#.*$/, '')).trim();
    if (entry === '') continue;
    if (entry.length > ENTRY_CHARACTERS_MAX) throw new RangeError(`A line of the word list has more than ${ENTRY_CHARACTERS_MAX} characters.`);
    const words = wordsIn(entry);
    const piece = words.join('');
    if (WITHOUT_SPACES.test(entry)) pieces.add(piece, piece.length);
    else phrases.add(words.join(' '), words.length);
  }
  return {
    check: async ({ text }) => {
      const words = wordsIn(folded(text));
      const joined = words.join('');
      const isRefused =
        phrases.isIn(words.length, (from, length) => words.slice(from, from + length).join(' ')) ||
        pieces.isIn(joined.length, (from, length) => joined.slice(from, from + length));
      return isRefused ? 'refused' : 'accepted';
    },
  };
}

const WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

const folded = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/\p{Cf}/gu, '')
    .toLowerCase();

/** What is neither a letter, a mark nor a digit stands between words. */
const wordsIn = (text: string): readonly string[] => text.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => word !== '');

type Runs = { add(key: string, length: number): void; isIn(length: number, runAt: (from: number, length: number) => string): boolean };

/** Runs of words or of code units, by how many they are: looking for all of them takes the same time however many there are. */
function createRuns(): Runs {
  const byLength = new Map<number, Set<string>>();
  return {
    add: (key, length) => {
      if (length > 0) byLength.set(length, (byLength.get(length) ?? new Set<string>()).add(key));
    },
    isIn: (all, runAt) =>
      byLength.entries().some(([length, known]) => {
        for (let from = 0; from + length <= all; from++) if (known.has(runAt(from, length))) return true;
        return false;
      }),
  };
}
