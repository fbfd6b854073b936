/** The contract of a view store: documents and checkpoints commit together. Its queries are in `queries/`, counters and patches in `writes/`, kills and outages in `faults/`. */
import test, { type ExecutionContext } from 'ava';
import { idsFound, posts, projection, put, remove, schema, write, type ViewsTest, type ViewsUnderTest } from './test-fixture.ts';
import { COMMIT_DOCUMENTS_MAX, type DocumentWrite, type ViewStore } from './port.ts';
import { dropsContract } from './faults/contract.ts';
import { queriesContract } from './queries/contract.ts';
import { writesContract } from './writes/contract.ts';

/** Each adapter's test file is one call: `viewsContract('sqlite', openSqliteStore)`. */
export function viewsContract(adapter: string, open: () => Promise<ViewsUnderTest>): void {
  const check = (title: string, body: (t: ExecutionContext, views: ViewStore, store: ViewsUnderTest) => Promise<void>) =>
    test(`${adapter}: ${title}`, async (t) => {
      await using store = await open();
      await using views = await store.start();
      await views.prepare(schema);
      await body(t, views, store);
    });

  documentsContract(check);
  writesContract(check);
  commitsContract(check);
  queriesContract(check);
  dropsContract(check);
}

function documentsContract(check: ViewsTest): void {
  check('a document is read as it was put', async (t, views) => {
    const document = { author: 'ann', likes: 2, hidden: false, place: null, text: 'ä "quoted"\u0000\n', nested: { list: [1, { two: 2 }] }, empty: {} };
    await write(views, put('p1', document));
    t.deepEqual(await views.get(posts, 'p1'), document);
    t.is(await views.get(posts, 'p2'), undefined);
    t.deepEqual(await views.find(posts, { where: { _id: 'p1' }, limit: 1 }), [{ ...document, _id: 'p1' }]);
  });

  check('a put replaces the whole document', async (t, views) => {
    await write(views, put('p1', { author: 'ann', likes: 1 }), put('p1', { author: 'bob' }, 1));
    t.deepEqual(await views.get(posts, 'p1'), { author: 'bob' });
    t.deepEqual(await idsFound(views, { where: { author: 'ann' } }), []);
    t.deepEqual(await idsFound(views, { where: { author: 'bob', likes: null } }), ['p1']);
  });

  check('a write that forgets writes what it would without that, and is refused as it would be', async (t, views) => {
    await write(views, put('p1', { author: 'ann' }), put('p2', { author: 'ann' }));
    await write(views, { ...put('p1', { author: 'bob' }, 1), forgets: true }, { ...remove('p2', 1), forgets: true });
    t.deepEqual(await views.getMany(posts, ['p1', 'p2']), [{ author: 'bob' }, undefined]);
    await t.throwsAsync(write(views, { ...put('p1', { author: 'eve' }), expectedVersion: 1, forgets: true }));
    t.deepEqual(await views.get(posts, 'p1'), { author: 'bob' });
  });

  check('a removed document leaves only the revisions it has seen, until it is put again', async (t, views) => {
    await write(views, put('p1', { author: 'ann' }), remove('p1', 7), remove('p2', 8));
    t.is(await views.get(posts, 'p1'), undefined);
    t.deepEqual(await views.getMany(posts, ['p1']), [undefined]);
    t.deepEqual(await idsFound(views, {}), []);
    t.is(await views.count(posts), 0);
    t.deepEqual(await views.load(posts, ['p1', 'p2']), [
      { id: 'p1', document: undefined, seen: { 'post-p1': 7 }, version: 2 },
      { id: 'p2', document: undefined, seen: { 'post-p2': 8 }, version: 1 },
    ]);
    await write(views, put('p1', { author: 'bob' }, 9));
    t.deepEqual(await idsFound(views, { where: { author: 'bob' } }), ['p1']);
  });

  check('documents come in the order asked for, with gaps, and twice where asked twice', async (t, views) => {
    await write(views, put('p1', { n: 1 }), put('p2', { n: 2 }, 4));
    t.deepEqual(await views.getMany(posts, ['p2', 'none', 'p1', 'p2']), [{ n: 2 }, undefined, { n: 1 }, { n: 2 }]);
    t.deepEqual(await views.load(posts, ['p2', 'none', 'p1']), [
      { id: 'p2', document: { n: 2 }, seen: { 'post-p2': 4 }, version: 1 },
      { id: 'none', document: undefined, seen: {}, version: 0 },
      { id: 'p1', document: { n: 1 }, seen: { 'post-p1': 0 }, version: 1 },
    ]);
    t.deepEqual([await views.getMany(posts, []), await views.load(posts, [])], [[], []]);
  });

  check('thousands of documents are loaded at once', async (t, views) => {
    const ids = Array.from({ length: 5_000 }, (_, i) => `p${i}`);
    for (let at = 0; at < ids.length; at += COMMIT_DOCUMENTS_MAX) {
      await write(views, ...ids.slice(at, at + COMMIT_DOCUMENTS_MAX).map((id) => put(id, { author: 'ann' })));
    }
    const loaded = await views.load(posts, ids);
    t.deepEqual([loaded.length, loaded.filter(({ document }) => document?.['author'] === 'ann').length], [5_000, 5_000]);
  });

  check('`pluck` answers one field of the documents a query finds, in its order, where it is text', async (t, views) => {
    await write(
      views,
      put('p1', { author: 'ann', likes: 3, text: 'unread' }),
      put('p2', { author: 'bob', likes: 2 }),
      put('p3', { author: { nested: 'cyd' }, likes: 1 }),
      put('p4', { likes: 4 }),
      put('p5', { author: 'ann', likes: 5 }),
      remove('p5'),
    );
    const byLikes = { range: { field: 'likes', from: 1 }, order: { likes: -1 as const }, limit: 10 };
    t.deepEqual(await views.pluck(posts, 'author', byLikes), ['ann', 'bob']);
    t.deepEqual(await views.pluck(posts, 'likes', byLikes), []);
    t.deepEqual(await views.pluck(posts, '_id', { ...byLikes, limit: 2 }), ['p4', 'p1']);
    t.deepEqual(await views.pluck(posts, '_id', { where: { author: ['ann', 'bob'] }, order: { _id: -1 }, limit: 10 }), ['p2', 'p1']);
  });

  check('preparing again changes nothing, and a new index finds the documents that were there before', async (t, views) => {
    await write(views, put('p1', { author: 'ann', text: 'one', kept: true }), put('p2', { author: 'ann', text: { erased: true } }), remove('p3'));
    await views.prepare(schema);
    await views.prepare({ [posts]: { indexes: [{ fields: ['text'] }, { fields: ['kept', 'author'] }] } });
    t.deepEqual(await idsFound(views, { where: { text: 'one' } }), ['p1']);
    t.deepEqual(await idsFound(views, { where: { kept: true, author: 'ann' } }), ['p1']);
    t.deepEqual(await idsFound(views, { where: { text: null } }), []);
    t.deepEqual(await idsFound(views, { where: { author: 'ann' } }), ['p1', 'p2']);
  });
}

