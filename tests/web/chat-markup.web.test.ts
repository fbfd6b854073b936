/** What people type becomes words with entities, and the other way round; and where rows of a long list are. No browser is needed. */
import test from 'ava';
import fc from 'fast-check';
import { refusalOfEntities } from '../../domain/chat/content/message-entities.ts';
import { wordsOf } from '../../web/chat/compose/markup.ts';
import { typedOf } from '../../web/chat/compose/typed.ts';
import { AT_END, createListLayout } from '../../web/chat/list/list-layout.ts';

const ann = { name: 'Ann Lee', person: '9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31' };
const kinds = (typed: string) => wordsOf(typed, [ann]).entities.map((entity) => [entity.kind, entity.from, entity.to]);

test('markup becomes entities, counted in code points, and what only looks like it stays', (t) => {
  t.deepEqual(kinds('😀 **bold _both_**'), [
    ['bold', 2, 11],
    ['italic', 7, 11],
  ]);
  for (const plain of [
    'snake_case_name',
    '2 ** 3 ** 4',
    '**',
    '**not closed',
    'a@Ann Lee',
    '||',
    '`',
    'http://',
    'https://user:password@example.org',
    '[a](javascript:alert(1))',
  ])
    t.deepEqual(wordsOf(plain, [ann]), { text: plain, entities: [] }, plain);
  t.is(wordsOf('\\*\\*plain\\*\\*').text, '**plain**');
  t.deepEqual(kinds('굵게 **강조**를, @Ann Lee님'), [
    ['bold', 3, 5],
    ['mention', 8, 16],
  ]);
  t.deepEqual(kinds('(see https://example.org/a_(b)).'), [['link', 5, 30]]);
  t.deepEqual(
    wordsOf('> one\n> two\n\n```ts\na\n```').entities.map(({ kind }) => kind),
    ['quote', 'pre'],
  );
});

const piece = fc.oneof(
  fc.constantFrom(
    '**',
    '_',
    '++',
    '~~',
    '||',
    '`',
    '```',
    '\n',
    '> ',
    '[',
    '](https://example.org)',
    '\\',
    ' ',
    '@Ann Lee',
    'https://example.org/x',
    '한글',
    '😀',
    '*',
  ),
  fc.string({ maxLength: 4 }),
);

test('whatever is typed, the server takes its entities, and what is edited unchanged stays the same', (t) => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const words = wordsOf(pieces.join(''), [ann]);
      t.is(refusalOfEntities(words.entities as never, words.text), undefined, JSON.stringify(words));
    }),
    { numRuns: 100 },
  );
  for (const typed of [
    '**a _b_ c** ~~d~~ ||e|| `f` ++g++',
    '> quoted **b**\n> more\nafter',
    '```ts\nconst a = 1;\n```\nafter',
    '@Ann Lee [here](https://example.org) https://example.org',
  ])
    t.is(typedOf(wordsOf(typed, [ann])).typed, typed);
});

test('the rows that are drawn fill the view and its margins around what stays, whatever heights were measured', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 10, max: 900 }), { minLength: 1, maxLength: 200 }),
      fc.nat(),
      fc.integer({ min: -200, max: 600 }),
      (heights, choice, offsetPx) => {
        const layout = createListLayout();
        const rows = heights.map((_, n) => ({ key: `${n}` }));
        heights.forEach((height, n) => layout.measured(`${n}`, height));
        const at = choice % heights.length;
        const { first, end, beforePx, afterPx } = layout.rangeAt(
          rows,
          {
            kind: 'rows',
            rows: [
              { key: 'gone', offsetPx: 0 },
              { key: `${at}`, offsetPx },
            ],
          },
          600,
          300,
        );
        const sum = (from: number, to: number) => heights.slice(from, to).reduce((px, height) => px + height, 0);
        t.true(first === 0 || offsetPx - sum(first, at) <= -300);
        t.true(end === rows.length || offsetPx + sum(at, end) >= 900);
        t.true(Math.abs(beforePx - sum(0, first)) < 1 && Math.abs(afterPx - sum(end, heights.length)) < 1);
        t.is(layout.rangeAt(rows, AT_END, 600, 300).end, rows.length);
      },
    ),
    { numRuns: 100 },
  );
});
