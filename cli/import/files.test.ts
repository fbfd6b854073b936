/** What the files of other systems say: archives and CSV, as people have them and as nobody should. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { instant } from '../../domain/shared/instant.ts';
import { temporaryFolder } from '../../tests/start-for-test.ts';
import { CliFailure } from '../failure.ts';
import { csvRows } from './csv-rows.ts';
import { readActivity, type ArchivedPost } from './mastodon/activity.ts';
import { openArchive } from './mastodon/archive.ts';
import { htmlToText } from './mastodon/html-to-text.ts';
import { ITEM_CHARACTERS_MAX, jsonItems } from './json-items.ts';
import { postIdsIn, postsInOrder } from './mastodon/posts-in-order.ts';
import { announce, create, outboxOf, statusId, TO } from './testing/activities.ts';
import { zipOf, type ZipEntry } from './testing/zip.ts';

const orderedItems = (bytes: AsyncIterable<Uint8Array>) => jsonItems(bytes, { field: 'orderedItems' });

const folder = await temporaryFolder();
test.after.always(() => folder[Symbol.asyncDispose]());
let files = 0;
async function fileWith(content: string | Uint8Array): Promise<string> {
  const path = join(folder.path, `file-${++files}`);
  await writeFile(path, content);
  return path;
}

const NOW = instant(Date.UTC(2030, 0, 1));
const read = (item: unknown) => readActivity(item, NOW);
const postIn = (item: unknown): { readonly [Field in keyof ArchivedPost]?: unknown } => {
  const found = read(item);
  return 'post' in found ? found.post : {};
};
const reasonOf = (item: unknown) => {
  const found = read(item);
  return 'leftOut' in found ? found.leftOut : undefined;
};

test('a Create is a post at the time it was published, and what was passed on of others is none', (t) => {
  t.like(postIn(create(1)), { id: statusId(1), at: '2023-01-01T00:01:00.000Z', text: 'Post 1', visibility: 'public' });
  t.is(reasonOf(announce(2)), 'boost');
  t.is(reasonOf({ ...create(1), type: 'Delete' }), 'no-post');
  t.is(reasonOf(create(1, { type: 'Video' })), 'no-post');
  for (const wrong of [null, 'text', [], {}, { type: 'Create' }, { type: 'Create', object: 'https://harbour.example/1' }]) t.is(reasonOf(wrong), 'malformed');
});

test('HTML becomes the text that it shows, links with their addresses', (t) => {
  const shown: readonly (readonly [html: string, text: string])[] = [
    ['<p>low water<br>at four</p><p>bring &quot;ropes&quot;</p>', 'low water\nat four\n\nbring "ropes"'],
    ['<p>see <a href="https://tides.example/a">the tides</a> now</p>', 'see the tides (https://tides.example/a) now'],
    [
      '<p><a href="https://tides.example/long/path"><span class="invisible">https://</span><span class="ellipsis">tides.example/long</span><span class="invisible">/path</span></a></p>',
      'https://tides.example/long/path',
    ],
    ['<p>out <a href="https://harbour.example/tags/sea" class="mention hashtag" rel="tag">#<span>sea</span></a></p>', 'out #sea'],
    ['<p>a<br><br>b<br>c</p>\n<p>d</p>', 'a\n\nb\nc\n\nd'],
    ['<ul><li>one</li><li>two</li></ul><p>x</p>', '- one\n- two\n\nx'],
    ['plain  text\n here <script>alert(1)</script><style>p{}</style>', 'plain text here'],
    ['<a href="javascript:alert(1)">harmless</a>', 'harmless'],
    ['<pre>a\n  b</pre>', 'a\n  b'],
    ['<p>5 &lt; 6 &amp; &#128512;</p>', '5 < 6 & 😀'],
    ['<p>unclosed <b>bold', 'unclosed bold'],
    ['', ''],
  ];
  for (const [html, text] of shown) t.is(htmlToText(html), text);
});

test('somebody who is mentioned keeps the whole address, for the name alone may be somebody else’s here', (t) => {
  const content = '<p><span class="h-card"><a href="https://elsewhere.example/@eve" class="u-url mention">@<span>eve</span></a></span> ahoy</p>';
  const tag = [{ type: 'Mention', href: 'https://elsewhere.example/@eve', name: '@eve@elsewhere.example' }];
  t.is(postIn(create(1, { content, tag })).text, '@eve@elsewhere.example ahoy');
});

test('the warning stands before the text, and no text without its warning', (t) => {
  t.is(postIn(create(1, { summary: 'spoilers', sensitive: true, content: '<p>He did it</p>' })).text, 'spoilers\n\nHe did it');
});

test('a poll is its text and its options', (t) => {
  const oneOf = [
    { type: 'Note', name: 'Port' },
    { type: 'Note', name: 'Starboard' },
  ];
  t.is(postIn(create(1, { type: 'Question', content: '<p>Which?</p>', oneOf })).text, 'Which?\n\n- Port\n- Starboard');
});

test('a post of pictures alone is one, with their descriptions; one of nothing is none', (t) => {
  const attachment = [{ type: 'Document', mediaType: 'image/jpeg', url: '/media_attachments/files/1/original/a.jpg', name: 'A boat' }];
  t.like(postIn(create(1, { content: '', attachment })), { text: '', media: [{ path: 'media_attachments/files/1/original/a.jpg', alt: 'A boat' }] });
  t.is(reasonOf(create(1, { content: '<p> </p>' })), 'empty');
  t.is(reasonOf(create(1, { content: `<p>${'a'.repeat(10_001)}</p>` })), 'too-long');
});

test('who could read it can read it, and what was for some people alone nobody', (t) => {
  const visibilityOf = (to: object) => postIn(create(1, { ...to })).visibility;
  t.is(visibilityOf(TO.everybody), 'public');
  t.is(visibilityOf(TO.unlisted), 'public');
  t.is(visibilityOf({ to: 'as:Public', cc: undefined }), 'public');
  t.is(visibilityOf(TO.followers), 'friends');
  for (const to of [TO.onePerson, { to: [], cc: [] }, { to: undefined, cc: null }, { to: [7], cc: [{ id: 'Public' }] }])
    t.is(reasonOf(create(1, to)), 'direct-message');
});

test('a time that is none, before 1970 or to come is no time of a post', (t) => {
  for (const published of ['yesterday', '1969-12-31T23:59:59Z', '']) t.is(reasonOf({ ...create(1, { published }), published }), 'no-time', published);
  t.is(reasonOf(create(1, { published: '2031-01-01T00:00:00Z' })), 'in-the-future');
  t.is(postIn({ ...create(1, { published: undefined }), published: '2023-02-02T02:02:02Z' }).at, '2023-02-02T02:02:02.000Z');
});

const ordered = async (items: readonly unknown[]) => {
  const all = () => fromChunks([Buffer.from(outboxOf(items))], orderedItems);
  const { ids } = await postIdsIn(all(), NOW);
  return Array.fromAsync(postsInOrder(all(), { ids, now: NOW }));
};
async function* fromChunks<Value>(chunks: readonly Uint8Array[], through: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Value>) {
  yield* through(
    (async function* () {
      yield* chunks;
    })(),
  );
}

test('a reply to oneself is a reply, one to somebody else or to what is left out is a post of its own, and what is there twice is once', async (t) => {
  const items = [
    create(1),
    create(2, { inReplyTo: statusId(1) }),
    create(3, { inReplyTo: 'https://elsewhere.example/users/eve/statuses/7' }),
    create(4, TO.onePerson),
    create(5, { inReplyTo: statusId(4) }),
    create(6, { inReplyTo: statusId(6) }),
    create(2, { inReplyTo: statusId(1) }),
    create(7, { inReplyTo: statusId(8) }),
    create(8, { inReplyTo: statusId(7) }),
  ];
  const read = await ordered(items);
  const replies = read.flatMap((one) => ('post' in one ? [[one.post.id, one.post.replyTo, one.post.isReplyToOther]] : []));
  t.deepEqual(replies, [
    [statusId(1), undefined, false],
    [statusId(2), statusId(1), false],
    [statusId(3), undefined, true],
    [statusId(5), undefined, true],
    [statusId(6), undefined, true],
    [statusId(7), undefined, true],
    [statusId(8), statusId(7), false],
  ]);
  t.deepEqual(
    read.flatMap((one) => ('leftOut' in one ? [one.leftOut] : [])),
    ['direct-message', 'twice'],
  );
});

test('in whatever order a thread stands in the file, each post comes once, and after what it replies to', async (t) => {
  // Each post replies to one before it, or to none.
  const threads = fc.array(fc.nat(), { minLength: 1, maxLength: 25 }).chain((parents) => {
    const items = parents.map((parent, i) => create(i + 1, i === 0 || parent % 3 === 0 ? {} : { inReplyTo: statusId((parent % i) + 1) }));
    return fc.shuffledSubarray(items, { minLength: items.length, maxLength: items.length });
  });
  await fc.assert(
    fc.asyncProperty(threads, async (items) => {
      const posts = (await ordered(items)).flatMap((one) => ('post' in one ? [one.post] : []));
      t.is(posts.length, items.length);
      const given = new Set<string>();
      for (const { id, replyTo, inReplyTo } of posts) {
        t.is(replyTo, inReplyTo);
        t.true(replyTo === undefined || given.has(replyTo));
        t.false(given.has(id));
        given.add(id);
      }
    }),
    { numRuns: 60 },
  );
});

test('the items of a collection are found however the file is cut, whatever else is in it', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), { maxLength: 6 }),
      fc.integer({ min: 1, max: 40 }),
      async (items, bytesMax) => {
        const decoys = { summary: 'orderedItems', first: { orderedItems: [{ no: 1 }] }, list: ['orderedItems', [{}]] };
        const bytes = Buffer.from(JSON.stringify({ ...decoys, orderedItems: ['text', 7, [[{}]], ...items], last: [{ orderedItems: [{ no: 1 }] }] }));
        const chunks = Array.from({ length: Math.ceil(bytes.length / bytesMax) }, (_, i) => bytes.subarray(i * bytesMax, (i + 1) * bytesMax));
        t.deepEqual(await Array.fromAsync(fromChunks(chunks, orderedItems)), JSON.parse(JSON.stringify(items)));
      },
    ),
    { numRuns: 100 },
  );
});

test('a file that ends too early, has no items, is no JSON or no UTF-8, or has an endless item is told so', async (t) => {
  const all = (text: string | Uint8Array) => Array.fromAsync(fromChunks([Buffer.from(text)], orderedItems));
  await t.throwsAsync(all('{"orderedItems":[{"a":1}'), { name: 'ListFault', message: /ends too early/ });
  await t.throwsAsync(all('{"items":[]}'), { name: 'ListFault', message: /no list of orderedItems/ });
  await t.throwsAsync(all('{"orderedItems":[{"a" 1}]}'), { name: 'ListFault', message: /no JSON/ });
  await t.throwsAsync(all(Buffer.from([0x7b, 0xff, 0x7d])), { name: 'ListFault' });
  await t.throwsAsync(all(`{"orderedItems":[{"a":"${'a'.repeat(ITEM_CHARACTERS_MAX)}`), { name: 'ListFault', message: /longer than/ });
});

test('an archive that isn’t what it claims is refused, and nothing in it is written anywhere', async (t) => {
  const outbox = { name: 'outbox.json', content: outboxOf([create(1)]) };
  const readAll = async (entries: readonly ZipEntry[] | string) => {
    await using archive = await openArchive(await fileWith(typeof entries === 'string' ? entries : zipOf(entries)));
    return (await Array.fromAsync(orderedItems(archive.outbox()))).length;
  };
  t.is(await readAll([outbox]), 1);
  const bomb = { name: 'outbox.json', content: Buffer.alloc(48 * 1_024 * 1_024) };
  const refused: readonly (readonly [entries: readonly ZipEntry[] | string, says: RegExp])[] = [
    ['no archive', /is no ZIP archive/],
    [[{ name: 'actor.json', content: '{}' }], /has no outbox\.json/],
    [[{ ...outbox, name: '../outbox.json' }, outbox], /invalid relative path/],
    [[{ ...outbox, name: '/etc/outbox.json' }, outbox], /absolute path/],
    [[{ ...outbox, claimedBytes: 10 }], /can’t be read/],
    [[bomb], /unpacks to more than 200 times/],
    [[{ ...bomb, claimedBytes: 1_000 }], /can’t be read/],
  ];
  for (const [entries, says] of refused) await t.throwsAsync(readAll(entries), { instanceOf: CliFailure, message: says }, String(says));
  await t.throwsAsync(openArchive(join(folder.path, 'nowhere')), { instanceOf: CliFailure, message: /can’t be read/ });
});

const COLUMNS = { names: { address: ['account address'], shown: ['show boosts'] }, withoutHeader: ['address'] } as const;

test('CSV is read as others write it: quotes, empty lines, a byte order mark, any ends of lines, and columns by their names', async (t) => {
  const rows = async (text: string) => (await Array.fromAsync(csvRows(await fileWith(text), COLUMNS))).map(({ line, cells }) => [line, cells.address]);
  t.deepEqual(await rows('Account address,Show boosts\nbob,true\n\n"eve@example.com","a, b"\n'), [
    [2, 'bob'],
    [4, 'eve@example.com'],
  ]);
  t.deepEqual(await rows('\ufeffShow boosts,Account address\r\ntrue,bob\r\nfalse, eve@example.com \r\n'), [
    [2, 'bob'],
    [3, 'eve@example.com'],
  ]);
  t.deepEqual(await rows('bob\neve@example.com,true'), [
    [1, 'bob'],
    [2, 'eve@example.com'],
  ]);
  t.deepEqual(await rows('bob,"a, b"\n,x\n'), [
    [1, 'bob'],
    [2, undefined],
  ]);
  t.deepEqual(await rows(''), []);
  await t.throwsAsync(rows('bob\n"eve\n'), { instanceOf: CliFailure, message: /is no CSV/ });
  await t.throwsAsync(rows(`bob\n${'a'.repeat(100_000)}\n`), { instanceOf: CliFailure, message: /is no CSV/ });
  await t.throwsAsync(Array.fromAsync(csvRows(join(folder.path, 'nowhere.csv'), COLUMNS)), { instanceOf: CliFailure, message: /can’t be read/ });
  const { withoutHeader: _, ...named } = COLUMNS;
  await t.throwsAsync(Array.fromAsync(csvRows(await fileWith('bob\n'), named)), { message: /must name the columns: account address, show boosts/ });
});