function commitsContract(check: ViewsTest): void {
  check('a commit moves the checkpoint with its documents, also where it writes none', async (t, views) => {
    t.is(await views.checkpoint(projection), undefined);
    t.is(await views.commit({ projection, from: undefined, to: '1', writes: [put('p1', { n: 1 })] }), 'committed');
    t.is(await views.commit({ projection, from: '1', to: '2', writes: [] }), 'committed');
    t.is(await views.commit({ projection: 'inbox@1/3', from: undefined, to: '7', writes: [] }), 'committed');
    t.is(await views.checkpoint(projection), '2');
    t.deepEqual(await views.checkpoints(), new Map(Object.entries({ [projection]: '2', 'inbox@1/3': '7' })));
  });

  check('a commit that doesn’t start from the checkpoint is fenced and writes nothing', async (t, views) => {
    await views.commit({ projection, from: undefined, to: '1', writes: [] });
    for (const from of [undefined, '0', '2']) {
      t.is(await views.commit({ projection, from, to: '9', writes: [put('p1', { n: 1 })] }), 'fenced');
    }
    t.is(await views.checkpoint(projection), '1');
    t.is(await views.get(posts, 'p1'), undefined);
  });

  check('of commits that are made at the same moment each is whole or not at all, whatever becomes of the others', async (t, views) => {
    await write(views, put('p1', { author: 'ann' }, 5));
    const commit = (runner: string, from: string | undefined, ...writes: readonly DocumentWrite[]) =>
      views.commit({ projection: runner, from, to: '2', writes: [put(runner, { by: runner }), ...writes] });
    const outcomes = await Promise.all([
      commit('one@1', undefined),
      commit('fenced@1', '1'),
      commit('conflict@1', undefined, { ...put('p1', { author: 'eve' }, 5), expectedVersion: 77 }),
      commit('two@1', undefined, { kind: 'patch', collection: posts, where: { author: 'ann' }, set: { text: null } }),
    ]);
    t.deepEqual(outcomes, ['committed', 'fenced', 'write-conflict', 'committed']);
    const written = await views.getMany(posts, ['one@1', 'fenced@1', 'conflict@1', 'two@1']);
    t.deepEqual(
      written.map((document) => document?.['by']),
      ['one@1', undefined, undefined, 'two@1'],
    );
    t.deepEqual([await views.checkpoint('fenced@1'), await views.checkpoint('conflict@1')], [undefined, undefined]);
    t.deepEqual(await views.get(posts, 'p1'), { author: 'ann', text: null });
  });

  check('of two runners at one checkpoint, one is fenced', async (t, views, store) => {
    await using others = await store.start();
    await others.prepare(schema);
    for (let round = 0; round < 20; round++) {
      const from = round === 0 ? undefined : String(round - 1);
      const commit = (runner: ViewStore, by: string) => runner.commit({ projection, from, to: String(round), writes: [put(`p${round}`, { by })] });
      const outcomes = await Promise.all([commit(views, 'one'), commit(others, 'other')]);
      t.deepEqual(outcomes.toSorted(), ['committed', 'fenced']);
      t.deepEqual(await views.get(posts, `p${round}`), { by: outcomes[0] === 'committed' ? 'one' : 'other' });
    }
  });

  const others: Readonly<Record<string, DocumentWrite>> = {
    put: put('p1', { author: 'ann', text: 'theirs' }, 6),
    remove: remove('p1', 6),
    increment: { kind: 'increment', collection: posts, id: 'p1', by: { likes: 1 } },
    patch: { kind: 'patch', collection: posts, where: { author: 'ann' }, set: { text: null } },
  };
  for (const [kind, theirs] of Object.entries(others)) {
    check(`a commit with a write computed from a document is refused whole after another runner’s ${kind}`, async (t, views) => {
      await write(views, put('p1', { author: 'ann', text: 'one' }, 5));
      const [{ version } = { version: -1 }] = await views.load(posts, ['p1']);
      await views.commit({ projection: 'posts@1/1.0', from: undefined, to: '1', writes: [theirs] });
      const after = await views.load(posts, ['p1']);
      for (const ours of [
        { ...put('p1', { author: 'ann', text: 'ours' }, 5), expectedVersion: version },
        { ...remove('p1', 5), expectedVersion: version },
      ]) {
        t.is(await views.commit({ projection, from: '1', to: '2', writes: [put('p2', { author: 'ann' }), ours] }), 'write-conflict');
      }
      t.deepEqual([await views.checkpoint(projection), await views.get(posts, 'p2'), await views.load(posts, ['p1'])], ['1', undefined, after]);
      const again = { ...put('p1', { author: 'ann', text: 'ours' }, 5), expectedVersion: after[0]?.version ?? -1 };
      t.is(await views.commit({ projection, from: '1', to: '2', writes: [again] }), 'committed');
      t.is((await views.get(posts, 'p1'))?.['text'], 'ours');
    });
  }

  check('a write computed from a missing document is refused where another runner has created it', async (t, views) => {
    await write(views, put('p1', { author: 'ann' }));
    t.is(await views.commit({ projection, from: '1', to: '2', writes: [{ ...put('p1', { author: 'bob' }), expectedVersion: 0 }] }), 'write-conflict');
    t.is(await views.commit({ projection, from: '1', to: '2', writes: [{ ...put('p2', { author: 'bob' }), expectedVersion: 0 }] }), 'committed');
    t.deepEqual([await views.get(posts, 'p1'), await views.get(posts, 'p2')], [{ author: 'ann' }, { author: 'bob' }]);
  });

  check('every reader sees a commit once it is made', async (t, views, store) => {
    await using others = await store.start();
    for (let n = 0; n < 50; n++) {
      await write(views, put('p1', { n }));
      t.deepEqual([await views.get(posts, 'p1'), await others.get(posts, 'p1')], [{ n }, { n }]);
    }
  });

  check('a commit that fails writes nothing, and the next one goes on', async (t, views) => {
    await write(views, put('p1', { n: 0 }));
    const unprepared: DocumentWrite = { kind: 'put', collection: 'never-prepared@1', id: 'l1', document: {}, seen: {} };
    await t.throwsAsync(views.commit({ projection, from: '1', to: '2', writes: [put('p1', { n: 1 }), unprepared] }), { message: /never-prepared@1/ });
    t.deepEqual([await views.checkpoint(projection), await views.get(posts, 'p1')], ['1', { n: 0 }]);
    t.is(await views.commit({ projection, from: '1', to: '2', writes: [put('p1', { n: 1 })] }), 'committed');
  });

  check('whose views these are is told once, and replaced only by who knows whose they were', async (t, views, store) => {
    await using others = await store.start();
    t.is(await views.identity(), undefined);
    const told = await Promise.all([views.adopt('one', { replaces: undefined }), others.adopt('two', { replaces: undefined })]);
    const [identity] = told;
    t.deepEqual(told, [identity, identity]);
    t.is(await others.identity(), identity);
    t.is(await views.adopt('three', { replaces: 'nobody' }), identity);
    t.is(await views.adopt('three', { replaces: identity }), 'three');
    t.is(await others.identity(), 'three');
    await views.drop(projection, [posts]);
    t.is(await views.identity(), 'three');
  });

  check('commits survive a restart', async (t, views, store) => {
    await write(views, put('p1', { author: 'ann' }, 3));
    await views[Symbol.asyncDispose]();
    await using restarted = await store.start();
    t.deepEqual(await restarted.load(posts, ['p1']), [{ id: 'p1', document: { author: 'ann' }, seen: { 'post-p1': 3 }, version: 1 }]);
    t.is(await restarted.checkpoint(projection), '1');
  });

  check('dropping a projection forgets its checkpoints and empties its collections, and no others', async (t, views) => {
    await write(views, put('p1', { author: 'ann' }), { kind: 'put', collection: 'logins@1', id: 'l1', document: { name: 'ann' }, seen: {} });
    for (const other of ['posts@1/0', 'posts@1/1', 'posts@11', 'posts@2']) await views.commit({ projection: other, from: undefined, to: '5', writes: [] });
    await views.drop(projection, [posts, 'never-prepared@1']);
    t.deepEqual([...(await views.checkpoints()).keys()].toSorted(), ['posts@11', 'posts@2']);
    t.deepEqual(await views.load(posts, ['p1']), [{ id: 'p1', document: undefined, seen: {}, version: 0 }]);
    t.deepEqual(await idsFound(views, {}), []);
    t.is(await views.count('logins@1'), 1);
    t.is(await views.commit({ projection, from: undefined, to: '1', writes: [put('p1', { author: 'bob' })] }), 'committed');
  });

  check('a shard is dropped with its projection, never by itself', async (t, views) => {
    await views.commit({ projection: 'posts@1/1', from: undefined, to: '5', writes: [] });
    await t.throwsAsync(views.drop('posts@1/1', []), { instanceOf: TypeError });
    t.is(await views.checkpoint('posts@1/1'), '5');
  });
}
