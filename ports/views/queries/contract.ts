/** The queries of a view store. */
import { idsFound, posts, put, remove, write, type ViewsTest } from '../test-fixture.ts';
import { QUERY_LIMIT_MAX, QUERY_LIST_MAX, type DocumentQuery } from '../port.ts';

export function queriesContract(check: ViewsTest): void {
  const some = [
    put('a', { author: 'ann', likes: 1, hidden: false, place: 'Bern' }),
    put('b', { author: 'ann', likes: 3, hidden: true, place: null }),
    put('c', { author: 'ann', likes: 3, hidden: false, place: '9' }),
    put('d', { author: 'bob', likes: 3, hidden: false, place: 10 }),
    put('e', { author: 'bob', likes: 20, hidden: false, place: { erased: true } }),
    put('f', { likes: 2.5, hidden: false, place: 'Bern' }),
    put('g', { author: 'ann', likes: 9, hidden: false, place: 'Bern' }),
    remove('g'),
  ];
  const answers = (title: string, query: Omit<DocumentQuery, 'limit'> & { readonly limit?: number }, ids: readonly string[]) =>
    check(title, async (t, views) => {
      await write(views, ...some);
      const answer = await idsFound(views, query);
      t.deepEqual(query.order === undefined ? answer.toSorted() : answer, ids);
    });

  answers('every field of a query must be equal', { where: { author: 'ann', likes: 3 } }, ['b', 'c']);
  answers('a list means one of', { where: { author: ['bob', 'nobody', 'ann'], likes: [3, 20] } }, ['b', 'c', 'd', 'e']);
  answers('an empty list is nothing', { where: { author: [] } }, []);
  answers('null matches null and what is absent', { where: { author: null } }, ['f']);
  answers('null may be one of a list', { where: { author: [null, 'bob'] } }, ['d', 'e', 'f']);
  answers('a boolean matches itself', { where: { hidden: true } }, ['b']);
  answers('a boolean may be one of a list', { where: { hidden: [false, null], place: 'Bern' } }, ['a', 'f']);
  answers('a boolean is no number', { where: { hidden: [0, 1] } }, []);
  answers('a range of numbers has no booleans', { range: { field: 'hidden', from: 0 } }, []);
  answers('a range of booleans has them only', { range: { field: 'hidden', after: false } }, ['b']);
  answers('a range of booleans takes in its upper bound', { where: { author: ['ann', null] }, range: { field: 'hidden', until: true } }, ['a', 'b', 'c', 'f']);
  answers('a range of booleans ends with its upper bound', { range: { field: 'hidden', until: false } }, ['a', 'c', 'd', 'e', 'f']);
  answers('a range of booleans may have two bounds', { range: { field: 'hidden', after: false, until: true } }, ['b']);
  answers('a number doesn’t match its text', { where: { hidden: false, place: 9 } }, []);
  answers('a list or an object equals nothing', { where: { hidden: false, place: ['Bern', '{"erased":true}', null] } }, ['a', 'f']);
  answers('a range leaves out `after` and `before`', { where: { author: 'ann' }, range: { field: 'likes', after: 1, before: 4 } }, ['b', 'c']);
  answers('a range takes in `from` and `until`', { where: { author: 'bob' }, range: { field: 'likes', from: 3, until: 20 } }, ['d', 'e']);
  answers('a range with one bound has values of its type only', { where: { hidden: false }, range: { field: 'place', from: '' } }, ['a', 'c', 'f']);
  answers('a range of numbers goes by size', { where: { hidden: false }, range: { field: 'place', after: 9 } }, ['d']);
  answers('a range with an upper bound leaves out null', { where: { hidden: [true, false] }, range: { field: 'place', until: 10 } }, ['d']);
  answers('a range may go over ids', { range: { field: '_id', after: 'b', until: 'd' } }, ['c', 'd']);
  answers('the order may be downwards, ties by id downwards too', { where: { author: 'ann' }, order: { likes: -1 } }, ['c', 'b', 'a']);
  answers('the order may be upwards, ties by id upwards too', { where: { author: ['ann', 'bob'] }, order: { likes: 1 } }, ['a', 'b', 'c', 'd', 'e']);
  answers('the order may have several fields', { where: { hidden: false }, order: { likes: -1, author: 1 }, limit: 3 }, ['e', 'c', 'd']);
  answers('the limit cuts after the order', { where: { author: ['ann', 'bob'] }, order: { _id: -1 }, limit: 2 }, ['e', 'd']);
  answers('a query without conditions has all documents', { order: { _id: 1 } }, ['a', 'b', 'c', 'd', 'e', 'f']);

  check('a count counts what a query would find', async (t, views) => {
    await write(views, ...some);
    t.is(await views.count(posts), 6);
    t.is(await views.count(posts, { author: ['ann', null] }), 4);
    t.is(await views.count(posts, { author: 'nobody' }), 0);
  });

  const long = (id: string, bytes: number) => put(id, { author: 'ann', text: 'ü'.repeat(bytes / 2) });

  check('a page ends where its documents would have too many bytes, and says whether more follow', async (t, views) => {
    await write(views, long('a', 400), long('b', 400), long('c', 2_000), long('d', 400), put('e', { author: 'ann' }));
    const pageAfter = async (after: string, limits: { readonly limit: number; readonly bytesMax: number }) => {
      const { documents, more } = await views.findPage(posts, { where: { author: 'ann' }, range: { field: '_id', after }, order: { _id: 1 }, ...limits });
      return [documents.map(({ _id }) => _id).join(''), more];
    };
    t.deepEqual(await pageAfter('', { limit: 10, bytesMax: 10_000 }), ['abcde', false]);
    t.deepEqual(await pageAfter('', { limit: 2, bytesMax: 10_000 }), ['ab', true]);
    t.deepEqual(await pageAfter('', { limit: 10, bytesMax: 1_000 }), ['ab', true]);
    t.deepEqual(await pageAfter('b', { limit: 10, bytesMax: 1_000 }), ['c', true], 'one document is answered, however long');
    t.deepEqual(await pageAfter('c', { limit: 10, bytesMax: 1_000 }), ['de', false]);
    t.deepEqual(await pageAfter('e', { limit: 10, bytesMax: 1_000 }), ['', false]);
    t.like(await views.find(posts, { where: { _id: 'a' }, limit: 1 }), [{ _id: 'a' }], 'a page that ended early leaves the store readable');
  });

  check('the first documents of a list of ids are answered up to so many bytes', async (t, views) => {
    await write(views, long('a', 400), long('b', 400), long('c', 2_000));
    const first = async (ids: readonly string[], bytesMax: number) => (await views.getFirst(posts, ids, bytesMax)).map((document) => document !== undefined);
    t.deepEqual(await first(['b', 'none', 'a', 'c'], 1_000), [true, false, true]);
    t.deepEqual(await first(['c', 'a'], 1_000), [true]);
    t.deepEqual(await first(['c', 'a'], 10_000), [true, true]);
    t.deepEqual(await first([], 10_000), []);
  });

  check('pages follow each other without gaps or duplicates', async (t, views) => {
    await write(views, ...Array.from({ length: 95 }, (_, i) => put(`p${String(i).padStart(3, '0')}`, { author: i % 2 === 0 ? 'ann' : 'bob' })));
    const pages: string[][] = [];
    for (let page: string[] = ['~']; page.length > 0; pages.push(page)) {
      page = await idsFound(views, { where: { author: 'ann' }, range: { field: '_id', before: page.at(-1) ?? '' }, order: { _id: -1 }, limit: 10 });
    }
    t.deepEqual([pages.length, new Set(pages.flat()).size, pages.flat().length], [6, 48, 48]);
    t.deepEqual(pages.flat(), pages.flat().toSorted().toReversed());
  });

  check('a range without a bound, or with bounds of two types, is an error', async (t, views) => {
    for (const bounds of [{}, { after: null }, { from: 1, until: '2' }, { after: 'a', before: true }])
      await t.throwsAsync(views.find(posts, { range: { field: 'place', ...bounds }, limit: 1 }), { instanceOf: TypeError });
  });

  check('a limit or a list that is too large is an error', async (t, views) => {
    for (const limit of [0, -1, 1.5, Number.NaN, QUERY_LIMIT_MAX + 1]) await t.throwsAsync(views.find(posts, { limit }), { instanceOf: RangeError });
    const list = Array.from({ length: QUERY_LIST_MAX + 1 }, (_, i) => i);
    await t.throwsAsync(views.find(posts, { where: { likes: list }, limit: 1 }), { instanceOf: RangeError });
    t.deepEqual(await views.find(posts, { where: { likes: list.slice(1) }, limit: QUERY_LIMIT_MAX }), []);
  });
}
