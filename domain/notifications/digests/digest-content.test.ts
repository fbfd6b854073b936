import test from 'ava';
import { charactersIn } from '../../shared/text/text.ts';
import { DIGEST_ITEM_CHARACTERS_MAX, digestContent, digestParameters } from './digest-content.ts';

const items = [{ title: 'Shipped', body: 'Your order\nis on its way', url: 'https://shop.example/1' }, { body: 'Paid' }];

test('a digest lists what it tells, each in one line, and how many there are', (t) => {
  t.deepEqual(digestContent({ category: 'Orders', items, count: 2, language: undefined }), {
    title: 'Orders (2)',
    body: 'Shipped: Your order is on its way\nPaid',
  });
});

test('what is not listed is counted, in the reader’s language or else in English', (t) => {
  const last = (language: string | undefined) => digestContent({ category: 'Orders', items, count: 14, language }).body.split('\n').at(-1);
  t.deepEqual([undefined, 'en-GB', 'de-CH', 'es', 'fr-CA', 'ja', 'ko-KR', 'fi', 'zh-Hant'].map(last), [
    'and 12 more',
    'and 12 more',
    'und 12 weitere',
    'y 12 más',
    'et 12 de plus',
    'ほか12件',
    '외 12건',
    'and 12 more',
    'and 12 more',
  ]);
});

test('a line is cut where a reader would cut it', (t) => {
  const { body } = digestContent({ category: 'Orders', items: [{ body: '👨‍👩‍👧‍👦'.repeat(100) }], count: 1, language: undefined });
  t.true(charactersIn(body) <= DIGEST_ITEM_CHARACTERS_MAX);
  t.regex(body, /^(👨‍👩‍👧‍👦)+…$/u);
});

test('a template gets every item whole, with empty texts for what it has not', (t) => {
  t.deepEqual(digestParameters({ category: 'Orders', items, count: 14 }), {
    category: 'Orders',
    count: 14,
    more: 12,
    items: [items[0], { title: '', body: 'Paid', url: '' }],
  });
});
