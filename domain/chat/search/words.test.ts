import test from 'ava';
import fc from 'fast-check';
import { matchesWords, MESSAGE_TERMS_MAX, messageTerms, searchedWords, SOUGHT_TERMS_MAX, soughtTerms } from './words.ts';

const finds = (typed: string, text: string) => matchesWords(searchedWords(typed), text);

test('finds words whatever their letter case, accents and compatibility forms', (t) => {
  t.true(finds('uber STRASSE', 'Die Straße führt über den Fluß'));
  t.true(finds('fluss', 'Die Straße führt über den Fluß'));
  t.true(finds('cafe', 'Ein Cafe\u0301, bitte'));
  t.true(finds('οδος', 'Η ΟΔΟΣ είναι μακριά'));
  t.true(finds('ｆｕｌｌ', 'full width'));
  t.true(finds('smørrebrød', 'Smorrebrod'));
});

test('finds whole words only, in any order', (t) => {
  t.true(finds('ship sails', 'The ship, it sails.'));
  t.false(finds('sail', 'The ship sails'));
  t.false(finds('ship engine', 'The ship sails'));
});

test('finds a phrase where its words stand side by side', (t) => {
  t.true(finds('"the ship"', 'Here is the ship.'));
  t.false(finds('"the ship"', 'The old ship'));
  t.true(finds('„alte Schiff“', 'Das alte Schiff'));
  t.true(finds('"open ended', 'ended where it was open'), 'half of a pair of quotation marks is none');
});

test('takes what is typed without a space as a phrase', (t) => {
  t.true(finds('example.org', 'see example.org'));
  t.false(finds('example.org', 'org of the example'));
  t.true(finds('don’t', "I don't know"));
  t.true(finds('snake_case', 'a snake_case name'));
});

test('finds Korean within longer words, and a phrase over the particles at its ends', (t) => {
  t.true(finds('데이터', '빅데이터를 분석했다'));
  t.true(finds('물', '물을 마신다'));
  t.false(finds('데이타', '빅데이터를 분석했다'));
  t.true(finds('"데이터 분석"', '빅데이터 분석을 했다'));
  t.false(finds('"데이터 분석"', '데이터를 분석했다'));
  t.true(finds('한글', '한글'.normalize('NFD')));
  t.true(finds('tidings', 'tidings를 쓴다'));
  t.true(finds('tidings를', 'tidings를 쓴다'));
});

test('finds Chinese and Japanese within what is written together', (t) => {
  t.true(finds('東京', '私は東京都に住んでいます'));
  t.false(finds('京東', '私は東京都に住んでいます'));
  t.true(finds('水', '喝水很重要'));
  t.true(finds('サーバー', 'ｻｰﾊﾞｰが落ちた'));
  t.false(finds('かき', 'がき'), 'what a mark makes another letter is another letter');
});

test('cuts scripts that have no spaces and no pairs by a dictionary, and keeps the marks that are letters', (t) => {
  t.true(finds('ภาษา', 'ฉันพูดภาษาไทย'));
  t.true(finds('हिन्दी', 'मैं हिन्दी बोलता हूँ'));
  t.false(finds('हन्द', 'मैं हिन्दी बोलता हूँ'));
});

test('has nothing to look for where nobody typed a word', (t) => {
  for (const typed of ['', '  ', '""', '👋', '!?', '\ud800']) t.deepEqual(searchedWords(typed), { phrases: [] }, typed);
});

test('reads a text that is many times as long in its compatibility forms no further than a few times its own length', (t) => {
  t.true(finds('صلى', 'ﷺ'));
  t.true(finds('end', `${'ﷺ'.repeat(40)} end`));
  t.false(finds('end', `${'ﷺ'.repeat(4_000)} end`));
  t.true(finds('end', `${'가나다 ẞ ﬃ '.repeat(4_000)} end`));
});

test('keeps so many terms of a message, and tells that it has more', (t) => {
  const words = (count: number) => Array.from({ length: count }, (_, i) => `w${i}`).join(' ');
  t.false(messageTerms(words(MESSAGE_TERMS_MAX)).cut);
  t.false(messageTerms(`${words(MESSAGE_TERMS_MAX)} w0`).cut);
  const { terms, cut } = messageTerms(words(MESSAGE_TERMS_MAX + 1));
  t.is(terms.length, MESSAGE_TERMS_MAX);
  t.true(cut);
});

test('looks by the longest words', (t) => {
  t.deepEqual(soughtTerms(searchedWords('a bbb cc')), ['bbb', 'cc', 'a']);
  t.deepEqual(soughtTerms(searchedWords('안녕하세요')), ['안녕', '녕하', '하세', '세요']);
  t.is(soughtTerms(searchedWords('a b c d e f g h')).length, SOUGHT_TERMS_MAX);
});

test('a message that matches has every term that is looked for', (t) => {
  const letter = fc.constantFrom(...Array.from('aAäßσΣ 안녕하東京かガー1"-.ไทยप्'));
  const text = fc.array(letter, { maxLength: 24 }).map((letters) => letters.join(''));
  fc.assert(
    fc.property(text, text, (typed, written) => {
      const words = searchedWords(typed);
      const { terms } = messageTerms(`${written} ${typed} ${written}`);
      if (matchesWords(words, `${written} ${typed} ${written}`)) t.true(soughtTerms(words).every((term) => terms.includes(term)));
      if (words.phrases.length > 0) t.true(matchesWords(words, typed.replaceAll('"', ' ')) || typed.includes('"') || /\p{Script=Thai}/u.test(typed));
    }),
    { numRuns: 100 },
  );
});
