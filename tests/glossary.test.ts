/** Keeps docs/glossary.md in step with the code: its places exist, its names stand there, and nothing uses a word that it bans. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'ava';

const ROOT = resolve(import.meta.dirname, '..');
const glossary = readFileSync(join(ROOT, 'docs/glossary.md'), 'utf8');
const [terms = '', banned = ''] = glossary.split('## Words we don');

const rowsOf = (section: string) =>
  section
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (-+|term |not )/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
const codeIn = (cell: string) => Array.from(cell.matchAll(/`([^`]+)`/g), ([, name = '']) => name);
const escaped = (word: string) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

function sourcesUnder(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.') || ['node_modules', 'data', 'coverage'].includes(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sourcesUnder(path) : /\.(ts|mjs|js)$/.test(entry.name) ? [path] : [];
  });
}

test('every term has a meaning, the field’s word, and a place that exists and uses its name', (t) => {
  const rows = rowsOf(terms);
  t.true(rows.length > 40);
  for (const [term = '', meaning = '', field = '', where = ''] of rows) {
    t.true(meaning !== '' && field !== '', `${term} lacks its meaning or the field’s word`);
    for (const path of codeIn(where)) {
      t.true(existsSync(join(ROOT, path)), `${term}: there is no ${path}`);
      const text = readFileSync(join(ROOT, path), 'utf8');
      for (const name of codeIn(term)) t.true(text.includes(name), `${path} does not name ${name}`);
    }
  }
});

test('no term stands twice', (t) => {
  const names = rowsOf(terms).map(([term = '']) => term);
  t.deepEqual(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  );
});

test('no source uses a banned word', (t) => {
  const words = rowsOf(banned).flatMap(([not = '']) => codeIn(not));
  t.true(words.length > 40);
  const pattern = new RegExp(`(?<![\\w-])(${words.map(escaped).join('|')})(?![\\w-])`);
  const uses = sourcesUnder('.')
    .filter((file) => file !== join('tests', 'glossary.test.ts'))
    .flatMap((file) => {
      const lines = readFileSync(join(ROOT, file), 'utf8').split('\n');
      return lines.flatMap((line, i) => (pattern.test(line) ? [`${file}:${i + 1} ${pattern.exec(line)?.[0]}`] : []));
    });
  t.deepEqual(uses, []);
});
