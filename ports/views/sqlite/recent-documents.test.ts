import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { emptyTally } from '../../cache-tallies.ts';
import { temporaryFolder } from '../../sqlite/test-fixture.ts';
import type { DocumentWrite, ViewStore } from '../port.ts';
import { startSqliteViews } from '../sqlite.ts';
import { posts, projection, put, remove, schema } from '../test-fixture.ts';
import { RecentDocuments } from './recent-documents.ts';

const IDS = ['p1', 'p2', 'p3', 'p4'] as const;
const AUTHORS = ['ann', 'bob'] as const;

const id = fc.constantFrom(...IDS);
const author = fc.constantFrom(...AUTHORS);
const written = fc.oneof(
  fc.tuple(id, author, fc.nat(9)).map(([post, by, likes]): DocumentWrite => put(post, { author: by, likes })),
  id.map((post): DocumentWrite => remove(post)),
  id.map((post): DocumentWrite => ({ kind: 'increment', collection: posts, id: post, by: { likes: 1 } })),
  author.map((by): DocumentWrite => ({ kind: 'patch', collection: posts, where: { author: by, likes: 0 }, set: { text: null } })),
);

type Step =
  | { readonly kind: 'commit'; readonly writes: readonly DocumentWrite[]; readonly isFenced: boolean }
  | { readonly kind: 'read'; readonly ids: readonly string[] }
  | { readonly kind: 'drop' };
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record<Step>({
      kind: fc.constant('commit'),
      writes: fc.array(written, { minLength: 1, maxLength: 4 }),
      isFenced: fc.nat(4).map((n) => n === 0),
    }),
  },
  { weight: 4, arbitrary: fc.record<Step>({ kind: fc.constant('read'), ids: fc.array(fc.oneof(id, fc.constant('none')), { minLength: 1, maxLength: 5 }) }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'drop' }) },
);

/** `load` reads the file each time. */
const inFile = async (views: ViewStore, ids: readonly string[]) => (await views.load(posts, ids)).map(({ document }) => document);

test('what is answered from memory is what the file has, whatever is written, refused or dropped while it is read', async (t) => {
  await using folder = await temporaryFolder();
  const tally = emptyTally();
  const recent = new RecentDocuments({ bytesMax: 4_000, tally });
  await using views = await startSqliteViews(join(folder.path, 'views.sqlite'), { recent });
  await views.prepare(schema);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 20 }), async (steps) => {
      await views.drop(projection, [posts]);
      for (const [n, { kind, ...of }] of steps.entries()) {
        const from = await views.checkpoint(projection);
        const working =
          kind === 'commit' && 'writes' in of
            ? views.commit({ projection, from: of.isFenced ? 'another' : from, to: String(n + 1), writes: of.writes })
            : kind === 'drop'
              ? views.drop(projection, [posts])
              : undefined;
        const ids = 'ids' in of ? of.ids : IDS;
        await Promise.all([views.getMany(posts, ids), views.get(posts, ids[0] as string)]); // before the work is known to be done
        await working;
        t.deepEqual(await views.getMany(posts, ids), await inFile(views, ids));
        t.deepEqual(await views.getMany(posts, ids), await inFile(views, ids)); // from memory, mostly
      }
    }),
    { numRuns: 60 },
  );
  t.true(tally.hits > 200 && tally.misses > 200, JSON.stringify(tally));
});

const document = (n: number) => ({ author: 'ann', likes: n });
const BYTES = JSON.stringify(document(0)).length;

test('documents take no more memory than they may: those that nobody asks for go first', (t) => {
  const tally = emptyTally();
  const recent = new RecentDocuments({ bytesMax: 100_000, tally });
  for (let n = 0; n < 5_000; n++) {
    recent.keep(posts, `p${n}`, document(n % 10), BYTES);
    recent.find(posts, 'p0');
  }
  t.is(recent.find(posts, 'p0')?.document?.['likes'], 0);
  t.is(recent.find(posts, 'p1'), undefined);
  const kept = Array.from({ length: 5_000 }, (_, n) => recent.find(posts, `p${n}`)).filter((found) => found !== undefined).length;
  t.true(kept > 50 && kept < 100_000 / 256, String(kept));
  t.true(tally.evictions > 4_000, String(tally.evictions));
});

test('a document that is too large for the memory is read each time, and displaces none', (t) => {
  const recent = new RecentDocuments({ bytesMax: 10_000, tally: emptyTally() });
  recent.keep(posts, 'p1', document(1), BYTES);
  recent.keep(posts, 'large', { text: 'x'.repeat(5_000) }, 5_000);
  t.is(recent.find(posts, 'large'), undefined);
  t.deepEqual(recent.find(posts, 'p1')?.document, document(1));
  const none = new RecentDocuments({ bytesMax: 0, tally: emptyTally() });
  none.keep(posts, 'p1', document(1), BYTES);
  t.is(none.find(posts, 'p1'), undefined);
});

test('that a document is not there is remembered, until it is written', (t) => {
  const recent = new RecentDocuments({ bytesMax: 10_000, tally: emptyTally() });
  recent.keep(posts, 'p1', undefined, 0);
  t.deepEqual(recent.find(posts, 'p1')?.document, undefined);
  t.not(recent.find(posts, 'p1'), undefined);
  const changing = recent.change([put('p1', document(1))]);
  t.is(recent.find(posts, 'p1'), undefined);
  recent.keep(posts, 'p1', undefined, 0); // read while it is written: before, or after?
  t.is(recent.find(posts, 'p1'), undefined);
  changing[Symbol.dispose]();
  recent.keep(posts, 'p1', document(1), BYTES);
  t.deepEqual(recent.find(posts, 'p1')?.document, document(1));
});

test('nobody can change a document that others are answered with', (t) => {
  const recent = new RecentDocuments({ bytesMax: 10_000, tally: emptyTally() });
  recent.keep(posts, 'p1', { list: [{ n: 1 }] }, 20);
  const list = recent.find(posts, 'p1')?.document?.['list'] as { n: number }[];
  t.throws(() => list.push({ n: 2 }), { instanceOf: TypeError });
  t.throws(() => ((list[0] as { n: number }).n = 2), { instanceOf: TypeError });
});
