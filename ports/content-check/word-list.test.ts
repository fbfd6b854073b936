import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { contentCheckContract } from './contract.ts';
import { wordList, wordListIn } from './word-list.ts';

contentCheckContract('word list', async (refused) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-words-'));
  const file = join(folder, 'words.txt');
  await writeFile(file, ['# What nobody wants', '', ...refused].join('\n'));
  return { check: wordListIn(file), [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
});

const verdictOf = (words: readonly string[], text: string) => wordList(words).check({ kind: 'post', text });

test('a word counts as a whole, in any case, width and composition, and with characters in it that nobody sees', async (t) => {
  const words = ['Casino', 'café noir', 'free money # a phrase'];
  for (const text of ['CASINO', 'ｃａｓｉｎｏ!', 'ca\u200bsino', 'a cafe\u0301 noir', 'FREE,   money', '(free-money)'])
    t.is(await verdictOf(words, text), 'refused', text);
  for (const text of ['casinos', 'occasino', 'free the money', 'cafe noir']) t.is(await verdictOf(words, text), 'accepted', text);
});

test('a word that is written without spaces around it counts wherever it stands', async (t) => {
  for (const text of ['도박', '온라인도박사이트', '도 박', '賭博場']) t.is(await verdictOf(['도박', '賭博'], text), 'refused', text);
  t.is(await verdictOf(['도박'], '도서관'), 'accepted');
});

test('a long list and a long text take no time worth speaking of', async (t) => {
  const { check } = wordList(Array.from({ length: 50_000 }, (_, n) => (n % 2 === 0 ? `word${n}` : `말${n}`)));
  const started = performance.now();
  t.is(await check({ kind: 'post', text: 'a b c 말 '.repeat(2_000) }), 'accepted');
  t.true(performance.now() - started < 5_000);
});

test('a list that can’t be read, or has a line too long for a word, is told when it is opened', (t) => {
  t.throws(() => wordListIn('/nowhere/words.txt'), { code: 'ENOENT' });
  t.throws(() => wordList(['a'.repeat(1_000)]), { instanceOf: RangeError });
});
