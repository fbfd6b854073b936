/** The texts of Slack's, as workspaces have them and as nobody should. */
import test from 'ava';
import fc from 'fast-check';
import { refusalOfEntities } from '../../../domain/chat/content/message-entities.ts';
import type { PersonId } from '../../../domain/shared/ids.ts';
import { emojiNamed } from './emoji-names.ts';
import { readMarkup } from './markup.ts';
import { readRichText } from './rich-text.ts';

const ann = 'ann' as PersonId;
const names = {
  person: (id: string) => (id === 'U01' ? { person: ann, name: 'Ann' } : { person: undefined, name: undefined }),
  channel: (id: string) => (id === 'C01' ? 'general' : undefined),
};
/** `bold 0–4`. */
const partsOf = (markup: string) => {
  const { text, entities } = readMarkup(markup, names).built();
  return [text, ...entities.map(({ kind, from, to }) => `${kind} ${from}–${to}`)];
};

test('markup becomes the text that was shown, and what its parts are', (t) => {
  const shown: readonly (readonly [markup: string, text: string, ...parts: readonly string[]])[] = [
    ['*bold* and _italic_ and ~struck~', 'bold and italic and struck', 'bold 0–4', 'italic 9–15', 'strikethrough 20–26'],
    ['_*both*_', 'both', 'italic 0–4', 'bold 0–4'],
    ['a_b_c, 2*3*4, * not *, *not\nbold*', 'a_b_c, 2*3*4, * not *, *not\nbold*'],
    ['*굵게* 안녕', '굵게 안녕', 'bold 0–2'],
    ['🎉 *b*', '🎉 b', 'bold 2–3'],
    ['`a *b* &lt;c&gt;` x', 'a *b* <c> x', 'code 0–9'],
    ['see ```\nx = *1*\n``` there', 'see \nx = *1*\nthere', 'pre 5–12'],
    ['&gt; one\n&gt; *two*\nthree', 'one\ntwo\nthree', 'quote 0–7', 'bold 4–7'],
    ['so:\n&gt;&gt;&gt; one\ntwo', 'so:\none\ntwo', 'quote 4–11'],
    ['5 &lt; 6 &amp;&amp; a -&gt; b', '5 < 6 && a -> b'],
    ['<https://tides.example/?a=1&amp;b=2>', 'https://tides.example/?a=1&b=2', 'link 0–30'],
    ['<https://tides.example|the *tides*>', 'the *tides*', 'link 0–11'],
    ['<mailto:ann@harbour.example|ann@harbour.example>', 'ann@harbour.example', 'link 0–19'],
    ['<tel:+4912345|+49 123 45>', '+49 123 45'],
    ['<javascript:alert(1)|press>', 'press'],
    ['<https://ann:secret@harbour.example|here>', 'here'],
    ['<@U01>, <@U09|eve>, <@U08>', '@Ann, @eve, @U08', 'mention 0–4'],
    ['<#C01|old-name> <#C09|gone> <#C08>', '#general #gone #C08'],
    ['<!here> <!channel> <!subteam^S01|@crew> <!date^1672531200^{date}|1 January>', '@here @channel @crew 1 January'],
    [':tada: :wave::skin-tone-3: :own: 10:30:00', '🎉 👋🏼 :own: 10:30:00'],
    ['  *a*  ', 'a', 'bold 0–1'],
    ['*_crossing*_', '_crossing_', 'bold 0–9'],
    ['<script>alert(1)</script>', 'scriptalert(1)/script'],
    ['', ''],
  ];
  for (const [markup, ...expected] of shown) t.deepEqual(partsOf(markup), expected, markup);
  t.deepEqual(readMarkup('<@U01> <@U01>', names).built().mentions, [ann, ann]);
});

