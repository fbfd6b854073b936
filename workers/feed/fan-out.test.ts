import test from 'ava';
import fc from 'fast-check';
import { contextWith } from '../../commands/handling/command-context.ts';
import { PULL_THRESHOLDS } from '../../domain/feed/delivery-mode/delivery-mode.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { plus } from '../../domain/shared/instant.ts';
import { startMemoryFeedCache } from '../../ports/feed-cache/memory.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import { temporaryFolder } from '../../ports/sqlite/test-fixture.ts';
import type { Document, DocumentWrite } from '../../ports/views/port.ts';
import { startSqliteViews } from '../../ports/views/sqlite.ts';
import { relationshipId, relationships } from '../../projections/read-models/relationships.ts';
import { friendId, friends } from '../../projections/read-models/friends.ts';
import { activeViews } from '../../projections/view-access/active-views.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { openWorkIn } from '../open-work/open-work.ts';
import { START } from '../test-fixture.ts';
import { startProgress } from '../open-work/work-progress.ts';
import { FAN_OUT_QUEUE, fanOutRange, FANOUT_STALLED_MS, LARGE_FAN_OUT_QUEUE, LARGE_FAN_OUT_READERS, sweepFanouts } from './fan-out.ts';
import { readersOf } from './readers.ts';

const PEOPLE = ['ann', 'bob', 'cat', 'dan', 'eve', 'fay', 'gil', 'hal'] as PersonId[];
// Few authors with many readers, so that most fan-outs take several ranges.
const author = fc.constantFrom(...PEOPLE.slice(0, 2));
const edges = fc.uniqueArray(
  fc
    .record({ kind: fc.constantFrom('friend' as const, 'follow' as const), author, reader: fc.constantFrom(...PEOPLE) })
    .filter((edge) => edge.author !== edge.reader),
  { selector: ({ kind, author, reader }) => `${kind}:${author}:${reader}`, minLength: 8, maxLength: 28 },
);
type Edge = { readonly kind: 'friend' | 'follow'; readonly author: PersonId; readonly reader: PersonId };
type Post = { readonly post: PostId; readonly author: PersonId };

const contextFor = contextWith(Buffer.from('the secret of a test'));

type Names = { readonly friends: string; readonly relationships: string };

function writeOf({ kind, author, reader }: Edge, names: Names): DocumentWrite {
  const since = START;
  const [collection, id, document]: readonly [string, string, Document] =
    kind === 'friend'
      ? [names.friends, friendId(author, reader), { person: author, friend: reader, since }]
      : [names.relationships, relationshipId({ from: reader, kind: 'follow', to: author }), { from: reader, kind: 'follow', to: author, since }];
  return { kind: 'put', collection, id, document, seen: {} };
}

