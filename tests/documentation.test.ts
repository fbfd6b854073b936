/** What the documentation says of the code, held against the code. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'ava';
import { REFUSALS } from '../domain/shared/refusals.ts';
import { statusOf } from '../edge/problem.ts';
import type { RefusalCode } from '../domain/shared/refusals.ts';

const ROOT = resolve(import.meta.dirname, '..');
const text = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** The rows of a table: the code in the first column, and the rest. */
const rowsOf = (page: string) =>
  Array.from(page.matchAll(/^\| `([^`]+)` +\|(.*)\|$/gm), ([, name = '', rest = '']) => ({ name, cells: rest.split('|').map((cell) => cell.trim()) }));

type Manifest = Readonly<Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Readonly<Record<string, string>>>>;
const dependenciesOf = ({ dependencies, devDependencies, optionalDependencies }: Manifest) => ({
  ...dependencies,
  ...devDependencies,
  ...optionalDependencies,
});

test('docs/errors.md lists every code once, with its status and its sentence', (t) => {
  const documented = rowsOf(text('docs/errors.md')).map(({ name, cells: [status = '', sentence = ''] }) => [name, status, sentence]);
  const codes = Object.entries(REFUSALS).map(([code, { sentence }]) => [code, String(statusOf(code as RefusalCode)), sentence]);
  t.deepEqual(documented, codes);
});

test('docs/dependencies.md gives a reason for every dependency, and for nothing else', (t) => {
  const reasons = text('docs/dependencies.md');
  const named = new Set(Array.from(reasons.matchAll(/`([^`]+)`/g), ([, name = '']) => name));
  const all = Object.keys(dependenciesOf(JSON.parse(text('package.json')) as Manifest));
  t.deepEqual(
    all.filter((name) => !named.has(name) && !(name.startsWith('@types/') && named.has('@types/*'))),
    [],
  );
  const packages = Array.from(reasons.matchAll(/^\| ((?:`[^`]+`(?:, )?)+) *\|/gm), ([, cell = '']) =>
    Array.from(cell.matchAll(/`([^`]+)`/g), ([, name = '']) => name),
  ).flat();
  t.deepEqual(
    packages.filter((name) => name !== '@types/*' && !all.includes(name)),
    [],
  );
});

test('docs/operating.md says of every query how consistent it is', (t) => {
  const section = text('docs/operating.md').split('### Consistency of each query')[1]?.split('\n### ')[0] ?? '';
  const named = Array.from(section.matchAll(/`((?:get|follow|count|find|search)[A-Z]\w+|sync)`/g), ([, name = '']) => name);
  const declared = readdirSync(join(ROOT, 'read-api/routes'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .flatMap((name) => Array.from(text(`read-api/routes/${name}`).matchAll(/operationId: '(\w+)'/g), ([, id = '']) => id));
  t.deepEqual(named.toSorted(), declared.toSorted());
});

test('every version in package.json is exact', (t) => {
  const loose = Object.entries(dependenciesOf(JSON.parse(text('package.json')) as Manifest)).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
  );
  t.deepEqual(loose, []);
});

test('decisions are numbered in order, and each says what was decided, why, and what was rejected', (t) => {
  const pages = readdirSync(join(ROOT, 'docs/decisions'))
    .filter((name) => name.endsWith('.md'))
    .toSorted();
  t.deepEqual(
    pages.map((name) => Number(name.slice(0, 4))),
    pages.map((_, i) => i + 1),
  );
  for (const page of pages)
    for (const part of ['**Decided.**', '**Why.**', '**Rejected.**']) t.true(text(`docs/decisions/${page}`).includes(part), `${page} lacks ${part}`);
});

test('links between pages lead somewhere', (t) => {
  const pages = [
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    ...readdirSync(join(ROOT, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];
  const broken = pages.flatMap((page) =>
    Array.from(text(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g), ([, target = '']) => target)
      .filter((target) => {
        try {
          readdirSync(resolve(ROOT, page, '..', target));
          return false;
        } catch (error) {
          return (error as NodeJS.ErrnoException).code === 'ENOENT';
        }
      })
      .map((target) => `${page} → ${target}`),
  );
  t.deepEqual(broken, []);
});

test('files that a page names exist', (t) => {
  const pages = [
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    ...readdirSync(join(ROOT, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
  ];
  const missing = pages.flatMap((page) =>
    Array.from(text(page).matchAll(/`([a-z-]+\/[a-z0-9./-]+\.(?:ts|mjs|md|json|css|html))`/g), ([, path = '']) => path)
      .filter((path) => !existsSync(join(ROOT, path)))
      .map((path) => `${page} names ${path}`),
  );
  t.deepEqual(missing, []);
});
