import test from 'ava';
import fc from 'fast-check';
import { HASHTAGS_MAX, LINKS_MAX, MENTIONED_MAX } from '../../domain/feed/entities.ts';
import { POST_LENGTH_MAX_CHARACTERS } from '../../domain/feed/post.ts';
import { parseText } from './parse-text.ts';

const tagsIn = (text: string) => parseText(text).hashtags.map(({ tag }) => tag);
const namesIn = (text: string) => parseText(text).mentions.map(({ names }) => names.map(({ name }) => name));
const urlsIn = (text: string) => parseText(text).links.map(({ url }) => url);
const part = (text: string, { from, to }: { readonly from: number; readonly to: number }) => Array.from(text).slice(from, to).join('');

for (const [text, ...tags] of [
  ['#서울은 맑음, #東京タワー！', '서울은', '東京タワー'],
  ['#Straße and #STRASSE', 'strasse', 'strasse'],
  ['#ΟΔΟΣ #οδός', 'οδοσ', 'οδόσ'],
  ['＃ｆｏｏ #ﬁn', 'foo', 'fin'],
  ['#हिन्दी #ไทย #کتاب‌ها', 'हिन्दी', 'ไทย', 'کتاب‌ها'],
  ['(#one)#two,#three.', 'one', 'two', 'three'],
  ['#2026 #2026年 #__ #a_b #b-c', '2026年', 'a_b', 'b'],
  ['foo#bar &#39; a/#x ##y', ''],
  ['https://example.org/#part #whole', 'whole'],
  [`#${'a'.repeat(101)}`, ''],
] as const) {
  test(`the hashtags of ${text.slice(0, 40)} are ${tags.join(', ') || 'none'}`, (t) => {
    t.deepEqual(tagsIn(text), tags.filter((tag) => tag !== '') as string[]);
  });
}

test('a mention is a login name behind an @; behind a Latin one a particle may stand without a space', (t) => {
  t.deepEqual(namesIn('@ada, @Bob! (@c-d) @e_f @ada.lovelace.'), [['ada'], ['Bob'], ['c-d'], ['e_f'], ['ada.lovelace']]);
  t.deepEqual(namesIn('@ada님 @에이다님 @adaさん'), [['ada님', 'ada'], ['에이다님'], ['adaさん', 'ada']]);
  t.deepEqual(namesIn('mail ada@example.org, @ada@example.org @@ada https://example.org/@ada a@b'), []);
  const text = '😀 @ada님';
  t.deepEqual(
    parseText(text).mentions.flatMap(({ from, names }) => names.map(({ to }) => part(text, { from, to }))),
    ['@ada님', '@ada'],
  );
});

test('links are those that say so, of the web, and show where they lead', (t) => {
  t.deepEqual(urlsIn('See https://example.org/a?b#c, (http://EXAMPLE.org/x_(y)) and www.example.com.'), [
    'https://example.org/a?b#c',
    'http://example.org/x_(y)',
    'https://www.example.com/',
  ]);
  t.deepEqual(urlsIn('https://한국.kr/경로'), ['https://xn--3e0b707e.kr/%EA%B2%BD%EB%A1%9C']);
  t.deepEqual(urlsIn('example.com end.In javascript:alert(1) ftp://example.org mailto:a@b.org https://user:pass@example.org/'), []);
  t.deepEqual(urlsIn(`https://example.org/${'a'.repeat(2_000)}`), []);
});

test('a text has so many of each and no more, and the ranges are theirs', (t) => {
  const text = '😀 #tag @name https://example.org/ '.repeat(60);
  const { links, mentions, hashtags } = parseText(text);
  t.deepEqual([links.length, mentions.length, hashtags.length], [LINKS_MAX, MENTIONED_MAX, HASHTAGS_MAX]);
  t.true(links.every((link) => part(text, link) === 'https://example.org/'));
  t.true(hashtags.every((tag) => part(text, tag) === '#tag'));
  t.true(mentions.every(({ from, names: [first] }) => first !== undefined && part(text, { from, to: first.to }) === '@name'));
});

test('whatever the text, ranges lie within it, in order and apart', (t) => {
  const piece = fc.constantFrom('#', '@', 'ada', '서울', ' ', 'https://', 'x.co', '/', '.', '😀', '\u0301', '\ud800', '\n', '-', '_', '1');
  const checked = fc.check(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const text = pieces.join('');
      const { links, mentions, hashtags } = parseText(text);
      const ranges = [...links, ...hashtags, ...mentions.map(({ from, names }) => ({ from, to: names[0]?.to ?? from }))].toSorted((a, b) => a.from - b.from);
      const length = Array.from(text).length;
      return ranges.every(({ from, to }, i) => from >= (ranges[i - 1]?.to ?? 0) && to > from && to <= length);
    }),
    { numRuns: 100 },
  );
  t.false(checked.failed, JSON.stringify(checked.counterexample));
});

for (const hostile of ['a.', 'www.a-', 'https://a.', '#a', '@a.', '@', '#', '(https://x.co/', '@a-', 'a.com?a.']) {
  test(`the longest post of ${hostile} is parsed within moments`, (t) => {
    const startedAt = performance.now();
    parseText(hostile.repeat(POST_LENGTH_MAX_CHARACTERS).slice(0, POST_LENGTH_MAX_CHARACTERS));
    parseText(`https://${hostile} `.repeat(POST_LENGTH_MAX_CHARACTERS).slice(0, POST_LENGTH_MAX_CHARACTERS));
    t.true(performance.now() - startedAt < 3_000);
  });
}
