/** The writes of a view store that are not computed from one document: counters and patches. */
import { COMMIT_BYTES_MAX, pagesOfPatch, type Document, type DocumentWrite, type PatchWrite } from '../port.ts';
import { idsFound, posts, put, remove, write, type ViewsTest } from '../test-fixture.ts';

export function writesContract(check: ViewsTest): void {
  const increment = (id: string, by: Readonly<Record<string, number>>) => ({ kind: 'increment', collection: posts, id, by }) satisfies DocumentWrite;

  check('an increment begins with zeros and adds', async (t, views) => {
    await write(views, increment('p1', { likes: 2 }), increment('p1', { likes: 3, replies: 1 }), increment('p1', { likes: -1 }));
    t.deepEqual(await views.get(posts, 'p1'), { likes: 4, replies: 1 });
    t.deepEqual(await idsFound(views, { where: { author: null }, range: { field: 'likes', from: 4, until: 4 } }), ['p1']);
  });

  check('an increment leaves the rest of a document, and a removed document removed', async (t, views) => {
    await write(views, put('p1', { author: 'ann', text: 'one' }, 5), increment('p1', { likes: 1 }), put('p2', { author: 'ann' }), remove('p2'));
    await write(views, increment('p2', { likes: 1 }));
    t.deepEqual(await views.load(posts, ['p1', 'p2']), [
      { id: 'p1', document: { author: 'ann', text: 'one', likes: 1 }, seen: { 'post-p1': 5 }, version: 2 },
      { id: 'p2', document: undefined, seen: { 'post-p2': 1 }, version: 2 },
    ]);
  });

  check('a patch sets fields of every document that matches and of no other', async (t, views) => {
    const written = Array.from({ length: 1_500 }, (_, i) => put(`p${i}`, { author: i % 3 === 0 ? 'bob' : 'ann', likes: i, text: 'one' }));
    await write(views, ...written, remove('p1'));
    await write(views, { kind: 'patch', collection: posts, where: { author: 'ann' }, set: { author: 'nobody', text: { erased: true }, gone: null, likes: 0 } });
    t.is(await views.count(posts, { author: 'ann' }), 0);
    t.is(await views.count(posts, { author: 'nobody', likes: 0 }), 999);
    t.is(await views.count(posts, { author: 'bob' }), 500);
    t.deepEqual(await views.get(posts, 'p2'), { author: 'nobody', likes: 0, text: { erased: true }, gone: null });
    t.deepEqual(await views.get(posts, 'p3'), { author: 'bob', likes: 3, text: 'one' });
    t.is(await views.get(posts, 'p1'), undefined);
  });

  check('a patch has pages, each with so many documents and bytes at most', async (t, views) => {
    const logins = 'logins@1';
    const login = (id: string, document: Document): DocumentWrite => ({ kind: 'put', collection: logins, id, document, seen: {} });
    for (const from of [0, 800, 1_600]) {
      await write(views, ...Array.from({ length: 800 }, (_, i) => login(`p${from + i}`, { name: (from + i) % 10 === 0 ? 'bob' : 'ann', text: 'one' })));
    }
    const long = 'x'.repeat(COMMIT_BYTES_MAX / 2);
    await write(views, login('q1', { name: 'ann', long }), login('q2', { name: 'ann', long }), { kind: 'remove', collection: logins, id: 'q3', seen: {} });
    const pages: PatchWrite[] = [];
    for await (const page of pagesOfPatch(views, { kind: 'patch', collection: logins, where: { name: 'ann' }, set: { text: null } })) {
      pages.push(page);
      await write(views, page);
    }
    t.is(await views.count(logins, { name: 'ann' }), 2_162);
    t.is(pages.length, 4);
    t.deepEqual(
      pages.slice(1).map(({ ids }) => ids?.after),
      pages.slice(0, -1).map(({ ids }) => ids?.until),
    );
    const texts = await views.getMany(
      logins,
      Array.from({ length: 2_400 }, (_, i) => `p${i}`),
    );
    t.is(texts.filter((document) => document?.['text'] === null).length, 2_160);
    t.deepEqual([(await views.get(logins, 'q2'))?.['text'], await views.get(logins, 'q3')], [null, undefined]);
  });

  check('where a document changed last is moved by every write, and kept by a tombstone', async (t, views) => {
    const position = async (id: string) => (await views.load(posts, [id]))[0]?.position;
    await write(views, put('p1', { author: 'ann', position: '10' }), put('p2', { author: 'ann' }));
    t.deepEqual([await position('p1'), await position('p2'), await position('none')], ['10', undefined, undefined]);
    await write(
      views,
      { ...increment('p1', { likes: 1 }), position: '11' },
      { ...increment('p3', { likes: 1 }), position: '12' },
      increment('p1', { likes: 1 }),
    );
    t.deepEqual(await views.getMany(posts, ['p1', 'p3']), [
      { author: 'ann', likes: 2, position: '11' },
      { likes: 1, position: '12' },
    ]);
    t.deepEqual([await position('p1'), await position('p3')], ['11', '12']);
    await write(views, { kind: 'patch', collection: posts, where: { author: 'ann' }, set: { text: null, position: '13' } });
    t.deepEqual([await position('p1'), await position('p2')], ['13', '13']);
    await write(views, { ...remove('p1'), position: '14' }, remove('p2'));
    t.deepEqual([await position('p1'), await position('p2')], ['14', undefined]);
    await write(views, { ...increment('p1', { likes: 1 }), position: '15' });
    t.is(await position('p1'), '14');
  });

  check('writes happen in their order', async (t, views) => {
    await write(views, increment('p1', { likes: 1 }), put('p1', { author: 'ann', likes: 10 }), increment('p1', { likes: 1 }));
    await write(
      views,
      { kind: 'patch', collection: posts, where: { author: 'ann' }, set: { text: 'patched' } },
      put('p2', { author: 'ann', text: 'later' }),
      remove('p3'),
      put('p3', { author: 'bob' }),
    );
    t.deepEqual(await views.getMany(posts, ['p1', 'p2', 'p3']), [
      { author: 'ann', likes: 11, text: 'patched' },
      { author: 'ann', text: 'later' },
      { author: 'bob' },
    ]);
  });
}