async function startGraphViews() {
  const folder = await temporaryFolder();
  const stored = await startSqliteViews(`${folder.path}/views.sqlite`);
  let graphs = 0;
  return {
    stored,
    /** The views of this graph alone, with open fan-outs of these posts. */
    async show(graph: readonly Edge[], posts: readonly Post[]): Promise<TidingsViews> {
      const names = { friends: `friends@${++graphs}`, relationships: `relationships@${graphs}` };
      await stored.drop('test', ['fanouts']);
      await stored.prepare({
        [names.friends]: { indexes: friends.indexes.friends },
        [names.relationships]: { indexes: relationships.indexes.relationships },
        fanouts: { indexes: [{ fields: ['movedAt'] }] },
      });
      const begun = posts.map(({ post, author }): DocumentWrite => {
        const document = { post, author, next: null, begunAt: START, movedAt: START };
        return { kind: 'put', collection: 'fanouts', id: post, document, seen: { [post]: 0 } };
      });
      await stored.commit({ projection: 'test', from: undefined, to: '0.1', writes: [...graph.map((edge) => writeOf(edge, names)), ...begun] });
      return activeViews({ views: stored, versions: { physicalCollectionOf: (collection) => names[collection as keyof Names] } });
    },
    [Symbol.asyncDispose]: async () => {
      await stored[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test('ranges of readers contain each reader once, in order, whatever their size', async (t) => {
  await using all = await startGraphViews();
  await fc.assert(
    fc.asyncProperty(edges, author, fc.integer({ min: 1, max: 5 }), async (graph, author, limit) => {
      const views = await all.show(graph, []);
      const met: PersonId[] = [];
      for (let after: PersonId | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
        const { readers, next }: Awaited<ReturnType<typeof readersOf>> = await readersOf(views, { author, after, limit });
        met.push(...readers);
        after = next;
      }
      const expected = [...new Set(graph.filter((edge) => edge.author === author).map(({ reader }) => reader))].sort();
      t.deepEqual(met, expected);
    }),
    { numRuns: 100 },
  );
});

/** What happens to the jobs: which one is next, and whether it runs, runs twice, is lost, or dies between its write and its next job. */
const fate = fc.record({ which: fc.nat(), how: fc.constantFrom('runs' as const, 'runs-twice' as const, 'is-lost' as const, 'dies' as const) });

test('warm feeds contain exactly the posts that the views say, whatever happens to the jobs', async (t) => {
  await using all = await startGraphViews();
  await fc.assert(
    fc.asyncProperty(
      edges,
      fc.array(author, { minLength: 1, maxLength: 4 }),
      fc.subarray(PEOPLE),
      fc.array(fate, { maxLength: 30 }),
      async (graph, authors, warm, fates) => {
        const posts = authors.map((author, i): Post => ({ post: `0${i}` as PostId, author }));
        const views = await all.show(graph, posts);
        await using feedCache = await startMemoryFeedCache({ feedsMax: 100 });
        for (const reader of warm) await feedCache.warm(reader, await feedCache.beginBuild(reader), { posts: [], floor: null });

        // A queue at its worst, without order and with a crash wherever one is wanted.
        const waiting: Job[] = [];
        let dies = false;
        const jobs = {
          add: async (_: string, added: readonly Job[]) => {
            if (dies) throw new Error('died');
            waiting.push(...added);
          },
        };
        const hinted: string[] = [];
        const broadcast = {
          publish: (to: readonly PersonId[], hint: { readonly kind: string }) => void hinted.push(...to.map((reader) => `${reader}:${JSON.stringify(hint)}`)),
        };
        await using progress = startProgress({ views: all.stored, report: () => undefined });
        const time = { now: START };
        const dependencies = {
          jobs,
          report: () => undefined,
          views,
          feedCache,
          broadcast,
          progress,
          clock: () => time.now,
          openWork: openWorkIn(all.stored),
          stored: all.stored,
          commands: { countActiveFollowers: () => Promise.reject(new Error('These authors have few followers.')) },
          contextFor,
          thresholds: PULL_THRESHOLDS,
        };
        const run = fanOutRange(dependencies, { readersMax: 2 });
        const sweep = sweepFanouts(dependencies);

        waiting.push(...posts.map(({ post, author }) => ({ id: post, data: { post, author, next: null } })));
        for (const { which, how } of fates) {
          const [job] = waiting.splice(which % Math.max(1, waiting.length), 1);
          if (job === undefined || how === 'is-lost') continue;
          dies = how === 'dies';
          await run(job).catch(() => undefined);
          dies = false;
          if (how === 'runs-twice') await run(job);
        }
        // The sweep finds the rest, until there is nothing left to find.
        do {
          for (const job of waiting.splice(0)) await run(job);
          await progress.flush();
          time.now = plus(time.now, FANOUT_STALLED_MS);
        } while ((await sweep.sweep()) > 0 || waiting.length > 0);

        for (const reader of PEOPLE) {
          const read = new Set(graph.filter((edge) => edge.reader === reader).map(({ author }) => author));
          const expected = posts.filter(({ author }) => read.has(author)).map(({ post }) => post);
          const page = await feedCache.page(reader, { limit: 100 });
          t.deepEqual(page?.posts.toSorted(), warm.includes(reader) ? expected : undefined);
        }
        t.is(new Set(hinted).size, hinted.length, 'no reader gets two hints of a post');
      },
    ),
    { numRuns: 60 },
  );
});

test('a fan-out that has reached very many readers goes on in a queue of its own, and so it does when it is found again', async (t) => {
  await using all = await startGraphViews();
  const [ann, ...readers] = PEOPLE as [PersonId, ...PersonId[]];
  const post = '00' as PostId;
  const views = await all.show(
    readers.map((reader) => ({ kind: 'follow', author: ann, reader })),
    [],
  );
  await using feedCache = await startMemoryFeedCache({ feedsMax: 100 });
  const queues: string[] = [];
  const moves: object[] = [];
  const dependencies = {
    jobs: { add: async (queue: string) => void queues.push(queue) },
    report: () => undefined,
    views,
    feedCache,
    broadcast: { publish: () => undefined },
    progress: { advance: (_: string, __: string, set: object) => void moves.push(set), finish: () => undefined },
    clock: () => START,
    stored: all.stored,
    commands: { countActiveFollowers: () => Promise.reject(new Error('These authors have few followers.')) },
    contextFor,
    thresholds: PULL_THRESHOLDS,
    openWork: { longestWaiting: async <Open>() => [{ post, author: ann, next: null, ...moves.at(-1) }] as unknown as readonly Open[] },
  } as unknown as Parameters<typeof fanOutRange>[0] & Parameters<typeof sweepFanouts>[0];
  const run = fanOutRange(dependencies, { readersMax: 2 });
  const reached = LARGE_FAN_OUT_READERS - 4;
  await run({ data: { post, author: ann, next: null, reached } });
  await run({ data: { post, author: ann, next: readers[1] as PersonId, reached: reached + 2 } });
  t.deepEqual(queues, [FAN_OUT_QUEUE, LARGE_FAN_OUT_QUEUE]);
  t.like(moves.at(-1), { next: readers[3], reached: LARGE_FAN_OUT_READERS });
  await sweepFanouts(dependencies).sweep();
  t.is(queues.at(-1), LARGE_FAN_OUT_QUEUE);
});
