import fc from 'fast-check';
import test from 'ava';
import { PREVIEW_DESCRIPTION_MAX_CHARACTERS, PREVIEW_TITLE_MAX_CHARACTERS } from '../../domain/media/link-preview.ts';
import { charactersIn } from '../../domain/shared/text/text.ts';
import { decodePage, readPage } from './read-page.ts';

const ADDRESS = 'https://example.com/news/rain?x=1';
const meta = (property: string, content: string) => `<meta property="${property}" content="${content}">`;

for (const [what, html, page] of [
  [
    'Open Graph fields before all others',
    `<html><head><title>Rain - Example</title><meta name="description" content="none">${meta('og:title', 'Rain')}${meta('og:description', 'All  day\n long')}${meta('og:site_name', 'Example')}${meta('og:image', '/rain.jpg')}</head></html>`,
    { title: 'Rain', description: 'All day long', site: 'Example', image: 'https://example.com/rain.jpg' },
  ],
  [
    'a plain page',
    '<title> Rain &amp; <b>snow</b></title><meta NAME="Description" content="&lt;b&gt;Wet&lt;/b&gt;">',
    { title: 'Rain & <b>snow</b>', description: '<b>Wet</b>' },
  ],
  [
    'a page for telephones of another kind',
    `${meta('twitter:title', 'Rain')}<meta name="twitter:image" content="//cdn.example/r.png">`,
    { title: 'Rain', image: 'https://cdn.example/r.png' },
  ],
  ['the first of two titles', `${meta('og:title', 'One')}${meta('og:title', 'Two')}`, { title: 'One' }],
  ['a field that is empty as one that is missing', `<title>Rain</title>${meta('og:title', '   ')}${meta('og:image', '')}`, { title: 'Rain' }],
  ['nothing behind the end of the head, where no body begins', `<head><title>Rain</title></head>${meta('og:title', 'Said by a reader')}`, { title: 'Rain' }],
  ['nothing behind the head', `<head><title>Rain</title></head><body>${meta('og:title', 'Said by a reader')}<title>Too late</title></body>`, { title: 'Rain' }],
  [
    'pictures that have a web address',
    `${meta('og:title', 'Rain')}${meta('og:image', 'data:image/png;base64,AAAA')}${meta('twitter:image', 'javascript:1')}`,
    { title: 'Rain' },
  ],
  ['titles without what would turn or break the line', `<title>a\u202eb\u0000c\u2028d</title>`, { title: 'ab c d' }],
] as const)
  test(`of a page it reads ${what}`, (t) => t.deepEqual(readPage(html, ADDRESS) as unknown, page));

for (const [what, html] of [
  ['without a title', meta('og:description', 'Rain')],
  ['whose title can’t be seen', meta('og:title', '\u200b\u2060')],
  ['that is empty', ''],
  ['that is no HTML', '{"title":"Rain"}'],
] as const)
  test(`there is no preview of a page ${what}`, (t) => t.is(readPage(html, ADDRESS), undefined));

test('whatever a page says, what is shown is short, of one line, and well-formed', (t) => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('<title>', '</title>', '<meta property="og:title" content="', '">', '\u202e', '\ud800', '😀'.repeat(300), '<!--', '<body>'),
  );
  const html = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(html, (text) => {
      const page = readPage(`<title>x</title>${meta('og:title', text)}${meta('og:description', text)}${text}`, ADDRESS);
      if (page === undefined) return;
      const { title, description = '' } = page;
      if (charactersIn(title) > PREVIEW_TITLE_MAX_CHARACTERS || charactersIn(description) > PREVIEW_DESCRIPTION_MAX_CHARACTERS) throw new Error('too long');
      for (const line of [title, description])
        if (!line.isWellFormed() || /[\p{Cc}\u2028\u2029\u202d\u202e]/u.test(line)) throw new Error(JSON.stringify(line));
    }),
    { numRuns: 100 },
  );
  t.pass();
});

test('a page is decoded as the answer says, or as it says itself, or as UTF-8', (t) => {
  const latin = Buffer.from('<meta charset="iso-8859-1"><title>Zürich</title>', 'latin1');
  const korean = Buffer.from([0xbf, 0xa1]); // 에 in EUC-KR
  t.true(decodePage(latin, 'text/html').includes('Zürich'));
  t.is(decodePage(korean, 'text/html; charset=EUC-KR'), '에');
  t.is(decodePage(Buffer.from('에'), 'text/html; charset=nobody-knows'), '에');
  t.is(decodePage(Buffer.from('\ufeff에'), 'text/html'), '에');
});
