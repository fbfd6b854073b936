/** Every sentence of the pages is in the catalogues. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'ava';
import { REFUSALS } from '../../domain/shared/refusals.ts';
import { en as operatorEn } from '../../web/operator/text/en.ts';
import { ko as operatorKo } from '../../web/operator/text/ko.ts';
import type { Plural } from '../../web/text/catalogue.ts';
import { en } from '../../web/text/en.ts';
import { ko, koProblems } from '../../web/text/ko.ts';

type Texts = Readonly<Record<string, string | Plural>>;
/** Those of people, and those of operators, each with the folder that uses it. */
const CATALOGUES: readonly { readonly en: Texts; readonly ko: Texts; readonly isUsedIn: (file: string) => boolean }[] = [
  { en, ko, isUsedIn: (file) => !file.startsWith('operator/') },
  { en: operatorEn, ko: operatorKo, isUsedIn: (file) => file.startsWith('operator/') },
];

const WEB = resolve(import.meta.dirname, '../../web');
const sources = readdirSync(WEB, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !/^(operator\/)?text\//.test(file))
  .map((file) => ({ file, text: readFileSync(join(WEB, file), 'utf8') }));
const textsOf = (entry: string | object): readonly string[] => (typeof entry === 'string' ? [entry] : (Object.values(entry) as string[]));
const placesOf = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted();

test('what pages show is in the catalogues, and not in the pages', (t) => {
  const withWords = sources.flatMap(({ file, text }) => {
    const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
    const between = Array.from(code.matchAll(/^[ \t]*([A-Za-z가-힣][^{}<>=;:()'`,\n]* [^{}<>=;:()'`,\n]*)$/gm), ([, words]) => words);
    const inLine = Array.from(code.matchAll(/<[a-z][^<>=]*>([^<>{}]*\p{L}{2,}[^<>{}]*)<\//gu), ([, words]) => words);
    const inAttributes = Array.from(code.matchAll(/\b(?:aria-label|placeholder|title|alt)="([^"]+)"/g), ([, words]) => words);
    return [
      ...between.filter((words) => !/^(import|export|const|return|await|async|readonly|type|case|for|if|else|new|void)\b/.test(words ?? '')),
      ...inLine,
      ...inAttributes,
    ].map((words) => `${file}: ${words}`);
  });
  t.deepEqual(withWords, []);
});

test('Korean has a text for everything, of its own, with the same places', (t) => {
  for (const { en: english, ko: korean } of CATALOGUES) {
    t.deepEqual(Object.keys(korean).toSorted(), Object.keys(english).toSorted());
    for (const [key, entry] of Object.entries(english)) {
      for (const text of textsOf(korean[key] ?? '')) {
        t.regex(text, /\p{Script=Hangul}/u, key);
        t.deepEqual(placesOf(text), placesOf(textsOf(entry)[1] ?? textsOf(entry)[0] ?? ''), key);
      }
    }
  }
  for (const code of Object.keys(koProblems)) t.true(code in REFUSALS, code);
});

test('every text is used', (t) => {
  for (const { en: english, isUsedIn } of CATALOGUES) {
    const all = sources
      .filter(({ file }) => isUsedIn(file))
      .map(({ text }) => text)
      .join('\n');
    const isUsed = (key: string) => all.includes(`'${key}'`) || new RegExp(`\`${key.split('.')[0]}\\.(\\w+\\.)?\\$\\{`).test(all);
    t.deepEqual(
      Object.keys(english).filter((key) => !isUsed(key)),
      [],
    );
  }
});
