import test from 'ava';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { plus } from '../../domain/shared/instant.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import { postIdFrom } from '../../domain/feed/post-id.ts';
import { startMemoryFeedCache } from '../../ports/feed-cache/memory.ts';
import { positionAt } from '../../ports/event-log/position.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import { friendId } from '../../projections/read-models/friends.ts';
import { relationshipId } from '../../projections/read-models/relationships.ts';
import { OPEN_IMPORTS, openFeedLag } from '../../projections/view-access/feed-lag.ts';
import { START } from '../test-fixture.ts';
import { dropFeedsOfReaders, IMPORTED_STALLED_MS, openImport, sweepImports, type OpenImport } from './imported-posts.ts';

const [ann, bob, cyd, eve] = ['ann', 'bob', 'cyd', 'eve'] as [PersonId, PersonId, PersonId, PersonId];
const post = (n: number): PostId => postIdFrom(plus(START, n), '0'.repeat(16));

const imported = (id: string, atMs: number) =>
  ({ id, data: { author: ann, imported: true }, metadata: { at: plus(START, atMs) } }) as unknown as Parameters<typeof openImport>[0];

test('all that is imported of one author is one piece of work, for the last of it, in whatever order it comes', (t) => {
  const events: readonly Recorded[] = [imported('b', 1), imported('a', 2), imported('c', 2)] as never;
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 2, 0],
    [0, 2, 1],
    [2, 2, 0],
  ]) {
    const open = order.reduce<OpenImport | undefined>((before, at) => openImport(events[at] as never)(before), undefined);
    t.deepEqual(open, { author: ann, newest: 'c', movedAt: plus(START, 2) }, order.join());
  }
});

test('feeds of the author’s readers are dropped and no others, and the work is done for what it was begun for', async (t) => {
  await using feedCache = await startMemoryFeedCache({ feedsMax: 10 });
  for (const reader of [ann, bob, cyd, eve]) await feedCache.warm(reader, await feedCache.beginBuild(reader), { posts: [post(1)], floor: null });
  const views = {
    pluck: async (collection: string, _field: string, { range }: { readonly range?: { readonly after?: unknown } }) =>
      range?.after !== '' ? [] : collection === 'friends' ? [bob] : [cyd],
  };
  const finished: unknown[] = [];
  const progress = { finish: (...args: readonly unknown[]) => void finished.push(args) };
  const drop = dropFeedsOfReaders({ views: views as never, feedCache, progress });
  for (let times = 0; times < 2; times++) await drop({ data: { author: ann, newest: 'c' } });
  const isWarm = async (reader: PersonId) => (await feedCache.page(reader, { limit: 1 })) !== undefined;
  t.deepEqual(await Promise.all([ann, bob, cyd, eve].map(isWarm)), [true, false, false, true]);
  t.deepEqual(finished[0], ['imported-posts', ann, { newest: 'c' }], 'what was imported since keeps it open');
});

test('work whose job was lost, or that went on while its job ran, gets another job', async (t) => {
  const open: OpenImport = { author: ann, newest: 'c', movedAt: START };
  const added: Job[] = [];
  let until = '';
  const { sweep } = sweepImports({
    jobs: { add: async (_queue, jobs) => void added.push(...jobs) },
    report: () => undefined,
    openWork: {
      longestWaiting: async (_collection, reached) => {
        ({ until } = reached);
        return [open] as never;
      },
    },
    clock: () => plus(START, 60_000),
  });
  t.is(await sweep(), 1);
  t.is(until, plus(START, 60_000 - IMPORTED_STALLED_MS));
  t.like(added[0], { id: ann, data: { author: ann, newest: 'c' } });
});

test('while feeds are about to be dropped, who reads the author and names a position is answered from the views, and nobody else', async (t) => {
  const stored = { prepare: async () => undefined, find: async (collection: string) => (collection === OPEN_IMPORTS ? [{ author: ann }] : []) };
  const follows = relationshipId({ from: bob, kind: 'follow', to: ann });
  const views = {
    find: async () => [],
    pluck: async () => [],
    getMany: async (_collection: string, ids: readonly string[]) => ids.map((id) => (id === follows || id === friendId(cyd, ann) ? {} : undefined)),
  };
  const upTo = positionAt(0, 7);
  const lag = await openFeedLag({ stored: stored as never, views: views as never, positions: { of: async () => upTo } });
  t.deepEqual(await Promise.all([bob, cyd, eve].map((reader) => lag.postsMissing(reader, upTo))), [undefined, undefined, []]);
});
