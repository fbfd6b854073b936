import test from 'ava';
import fc from 'fast-check';
import { beginningOf, excerptOf } from './excerpt.ts';
import { charactersIn } from './text.ts';

const clusters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const ends = (text: string) => new Set([0, ...Array.from(clusters.segment(text), ({ index, segment }) => index + segment.length)]);

test('a text that is short enough is its own excerpt', (t) => {
  for (const text of ['', 'Hello', '👨‍👩‍👧']) t.is(excerptOf(text, 5), text);
});

test('an excerpt ends with an ellipsis and is no longer than its limit', (t) => {
  t.is(excerptOf('Hello, world', 6), 'Hello…');
});

test('a cut splits no family, no flag, no letter from its accents and no syllable', (t) => {
  t.is(excerptOf('ab👨‍👩‍👧cd', 6), 'ab…');
  t.is(excerptOf('a🇩🇪🇫🇷', 4), 'a🇩🇪…');
  t.is(excerptOf('cafe\u0301 noir', 5), 'caf…');
  t.is(excerptOf('नमस्ते दुनिया', 5), 'नम…');
  t.is(excerptOf('ab\r\ncd', 4), 'ab…');
});

test('the longest beginning is cut between two clusters, and a longer one would be too long', (t) => {
  const parts = fc.array(fc.constantFrom('a', 'b ', '\r\n', 'e\u0301', '👨‍👩‍👧', '🇩🇪', '👍🏽', '한', '\u1112\u1161\u11ab', 'क्षि', '😀', '\u0301'), { maxLength: 40 });
  fc.assert(
    fc.property(parts, fc.nat(30), (list, max) => {
      const text = list.join('');
      const cut = beginningOf(text, max);
      t.true(text.startsWith(cut));
      t.true(charactersIn(cut) <= max);
      t.true(ends(text).has(cut.length));
      const next = [...ends(text)].find((end) => end > cut.length);
      if (next !== undefined) t.true(charactersIn(text.slice(0, next)) > max);
    }),
  );
});

test('an excerpt has no controls and leaves no direction open', (t) => {
  t.is(excerptOf('one\u0000\u001b[2J\r\ntwo', 20), 'one[2J\ntwo');
  t.is(excerptOf('\u2067one two\u2069', 5), '\u2067one…\u2069');
});
