import test from 'ava';
import fc from 'fast-check';
import { isBlank } from './blank-text.ts';

const BLANK: Readonly<Record<string, string>> = {
  nothing: '',
  spaces: ' \n\t\u00a0\u3000',
  'a zero width space': '\u200b',
  'a word joiner': '\u2060',
  'a Hangul filler': '\u3164',
  'a halfwidth Hangul filler': '\uffa0',
  'Hangul jamo fillers': '\u115f\u1160',
  'a Braille blank': '\u2800',
  'a soft hyphen': '\u00ad',
  'zero width joiners': '\u200d\u200c',
  'marks and overrides of direction': '\u200e\u200f\u061c\u202e\u2066\u2069',
  'the letters of a tag': '\u{e0041}\u{e007f}',
  'variation selectors': '\ufe0f\u{e0100}',
  NUL: '\0',
  'other controls': '\u0007\u001b\u0085',
  'a combining grapheme joiner': '\u034f',
  'an accent on nothing': '\u0301',
  'a byte order mark': '\ufeff',
  'line and paragraph separators': '\u2028\u2029',
  'a Mongolian vowel separator': '\u180e',
  'the place holder of an object': '\ufffc',
  'a null notehead': '\u{1d159}',
  'blanks of hieroglyphs': '\u{13441}\u{13442}',
  'half a surrogate pair': '\ud83d',
  'a mixture': ' \u200b\u2800\u00a0',
};

for (const [name, text] of Object.entries(BLANK)) test(`${name} is blank`, (t) => t.true(isBlank(text)));

const VISIBLE: Readonly<Record<string, string>> = {
  'a letter': 'a',
  'a digit': '7',
  'a full stop': '.',
  'Persian with a zero width non-joiner': 'می\u200cخواهم',
  'Hebrew behind a mark of direction': '\u200fשלום',
  'Hebrew with vowels': 'שָׁלוֹם',
  Thai: 'น้ำ',
  Korean: '한',
  'a family': '👨‍👩‍👧',
  'a heart that is a text by default': '❤',
  'a flag': '🇩🇪',
  'a skin tone': '🏽',
  'an Arabic number sign': '\u0600',
  Braille: '⠁',
  'a private character': '\uf8ff',
};

for (const [name, text] of Object.entries(VISIBLE)) test(`${name} is visible`, (t) => t.false(isBlank(text)));

test('characters that can’t be seen never hide one that can, and never make one up', (t) => {
  const unseen = fc.array(fc.constantFrom(...Object.values(BLANK))).map((parts) => parts.join(''));
  fc.assert(
    fc.property(unseen, fc.constantFrom(...Object.values(VISIBLE)), unseen, (before, visible, after) => {
      t.true(isBlank(before + after));
      t.false(isBlank(before + visible + after));
    }),
  );
});
