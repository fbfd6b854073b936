import test from 'ava';
import fc from 'fast-check';
import { foldedWords, matchesName, nameTerms, NAME_TERMS_MAX } from './name-terms.ts';

const finds = (name: string, query: string): boolean => matchesName(nameTerms(name), foldedWords(query));

for (const [name, ...queries] of [
  ['Ada Lovelace', 'ada', 'ADA', 'lov', 'love ad', 'ada lovelace', 'lovelace, ada'],
  ['Zoë Ångström', 'zoe', 'angstrom', 'ÅNG', 'Zoe\u0308'],
  ['Søren Łukasz', 'soren', 'lukasz', 'Søren'],
  ['Straße', 'strasse', 'STRASSE', 'straß'],
  ['Ὀδυσσεύς', 'οδυσσευσ', 'ΟΔΥΣΣΕΥΣ'],
  ['Фёдор', 'федор', 'Фёд'],
  ['İpek', 'ipek', 'İPEK'],
  ['Ａｄａ', 'ada'],
  ['Jean-Luc O’Neill', 'luc', 'neill', 'jean o'],
  ['김민수', '김', '김민', '김ㅁ', 'ㄱㅁㅅ', 'ㄱㅁ', '민수', '기', '김민수', '민ㅅ'],
  ['남궁 민수', '남궁', '민수', 'ㄴㄱ', '민수 남'],
  ['남궁민수', '민수', '궁민'],
  ['山田太郎', '山田', '太郎', '山'],
  ['がくと', 'がく'],
  ['אָדָם', 'אדם'],
  ['मीरा', 'मीरा', 'मी'],
] as const) {
  test(`${name} is found by ${queries.join(', ')}`, (t) => {
    for (const query of queries) t.true(finds(name, query), query);
  });
}

test('a query finds nobody by the middle or the end of a word, and no other person by half of it', (t) => {
  t.false(finds('Ada Lovelace', 'lace'));
  t.false(finds('Ada Lovelace', 'ada b'));
  t.false(finds('김민수', '이'));
  t.false(finds('がくと', 'かく'), 'this mark makes another letter');
  t.false(finds('मीरा', 'मा'));
});

test('a query of signs alone has no words', (t) => {
  t.deepEqual(foldedWords(' -- !? \ud800'), []);
});

test('every name has at most as many terms as it may, of a bounded length, and is found by each of its first words', (t) => {
  const bounded = fc.check(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (name) => {
      const terms = nameTerms(name);
      const first = foldedWords(name).slice(0, 1);
      const begun = first.map((word) => Array.from(word).slice(0, 20).join(''));
      return terms.length <= NAME_TERMS_MAX && terms.every((term) => Array.from(term).length <= 60) && matchesName(terms, begun);
    }),
    { numRuns: 100 },
  );
  t.false(bounded.failed, JSON.stringify(bounded.counterexample));
});
