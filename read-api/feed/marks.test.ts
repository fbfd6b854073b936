/** What is asked of the views to tell what people have made of posts. */
import test from 'ava';
import type { PostId } from '../../domain/shared/ids.ts';
import type { RelationshipCounts } from '../../projections/read-models/relationships.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { askAcrossBlocks, loadMarks } from './marks.ts';
import { ann, bob } from './testing/test-fixture.ts';

const [quiet, liked, shared] = ['post-1', 'post-2', 'post-3'] as [PostId, PostId, PostId];

type Given = { readonly counters?: Readonly<Record<string, object>>; readonly counts?: RelationshipCounts };

/** Ann likes and shares everything, and Bob, who blocks her, does so too. */
function givenViews({ counters = {}, counts }: Given) {
  const asked: string[] = [];
  const documents: Readonly<Record<string, (id: string) => unknown>> = {
    'post-counters': (id) => counters[id],
    likes: () => ({}),
    'relationship-counts': () => counts,
  };
  const views = {
    getMany: async (collection: string, ids: readonly string[]) => {
      asked.push(`${collection} ${ids.join(',')}`);
      return ids.map((id) => documents[collection]?.(id));
    },
    find: async (collection: string, { where }: { readonly where: { readonly by?: string | readonly string[]; readonly person?: readonly string[] } }) => {
      const of = where.by ?? where.person;
      asked.push(`${collection} of ${String(of)}`);
      if (collection === 'post-references') return [{ of: shared, by: of, kind: 'shares' }];
      return collection === 'likes' ? [{ post: liked, person: bob }] : [];
    },
    pluck: async (_: string, field: string) => {
      asked.push(`people across a block, by ${field}`);
      return field === 'from' ? [bob] : [];
    },
  } as unknown as Pick<TidingsViews, 'getMany' | 'find' | 'pluck'>;
  return { views, asked, marks: (ids: readonly PostId[]) => loadMarks(views, { reader: ann, ids, across: askAcrossBlocks(views, ann) }) };
}

test('of posts that nobody has done anything to, the counters are asked for and nothing else', async (t) => {
  const { asked, marks } = givenViews({ counters: { [liked]: { likes: 0 } } });
  t.like((await marks([quiet, liked])).get(quiet), { liked: false, reaction: null, shared: false });
  t.deepEqual(asked, [`post-counters ${quiet},${liked}`]);
});

const counters = { [liked]: { likes: 2 }, [shared]: { shares: 2 } };

test('whether the reader likes or shares a post is asked for those that somebody likes or shares', async (t) => {
  const { asked, marks } = givenViews({ counters, counts: { follows: 3, blocks: 0 } });
  const found = await marks([quiet, liked, shared]);
  t.deepEqual(
    [quiet, liked, shared].map((id) => [found.get(id)?.liked, found.get(id)?.shared]),
    [
      [false, false],
      [true, false],
      [false, true],
    ],
  );
  t.deepEqual(asked.toSorted(), [
    `likes ${liked}:${ann}`,
    `post-counters ${quiet},${liked},${shared}`,
    `post-references of ${ann}`,
    `relationship-counts ${ann}`,
  ]);
});

for (const [who, counts, hides] of [
  ['has no relationship to anybody', undefined, false],
  ['has no blocks', { followers: 1, blocks: 0 }, false],
  ['has blocks', { blocks: 1 }, true],
  ['has a document that says nothing of blocks, as version 1 made it', { followers: 1 }, true],
] as const) {
  test(`what people across a block have done is ${hides ? 'taken out of the counters' : 'not asked for'}, of a reader who ${who}`, async (t) => {
    const { asked, marks } = givenViews({ counters, ...(counts !== undefined && { counts }) });
    const found = await marks([liked, shared]);
    t.deepEqual([found.get(liked)?.counters.likes, found.get(shared)?.counters.shares], hides ? [1, 1] : [2, 2]);
    t.deepEqual(
      asked.filter((query) => query.startsWith('people across')),
      hides ? ['people across a block, by to', 'people across a block, by from'] : [],
    );
  });
}