test('of whatever text, the parts are such as a message may have', (t) => {
  const pieces = fc.constantFrom(
    '*',
    '_',
    '~',
    '`',
    '```',
    '&gt; ',
    '\n',
    ' ',
    'a',
    '가',
    '🎉',
    '<@U01>',
    '<https://x.example|y>',
    ':tada:',
    '&amp;',
    '<',
    '>',
    '|',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const { text, entities } = readMarkup(parts.join(''), names).built();
      t.is(refusalOfEntities(entities, text), undefined);
      t.true(text.isWellFormed());
    }),
    { numRuns: 100 },
  );
});

test('more parts than a message may have are cut, and a long text of them is read in time', (t) => {
  const { entities, isCut, text } = readMarkup('*a* '.repeat(20_000), names).built();
  t.deepEqual([entities.length, isCut, text.length], [100, true, 39_999]);
  const open = readMarkup('*a _b ~c `'.repeat(4_000), names).built();
  t.is(open.entities.filter(({ kind }) => kind !== 'code').length, 0);
});

test('blocks of rich text are read in place of the markup beside them, and blocks of apps are not', (t) => {
  const words = (text: string, style?: object) => ({ type: 'text', text, ...(style !== undefined && { style }) });
  const section = (...elements: readonly object[]) => ({ type: 'rich_text_section', elements });
  const blocks = [
    {
      type: 'rich_text',
      elements: [
        section(
          words('a *star*, '),
          words('bold', { bold: true }),
          words(' by '),
          { type: 'user', user_id: 'U01' },
          { type: 'emoji', name: 'wave', skin_tone: 3 },
        ),
        { type: 'rich_text_list', style: 'ordered', indent: 0, elements: [section(words('one')), section(words('two'))] },
        { type: 'rich_text_list', style: 'bullet', indent: 1, elements: [section(words('three'))] },
        { type: 'rich_text_quote', elements: [words('said')] },
        { type: 'rich_text_preformatted', elements: [words('x < 1')] },
      ],
    },
  ];
  const built = readRichText(blocks, names)?.built();
  t.is(built?.text, 'a *star*, bold by @Ann👋🏼\n1. one\n2. two\n  - three\nsaid\nx < 1');
  t.deepEqual(
    built?.entities.map(({ kind }) => kind),
    ['bold', 'mention', 'quote', 'pre'],
  );
  t.is(built && refusalOfEntities(built.entities, built.text), undefined);
  for (const others of [
    undefined,
    [],
    [{ type: 'section', text: { type: 'mrkdwn', text: 'x' } }],
    [{ type: 'rich_text', elements: [{ type: 'to_come', elements: [] }] }],
  ])
    t.is(readRichText(others, names), undefined);
});

test('names of emoji are those of the set that Slack has, with their skin tones', (t) => {
  const named = { '+1': '👍', thumbsup: '👍', '+1::skin-tone-4': '👍🏽', tada: '🎉', heart: '❤️', 'flag-kr': '🇰🇷', kr: '🇰🇷', simple_smile: '🙂', hankey: '💩' };
  for (const [name, emoji] of Object.entries(named)) t.is(emojiNamed(name), emoji, name);
  t.is(emojiNamed('woman-facepalming::skin-tone-5'), '🤦🏾‍♀️');
  for (const name of ['harbour-parrot', '', 'toString', '__proto__', '+1::skin-tone-9'])
    t.is(emojiNamed(name), name === '+1::skin-tone-9' ? '👍' : undefined, name);
});

test('a text of nothing but marks and lists within one another is read, and soon', (t) => {
  const many = 20_000;
  const within = readMarkup('*b '.repeat(many) + 'y* '.repeat(many), names).built();
  t.true(within.entities.length > 0);
  const startedMs = performance.now();
  readMarkup('*b '.repeat(many) + 'y_ '.repeat(many), names).built();
  t.true(performance.now() - startedMs < 5_000);
  let list: object = { type: 'rich_text_section', elements: [{ type: 'text', text: 'deep' }] };
  for (let n = 0; n < many; n++) list = { type: 'rich_text_list', style: 'bullet', elements: [list] };
  t.is(readRichText([{ type: 'rich_text', elements: [list] }], names), undefined);
});
